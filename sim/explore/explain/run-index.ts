/**
 * An index of a run's record for a story's questions: which call made a revision, the earlier version of a
 * key, the owner of a line. Invariant: it only looks things up, and adds nothing to the record.
 */
import {
  authorsOf,
  type Asked,
  type Call,
  type CallMoment,
  type KeyRange,
  type Watched,
} from '../../history/calls.js';
import type { LogEntry, Operation } from '../../history/history.js';
import type { LeaseEnd } from '../../history/incidents.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import type { ActingFault, RecordedRun } from './recorded-run.js';

/** The cause of a key's creation or deletion. */
export type Maker =
  | { readonly kind: 'call'; readonly call: Call }
  /** A lease expired. */
  | { readonly kind: 'expiry'; readonly end: LeaseEnd }
  /** A fault has revoked the lease. */
  | { readonly kind: 'fault'; readonly fault: ActingFault };

/** One change of a key. */
export interface Version {
  readonly revision: number;
  readonly type: 'put' | 'delete';
}

export class RunIndex {
  readonly run: RecordedRun;
  readonly #authors: ReadonlyMap<number, Call>;
  readonly #operations: ReadonlyMap<string, Operation>;
  readonly #entries: ReadonlyMap<number, LogEntry>;
  readonly #byCause = new Map<string, Call[]>();
  readonly #versions = new Map<string, Version[]>();
  readonly #ends = new Map<number, LeaseEnd>();
  readonly #times = new Map<string, number>();
  /** When a version of each revision first arrived at a node. */
  readonly #firstReads = new Map<number, CallMoment>();
  readonly #outside: ReadonlySet<string>;
  readonly #startedOrder: number;

  constructor(run: RecordedRun) {
    this.run = run;
    this.#authors = authorsOf(run.calls);
    this.#operations = new Map(run.operations.map((operation) => [operation.id, operation]));
    this.#entries = new Map(run.log.map((entry) => [entry.revision, entry]));
    this.#outside = new Set(run.outsideKeys);
    for (const call of run.calls) {
      push(this.#byCause, causeOf(call), call);
      for (const { revision, at } of call.reads) {
        if (at.order < (this.#firstReads.get(revision)?.order ?? Infinity))
          this.#firstReads.set(revision, at);
      }
      const asked = whatOf(call);
      if (asked !== undefined) this.#times.set(asked, (this.#times.get(asked) ?? 0) + 1);
    }
    for (const { revision, events } of run.log) {
      for (const { key, type } of events) push(this.#versions, key, { revision, type });
    }
    let startedOrder = Infinity;
    for (const incident of run.incidents ?? []) {
      if (incident.kind === 'lease expired') this.#ends.set(incident.revision, incident);
      if (incident.kind === 'started') startedOrder = incident.at.order;
    }
    this.#startedOrder = startedOrder;
  }

  operation(id: string | undefined): Operation | undefined {
    return id === undefined ? undefined : this.#operations.get(id);
  }

  /** In the order in which they were begun. */
  callsOf(cause: string): readonly Call[] {
    return this.#byCause.get(cause) ?? [];
  }

  /** Its calls; for a call outside of any operation, all such calls of its node. */
  doingOf(cause: string): readonly Call[] {
    const own = this.callsOf(cause);
    const [first] = own;
    if (first === undefined || first.operation !== undefined) return own;
    return this.run.calls.filter(({ node, operation }) => node === first.node && operation === undefined);
  }

  author(revision: number | undefined): Call | undefined {
    return revision === undefined ? undefined : this.#authors.get(revision);
  }

  /**
   * When etcd made what the call wrote, or when the call was sent if it wrote nothing. A member that applies late may
   * answer after others have shown the write: it comes before the first read of it. Without an answer and a recording,
   * the request is all that is known.
   */
  madeAt({ wrote, sent }: Call): CallMoment {
    if (wrote === undefined) return sent;
    const { revision, at = sent } = wrote;
    const read = this.#firstReads.get(revision);
    const latest = read === undefined || read.order > at.order ? at : { ...read, order: read.order - 0.5 };
    const timeUs = this.run.madeUs?.get(revision);
    return timeUs === undefined || timeUs === latest.timeUs ? latest : { ...latest, timeUs };
  }

  keysOf(revision: number): readonly string[] {
    return (this.#entries.get(revision)?.events ?? []).map(({ key }) => key);
  }

  /** What a revision put; undefined if it did not put the key. */
  valueOf(key: string, revision: number): string | undefined {
    return this.#entries.get(revision)?.events.find((event) => event.type === 'put' && event.key === key)
      ?.value;
  }

  /** The last change of the key up to a revision. */
  versionAt(key: string, revision: number): Version | undefined {
    return this.#versions.get(key)?.findLast((version) => version.revision <= revision);
  }

  /** The next change of the key behind a revision. */
  versionAfter(key: string, revision: number): Version | undefined {
    return this.#versions.get(key)?.find((version) => version.revision > revision);
  }

  /** Undefined if unknown. */
  makerOf(revision: number | undefined): Maker | undefined {
    const call = this.author(revision);
    if (call !== undefined) {
      const fault = call.revokes === undefined ? undefined : this.#faultThatRevoked(call);
      return fault === undefined ? { kind: 'call', call } : { kind: 'fault', fault };
    }
    const end = revision === undefined ? undefined : this.#ends.get(revision);
    return end && { kind: 'expiry', end };
  }

  /** The author of a change, such as `n1-2`, `the setup` or `the end of n3's lease`. */
  makerName(revision: number | undefined): string | undefined {
    const maker = this.makerOf(revision);
    switch (maker?.kind) {
      case undefined:
        return undefined;
      case 'call':
        return this.nameOf(maker.call);
      case 'expiry':
        return `the end of the lease of ${maker.end.node}`;
      case 'fault':
        return 'the revocation of its lease';
      default:
        return maker satisfies never;
    }
  }

  /** The operation, or otherwise the node. */
  nameOf({ node, operation, sent }: Call): string {
    if (operation !== undefined || node !== OBSERVER) return operation ?? node;
    return sent.order < this.#startedOrder ? 'the setup' : 'the test';
  }

  /** The actor of its line. */
  nodeOf({ node, sent }: Call): string {
    if (node !== OBSERVER) return node;
    return sent.order < this.#startedOrder ? 'setup' : 'test';
  }

  /** The node that put keys under the lease. */
  ownerOf(lease: string): string | undefined {
    return this.run.calls.find(({ leases }) => leases?.includes(lease) === true)?.node;
  }

  /** How often the operation, or the node outside of any, sent the same request and got the same answer. */
  timesOf(call: Call): number {
    const asked = whatOf(call);
    return asked === undefined ? 1 : (this.#times.get(asked) ?? 1);
  }

  /** The key, marked if it is outside the run's prefix. */
  name(key: string): string {
    return this.#outside.has(key) ? `${key} (outside the prefix)` : key;
  }

  /** Such as `lock/*`. */
  rangeName({ key, rangeEnd }: KeyRange): string {
    if (rangeEnd === undefined) return this.name(key);
    return rangeEnd === '' || key === '' || isPrefix(key, rangeEnd) ? `${key}*` : `${key} to ${rangeEnd}`;
  }

  /** The watches that the operation requested; for a call outside of any, its own. */
  watchesOf(cause: string, node: string | undefined): { readonly call: Call; readonly watched: Watched }[] {
    const streams =
      node === undefined ? this.callsOf(cause) : this.run.calls.filter((call) => call.node === node);
    return streams.flatMap((call) =>
      call.watches
        .filter(
          ({ operation }) =>
            node === undefined ||
            operation === cause ||
            (operation === undefined && (call.operation ?? cause) === cause),
        )
        .map((watched) => ({ call, watched })),
    );
  }

  /** The deletions of a lease that a fault revoked. */
  revocationBy(fault: ActingFault): Call | undefined {
    return this.run.calls.find((call) => call.revokes !== undefined && call.revokes === fault.revoked?.lease);
  }

  #faultThatRevoked({ node, revokes }: Call): ActingFault | undefined {
    if (node !== OBSERVER) return undefined;
    return this.run.faults?.find(({ revoked }) => revoked !== undefined && revoked.lease === revokes);
  }
}

/** The operation; for a call outside of any, the node at that moment. */
export function causeOf({ node, operation, sent }: Call): string {
  return operation ?? `${node} at ${sent.order}`;
}

/** The request and the answer of a call, as text to compare; undefined for a call that wrote, or watches. */
function whatOf(call: Call): string | undefined {
  const { node, operation, wrote, watches, reads, looks, failed, error, missed } = call;
  if (wrote !== undefined || watches.length > 0) return undefined;
  if (reads.length + looks.length === 0 && (failed ?? error ?? missed) === undefined) return undefined;
  const read = reads.map(({ key, revision }) => `${key}@${revision}`);
  const looked = looks.map(({ key, rangeEnd, count }) => `${key} ${rangeEnd ?? ''} ${count ?? ''}`);
  const asked: Asked = { ...(failed && { failed }), ...(error === undefined ? {} : { error }) };
  return JSON.stringify([operation ?? node, read, looked, asked, missed]);
}

function isPrefix(key: string, rangeEnd: string): boolean {
  const last = key.length - 1;
  return rangeEnd === key.slice(0, last) + String.fromCharCode(key.charCodeAt(last) + 1);
}

function push<T>(map: Map<string, T[]>, name: string, one: T): void {
  const known = map.get(name);
  if (known === undefined) map.set(name, [one]);
  else known.push(one);
}
