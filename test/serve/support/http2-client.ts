/** A client that may send anything over HTTP/2, valid gRPC or not, and reports what it receives. */
import {
  connect,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

export interface Heard {
  /** Of the HTTP response; undefined if the stream was reset without one. */
  readonly httpStatus: number | undefined;
  /** `grpc-status`, in headers or trailers. */
  readonly code: number | undefined;
  /** `grpc-message`, in its form on the wire. */
  readonly details: string | undefined;
  readonly contentType: string | undefined;
  readonly encoding: string | undefined;
  readonly body: Buffer;
  /** The code of the reset; 0 if there was none. */
  readonly resetCode: number;
}

export interface Saying {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
  /** Leaves the stream open, as if more were to come. */
  readonly open?: boolean;
}

export class Http2Client {
  readonly socket: Socket;
  readonly session: ClientHttp2Session;

  /** @param tls what it shows and trusts, if the host uses TLS */
  constructor(host: string, tls?: ConnectionOptions) {
    const { hostname, port } = new URL(host);
    this.socket =
      tls === undefined
        ? connectSocket(Number(port), hostname)
        : connectTls({ ...tls, host: hostname, port: Number(port), ALPNProtocols: ['h2'] });
    this.session = connect(host, { createConnection: () => this.socket });
    this.session.on('error', () => undefined);
  }

  /** Resolves when the stream is over. */
  say(path: string, { headers = {}, body, open = false }: Saying = {}): Promise<Heard> {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const heard: Record<string, string | undefined> = {};
    const chunks: Buffer[] = [];
    const hear = (more: IncomingHttpHeaders): void => {
      for (const [name, value] of Object.entries(more)) heard[name] = String(value);
    };
    stream.on('response', hear);
    stream.on('trailers', hear);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    if (body !== undefined) stream.write(body);
    if (!open) stream.end();
    const numberOf = (name: string): number | undefined =>
      heard[name] === undefined ? undefined : Number(heard[name]);
    return new Promise((resolve) => {
      stream.on('close', () =>
        resolve({
          httpStatus: numberOf(':status'),
          code: numberOf('grpc-status'),
          details: heard['grpc-message'],
          contentType: heard['content-type'],
          encoding: heard['grpc-encoding'],
          body: Buffer.concat(chunks),
          resetCode: stream.rstCode ?? 0,
        }),
      );
    });
  }

  close(): void {
    this.session.destroy();
  }
}

/** A message in gRPC's frame; the announced length may be a lie. */
export function frame(message: Uint8Array, { compressed = 0, length = message.length } = {}): Buffer {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt8(compressed, 0);
  bytes.writeUInt32BE(length, 1);
  bytes.set(message, 5);
  return bytes;
}
