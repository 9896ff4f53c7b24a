/**
 * The messages and operations that a violation depends on, by what was read. From the requests of its witness it goes
 * back to the requests that wrote the versions they read, and so on. Pure. Invariant: each request of the past belongs to
 * the witness or the story, or one of the past read its effect, or it is an earlier one of an operation of the past.
 *
 * Full happens-before would hold nearly everything: each request to a member would depend on all earlier ones there. The
 * story of the explanation is another thing: it says in words what happened to etcd's keys.
 */
import type { RunResult } from '../../run/run-result.js';
import type { LeaseEnd } from '../../history/incidents.js';
import { effectiveRequests } from './effective.js';
import { ALWAYS, Requests, type Request, type Until } from './requests.js';
import { Sources, type Source } from './sources.js';

/** Where it begins. */
export interface Beginning {
  /** Ids of the operations that show the violation. */
  readonly operations: readonly string[];
  readonly revisions: readonly number[];
  /**
   * The steps of the story: each at its time, by its operation, or by its node outside of any. The end of a lease is a step
   * of `etcd`.
   */
  readonly steps: readonly StoryStep[];
}

export interface StoryStep {
  readonly timeUs: number;
  readonly node: string;
  readonly operation?: string | undefined;
  /** Whether only a request that changed etcd can be meant. */
  readonly isChange?: boolean;
}

export interface ReadsFromPast {
  /** Ids of operations. */
  readonly operations: ReadonlySet<string>;
  /** Positions in the recording's table of messages. */
  readonly messages: ReadonlySet<number>;
  /** False if sources that are further back were left out. */
  readonly isWhole: boolean;
}

export type RecordedResult = Pick<
  RunResult,
  'calls' | 'log' | 'incidents' | 'recording' | 'plan' | 'operations'
>;

/** A picture with more is hard to read. The witness's own messages are never left out. */
export const MESSAGES_MAX = 150;

/** @returns messages only if the run was recorded */
export function readsFromPast(run: RecordedResult, beginning: Beginning): ReadsFromPast {
  const { calls = [], log, incidents = [], recording, plan } = run;
  const named = [...beginning.operations, ...beginning.steps.flatMap(({ operation }) => operation ?? [])];
  if (recording === undefined) return { operations: new Set(named), messages: new Set(), isWhole: true };
  const requests = new Requests(calls, recording);
  const sources = new Sources(requests, { calls, log, incidents, members: plan.members });
  const past = new Past(requests, sources);
  for (const id of named) past.operations.add(id);
  const returnedUs = new Map(run.operations.map(({ id, return: end }) => [id, end?.timeUs ?? Infinity]));
  const lastUs = Math.max(0, ...beginning.operations.map((id) => returnedUs.get(id) ?? Infinity));
  for (const id of beginning.operations)
    for (const message of requests.lastRenewalsOf(id, lastUs)) past.messages.add(message);
  past.follow(beginningOf(run, beginning, requests, sources));
  const { operations, messages, isWhole } = past;
  return { operations, messages, isWhole };
}

/** A request with the end of the time in which its effects count, or the end of a lease. */
type Lead = { readonly request: Request; readonly until: Until } | { readonly end: LeaseEnd };

function beginningOf(
  { operations }: RecordedResult,
  beginning: Beginning,
  requests: Requests,
  sources: Sources,
): Lead[] {
  const returnedUs = new Map(operations.map(({ id, return: end }) => [id, end?.timeUs ?? Infinity]));
  const own = beginning.operations.flatMap((id) => {
    const until = { row: Infinity, timeUs: returnedUs.get(id) ?? Infinity };
    const all = requests.ofOperation(id);
    return effectiveRequests(requests, all, until, true).map((request) => ({ request, until }));
  });
  const steps = beginning.steps.flatMap(({ timeUs, node, operation, isChange = false }): Lead[] => {
    if (node === 'etcd') return sources.endsAt(timeUs).map((end) => ({ end }));
    const all = operation === undefined ? requests.ofNode(node) : requests.ofOperation(operation);
    const until = { row: Infinity, timeUs };
    return all
      .filter((request) =>
        request.watched === undefined
          ? request.sentUs <= timeUs && requests.endUs(request) >= timeUs
          : requests.readsOf(request, until).some(({ at }) => at.timeUs === timeUs),
      )
      .filter(({ call }) => !isChange || call?.wrote !== undefined)
      .map((request) => ({ request, until }));
  });
  return [...own, ...beginning.revisions.flatMap((revision) => sources.of(revision)).map(leadOf), ...steps];
}

function leadOf(source: Source): Lead {
  if (source.kind === 'expiry') return { end: source.end };
  return { request: source.request, until: ALWAYS };
}

class Past {
  readonly operations = new Set<string>();
  readonly messages = new Set<number>();
  isWhole = true;
  readonly #requests: Requests;
  readonly #sources: Sources;
  /** Until when the effects of each request count. */
  readonly #taken = new Map<Request, number>();
  readonly #ended = new Set<LeaseEnd>();

  constructor(requests: Requests, sources: Sources) {
    this.#requests = requests;
    this.#sources = sources;
  }

  /** First those that are nearest to the violation; of equally near ones the most recent. */
  follow(beginning: readonly Lead[]): void {
    let leads = beginning;
    for (let distance = 0; leads.length > 0; distance++) {
      const further: Lead[] = [];
      for (const lead of [...leads].sort((left, right) => timeOf(right) - timeOf(left))) {
        if (this.#isKnown(lead)) continue;
        if (distance > 0 && this.messages.size >= MESSAGES_MAX) {
          this.isWhole = false;
          return;
        }
        further.push(...('end' in lead ? this.#takeExpiry(lead.end) : this.#takeRequest(lead)));
      }
      leads = further;
    }
  }

  #isKnown(lead: Lead): boolean {
    if ('end' in lead) return this.#ended.has(lead.end);
    return (this.#taken.get(lead.request) ?? -1) >= lead.until.timeUs;
  }

  /** The request, the earlier ones of its operation, and the grants of their leases. @returns what they read from */
  #takeRequest({ request, until }: Exclude<Lead, { end: LeaseEnd }>): Lead[] {
    const { row, sentUs: timeUs, operation } = request;
    const earlier =
      operation === undefined
        ? []
        : effectiveRequests(
            this.#requests,
            this.#requests.ofOperation(operation),
            { row, timeUs },
            false,
          ).map((one) => ({ one, until: { row, timeUs } }));
    const leads: Lead[] = [];
    for (const own of [{ one: request, until }, ...earlier]) {
      if (this.#isKnown({ request: own.one, until: own.until })) continue;
      leads.push(...this.#take(own.one, own.until));
      for (const lease of own.one.call?.leases ?? []) {
        const grant = this.#requests.grantOf(lease, own.one.node);
        if (grant !== undefined) leads.push(...this.#take(grant, ALWAYS));
      }
    }
    return leads;
  }

  #take(request: Request, until: Until): Lead[] {
    this.#taken.set(request, Math.max(this.#taken.get(request) ?? -1, until.timeUs));
    if (request.operation !== undefined) this.operations.add(request.operation);
    for (const message of this.#requests.messagesOf(request, until)) this.messages.add(message);
    return this.#sources.readBy(request, until).map(leadOf);
  }

  /** The renewals from the last one that etcd answered to the end. @returns the put of the key */
  #takeExpiry(end: LeaseEnd): Lead[] {
    this.#ended.add(end);
    const { renewed, node, at } = end;
    const puts = this.#sources.putBefore(end);
    const putsUs = puts.flatMap((put) => (put.kind === 'request' ? [put.request.sentUs] : []));
    const fromUs = typeof renewed === 'object' ? renewed.timeUs : Math.max(0, ...putsUs);
    for (const message of this.#requests.renewalsOf(node, fromUs, at.timeUs)) this.messages.add(message);
    return puts.map(leadOf);
  }
}

function timeOf(lead: Lead): number {
  return 'end' in lead ? lead.end.at.timeUs : lead.request.sentUs;
}
