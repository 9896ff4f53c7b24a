/**
 * The requests of a recorded run, each with its messages. Pure. Invariant: a unary call is one request, and so is each
 * watch of a stream; renewals of leases are none.
 */
import { isWithin, type Call, type KeyRead, type Watched } from '../../history/calls.js';
import type { Recording } from '../../history/recording.js';
import { messagesOf, type Messages } from '../../moment/messages.js';
import { fates } from '../../moment/tables.js';

export interface Request {
  /** Position in the recording's table of calls. */
  readonly row: number;
  readonly node: string;
  /** Such as `KV.Txn`. */
  readonly method: string;
  /** The id of the operation that sent it; undefined outside of every operation. */
  readonly operation: string | undefined;
  readonly sentUs: number;
  /** Its keys and its effect, if it concerned keys. */
  readonly call: Call | undefined;
  /** One watch of a stream. */
  readonly watched?: Watched;
}

/** The requests before one of them, or all up to a time. */
export interface Until {
  readonly row: number;
  readonly timeUs: number;
}

export const ALWAYS: Until = { row: Infinity, timeUs: Infinity };

const WATCH = 'Watch.Watch';
const RENEWAL = 'Lease.LeaseKeepAlive';
const ARRIVED = fates.indexOf('arrived');

export class Requests {
  readonly messages: Messages;
  readonly #recording: Recording;
  readonly #all: Request[] = [];
  readonly #ofCall = new Map<Call, Request>();
  readonly #ofOperation = new Map<string, Request[]>();
  /** Outside of every operation. */
  readonly #ofNode = new Map<string, Request[]>();
  readonly #messagesOfRow = new Map<number, number[]>();

  constructor(calls: readonly Call[], recording: Recording) {
    this.#recording = recording;
    this.messages = messagesOf(recording);
    for (let message = 0; message < this.messages.count; message++)
      push(this.#messagesOfRow, this.messages.call[message] ?? 0, message);
    const callOf = callsByRow(calls, recording);
    recording.calls.startUs.forEach((_, row) => this.#add(row, callOf.get(row)));
    for (const requests of [...this.#ofOperation.values(), ...this.#ofNode.values()])
      requests.sort((left, right) => left.sentUs - right.sentUs || left.row - right.row);
  }

  #add(row: number, call: Call | undefined): void {
    const { actors, methods, operations, calls } = this.#recording;
    const method = methods[calls.method[row] ?? 0] ?? '';
    if (method === RENEWAL) return;
    const request = {
      row,
      method,
      node: actors[calls.caller[row] ?? 0] ?? '',
      operation: operations[calls.operation[row] ?? -1],
      sentUs: calls.startUs[row] ?? 0,
      call,
    };
    if (method !== WATCH) return this.#keep(request);
    for (const watched of call?.watches ?? []) {
      const { operation = request.operation, asked } = watched;
      this.#keep({ ...request, operation, sentUs: asked.timeUs, watched });
    }
  }

  #keep(request: Request): void {
    this.#all.push(request);
    if (request.call !== undefined && request.watched === undefined) this.#ofCall.set(request.call, request);
    if (request.operation === undefined) push(this.#ofNode, request.node, request);
    else push(this.#ofOperation, request.operation, request);
  }

  /** In the order in which they were sent. */
  ofOperation(id: string): readonly Request[] {
    return this.#ofOperation.get(id) ?? [];
  }

  /** Those outside of every operation, in the order in which they were sent. */
  ofNode(node: string): readonly Request[] {
    return this.#ofNode.get(node) ?? [];
  }

  ofCall(call: Call | undefined): Request | undefined {
    return call === undefined ? undefined : this.#ofCall.get(call);
  }

  /** When its caller heard the end. */
  endUs({ row }: Request): number {
    const endUs = this.#recording.calls.endUs[row] ?? -1;
    return endUs === -1 ? Infinity : endUs;
  }

  isAnswered({ row }: Request): boolean {
    const { isReply, fate } = this.messages;
    return this.#rowMessages(row).some((message) => isReply[message] === 1 && fate[message] === ARRIVED);
  }

  /** The versions that arrived at its node by then. */
  readsOf({ call, watched }: Request, { timeUs }: Until): readonly KeyRead[] {
    if (call === undefined) return [];
    if (watched === undefined) return call.reads;
    return call.reads.filter(
      ({ key, at }) => at.order > watched.asked.order && at.timeUs <= timeUs && isWithin(watched, key),
    );
  }

  /** The request and its answer; of a watch, also each message that brought a change by then. */
  messagesOf(request: Request, until: Until): readonly number[] {
    const { row, watched } = request;
    const own = this.#rowMessages(row);
    if (watched === undefined) return own;
    const times = new Set(this.readsOf(request, until).map(({ at }) => at.timeUs));
    for (const moment of [watched.created, watched.compacted?.at])
      if (moment !== undefined) times.add(moment.timeUs);
    const { isReply, departUs, arriveUs } = this.messages;
    return own.filter((message) =>
      isReply[message] === 1
        ? times.has(arriveUs[message] ?? -1)
        : departUs[message] === watched.asked.timeUs,
    );
  }

  /** The messages with which a node renewed its leases in that time. */
  renewalsOf(node: string, fromUs: number, untilUs: number): readonly number[] {
    const { actors, methods, calls } = this.#recording;
    const { departUs } = this.messages;
    return calls.method.flatMap((method, row) => {
      if (methods[method] !== RENEWAL || actors[calls.caller[row] ?? 0] !== node) return [];
      return this.#rowMessages(row).filter((message) => {
        const leftUs = departUs[message] ?? 0;
        return leftUs >= fromUs && leftUs <= untilUs;
      });
    });
  }

  /** Of an operation that began to renew a lease: the last renewal with an answer up to a time, and those after it. */
  lastRenewalsOf(operation: string, untilUs: number): readonly number[] {
    const { methods, operations, calls } = this.#recording;
    const { departUs, arriveUs, isReply, fate } = this.messages;
    return calls.method.flatMap((method, row) => {
      if (methods[method] !== RENEWAL || operations[calls.operation[row] ?? -1] !== operation) return [];
      const own = this.#rowMessages(row).filter((message) => (departUs[message] ?? 0) <= untilUs);
      const answer = own.findLastIndex((message) => isReply[message] === 1 && fate[message] === ARRIVED);
      const answeredUs = departUs[own[answer] ?? -1] ?? Infinity;
      const request = own.findLastIndex(
        (message) => isReply[message] === 0 && (arriveUs[message] ?? Infinity) <= answeredUs,
      );
      return own.slice(Math.max(0, request));
    });
  }

  /** The last request of a method that was sent before a time. */
  lastBefore(method: string, timeUs: number): Request | undefined {
    return this.#all.findLast((request) => request.method === method && request.sentUs <= timeUs);
  }

  /** The lease's grant, if a request of the node made it. */
  grantOf(lease: string, node: string): Request | undefined {
    const { leases } = this.#recording;
    const at = leases.lease.findIndex((id, row) => leases.ids[id] === lease && leases.kind[row] === 0);
    const grantedUs = leases.timeUs[at];
    if (grantedUs === undefined) return undefined;
    return this.#all.find(
      (request) =>
        request.method === 'Lease.LeaseGrant' &&
        request.node === node &&
        request.sentUs <= grantedUs &&
        this.endUs(request) >= grantedUs,
    );
  }

  /** The requests that a node sent while it served this call of another node. */
  servedBy({ row }: Request, members: readonly string[]): readonly Request[] {
    const { actors, calls } = this.#recording;
    const server = actors[calls.callee[row] ?? 0] ?? '';
    if (members.includes(server)) return [];
    const { isReply, arriveUs, departUs } = this.messages;
    const own = this.#rowMessages(row);
    const request = own.find((message) => isReply[message] === 0);
    const answer = own.findLast((message) => isReply[message] === 1);
    const fromUs = request === undefined ? -1 : (arriveUs[request] ?? -1);
    if (fromUs === -1) return [];
    const untilUs = answer === undefined ? Infinity : (departUs[answer] ?? Infinity);
    return this.ofNode(server).filter(({ sentUs }) => sentUs >= fromUs && sentUs <= untilUs);
  }

  #rowMessages(row: number): readonly number[] {
    return this.#messagesOfRow.get(row) ?? [];
  }
}

/** Both records have the calls of one node and one method in the same order. */
function callsByRow(calls: readonly Call[], recording: Recording): ReadonlyMap<number, Call> {
  const { actors, methods } = recording;
  const { caller, callee, method, startUs } = recording.calls;
  const rows = new Map<string, number[]>();
  startUs.forEach((timeUs, row) => {
    const [from, to] = [actors[caller[row] ?? 0], actors[callee[row] ?? 0]];
    push(rows, `${from} ${to} ${methods[method[row] ?? 0]} ${timeUs}`, row);
  });
  const found = new Map<number, Call>();
  const taken = new Map<string, number>();
  for (const call of calls) {
    const name = `${call.node} ${call.member} ${call.method} ${call.sent.timeUs}`;
    const count = taken.get(name) ?? 0;
    taken.set(name, count + 1);
    const row = rows.get(name)?.[count];
    if (row !== undefined) found.set(row, call);
  }
  return found;
}

export function push<Name, T>(map: Map<Name, T[]>, name: Name, one: T): void {
  const known = map.get(name);
  if (known === undefined) map.set(name, [one]);
  else known.push(one);
}
