/**
 * What a request read, and which requests had made that. Pure. Invariant: it looks back only: each source is older than
 * the request.
 */
import { authorsOf, isWithin, type Call, type KeyRange } from '../../history/calls.js';
import type { LogEntry } from '../../history/history.js';
import type { Incident, LeaseEnd } from '../../history/incidents.js';
import { push, type Request, type Requests, type Until } from './requests.js';

/** A request that wrote something, or the end of a lease that deleted it. */
export type Source =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'expiry'; readonly end: LeaseEnd };

export class Sources {
  readonly #requests: Requests;
  readonly #members: readonly string[];
  readonly #authors: ReadonlyMap<number, Call>;
  readonly #ends = new Map<number, LeaseEnd>();
  readonly #versions = new Map<string, { readonly revision: number; readonly isDelete: boolean }[]>();
  /** Deleted keys in the order of their revisions. */
  readonly #deletions: { readonly revision: number; readonly key: string }[] = [];

  constructor(
    requests: Requests,
    run: {
      readonly calls: readonly Call[];
      readonly log: readonly LogEntry[];
      readonly incidents: readonly Incident[];
      readonly members: readonly string[];
    },
  ) {
    this.#requests = requests;
    this.#members = run.members;
    this.#authors = authorsOf(run.calls);
    for (const incident of run.incidents)
      if (incident.kind === 'lease expired') this.#ends.set(incident.revision, incident);
    for (const { revision, events } of run.log) {
      for (const { key, type } of events) {
        push(this.#versions, key, { revision, isDelete: type === 'delete' });
        if (type === 'delete') this.#deletions.push({ revision, key });
      }
    }
  }

  /** Empty if no known request made the revision. */
  of(revision: number | undefined): Source[] {
    if (revision === undefined) return [];
    const request = this.#requests.ofCall(this.#authors.get(revision));
    if (request !== undefined) return [{ kind: 'request', request }];
    const end = this.#ends.get(revision);
    return end === undefined ? [] : [{ kind: 'expiry', end }];
  }

  /** Of what the request read or failed to compare by then; of a range that was empty, the last deletion. */
  readBy(request: Request, until: Until): Source[] {
    const { call, watched } = request;
    const { compacted } = watched ?? {};
    const compaction = compacted && this.#requests.lastBefore('KV.Compact', compacted.at.timeUs);
    const others = [
      ...this.#requests.servedBy(request, this.#members),
      ...(compaction === undefined ? [] : [compaction]),
    ];
    const reads = this.#requests.readsOf(request, until);
    const revisions = new Set(reads.map(({ revision }) => revision));
    if (call !== undefined && watched === undefined) {
      if (call.failed?.revision !== undefined) revisions.add(call.failed.revision);
      for (const look of call.looks) {
        if (reads.some(({ key }) => isWithin(look, key))) continue;
        const gone = this.#lastDeletion(look, look.revision);
        if (gone !== undefined) revisions.add(gone);
      }
      for (const range of call.missed ?? []) {
        if (call.wrote === undefined) continue;
        const gone = this.#lastDeletion(range, call.wrote.revision - 1);
        if (gone !== undefined) revisions.add(gone);
      }
    }
    return [
      ...[...revisions].flatMap((revision) => this.of(revision)),
      ...others.map((one): Source => ({ kind: 'request', request: one })),
    ];
  }

  /** The leases that expired at that time. */
  endsAt(timeUs: number): LeaseEnd[] {
    return [...this.#ends.values()].filter(({ at }) => at.timeUs === timeUs);
  }

  /** The put of a key that went with a lease. */
  putBefore({ keys, revision }: LeaseEnd): Source[] {
    return keys.flatMap((key) =>
      this.of(this.#versions.get(key)?.findLast((version) => version.revision < revision)?.revision),
    );
  }

  /** The last deletion in the range up to a revision, of a key that is still absent then. */
  #lastDeletion(range: KeyRange, revision: number): number | undefined {
    if (range.rangeEnd === undefined) {
      const last = this.#versions.get(range.key)?.findLast((version) => version.revision <= revision);
      return last?.isDelete === true ? last.revision : undefined;
    }
    const gone = this.#deletions.findLast((one) => one.revision <= revision && isWithin(range, one.key));
    if (gone === undefined) return undefined;
    return this.#lastDeletion({ key: gone.key }, revision) === gone.revision ? gone.revision : undefined;
  }
}
