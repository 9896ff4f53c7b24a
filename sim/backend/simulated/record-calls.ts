/**
 * Records the calls of a simulated run that concern keys. Invariant: it only observes: the history's order,
 * the trace and every draw are the same without it.
 */
import { currentWork } from '../../engine/node.js';
import { byteStringOfText, type ByteString } from '../../etcd/byte-string.js';
import { readable } from '../../etcd/wire/malformed-error.js';
import { LEASE_KEEP_ALIVE_RESPONSE } from '../../etcd/wire/lease.js';
import { FILTER_TYPE, WATCH_REQUEST, WATCH_RESPONSE } from '../../etcd/wire/watch.js';
import { EVENT_TYPE } from '../../etcd/wire/kv.js';
import type {
  Asked,
  Call,
  CallMoment,
  Doing,
  KeyRange,
  KeyRead,
  Look,
  Watched,
} from '../../history/calls.js';
import type { LogEntry } from '../../history/history.js';
import type { Incident, NodeCall } from '../../history/incidents.js';
import { leaseEnds } from '../../history/lease-ends.js';
import { Comparisons } from '../../history/failed-comparison.js';
import { askedBy, settleWrites, type Intent, type Writing } from '../../history/settle-writes.js';
import type { CallObserver, ObserveCall } from '../../network/call-observer.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import { CONTENTS, rangeOf, textOf, type Answer, type Contents, shortMethod } from '../call-contents.js';

/** The source of moments. */
export interface CallClock {
  readonly nowUs: number;
  /** The last number that the history has given. */
  readonly sequence: number;
}

type Draft<T> = { -readonly [Name in keyof T]: T[Name] };

interface DraftCall
  extends Draft<Omit<Call, 'reads' | 'looks' | 'watches' | 'wrote' | keyof Asked>>, Draft<Writing> {
  error?: string;
  missed?: readonly KeyRange[];
  refused?: boolean;
  readonly reads: KeyRead[];
  readonly looks: Look[];
  readonly watches: DraftWatch[];
}

interface DraftWatch extends Draft<Watched> {
  id?: bigint;
}

const WATCH = '/etcdserverpb.Watch/Watch';
const RANGE = '/etcdserverpb.KV/Range';
const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';

/**
 * The most calls and reads recorded. A run with more, which takes minutes, is not recorded, because half a
 * record would mislead.
 */
const RECORDS_MAX = 300_000;

const OBSERVER_READS_MAX = 50;

export class CallRecorder {
  readonly #clock: CallClock;
  readonly #prefix: string;
  readonly #prefixBytes: ByteString;
  readonly #incidents: Incident[] = [];
  /** When a member first made each revision. */
  readonly #madeAt = new Map<number, CallMoment>();
  /** When a member last renewed each lease. */
  readonly #renewedAt = new Map<string, CallMoment>();
  /** Undefined if there are too many. */
  #calls: DraftCall[] | undefined = [];
  /** What the observer read last: it hands nothing over, yet a test decides by it. */
  readonly #observerReads: DraftCall[] = [];
  #records = 0;
  #order = 0;
  #revision = 0;

  /** @param prefix of every key of the run; the record omits it */
  constructor(
    clock: CallClock,
    prefix: string,
    private readonly recordsMax = RECORDS_MAX,
  ) {
    this.#clock = clock;
    this.#prefix = prefix;
    this.#prefixBytes = byteStringOfText(prefix);
  }

  /** The newest revision that a member has reported. */
  get revision(): number {
    return this.#revision;
  }

  /** The nodes start; the process of a node has died, or starts again. */
  note(kind: 'started'): void;
  note(kind: 'crashed' | 'restarted', node: string): void;
  note(kind: 'started' | 'crashed' | 'restarted', node = ''): void {
    const at = this.moment();
    this.#incidents.push(kind === 'started' ? { kind, at } : { kind, at, node });
  }

  /** A member has made a revision. */
  made(revision: number): void {
    if (!this.#madeAt.has(revision)) this.#madeAt.set(revision, this.moment());
  }

  /** @param calls as {@link calls} returns them */
  incidents(calls: readonly Call[], log: readonly LogEntry[], others: readonly Incident[] = []): Incident[] {
    const all = [...this.#incidents, ...others, ...leaseEnds(calls, log, this.#madeAt, this.#renewedAt)];
    return all.sort((left, right) => left.at.order - right.at.order);
  }

  /** Observes methods that concern keys, and calls between nodes. */
  readonly observeCall: ObserveCall = ({ node, member, method, isNode }) => {
    if (isNode) return this.#nodeCall(node, member, method);
    const contents = CONTENTS[method];
    if (this.#calls === undefined) return undefined;
    if (node === OBSERVER && method === RANGE) return this.#observerRead(member);
    if (contents !== undefined) return this.#unary(this.#begin(node, member, method), contents);
    if (method === KEEP_ALIVE) return this.#renewals();
    if (method !== WATCH) return undefined;
    return node === OBSERVER ? this.#logWatch() : this.#watchStream(this.#begin(node, member, method));
  };

  /**
   * The calls so far, in the order in which they were begun; undefined if there were too many to record.
   *
   * @param log etcd's log, which shows writes that no member has answered
   */
  calls(log: readonly LogEntry[]): Call[] | undefined {
    return this.#calls && settled(this.#calls, log);
  }

  /** The last reads of the observer, in the order in which they were begun. */
  observerReads(log: readonly LogEntry[]): Call[] {
    return settled(this.#observerReads, log);
  }

  #begin(node: string, member: string, method: string): DraftCall {
    const call = this.#draft(node, member, method);
    this.#calls?.push(call);
    this.#count(1);
    return call;
  }

  #observerRead(member: string): CallObserver | undefined {
    const contents = CONTENTS[RANGE];
    if (contents === undefined) return undefined;
    const call = this.#draft(OBSERVER, member, RANGE);
    this.#observerReads.push(call);
    if (this.#observerReads.length > OBSERVER_READS_MAX) this.#observerReads.shift();
    return this.#unary(call, contents);
  }

  #draft(node: string, member: string, method: string): DraftCall {
    return {
      node,
      ...doing(),
      member,
      method: shortMethod(method),
      sent: this.moment(),
      answered: false,
      intent: NO_INTENT,
      after: this.#revision,
      reads: [],
      looks: [],
      watches: [],
    };
  }

  #unary(call: DraftCall, contents: Contents): CallObserver {
    let request: Uint8Array | undefined;
    const nameOf = (key: ByteString): string => this.#nameOf(key);
    let known: { readonly bytes: Uint8Array; readonly answer: Answer | undefined } | undefined;
    // The message that arrives at the node is, as a rule, the member's latest answer.
    const answerTo = (bytes: Uint8Array): Answer | undefined => {
      if (known?.bytes === bytes) return known.answer;
      const sent = request;
      const answer = sent === undefined ? undefined : readable(() => contents.answerOf(sent, bytes, nameOf));
      known = { bytes, answer };
      return answer;
    };
    return {
      sent: (bytes) => {
        request = bytes;
        call.intent = readable(() => contents.intentOf(bytes, nameOf)) ?? NO_INTENT;
      },
      answered: (bytes) => {
        const answer = answerTo(bytes);
        if (answer === undefined) return;
        const { revision, wrote, missed, refused } = answer;
        Object.assign(call, { missed, refused });
        this.#revision = Math.max(this.#revision, revision);
        call.answer = { revision, wrote, at: this.moment() };
      },
      received: (bytes) => {
        const answer = answerTo(bytes);
        const at = this.moment();
        call.answered = true;
        for (const { versions, ...found } of answer?.found ?? []) {
          call.looks.push({ ...found, revision: answer?.revision ?? 0, at });
          for (const version of versions) call.reads.push({ ...version, at });
          this.#count(versions.length);
        }
      },
      forgotten: () => undefined,
      ended: (_how, status) => {
        if (status !== undefined && status.code !== 0) call.error = status.details;
        this.#end(call);
      },
    };
  }

  #nodeCall(node: string, to: string, method: string): CallObserver {
    const call: Draft<NodeCall> = {
      ...{ kind: 'node call', at: this.moment(), node, ...doing(), to, method: nameOfMethod(method) },
      answered: false,
    };
    this.#incidents.push(call);
    this.#count(1);
    return {
      sent: () => undefined,
      answered: () => undefined,
      received: () => (call.answered = true),
      forgotten: () => undefined,
      ended: (_how, status) => {
        if (status !== undefined && status.code !== 0) call.error = status.details;
        call.returned = this.moment();
      },
    };
  }

  /** The observer's watch of the log is no call of the run, but it shows etcd's progress. */
  #logWatch(): CallObserver {
    return { ...UNHEARD, answered: (bytes) => this.#hearOf(bytes) };
  }

  /** Renewals concern no key, but they show why a lease ran out. */
  #renewals(): CallObserver {
    return {
      ...UNHEARD,
      answered: (bytes) => {
        const answer = readable(() => LEASE_KEEP_ALIVE_RESPONSE.decode(bytes));
        if (answer !== undefined && answer.TTL > 0) this.#renewedAt.set(String(answer.ID), this.moment());
      },
    };
  }

  #watchStream(call: DraftCall): CallObserver {
    const close = (state: Watched['state'], id?: bigint): void => {
      for (const watched of call.watches) {
        if (watched.state === 'open' && (id === undefined || watched.id === id)) watched.state = state;
      }
    };
    return {
      sent: (bytes) => {
        const request = readable(() => WATCH_REQUEST.decode(bytes));
        if (request?.createRequest !== undefined) {
          const { startRevision } = request.createRequest;
          call.watches.push({
            ...rangeOf(request.createRequest, (key) => this.#nameOf(key)),
            ...doing(),
            asked: this.moment(),
            fromRevision: startRevision,
            ...onlyOf(request.createRequest.filters),
            state: 'open',
          });
        }
        if (request?.cancelRequest !== undefined) close('left', request.cancelRequest.watchId);
      },
      answered: (bytes) => this.#hearOf(bytes),
      received: (bytes) => {
        const response = readable(() => WATCH_RESPONSE.decode(bytes));
        if (response === undefined) return;
        call.answered = true;
        const at = this.moment();
        if (response.created) {
          // They are created in the order in which they were requested.
          const watched = call.watches.find(({ id }) => id === undefined);
          if (watched !== undefined) {
            watched.id = response.watchId;
            watched.createdRevision = response.header?.revision ?? 0;
            watched.created = at;
          }
        }
        if (response.canceled) {
          const { watchId, compactRevision } = response;
          const watched = call.watches.find(({ id }) => id === watchId);
          if (watched !== undefined && compactRevision > 0)
            watched.compacted = { revision: compactRevision, at };
          close('broken', watchId);
        }
        this.#count(response.events.length);
        for (const { type, kv } of response.events) {
          if (kv === undefined) continue;
          const read = { key: this.#nameOf(kv.key), revision: kv.modRevision, at };
          call.reads.push(type === EVENT_TYPE.delete ? { ...read, deletes: true } : read);
        }
      },
      forgotten: () => undefined,
      ended: (how) => {
        close(how === 'told' ? 'broken' : 'left');
        this.#end(call);
      },
    };
  }

  #hearOf(watchResponse: Uint8Array): void {
    const revision = readable(() => WATCH_RESPONSE.decode(watchResponse))?.header?.revision ?? 0;
    this.#revision = Math.max(this.#revision, revision);
  }

  #count(records: number): void {
    this.#records += records;
    if (this.#records > this.recordsMax) this.#calls = undefined;
  }

  #end(call: DraftCall): void {
    call.returned ??= this.moment();
  }

  #nameOf(key: ByteString): string {
    return key.startsWith(this.#prefixBytes) ? textOf(key).slice(this.#prefix.length) : textOf(key);
  }

  /** This moment, as one of the record. */
  moment(): CallMoment {
    const { nowUs, sequence } = this.#clock;
    return { sequence, timeUs: nowUs, order: this.#order++ };
  }
}

/** An endpoint by its name alone. */
function nameOfMethod(method: string): string {
  const endpoint = /^\/etcd-sim\.Endpoint\/(.*)$/.exec(method)?.[1];
  return endpoint === undefined ? shortMethod(method) : decodeURIComponent(endpoint);
}

/** The operation whose body makes this call. */
function doing(): Doing {
  const work = currentWork();
  return work === undefined ? {} : { operation: work.id, operationName: work.name };
}

/** The comparison because of which etcd refused a transaction. */
function failedOf({ intent, refused, answer }: DraftCall, comparisons: Comparisons): Asked['failed'] {
  if (refused !== true || answer === undefined) return undefined;
  // The writes of the other branch came after the comparison.
  return comparisons.failedAt(intent.comparisons ?? [], answer.revision - Number(answer.wrote));
}

const UNHEARD: CallObserver = {
  sent: () => undefined,
  answered: () => undefined,
  received: () => undefined,
  forgotten: () => undefined,
  ended: () => undefined,
};

const NO_INTENT: Intent = { branches: [], leases: [] };

function onlyOf(filters: readonly number[]): Pick<Watched, 'only'> {
  if (filters.includes(FILTER_TYPE.noPut)) return { only: 'delete' };
  return filters.includes(FILTER_TYPE.noDelete) ? { only: 'put' } : {};
}

/** @param log etcd's log, which shows writes that no member has answered */
function settled(drafts: readonly DraftCall[], log: readonly LogEntry[]): Call[] {
  const written = settleWrites(drafts, log);
  const comparisons = new Comparisons(log);
  return drafts.map((call) => {
    const { node, operation, operationName, member, method, sent, returned, answered } = call;
    const { reads, looks, watches } = call;
    const wrote = written.get(call);
    const { intent, missed = [], error } = call;
    const failed = failedOf(call, comparisons);
    return {
      node,
      ...(operation === undefined ? {} : { operation }),
      ...(operationName === undefined ? {} : { operationName }),
      ...{ member, method, sent },
      ...(returned === undefined ? {} : { returned }),
      answered,
      ...(wrote === undefined ? {} : { wrote }),
      ...askedBy(intent),
      ...(failed === undefined ? {} : { failed }),
      ...(missed.length === 0 ? {} : { missed }),
      ...(error === undefined ? {} : { error }),
      reads: [...reads],
      looks: [...looks],
      watches: watches.map(({ id: _id, ...watched }) => watched),
    };
  });
}
