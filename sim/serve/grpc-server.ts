/**
 * A gRPC server that hands every call, whatever its method, on as bytes: what a method is and whether there is one,
 * the member says. It speaks gRPC over Node's HTTP/2 by itself, because grpc-js's server has no way to give the
 * answers of etcd to calls that make no sense, and none to wait for clients that do not read. Invariant: after
 * `close` no session and no call of it is left.
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
 * etcd bounds neither the streams of a connection nor how often they are cancelled, where Node does by default. Node's
 * bound on memory is for a session as a whole; ours is for each call (see {@link GrpcCall}).
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
  /** Those that are open, and the common name of each one's client. */
  readonly #sessions = new Map<Http2Session, string | undefined>();

  /** Throws an InputError where the certificate will not do. */
  constructor(options: GrpcServerOptions) {
    const { tls, pages } = options;
    // Over TLS HTTP/2 carries more than gRPC: clients that negotiate it ask for pages over it, too.
    const onOther = tls === undefined ? undefined : pages;
    const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void =>
      take(stream, headers, { ...options, commonName: this.#nameOf(stream) }, onOther);
    const names = new WeakMap<Socket, string>();
    // etcd bounds neither how long a request comes nor how long a connection rests.
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
        // The session comes before this returns, or, where Node.js will have none, never.
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

  /** Sessions that are open. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** A connection that has come in. */
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
    // A client that vanishes or speaks nonsense is no error of ours.
    session.on('error', () => undefined);
  }
}

/** @param onOther answers what is no gRPC; undefined where that is refused */
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

/** Node's own classes make an HTTP/1.1 request and its answer of a stream, as far as pages need them. */
function answerPage(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const request = new Http2ServerRequest(stream, headers, {}, []);
  const response = new Http2ServerResponse(stream);
  answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
}
