/**
 * A gRPC server that hands every call, whatever its method, on as bytes: what a method is and whether there is one,
 * the member says. It speaks gRPC over Node's HTTP/2 by itself, because grpc-js's server has no way to give the
 * answers of etcd to calls that make no sense, and none to wait for clients that do not read. Invariant: after
 * `close` no session and no call of it is left.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
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
import { createServer, type Server as TlsServer } from 'node:tls';
import { EnvironmentError } from '../backend/environment-error.js';
import { whenKindIsKnown } from './connection-kind.js';
import { GrpcCall, type CallParts } from './grpc-call.js';
import { AT_ONCE, openingOf, refusalHeaders } from './grpc-headers.js';
import { COUNT_CAN_BE_UNBOUNDED, ResetFilter } from './reset-filter.js';
import { stopListening } from './stop-listening.js';

export interface ServerTls {
  /** The certificate and those that sign it, PEM. */
  readonly certificate: string;
  /** The certificate's private key, PEM. */
  readonly key: string;
}

export interface GrpcServerOptions extends CallParts {
  readonly tls?: ServerTls | undefined;
  /** Answers HTTP/1.1, as on etcd's client port. */
  readonly pages: RequestListener;
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
  readonly #sessions = new Set<Http2Session>();

  /** Throws an EnvironmentError where the certificate will not do. */
  constructor(options: GrpcServerOptions) {
    const { tls, pages } = options;
    // Over TLS HTTP/2 carries more than gRPC: clients that negotiate it ask for pages over it, too.
    const onOther = tls === undefined ? undefined : pages;
    const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void =>
      take(stream, headers, options, onOther);
    const onSession = (session: ServerHttp2Session): void => this.#keep(session);
    // etcd bounds neither how long a request comes nor how long a connection rests.
    const http = createHttpServer({ requestTimeout: 0, keepAliveTimeout: 0 }, pages);
    const http2 = createHttp2Server(UNBOUNDED).on('session', onSession).on('stream', onStream);
    const accept = (socket: Socket): void =>
      whenKindIsKnown(socket, (kind) => {
        if (kind === 'HTTP/1') http.emit('connection', socket);
        else if (COUNT_CAN_BE_UNBOUNDED) http2.emit('connection', socket);
        else {
          const filter = new ResetFilter(socket);
          // The session comes before this returns.
          http2.once('session', (session: ServerHttp2Session) => filter.watch(session));
          http2.emit('connection', filter);
        }
      });
    const tlsServer =
      tls === undefined
        ? undefined
        : createTlsServer(tls).on('secureConnection', (socket) => {
            // A client that breaks off before it has said what it speaks is no error of ours.
            socket.on('error', () => undefined);
            accept(socket);
          });
    this.#accept = tlsServer === undefined ? accept : (socket) => void tlsServer.emit('connection', socket);
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
    for (const session of this.#sessions) session.destroy();
  }

  #keep(session: ServerHttp2Session): void {
    this.#sessions.add(session);
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
  onOther: RequestListener | undefined,
): void {
  stream.on('error', () => undefined);
  parts.containment.run(
    { fail: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR) },
    () => {
      if (stream.destroyed || stream.closed) return;
      if (onOther !== undefined && !(headers['content-type'] ?? '').includes('application/grpc')) {
        answerPage(stream, headers, onOther);
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
function answerPage(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answer: RequestListener): void {
  const request = new Http2ServerRequest(stream, headers, {}, []);
  const response = new Http2ServerResponse(stream);
  answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
}

function createTlsServer({ certificate, key }: ServerTls): TlsServer {
  try {
    return createServer({ cert: certificate, key, ALPNProtocols: ['h2', 'http/1.1'] });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError(`the certificate or its key will not do: ${reason}`, { cause: error });
  }
}
