/** Calls methods of an etcd, each with an identity and metadata, and describes the result in one line. */
import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import { frame, Http2Client } from '../support/http2-client.js';
import { clientTls } from './identities.js';

export interface Saying {
  /** The client whose certificate is shown, if the etcd uses TLS. */
  readonly as?: string;
  readonly metadata?: OutgoingHttpHeaders;
}

export interface Answered {
  readonly code: number | undefined;
  readonly details: string;
  /** The first message, without its frame. */
  readonly message: Buffer;
}

export class Caller {
  readonly #host: string;
  readonly #clients = new Map<string, Http2Client>();

  constructor(host: string) {
    this.#host = host;
  }

  async call<Q>(
    method: string,
    type: MessageType<Q>,
    request: Encodable<Q>,
    { as = '', metadata = {} }: Saying = {},
  ): Promise<Answered> {
    const client = this.#clientOf(as);
    const heard = await client.say(`/${method}`, { headers: metadata, body: frame(type.encode(request)) });
    return {
      code: heard.code,
      details: decodeURIComponent(heard.details ?? ''),
      message: heard.body.subarray(5),
    };
  }

  /** The result of a call, such as `0 ` or `7 etcdserver: permission denied`. */
  async say<Q>(
    method: string,
    type: MessageType<Q>,
    request: Encodable<Q>,
    saying?: Saying,
  ): Promise<string> {
    const { code, details } = await this.call(method, type, request, saying);
    return `${code} ${details}`;
  }

  /** The first message of a stream, which then ends. */
  async first<Q>(
    method: string,
    type: MessageType<Q>,
    request: Encodable<Q>,
    { as = '', metadata = {} }: Saying,
  ): Promise<Buffer> {
    const stream = this.#clientOf(as).session.request({
      ...{ ':method': 'POST', ':path': `/${method}`, te: 'trailers', 'content-type': 'application/grpc' },
      ...metadata,
    });
    stream.on('error', () => undefined);
    stream.write(frame(type.encode(request)));
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    stream.close();
    return chunk.subarray(5);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  #clientOf(identity: string): Http2Client {
    const known = this.#clients.get(identity);
    if (known !== undefined) return known;
    const isSecure = this.#host.startsWith('https:');
    const client = new Http2Client(
      this.#host,
      isSecure ? clientTls(identity === '' ? undefined : identity) : undefined,
    );
    this.#clients.set(identity, client);
    return client;
  }
}
