/**
 * Serves a stream of answers to one request. Invariant: nothing is sent before the request has arrived, and
 * one status ends the stream, unless the client is gone first.
 */
import { CODE, ERRORS, statusOf } from '../errors.js';
import type { Failure } from '../result.js';
import type { CallMetadata, ServerCall } from '../service.js';
import type { CallStatus } from '../call-status.js';
import type { Encodable, MessageType } from '../wire/message.js';
import { requiresLeader, type IncomingCall, type MemberServer, type Method } from './server.js';
import { read, type DialectOf } from './unary.js';

/** The output of an answer stream: any number of messages, then its end. */
export interface Answers<R> {
  send(message: Encodable<R>): void;
  /** @param failure why it ends; undefined if it is complete */
  end(failure?: Failure): void;
}

/**
 * Answers the request, now or later, and returns how to give it up; undefined if that makes no difference.
 */
export type Answerer<Q, R> = (
  server: MemberServer,
  request: Q,
  answers: Answers<R>,
  metadata: CallMetadata,
) => (() => void) | undefined;

export function answerStream<Q, R>(
  requestType: MessageType<Q>,
  responseType: MessageType<R>,
  answer: Answerer<Q, R>,
  dialectOf?: DialectOf,
): Method {
  return (call) => {
    call.sink.begun?.(lacksLeader(call) ? 'turned away without a leader' : 'served');
    return new AnswerStream(call, requestType, responseType, answer, dialectOf);
  };
}

function lacksLeader({ server, metadata }: IncomingCall): boolean {
  return requiresLeader(metadata) && server.knownLeader === undefined;
}

class AnswerStream<Q, R> implements ServerCall, Answers<R> {
  readonly #call: IncomingCall;
  readonly #requestType: MessageType<Q>;
  readonly #responseType: MessageType<R>;
  readonly #answer: Answerer<Q, R>;
  readonly #dialectOf: DialectOf | undefined;
  #state: 'new' | 'answering' | 'ended' = 'new';
  #giveUp: (() => void) | undefined;

  constructor(
    call: IncomingCall,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    answer: Answerer<Q, R>,
    dialectOf: DialectOf | undefined,
  ) {
    this.#dialectOf = dialectOf;
    this.#call = call;
    this.#requestType = requestType;
    this.#responseType = responseType;
    this.#answer = answer;
  }

  message(bytes: Uint8Array): void {
    if (this.#state !== 'new') return;
    this.#state = 'answering';
    const { server, metadata } = this.#call;
    const request = read(this.#requestType, bytes, server.rules, 'streamed', this.#dialectOf);
    if (request.kind === 'refused') this.#end(request.status);
    else if (lacksLeader(this.#call)) {
      this.#end(statusOf(ERRORS.noLeader));
    } else this.#giveUp = this.#answer(server, request.message, this, metadata);
  }

  halfClose(): void {
    if (this.#state !== 'new') return;
    const { namesMissingRequest } = this.#call.server.rules;
    this.#end(statusOf(namesMissingRequest ? ERRORS.missingRequest : ERRORS.endOfFile));
  }

  cancel(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#giveUp?.();
  }

  send(message: Encodable<R>): void {
    if (this.#state === 'answering') this.#call.sink.message(this.#responseType.encode(message));
  }

  end(failure?: Failure): void {
    this.#end(failure === undefined ? { code: CODE.ok, details: '' } : statusOf(failure.error));
  }

  #end(status: CallStatus): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#call.sink.status(status);
  }
}
