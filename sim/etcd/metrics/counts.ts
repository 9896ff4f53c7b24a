/**
 * Counts of one process of a member, in the units of etcd's own metrics. Invariant: the model never reads
 * them, so counting changes no run; a new process of the member starts from zero.
 */
import { ERRORS } from '../errors.js';
import type { Result } from '../result.js';
import type { AlarmMember } from '../wire/maintenance.js';
import { Distribution } from './distribution.js';

export class Counts {
  /**
   * Reads of a range, including those in transactions and comparisons, and for the previous values of events.
   */
  ranges = 0;
  puts = 0;
  /** Requests to delete, even if they find nothing. */
  deletes = 0;
  /**
   * Transactions of more than one operation. Reads before the first write form a transaction of their own.
   */
  txns = 0;
  /** Keys and values that were put. */
  putBytes = 0;
  /** Range requests by their outcome. */
  rangesServed = 0;
  rangesRefused = 0;
  /** Applied log entries, by their names and outcomes. */
  readonly applied = new Map<string, Outcomes>();
  compactions = 0;
  compactedChanges = 0;
  /** When the last compaction was; 0 if there was none. */
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
  /** How often the member has learned of a leader that it did not know. */
  leaderChanges = 0;
  proposalsFailed = 0;
  readIndexesFailed = 0;
  readIndexesSlow = 0;
  learnersPromoted = 0;
  /** By the reason. */
  readonly learnersNotPromoted = new Map<string, number>();
  /**
   * How often each alarm was raised, minus how often it was disarmed; by its type, and then by the member.
   */
  readonly alarms = new Map<number, Map<bigint, number>>();
  /** Snapshots, by the members that sent and received them. */
  readonly statesReceived = new Map<bigint, number>();
  readonly statesSent = new Map<bigint, number>();

  /** A new process begins. */
  reset(): void {
    Object.assign(this, new Counts());
  }

  onAlarm({ alarm, memberID }: AlarmMember, by: 1 | -1): void {
    const members = this.alarms.get(alarm) ?? new Map<bigint, number>();
    this.alarms.set(alarm, members);
    countOne(members, memberID, by);
  }

  /**
   * An entry with this name and result was applied; returns the result. A revision that was already compacted
   * counts as success.
   */
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
