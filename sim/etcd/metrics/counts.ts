/**
 * What a process of a member has counted since it began, in the units of etcd's own metrics. Invariant: nothing of the
 * model reads them, so that counting changes no run; and another process of the member counts from nothing.
 */
import { ERRORS } from '../errors.js';
import type { Result } from '../result.js';
import type { AlarmMember } from '../wire/maintenance.js';
import { Distribution } from './distribution.js';

export class Counts {
  /** Looks at a range, also those of transactions, of comparisons, and for the previous values of events. */
  ranges = 0;
  puts = 0;
  /** Requests to delete, whatever they find. */
  deletes = 0;
  /** Of more than one operation. What is read before the first write is a transaction of its own. */
  txns = 0;
  /** Keys and values that were put. */
  putBytes = 0;
  /** Range requests by their outcome. */
  rangesServed = 0;
  rangesRefused = 0;
  /** What the log's entries did, by their names and outcomes. */
  readonly applied = new Map<string, Outcomes>();
  compactions = 0;
  compactedChanges = 0;
  /** When the last compaction was; 0 where there was none. */
  compactedMs = 0;
  hashes = 0;
  hashesByRevision = 0;
  defragmentations = 0;
  snapshots = 0;
  leasesGranted = 0;
  leasesRevoked = 0;
  leasesRenewed = 0;
  leasesExpired = 0;
  readonly leaseTtls = new Distribution(LEASE_TTL_BOUNDS);
  events = 0;
  /** Messages of watch streams: those that carry events or progress, and the answers to requests to watch. */
  watchResponses = 0;
  watchAnswers = 0;
  /** How often the member has learnt of a leader that it did not know. */
  leaderChanges = 0;
  proposalsFailed = 0;
  readIndexesFailed = 0;
  readIndexesSlow = 0;
  learnersPromoted = 0;
  /** By the reason. */
  readonly learnersNotPromoted = new Map<string, number>();
  /** How often each alarm was raised, less how often it was disarmed; by its type, and then by the member. */
  readonly alarms = new Map<number, Map<bigint, number>>();
  /** Whole states, by the members that they came from and went to. */
  readonly statesReceived = new Map<bigint, number>();
  readonly statesSent = new Map<bigint, number>();

  /** Another process begins. */
  reset(): void {
    Object.assign(this, new Counts());
  }

  onAlarm({ alarm, memberID }: AlarmMember, by: 1 | -1): void {
    const members = this.alarms.get(alarm) ?? new Map<bigint, number>();
    this.alarms.set(alarm, members);
    countOne(members, memberID, by);
  }

  /** An entry of this name was applied, with this result, which it returns. What was compacted already is a success. */
  onApplied<R extends Result<unknown>>(name: string, result: R): R {
    let outcomes = this.applied.get(name);
    if (outcomes === undefined) this.applied.set(name, (outcomes = { ok: 0, failed: 0 }));
    if (result.kind === 'ok' || result.error === ERRORS.compacted) outcomes.ok++;
    else outcomes.failed++;
    return result;
  }
}

export interface Outcomes {
  ok: number;
  failed: number;
}

/** From a second to three months. */
const LEASE_TTL_BOUNDS = Array.from({ length: 24 }, (_, index) => 2 ** index);

/** One more of them, or one less. */
export function countOne<K>(counts: Map<K, number>, key: K, by: 1 | -1 = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
