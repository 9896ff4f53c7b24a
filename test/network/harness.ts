/** A node with a plain gRPC client and a member that echoes, for testing only the simulated network. */
import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { Engine } from '../../sim/engine/engine.js';
import type { CallSink, EtcdMember } from '../../sim/etcd/service.js';
import { Network, type ReachableCluster } from '../../sim/network/network.js';

const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
const base = {
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
};
const EchoClient = makeGenericClientConstructor(
  {
    unary: { path: '/Echo/Unary', requestStream: false, responseStream: false, ...base },
    stream: { path: '/Echo/Stream', requestStream: true, responseStream: true, ...base },
  },
  'Echo',
);

export type Reply = { readonly text: string } | { readonly error: ServiceError };

export interface World {
  readonly engine: Engine;
  readonly network: Network;
  /** The calls at the member, in order: `open`, `message x`, `half-close`, `cancel`. */
  readonly seen: string[];
  /** Set it to false to make the member withhold its answers. */
  answers: boolean;
  running: boolean;
  newClient(): InstanceType<typeof EchoClient>;
  unary(
    text: string,
    options?: { deadline?: number },
    client?: InstanceType<typeof EchoClient>,
  ): Promise<Reply>;
}

/** Runs `main` as node `n1` of a world with one member `m1` and one-way delays of exactly 1 ms. */
export async function inWorld<T>(main: (world: World) => Promise<T>): Promise<T> {
  const engine = new Engine({ seed: 'network', budget: { maxEvents: 100_000, maxVirtualTimeMs: 3_600_000 } });
  const seen: string[] = [];
  const member: EtcdMember = {
    name: 'm1',
    open(_method, _metadata, sink) {
      seen.push('open');
      return {
        message(message) {
          seen.push(`message ${Buffer.from(message).toString()}`);
          if (world.answers) sink.message(message);
        },
        halfClose() {
          seen.push('half-close');
          if (world.answers) finish(sink);
        },
        cancel() {
          seen.push('cancel');
        },
      };
    },
  };
  const cluster: ReachableCluster = { members: [member], isRunning: () => world.running };
  const network = new Network(engine, cluster, { oneWayDelayMinUs: 1000, oneWayDelayMaxUs: 1000 });
  const node = engine.node('n1');
  network.join(node);
  const newClient = () => new EchoClient('m1:2379', credentials.createInsecure(), network.grpcOptions(node));
  let shared: InstanceType<typeof EchoClient> | undefined;
  const world: World = {
    engine,
    network,
    seen,
    answers: true,
    running: true,
    newClient,
    unary: (text, options = {}, client = (shared ??= newClient())) =>
      new Promise((resolve) => {
        const method = client['unary'] as (...parameters: unknown[]) => void;
        method.call(client, Buffer.from(text), options, (error: ServiceError | null, reply: Buffer) =>
          resolve(error === null ? { text: reply.toString() } : { error }),
        );
      }),
  };
  const end = await engine.run(node, () => main(world));
  if (end.kind === 'completed') return end.value;
  throw end.kind === 'failed' ? end.error : new Error(`the run ended ${JSON.stringify(end)}`);
}

function finish(sink: CallSink): void {
  sink.status({ code: 0, details: 'OK' });
}
