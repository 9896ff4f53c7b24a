/**
 * A call that is counted on its way to the member and back. Invariant: a call that begins is counted as
 * handled once, with etcd's code for its metrics, which is not always the code that its client gets.
 */
import { CODE } from '../../etcd/errors.js';
import { ENDED_CALL } from '../../etcd/rpc/streaming.js';
import type { Beginning, CallMetadata, CallSink, EtcdMember, ServerCall } from '../../etcd/service.js';
import type { VersionRules } from '../../etcd/version.js';
import { CODE_NAMES, typeOf, type CallCounts, type CodeName, type MethodCounts } from './call-counts.js';
import { codeOfGivenUp } from './given-up.js';

/** The member with counted calls; `countsNow` says which counts apply when a call arrives. */
export function metered(member: EtcdMember, rules: VersionRules, countsNow: () => CallCounts): EtcdMember {
  return {
    name: member.name,
    open(path, metadata, sink) {
      const call = new MeteredCall({ path, metadata, sink, rules, counts: countsNow() });
      call.begin(member);
      return call;
    },
  };
}

interface MeteredCallParts {
  readonly path: string;
  readonly metadata: CallMetadata;
  readonly sink: CallSink;
  readonly rules: VersionRules;
  readonly counts: CallCounts;
}

class MeteredCall implements ServerCall {
  readonly #parts: MeteredCallParts;
  #service: ServerCall = ENDED_CALL;
  /** The counts of its method; from where the call counts on. */
  #method: MethodCounts | undefined;
  #hasReceived = false;
  /** The end of the client's input has arrived, which may count as a message. */
  #hasReceivedEnd = false;
  #ended = false;

  constructor(parts: MeteredCallParts) {
    this.#parts = parts;
  }

  begin(member: EtcdMember): void {
    const { path, metadata, sink, counts } = this.#parts;
    this.#service = member.open(path, metadata, {
      begun: (how) => this.#begin(how),
      isFull: () => sink.isFull?.() === true,
      message: (bytes) => {
        counts.sentBytes += bytes.length;
        if (this.#method !== undefined && this.#method.type !== 'unary') this.#method.sent++;
        sink.message(bytes);
      },
      status: (status) => {
        this.#onStatus(status.code);
        sink.status(status);
      },
    });
  }

  message(bytes: Uint8Array): void {
    const { path, counts } = this.#parts;
    if (!this.#ended && (typeOf(path) === 'bidi_stream' || !this.#hasReceived)) {
      this.#hasReceived = true;
      counts.receivedBytes += bytes.length;
      if (this.#method !== undefined) this.#method.received++;
    }
    this.#service.message(bytes);
  }

  halfClose(): void {
    this.#receiveEnd();
    this.#service.halfClose();
  }

  cancel(isLate = false): void {
    const { path, rules } = this.#parts;
    this.#receiveEnd();
    this.#end(codeOfGivenUp(path, isLate, rules));
    this.#service.cancel(isLate);
  }

  #begin(how: Beginning): void {
    const { path, metadata, rules, counts } = this.#parts;
    const type = typeOf(path);
    if (how !== 'turned away by a learner') {
      counts.countRequest(type, metadata.get('client-api-version') ?? 'unknown');
    }
    if (how !== 'served' && !rules.metrics.countsCallsTurnedAway) return;
    this.#method = counts.of(path);
    this.#method.started++;
    // A unary call begins with its request.
    if (type === 'unary') this.#method.received++;
  }

  #onStatus(code: number): void {
    const { path, rules } = this.#parts;
    const isMalformed = code === CODE.internal || code === CODE.resourceExhausted;
    if (this.#method?.type !== 'bidi_stream' || !isMalformed) {
      if (path === WATCH) this.#receiveEnd();
      this.#end(CODE_NAMES[code] ?? 'Unknown');
      return;
    }
    // The malformed message ends the input, and may count as a message. grpc-go ends the stream with it, and
    // its service attributes that to the client.
    if (!rules.metrics.countsEndsAsMessages) this.#method.received--;
    this.#end(codeOfGivenUp(path, false, rules));
  }

  #receiveEnd(): void {
    if (this.#ended || this.#hasReceivedEnd || this.#method?.type !== 'bidi_stream') return;
    this.#hasReceivedEnd = true;
    if (this.#parts.rules.metrics.countsEndsAsMessages) this.#method.received++;
  }

  #end(code: CodeName): void {
    if (this.#ended) return;
    this.#ended = true;
    const method = this.#method;
    if (method === undefined) return;
    method.handled[code]++;
    const isAnswered = code === 'OK' || this.#parts.rules.metrics.countsEndsAsMessages;
    if (method.type === 'unary' && isAnswered) method.sent++;
  }
}

/** It keeps receiving while it sends. */
const WATCH = '/etcdserverpb.Watch/Watch';
