/**
 * A gRPC server that passes every call of any method on as bytes; the member decides which methods exist. It
 * implements gRPC over Node's HTTP/2 itself. grpc-js's server cannot give etcd's answers to malformed calls,
 * and cannot wait for clients that do not read. Invariant: after `close` no session and no call of it is
 * left.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { whenKindIsKnown } from './connection-kind.js';
import { GrpcCall, type CallParts } from './grpc-call.js';
import { AT_ONCE, openingOf, refusalHeaders } from './grpc-headers.js';
import { COUNT_CAN_BE_UNBOUNDED, ResetFilter } from './reset-filter.js';
import { stopListening } from './stop-listening.js';
import { createTlsServer, userNameOf, type ServerTls, type TlsRules } from './tls/server-tls.js';

/** @param commonName of the client, as {@link CallMetadata} has it */
export type Pages = (request: IncomingMessage, response: ServerResponse, commonName?: string) => void;

export interface GrpcServerOptions extends Omit<CallParts, 'commonName'> {
  readonly tls?: (ServerTls & TlsRules) | undefined;
  /** Answers HTTP/1.1, as on etcd's client port. */
  readonly pages: Pages;
}

/**
 * etcd limits neither the streams of a connection nor how often they are cancelled, but Node does by default.
 * Node's memory limit is for a whole session; ours is for each call (see {@link GrpcCall}).
 */
const UNBOUNDED = {
  maxSessionMemory: 1_000_000,
  maxSessionInvalidFrames: 1_000_000,
  maxSessionRejectedStreams: 1_000_000,
  streamResetBurst: 1_000_000,
  streamResetRate: 1_000_000,
};

export class GrpcServer {
  readonly #accept: (socket: Socket) => void;
  /** Open sessions, and the common name of each one's client. */
  readonly #sessions = new Map<Http2Session, string | undefined>();

  /** Throws an InputError if the certificate cannot be used. */
  constructor(options: GrpcServerOptions) {
    const { tls, pages } = options;
    // Over TLS HTTP/2 carries more than gRPC: clients that negotiate it request pages over it, too.
    const onOther = tls === undefined ? undefined : pages;
    const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void =>
      take(stream, headers, { ...options, commonName: this.#nameOf(stream) }, onOther);
    const names = new WeakMap<Socket, string>();
    // etcd limits neither how long a request takes nor how long a connection is idle.
    const http = createHttpServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) =>
      pages(request, response, names.get(request.socket)),
    );
    const http2 = createHttp2Server(UNBOUNDED).on('stream', onStream);
    const accept = (socket: Socket, commonName?: string): void =>
      whenKindIsKnown(socket, (kind) => {
        if (kind === 'HTTP/1') {
          if (commonName !== undefined) names.set(socket, commonName);
          http.emit('connection', socket);
          return;
        }
        const filter = COUNT_CAN_BE_UNBOUNDED ? undefined : new ResetFilter(socket);
        const keep = (session: ServerHttp2Session): void => {
          this.#keep(session, commonName);
          filter?.watch(session);
        };
        // The session is created before this returns; if Node refuses it, never.
        http2.once('session', keep);
        http2.emit('connection', filter ?? socket);
        http2.off('session', keep);
      });
    const tlsServer =
      tls === undefined
        ? undefined
        : createTlsServer(tls, tls, (socket) => accept(socket, userNameOf(socket, tls)));
    this.#accept =
      tlsServer === undefined
        ? (socket) => accept(socket)
        : (socket) => void tlsServer.emit('connection', socket);
  }

  /** Open sessions. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** A connection that has arrived. */
  accept(socket: Socket): void {
    this.#accept(socket);
  }

  /** Ends every call. */
  close(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #nameOf({ session }: ServerHttp2Stream): string | undefined {
    return session === undefined ? undefined : this.#sessions.get(session);
  }

  #keep(session: ServerHttp2Session, commonName: string | undefined): void {
    this.#sessions.set(session, commonName);
    session.once('close', () => this.#sessions.delete(session));
    // A client that vanishes or sends garbage is no error of ours.
    session.on('error', () => undefined);
  }
}

/** @param onOther answers requests that are not gRPC; undefined if they are refused */
function take(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  parts: CallParts,
  onOther: Pages | undefined,
): void {
  stream.on('error', () => undefined);
  parts.containment.run(
    { fail: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR) },
    () => {
      if (stream.destroyed || stream.closed) return;
      if (onOther !== undefined && !(headers['content-type'] ?? '').includes('application/grpc')) {
        answerPage(stream, headers, (request, response) => onOther(request, response, parts.commonName));
        return;
      }
      const opening = openingOf(headers);
      if (opening.kind === 'call') {
        new GrpcCall(stream, opening, parts).begin(parts.member);
      } else {
        stream.respond(refusalHeaders(opening.httpStatus, opening.status), AT_ONCE);
        stopListening(stream, parts.host);
      }
    },
    undefined,
  );
}

/** Node's own classes turn a stream into an HTTP/1.1 request and its answer, as far as pages need them. */
function answerPage(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const request = new Http2ServerRequest(stream, headers, {}, []);
  const response = new Http2ServerResponse(stream);
  answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
}
