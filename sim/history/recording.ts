/**
 * Everything that moved in a simulated run, as columns: calls, messages, leases, watches, members, events. It is
 * for pictures of the run; checks do not read it. Invariant: all columns of one table have the same length, and
 * rows are in the order in which they happened.
 */
import type { KeyRange } from './calls.js';

/** A number for each row. */
export type Column = readonly number[];

export interface Recording {
  /** The nodes of the plan, the members, then the observer. Other tables give positions in this list. */
  readonly actors: readonly string[];
  /** Such as `KV.Txn`. */
  readonly methods: readonly string[];
  /** Ids of the operations during which calls were made. */
  readonly operations: readonly string[];
  readonly calls: CallTable;
  readonly messages: MessageTable;
  readonly moments: MomentTable;
  readonly commits: CommitTable;
  readonly attachments: AttachmentTable;
  readonly leases: LeaseTable;
  readonly watches: readonly WatchSpan[];
  readonly members: MemberTable;
  readonly events: EventTable;
  /** Absent on a page, which has no need of it. */
  readonly processes?: ProcessTable;
  /** Absent on a page, which goes by time. */
  readonly steps?: StepTable;
  /** False if the run had so many messages that the last ones are missing. */
  readonly complete: boolean;
}

/** Calls in order of their start, those of the observer's own watch excepted. */
export interface CallTable {
  readonly number: Column;
  readonly caller: Column;
  readonly callee: Column;
  readonly method: Column;
  /** -1 outside of every operation. */
  readonly operation: Column;
  readonly startUs: Column;
  /** When the caller heard the end, gave up or died; -1 if the run ended before. */
  readonly endUs: Column;
  /** The gRPC status that the caller got; -1 for none. */
  readonly status: Column;
}

/** What became of a message. */
export const FATES = ['on its way', 'arrived', 'lost', 'ignored'] as const;
export type Fate = (typeof FATES)[number];

/** Messages in order of their departure. */
export interface MessageTable {
  /** Position in the table of calls. */
  readonly call: Column;
  /** 0 from the caller to the callee, 1 back. */
  readonly back: Column;
  readonly bytes: Column;
  /**
   * Position in {@link FATES}. `lost`: a fault took it, or its connection broke before it arrived; then it has the moment
   * at which it would have. `ignored`: its caller had given the call up.
   */
  readonly fate: Column;
}

/** Departures and arrivals in their order. */
export interface MomentTable {
  readonly message: Column;
  /** 0 for a departure, 1 for an arrival. */
  readonly arrives: Column;
  readonly timeUs: Column;
  /** The number of the run's event in which it happened. */
  readonly event: Column;
  /** The last number of the history's order that was given before. */
  readonly sequence: Column;
}

/** When a member first applied each revision. */
export interface CommitTable {
  readonly revision: Column;
  readonly timeUs: Column;
}

/** The leases under which keys were put: one row for each put with a lease. */
export interface AttachmentTable {
  readonly revision: Column;
  /** Position among the changes that the log has of the revision. */
  readonly change: Column;
  /** Position in the lease table's ids. */
  readonly lease: Column;
}

/** What happened to leases. */
export const LEASE_EVENTS = ['granted', 'revoked', 'dated'] as const;

export interface LeaseTable {
  /** In decimal. */
  readonly ids: readonly string[];
  readonly lease: Column;
  /** Position in {@link LEASE_EVENTS}. `dated`: its member, as leader, lets it expire at another time. */
  readonly kind: Column;
  /** Position among the actors: the member that was the first to do it. */
  readonly member: Column;
  readonly timeUs: Column;
  /** Of a grant the time to live in seconds; of a date the time of expiry in microseconds, -1 for none. */
  readonly value: Column;
}

/** A watch, as its member has it. */
export interface WatchSpan extends KeyRange {
  /** Position in the table of calls. */
  readonly call: number;
  /** The first revision that it reports. */
  readonly fromRevision: number;
  readonly startUs: number;
  /** Absent if it was open at the end. */
  readonly endUs?: number;
}

/** Changes of the members' roles. */
export interface MemberTable {
  readonly timeUs: Column;
  /** Position among the actors; -1 without a leader that has a quorum. */
  readonly leader: Column;
  /** One bit for each member, in the order of the plan; set while it has a process. */
  readonly running: Column;
}

/** The run's events. The first has the number 1. */
export interface EventTable {
  readonly timeUs: Column;
  /** Position in the labels. */
  readonly label: Column;
  /** The number at the end of the label; -1 for none. */
  readonly number: Column;
  /** Position among the actors of the node whose code ran; -1 for none. */
  readonly node: Column;
  readonly labels: readonly string[];
}

/** Changes of the nodes' processes and clocks: one row for each change of one node. */
export interface ProcessTable {
  /** The number of the event after which it is so. */
  readonly event: Column;
  /** Position among the actors. */
  readonly node: Column;
  /** 1 while the process runs. */
  readonly alive: Column;
  /** Until when it is paused; a past time if it is not. */
  readonly stillUntilUs: Column;
  /** What its clocks had counted at `sinceUs`, in microseconds, and how many thousandths too fast they count since. */
  readonly sinceUs: Column;
  readonly countedUs: Column;
  readonly perMille: Column;
  /** How far its wall clock is ahead of what it has counted. */
  readonly shiftMs: Column;
}

/**
 * In which event of the run something happened, for rows of other tables. The first event has the number 1; what
 * happened before it has 0.
 */
export interface StepTable {
  readonly callStart: Column;
  /** -1 if the run ended before. */
  readonly callEnd: Column;
  /** Position in {@link StepTable.places}: the line of the user's code that made the call; -1 if it is not known. */
  readonly callPlace: Column;
  readonly places: readonly string[];
  readonly commit: Column;
  readonly lease: Column;
  readonly member: Column;
  readonly watchStart: Column;
  /** -1 if it was open at the end. */
  readonly watchEnd: Column;
  /** For each event, the last number of the history's order that was given before it. */
  readonly sequence: Column;
}
