/**
 * Kills chosen pods in the middle of their work. Invariant: a pod is killed only after its sweep has kept at
 * least one more seed than the pod before it, so that the next one has something to continue.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { poll } from '../../../sim/backend/real/poll.js';
import { failuresBefore, indexOf, type Pod } from '../agent/pod.js';
import type { RunningPod } from '../agent/running-pod.js';
import { accepted, type Api } from '../api.js';

/** `crash`: the container dies. `evict`: its node is drained, through the API. */
export type Kill = 'crash' | 'evict';

/** For each index, how its first pods end, in order. */
export type Kills = Readonly<Record<number, readonly Kill[]>>;

const LOOK_INTERVAL_MS = 20;

export interface Killed {
  /** The round, which is the pod's namespace. */
  readonly round: string;
  readonly index: number;
  readonly kill: Kill;
  readonly pod: string;
  readonly journal: Journal;
}

/** What a sweep has kept so far. */
interface Journal {
  readonly file: string;
  readonly seeds: number;
  /** Another sweep in its place is another file. */
  readonly inode: number;
}

export class Killer {
  readonly #kills: ReadonlyMap<string, Kills>;
  readonly #api: Api;
  readonly #tell: (line: string) => void;
  readonly killed: Killed[] = [];

  /** @param kills by the names of the rounds */
  constructor(kills: ReadonlyMap<string, Kills>, api: Api, tell: (line: string) => void) {
    this.#kills = kills;
    this.#api = api;
    this.#tell = tell;
  }

  /** Kills the pod if it is one of the chosen; resolves once that is done, or the pod has ended by itself. */
  async attack(pod: Pod, running: RunningPod, reports: string): Promise<void> {
    const index = indexOf(pod);
    if (index === undefined) return;
    const { counted, ignored } = failuresBefore(pod);
    const kill = this.#kills.get(pod.metadata.namespace)?.[index]?.[counted + ignored];
    if (kill === undefined) return;
    const folder = path.join(reports, `part-${index + 1}`);
    const before = journalIn(folder)?.seeds ?? 0;
    let over = false;
    void running.ended.then(() => (over = true));
    const journal = await poll({ attempts: Infinity, intervalMs: LOOK_INTERVAL_MS }, () => {
      const now = journalIn(folder);
      return over || (now !== undefined && now.seeds > before) ? { now } : undefined;
    });
    if (over || journal?.now === undefined) return;
    const { name, namespace } = pod.metadata;
    const verb = kill === 'crash' ? 'killing' : 'evicting';
    this.#tell(`${namespace}: ${verb} ${name} after ${journal.now.seeds} seeds`);
    this.killed.push({ round: namespace, index, kill, pod: name, journal: journal.now });
    if (kill === 'crash') running.kill();
    else {
      accepted(
        await this.#api.create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
          ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
        }),
      );
    }
    await running.ended;
  }
}

/** Whether the sweep has been continued ever since, rather than begun anew. */
export function isContinued({ journal: { file, seeds, inode } }: Killed): boolean {
  return statSync(file).ino === inode && readJournal(file).seeds > seeds;
}

/** A part has one. */
function journalIn(folder: string): Journal | undefined {
  if (!existsSync(folder)) return undefined;
  const file = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name, 'journal.jsonl'))
    .find((one) => existsSync(one));
  return file === undefined ? undefined : readJournal(file);
}

function readJournal(file: string): Journal {
  const seeds = readFileSync(file, 'utf8').split('\n{"kind":"seed"').length - 1;
  return { file, seeds, inode: statSync(file).ino };
}
