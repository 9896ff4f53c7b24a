/**
 * Runs the script on `sim serve` and on a real etcd, at the same time, and compares the transcripts. Invariant:
 * when it returns, the real etcd has ended; the rest belongs to the place.
 */
import { startRealCluster } from '../../../sim/backend/real/cluster.js';
import type { Place } from '../place.js';
import { startSimServe } from '../servers.js';
import { runScript } from './script.js';
import { firstDifference } from './transcript.js';

export interface Comparison {
  /** The real side, such as `etcd 3.6.14 with one member`. */
  readonly real: string;
  /** The answers of `sim serve`. */
  readonly lines: readonly string[];
  readonly difference: ReturnType<typeof firstDifference>;
}

export interface CompareOptions {
  /** The path of the Kubernetes program. */
  readonly program: string;
  tell(line: string): void;
}

export async function compareWithEtcd(place: Place, { program, tell }: CompareOptions): Promise<Comparison> {
  const { signal } = place;
  const cluster = await startRealCluster({
    ...{ nodes: [], members: ['m1'], withoutProxy: true, signal, progress: tell },
    etcdFlags: ['--unsafe-no-fsync'],
  });
  try {
    await cluster.ready(signal);
    const run = (name: string, etcd: string) => runScript(place, { name, program, etcd, tell });
    const [lines, realLines] = await Promise.race([
      Promise.all([
        run('the API server on sim serve', await startSimServe(place)),
        run('the API server on etcd', cluster.observerHosts[0] ?? ''),
      ]),
      place.died,
      cluster.died,
    ]);
    return { real: cluster.description, lines, difference: firstDifference(lines, realLines) };
  } finally {
    await cluster.close();
  }
}
