/**
 * The elections, from etcd's log: the leader at each revision, and the written values. Invariant: they follow
 * only from the log, never from nodes' results.
 */
import type { History } from '../../sim/history/history.js';

/** From a given revision on, this candidate led with this value; undefined if there was no leader. */
export interface Reign {
  readonly fromRevision: number;
  readonly leader: Leader | undefined;
}

export interface Leader {
  readonly key: string;
  /** Create revision of its key. */
  readonly token: number;
  readonly value: string;
}

/** A value that was written to a candidate's key. */
export interface Written {
  readonly election: string;
  readonly key: string;
  readonly token: number;
  readonly revision: number;
  readonly value: string;
  /** Whether it was the first of its key. */
  readonly campaigns: boolean;
}

export interface ElectionLog {
  /** By election, ascending; the first begins with the run. */
  readonly reigns: ReadonlyMap<string, readonly Reign[]>;
  readonly written: readonly Written[];
}

/** Our keys and Go's are below the name; etcd3's are below `election/` and the name. */
const SHAPE = /^(?:election\/)?(.+)\/[0-9a-f]+$/;

/** @param names of the elections that count */
export function readElectionLog({ log }: History, names: readonly string[]): ElectionLog {
  const candidates = new Map<string, Map<string, Leader>>();
  const reigns = new Map<string, Reign[]>();
  const written: Written[] = [];
  for (const { revision, events } of log) {
    const touched = new Set<string>();
    for (const { type, key, value, createRevision, version } of events) {
      const [, election] = SHAPE.exec(key) ?? [];
      if (election === undefined || !names.includes(election)) continue;
      const all = candidates.get(election) ?? new Map<string, Leader>();
      candidates.set(election, all);
      touched.add(election);
      if (type === 'delete') {
        all.delete(key);
        continue;
      }
      all.set(key, { key, token: createRevision, value });
      written.push({ election, key, token: createRevision, revision, value, campaigns: version === 1 });
    }
    for (const election of touched) {
      const list = reigns.get(election) ?? [{ fromRevision: 0, leader: undefined }];
      reigns.set(election, list);
      const leader = firstOf(candidates.get(election) ?? new Map<string, Leader>());
      const before = list.at(-1)?.leader;
      if (before?.token === leader?.token && before?.value === leader?.value) continue;
      list.push({ fromRevision: revision, leader });
    }
  }
  return { reigns, written };
}

/** The leader at a revision. */
export function leaderAt(reigns: readonly Reign[], revision: number): Leader | undefined {
  return reigns.findLast(({ fromRevision }) => fromRevision <= revision)?.leader;
}

function firstOf(candidates: ReadonlyMap<string, Leader>): Leader | undefined {
  let first: Leader | undefined;
  for (const candidate of candidates.values()) {
    if (first === undefined || candidate.token < first.token) first = candidate;
  }
  return first;
}
