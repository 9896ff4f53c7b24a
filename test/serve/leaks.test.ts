/** Nothing is left of clients that are gone, and little waits for those that do not read. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCluster } from '../../sim/etcd/cluster.js';
import { Member } from '../../sim/etcd/cluster/member.js';
import type { EtcdCluster, EtcdMember } from '../../sim/etcd/service.js';
import { LEASE_KEEP_ALIVE_REQUEST } from '../../sim/etcd/wire/lease.js';
import { PUT_REQUEST } from '../../sim/etcd/wire/kv.js';
import { LOCK_REQUEST } from '../../sim/etcd/wire/lock.js';
import { WATCH_REQUEST } from '../../sim/etcd/wire/watch.js';
import { GrpcServer } from '../../sim/serve/grpc-server.js';
import { startListening, type Listener } from '../../sim/serve/listener.js';
import { RealHost } from '../../sim/serve/real-host.js';
import { frame, Http2Client } from './support/http2-client.js';
import { Containment } from '../../sim/serve/containment.js';
import { loudly } from './support/loudly.js';

const WATCH = '/etcdserverpb.Watch/Watch';
const MIB = 1024 * 1024;

/** A member whose calls are counted. */
class Counted implements EtcdMember {
  readonly name = 'counted';
  count = 0;
  /** Added to the sink of each call, by method. */
  readonly bytes = new Map<string, number>();
  #onChange: (() => void) | undefined;

  constructor(readonly member: EtcdMember) {}

  open: EtcdMember['open'] = (method, metadata, sink) => {
    this.count++;
    let isOpen = true;
    const end = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.count--;
      this.#onChange?.();
    };
    const call = this.member.open(method, metadata, {
      message: (bytes) => {
        this.bytes.set(method, (this.bytes.get(method) ?? 0) + bytes.length);
        sink.message(bytes);
      },
      status: (status) => {
        end();
        sink.status(status);
      },
      isFull: () => sink.isFull?.() === true,
    });
    return {
      message: (bytes) => call.message(bytes),
      halfClose: () => call.halfClose(),
      cancel: () => {
        end();
        call.cancel();
      },
    };
  };

  async untilNoCalls(): Promise<void> {
    while (this.count > 0) await new Promise<void>((resolve) => (this.#onChange = resolve));
  }
}

let host: RealHost;
let cluster: EtcdCluster;
let member: Counted;
let server: GrpcServer;
let listener: Listener;
let url: string;
const clients: Http2Client[] = [];

beforeEach(async () => {
  host = new RealHost();
  cluster = createCluster({ members: ['m1'], host });
  const [only] = cluster.members;
  if (only === undefined) throw new Error('no member');
  member = new Counted(only);
  server = new GrpcServer({
    member,
    host,
    containment: new Containment(loudly),
    pages: (_request, response) => void response.end(),
  });
  listener = await startListening({ host: '127.0.0.1', port: 0 }, (socket) => server.accept(socket));
  url = `http://127.0.0.1:${listener.port}`;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  server.close();
  await listener.close();
  cluster.close();
  host.close();
});

function client(): Http2Client {
  const made = new Http2Client(url);
  clients.push(made);
  return made;
}

function watchers(): number {
  const { member: inner } = member;
  if (!(inner instanceof Member)) throw new Error('another kind of member');
  return inner.process?.hub.watchers ?? 0;
}

/** Opens one call of each kind that can last, and resolves when the watcher exists. */
async function live(of: Http2Client): Promise<void> {
  const open = (path: string, ...messages: readonly Uint8Array[]) => {
    const stream = of.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      'grpc-timeout': '1H',
    });
    stream.on('error', () => undefined);
    for (const message of messages) stream.write(frame(message));
    return stream;
  };
  const createRequest = { key: 'key', progressNotify: true };
  const watch = open(WATCH, WATCH_REQUEST.encode({ createRequest }), WATCH_REQUEST.encode({ createRequest }));
  open('/etcdserverpb.Lease/LeaseKeepAlive', LEASE_KEEP_ALIVE_REQUEST.encode({ ID: 7n }));
  open('/etcdserverpb.KV/Range');
  open('/v3lockpb.Lock/Lock', LOCK_REQUEST.encode({ name: 'lock', lease: 1n }));
  await new Promise((resolve) => watch.once('data', resolve));
}

describe('of clients that are gone', () => {
  it.each<[string, (client: Http2Client) => void]>([
    ['whose connections were reset', ({ socket }) => void socket.resetAndDestroy()],
    ['whose sockets were closed', ({ socket }) => void socket.destroy()],
    ['who will send nothing more', ({ socket }) => void socket.end()],
    ['who closed their sessions', ({ session }) => session.destroy()],
  ])('nothing is left: %s', async (_name, leave) => {
    const timersBefore = host.timers;
    const leaving = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const one = client();
        await live(one);
        return one;
      }),
    );
    expect(watchers()).toBe(40);
    expect(server.sessions).toBe(20);
    const gone = leaving.map((one) => new Promise((resolve) => one.session.once('close', resolve)));
    for (const one of leaving) leave(one);
    await member.untilNoCalls();
    await Promise.all(gone);
    expect(watchers()).toBe(0);
    expect(host.timers).toBe(timersBefore);
    await until(() => server.sessions === 0);
  });

  it('nothing is left of streams that they cancelled, while they stay', async () => {
    const one = client();
    const streams = Array.from({ length: 300 }, () => {
      const stream = one.session.request({
        ':method': 'POST',
        ':path': WATCH,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => undefined);
      stream.write(frame(WATCH_REQUEST.encode({ createRequest: { key: 'key' } })));
      return stream;
    });
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('data', resolve))));
    expect(watchers()).toBe(300);
    for (const stream of streams) stream.close(8);
    await member.untilNoCalls();
    expect(watchers()).toBe(0);
    expect(server.sessions).toBe(1);
  });

  it('nothing is left of those that sent nothing', async () => {
    const answers = Array.from({ length: 200 }, () => client().say('/etcdserverpb.KV/Range', {}));
    await Promise.all(answers);
    expect(member.count).toBe(0);
  });
});

describe('for a client that does not read', () => {
  it('no more than a MiB and a message waits, however much is written', async () => {
    const stream = client().session.request({
      ':method': 'POST',
      ':path': WATCH,
      'content-type': 'application/grpc',
    });
    stream.on('error', () => undefined);
    stream.write(frame(WATCH_REQUEST.encode({ createRequest: { key: 'key' } })));
    await new Promise((resolve) => stream.once('data', resolve));
    stream.pause();
    const value = 'v'.repeat(100_000);
    const writer = client();
    for (let put = 0; put < 100; put++) {
      await writer.say('/etcdserverpb.KV/Put', { body: frame(PUT_REQUEST.encode({ key: 'key', value })) });
    }
    // Data within the client's window is on the way, or there.
    expect(member.bytes.get(WATCH)).toBeLessThan(1.4 * MIB);
    expect(watchers()).toBe(1);
  });

  it('no requests are read either', async () => {
    const stream = client().session.request({
      ':method': 'POST',
      ':path': WATCH,
      'content-type': 'application/grpc',
    });
    stream.on('error', () => undefined);
    stream.pause();
    const request = frame(WATCH_REQUEST.encode({ createRequest: { key: 'key' } }));
    const requests = 100_000;
    stream.write(Buffer.concat(Array.from({ length: requests }, () => request)));
    const writer = client();
    await until(async () => {
      await writer.say('/etcdserverpb.Maintenance/Status', { body: frame(Buffer.alloc(0)) });
      return (member.bytes.get(WATCH) ?? 0) > 0.7 * MIB;
    });
    expect(member.bytes.get(WATCH)).toBeLessThan(1.4 * MIB);
    expect(watchers()).toBeLessThan(requests);
  });
});

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setImmediate(resolve));
}
