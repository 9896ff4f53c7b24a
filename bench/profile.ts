/**
 * Where the CPU of simulated runs goes, by room: the default bank, which is long, and short runs of every scenario. V8's
 * profiler takes samples while they run. What Node.js does for a caller counts as that caller's; garbage collection and
 * AsyncLocalStorage have rows of their own.
 */
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { table } from '../sim/docs/table.js';
import { roomShares } from './profile-rooms.js';
import { bankRuns, shortRuns } from './workloads.js';

const SAMPLE_US = 200;

/** The table as Markdown. */
export async function profile(): Promise<string> {
  const long = roomShares(await profiled(bankRuns));
  const short = roomShares(await profiled(shortRuns));
  const rooms = [...new Set([...long.keys(), ...short.keys()])];
  const total = (room: string) => (long.get(room) ?? 0) + (short.get(room) ?? 0);
  const rows = rooms
    .sort((left, right) => total(right) - total(left))
    .map((room) => [room, percent(long.get(room)), percent(short.get(room))]);
  return table(['room', 'the default bank', 'short runs'], rows);
}

function percent(share = 0): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The profile of the work, which has run once before. */
async function profiled(work: () => Promise<void>): Promise<Profiler.Profile> {
  await work();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return profile;
}
