/**
 * `sim serve` against real etcd: the same client, the same machine, each server in a process of its own. The
 * ratio is how many calls `sim serve` answers in the time of one call of real etcd. Real etcd waits for its
 * disk by default; here, for fairness, it mostly does not.
 */
import { KV_CALLS, type Call } from './serve-calls.js';
import { GrpcConnection } from './grpc-connection.js';
import { measureRatio, type Ratio } from './ratio.js';
import { startTargets } from './served-targets.js';
import { fanOut, type FanOut } from './watch-fan-out.js';

const PAIRS = 11;
/** Expected to be faster, because one call waits for the other. */
const WANTED_SEQUENTIAL = 1;
/** Node has one thread for everything, while Go uses all processors; this limits how far it falls behind. */
const WANTED_PARALLEL = 0.6;
const FLOOR_WANTED = 0.4;

const LOADS = [
  { name: 'sequential', inFlight: 1, calls: 500, wanted: WANTED_SEQUENTIAL },
  { name: '64 in flight', inFlight: 64, calls: 3_000, wanted: WANTED_PARALLEL },
] as const;

const FAN_OUTS: readonly FanOut[] = [
  { name: '100 streams with a watcher each', streams: 100, watchersPerStream: 1, puts: 30 },
  { name: 'one stream with 1,000 watchers', streams: 1, watchersPerStream: 1_000, puts: 10 },
];

interface Rate {
  readonly perSecond: number;
  /** How much of the time this process was busy; near 1 the client is the bottleneck. */
  readonly clientLoad: number;
}

export async function serveRates(): Promise<readonly Ratio[]> {
  const targets = await startTargets();
  const ratios: Ratio[] = [];
  try {
    const { sim, real, realWithoutFsync, echo } = targets;
    for (const call of KV_CALLS) {
      for (const load of LOADS) {
        const name = `${call.name}, ${load.name}`;
        const rate = (url: string): Promise<Rate> => callRate(url, call, load);
        ratios.push(
          await compare(`${name}: sim serve / etcd without fsync`, load.wanted, rate, sim, realWithoutFsync),
        );
        if (call.writes) {
          ratios.push(await compare(`${name}: sim serve / etcd`, load.wanted, rate, sim, real));
        } else {
          ratios.push(
            await compare(`${name}: sim serve / a bare echo in Node`, FLOOR_WANTED, rate, sim, echo),
          );
        }
      }
    }
    for (const shape of FAN_OUTS) {
      const rate = (url: string): Promise<Rate> => fanOut(url, shape, timed);
      const name = `events to ${shape.name}: sim serve / etcd without fsync`;
      ratios.push(await compare(name, WANTED_PARALLEL, rate, sim, realWithoutFsync));
    }
  } finally {
    await targets.close();
  }
  return ratios;
}

async function compare(
  name: string,
  wanted: number,
  rate: (url: string) => Promise<Rate>,
  above: string,
  below: string,
): Promise<Ratio> {
  const loads: Record<'above' | 'below', number> = { above: 0, below: 0 };
  const side = async (which: 'above' | 'below', url: string): Promise<number> => {
    const { perSecond, clientLoad } = await rate(url);
    loads[which] = Math.max(loads[which], clientLoad);
    return perSecond;
  };
  const percent = (load: number): string => `${Math.round(load * 100)} %`;
  return measureRatio({
    name,
    pairs: PAIRS,
    wanted,
    above: () => side('above', above),
    below: () => side('below', below),
    detail: (aboveMedian, belowMedian) =>
      `${Math.round(aboveMedian)} and ${Math.round(belowMedian)} a second (medians); ` +
      `client busy at most ${percent(loads.above)} and ${percent(loads.below)} of the time`,
  });
}

async function callRate(url: string, call: Call, load: (typeof LOADS)[number]): Promise<Rate> {
  const connection = new GrpcConnection(url);
  try {
    // First establishes the connection and the key.
    for (const { path, message } of call.before) await connection.call(path, message);
    return await timed(async () => {
      let left: number = load.calls;
      const client = async (): Promise<void> => {
        while (left-- > 0) await connection.call(call.path, call.message);
      };
      await Promise.all(Array.from({ length: load.inFlight }, client));
      return load.calls;
    });
  } finally {
    connection.close();
  }
}

/** @param action resolves with the number of counted events */
async function timed(action: () => Promise<number>): Promise<Rate> {
  const startedMs = performance.now();
  const usedBefore = process.cpuUsage();
  const count = await action();
  const elapsedMs = performance.now() - startedMs;
  const used = process.cpuUsage(usedBefore);
  return { perSecond: (count * 1000) / elapsedMs, clientLoad: (used.user + used.system) / 1000 / elapsedMs };
}
