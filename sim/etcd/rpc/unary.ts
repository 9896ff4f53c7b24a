/**
 * Serves a unary method: one request in, one response or error out. Invariant: exactly one status, after at most one
 * message, unless the client is gone first.
 */
import { CODE, ERRORS, statusOf } from '../errors.js';
import type { Result } from '../result.js';
import type { CallMetadata, ServerCall } from '../service.js';
import type { CallStatus } from '../call-status.js';
import type { VersionRules } from '../version.js';
import { MalformedError } from '../wire/malformed-error.js';
import type { Encodable, MessageType } from '../wire/message.js';
import type { Dialect } from '../wire/reader.js';
import {
  RECEIVED_BYTES_MAX,
  requiresLeader,
  type IncomingCall,
  type MemberServer,
  type Method,
} from './server.js';

/**
 * Carries out a request: answers through `reply`, now or later. Returns how to give it up; undefined if that
 * makes no difference.
 */
export type Handler<Q, R> = (
  server: MemberServer,
  request: Q,
  reply: (result: Result<Encodable<R>>) => void,
  /** The request on the wire. */
  bytes: Uint8Array,
  metadata: CallMetadata,
) => (() => void) | undefined;

const OK: CallStatus = { code: CODE.ok, details: '' };

export function unary<Q, R>(
  requestType: MessageType<Q>,
  responseType: MessageType<R>,
  handler: Handler<Q, R>,
  dialectOf: DialectOf = ({ messages }) => messages,
): Method {
  return (call) => new UnaryCall(call, requestType, responseType, handler, dialectOf);
}

/** The protobuf library that reads the requests of a method. */
export type DialectOf = (rules: VersionRules) => Dialect;

class UnaryCall<Q, R> implements ServerCall {
  readonly #call: IncomingCall;
  readonly #requestType: MessageType<Q>;
  readonly #responseType: MessageType<R>;
  readonly #handler: Handler<Q, R>;
  readonly #dialectOf: DialectOf;
  #state: 'new' | 'working' | 'ended' = 'new';
  #giveUp: (() => void) | undefined;

  constructor(
    call: IncomingCall,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    handler: Handler<Q, R>,
    dialectOf: DialectOf,
  ) {
    this.#dialectOf = dialectOf;
    this.#call = call;
    this.#requestType = requestType;
    this.#responseType = responseType;
    this.#handler = handler;
  }

  message(bytes: Uint8Array): void {
    if (this.#state !== 'new') return;
    this.#state = 'working';
    const { server, metadata } = this.#call;
    const request = read(this.#requestType, bytes, server.rules, 'unary', this.#dialectOf);
    if (request.kind === 'refused') {
      this.#end(request.status);
      return;
    }
    if (requiresLeader(metadata) && server.knownLeader === undefined) {
      this.#call.sink.begun?.('turned away without a leader');
      this.#end(statusOf(ERRORS.noLeader));
      return;
    }
    this.#call.sink.begun?.('served');
    const reply = (result: Result<Encodable<R>>): void => this.#reply(result);
    this.#giveUp = this.#handler(server, request.message, reply, bytes, metadata);
  }

  halfClose(): void {
    if (this.#state === 'new') this.#end(statusOf(ERRORS.endOfFile));
  }

  cancel(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#giveUp?.();
  }

  #reply(result: Result<Encodable<R>>): void {
    if (this.#state === 'ended') return;
    if (result.kind === 'failed') {
      this.#end(statusOf(result.error));
      return;
    }
    this.#call.sink.message(this.#responseType.encode(result.value));
    this.#end(OK);
  }

  #end(status: CallStatus): void {
    this.#state = 'ended';
    this.#call.sink.status(status);
  }
}

/** A decoded message, or the status that refuses it. */
export type Incoming<Q> =
  { readonly kind: 'read'; readonly message: Q } | { readonly kind: 'refused'; readonly status: CallStatus };

/** Reads a client's message, within the limits of the server. */
export function read<Q>(
  type: MessageType<Q>,
  bytes: Uint8Array,
  rules: VersionRules,
  how: 'unary' | 'streamed' = 'unary',
  dialectOf: DialectOf = ({ messages }) => messages,
): Incoming<Q> {
  const { fieldsNotYetKnown, colonBeforeMalformed } = rules;
  if (bytes.length > RECEIVED_BYTES_MAX) {
    const details = `${ERRORS.messageTooLarge.text}(${bytes.length} vs. ${RECEIVED_BYTES_MAX})`;
    return { kind: 'refused', status: { code: ERRORS.messageTooLarge.code, details } };
  }
  try {
    return { kind: 'read', message: type.decode(bytes, dialectOf(rules), fieldsNotYetKnown) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    const colon = colonBeforeMalformed ? ': ' : ' ';
    const heading =
      how === 'unary' ? ERRORS.malformedRequest.text : `${ERRORS.malformedMessage.text}${colon}`;
    return { kind: 'refused', status: { code: CODE.internal, details: `${heading}${error.message}` } };
  }
}
