/** A member receives and sends exactly what a client of the served etcd sends and receives. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CallSink, EtcdMember } from '../../sim/etcd/service.js';
import { GrpcServer } from '../../sim/serve/grpc-server.js';
import { startListening } from '../../sim/serve/listener.js';
import { RealHost } from '../../sim/serve/real-host.js';
import { RawClient } from './support/raw-client.js';
import { Containment } from '../../sim/serve/containment.js';
import { loudly } from './support/loudly.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

/** A member that reports what it receives; `heard` waits for the next item. */
class Listener implements EtcdMember {
  readonly name = 'listener';
  readonly sinks: CallSink[] = [];
  readonly #heard: string[] = [];
  #tell: (() => void) | undefined;

  open: EtcdMember['open'] = (method, _metadata, sink) => {
    this.sinks.push(sink);
    this.#hear(`open ${method}`);
    return {
      message: (bytes) => this.#hear(`message ${Buffer.from(bytes).toString()}`),
      halfClose: () => this.#hear('half close'),
      cancel: () => this.#hear('cancel'),
    };
  };

  async next(): Promise<string> {
    while (this.#heard.length === 0) await new Promise<void>((resolve) => (this.#tell = resolve));
    return this.#heard.shift() ?? '';
  }

  /** Resolves once it gets this; grpc-js treats a stream that breaks off as half-closed, too. */
  async hears(what: string): Promise<void> {
    while ((await this.next()) !== what);
  }

  #hear(what: string): void {
    this.#heard.push(what);
    this.#tell?.();
  }
}

async function start() {
  const member = new Listener();
  const host = new RealHost();
  cleanups.push(() => host.close());
  const server = new GrpcServer({
    member,
    host,
    containment: new Containment(loudly),
    pages: (_request, response) => void response.end('page'),
  });
  const address = { host: '127.0.0.1', port: 0 };
  const listener = await startListening(address, (socket) => server.accept(socket));
  cleanups.push(() => listener.close());
  cleanups.push(() => server.close());
  const client = new RawClient(`http://127.0.0.1:${listener.port}`);
  cleanups.push(() => client.close());
  return { member, client, listener };
}

describe('the gRPC server', () => {
  it('passes messages and the half-close on in order', async () => {
    const { member, client } = await start();
    const stream = client.open('/any.Service/Method');
    stream.write(Buffer.from('one'));
    stream.write(Buffer.from('two'));
    stream.end();
    const heard = [await member.next(), await member.next(), await member.next(), await member.next()];
    expect(heard).toEqual(['open /any.Service/Method', 'message one', 'message two', 'half close']);
  });

  it('sends messages and then the status', async () => {
    const { member, client } = await start();
    const stream = client.open('/any.Service/Method');
    const received: string[] = [];
    stream.on('data', (bytes: Buffer) => received.push(bytes.toString()));
    const status = new Promise<{ code: number; details: string }>((resolve) =>
      stream.once('status', resolve),
    );
    await member.next();
    const [sink] = member.sinks;
    sink?.message(Buffer.from('one'));
    sink?.message(Buffer.from('two'));
    sink?.status({ code: 11, details: 'out of it: 100 % \u{e9}' });
    expect(await status).toMatchObject({ code: 11, details: 'out of it: 100 % \u{e9}' });
    expect(received).toEqual(['one', 'two']);
  });

  it('informs the member when a client cancels', async () => {
    const { member, client } = await start();
    const stream = client.open('/any.Service/Method');
    await member.next();
    stream.cancel();
    await member.hears('cancel');
  });

  it('informs the member when the connection is gone', async () => {
    const { member, client, listener } = await start();
    client.open('/any.Service/Method');
    await member.next();
    await listener.close();
    await member.hears('cancel');
  });
});
