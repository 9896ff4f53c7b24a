/**
 * How many calls the simulation carries in a second of CPU, compared with the same client over a channel that answers
 * at once with the same bytes. Ten nodes read and write one account each, one call after the other.
 */
import { Etcd3 } from 'etcd3';
import { Engine } from '../sim/engine/engine.js';
import { createCluster } from '../sim/etcd/cluster.js';
import { hostOf } from '../sim/backend/simulated.js';
import { Network } from '../sim/network/network.js';
import { instantChannel } from './instant-channel.js';
import { measureRatio, type Ratio } from './ratio.js';

const NODES = 10;

export interface CallRateSize {
  readonly callsPerNode: number;
  readonly pairs: number;
}

const SIZE: CallRateSize = { callsPerNode: 3000, pairs: 7 };

/** A range that finds one key, as etcd 3.6 encodes it: header (ids, revision, term) and a small value. */
let recordedReply: Buffer | undefined;

export async function callRate(): Promise<readonly Ratio[]> {
  return [await callRateWith(true), await callRateWith(false)];
}

/** @param stacks whether grpc-js captures a stack for each call, as it does outside of sweeps */
export async function callRateWith(
  stacks: boolean,
  { callsPerNode, pairs }: CallRateSize = SIZE,
): Promise<Ratio> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = stacks ? limit : 0;
  try {
    return await measureRatio({
      name: `calls per second of CPU, simulated / instant channel, stacks ${stacks ? 'on' : 'off'}`,
      pairs,
      wanted: 0.5,
      above: () => simulatedRate(callsPerNode),
      below: () => instantRate(callsPerNode),
      detail: (simulated, instant) =>
        `simulated ${Math.round(simulated)} calls/s, instant channel ${Math.round(instant)} calls/s (medians)`,
    });
  } finally {
    Error.stackTraceLimit = limit;
  }
}

async function load(client: Etcd3, key: string, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) await client.get(key).exec();
}

async function simulatedRate(calls: number): Promise<number> {
  const engine = new Engine({ seed: 'bench', budget: { maxEvents: Infinity, maxVirtualTimeMs: Infinity } });
  const cluster = createCluster({ members: ['m1'], host: hostOf(engine) });
  const network = new Network(engine, cluster, { oneWayDelayMinUs: 100, oneWayDelayMaxUs: 1000 });
  const started = process.cpuUsage();
  const end = await engine.run(engine.node('main'), async () => {
    const nodes = Array.from({ length: NODES }, (_, index) => engine.node(`n${index}`));
    await Promise.all(
      nodes.map((node) =>
        node.run(async () => {
          network.join(node);
          const client = new Etcd3({ hosts: network.hosts, grpcOptions: network.grpcOptions(node) });
          await client.put(node.name).value('100');
          await load(client, node.name, calls);
        }),
      ),
    );
  });
  if (end.kind !== 'completed') throw new Error(`the run ended ${JSON.stringify(end)}`);
  const rate = rateSince(started, calls);
  recordedReply ??= await recordReply();
  return rate;
}

async function instantRate(calls: number): Promise<number> {
  const reply = recordedReply ?? (await recordReply());
  const clients = Array.from(
    { length: NODES },
    () => new Etcd3({ hosts: 'instant', grpcOptions: instantChannel(reply) }),
  );
  const started = process.cpuUsage();
  await Promise.all(clients.map((client, index) => load(client, `n${index}`, calls)));
  return rateSince(started, calls);
}

function rateSince(started: NodeJS.CpuUsage, calls: number): number {
  const { user, system } = process.cpuUsage(started);
  return (NODES * calls * 1_000_000) / (user + system);
}

/** The in-memory etcd's answer to the load's call, as bytes. */
async function recordReply(): Promise<Buffer> {
  const engine = new Engine({ seed: 'bench', budget: { maxEvents: Infinity, maxVirtualTimeMs: Infinity } });
  const cluster = createCluster({ members: ['m1'], host: hostOf(engine) });
  let last: Buffer = Buffer.alloc(0);
  const [member] = cluster.members;
  if (member === undefined) throw new Error('a cluster of one member has no member');
  const recording = {
    ...cluster,
    members: [
      {
        name: member.name,
        open: (...[method, metadata, sink]: Parameters<typeof member.open>) =>
          member.open(method, metadata, {
            message(bytes) {
              last = Buffer.from(bytes);
              sink.message(bytes);
            },
            status: (status) => sink.status(status),
          }),
      },
    ],
    isRunning: () => true,
  };
  const network = new Network(engine, recording, { oneWayDelayMinUs: 100, oneWayDelayMaxUs: 100 });
  const node = engine.node('n0');
  network.join(node);
  await engine.run(node, async () => {
    const client = new Etcd3({ hosts: network.hosts, grpcOptions: network.grpcOptions(node) });
    await client.put('n0').value('100');
    await client.get('n0').exec();
  });
  return last;
}
