/**
 * No client can end the server, with any input of any size. `SIM_FUZZ_SCALE` multiplies the amount (`npm run
 * fuzz:serve`).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { LEASE_KEEP_ALIVE_REQUEST } from '../../sim/etcd/wire/lease.js';
import { RANGE_REQUEST } from '../../sim/etcd/wire/kv.js';
import { WATCH_REQUEST } from '../../sim/etcd/wire/watch.js';
import { serveEtcd } from '../../sim/serve/serve.js';
import { AT_ONCE, fuzzMessages, sayAll } from './support/fuzz-messages.js';
import { frame, Http2Client } from './support/http2-client.js';

const scale = Number(process.env['SIM_FUZZ_SCALE'] ?? 1);
const seed = Number(process.env['SIM_FUZZ_SEED'] ?? 14);
const MESSAGES = 2_500 * scale;
const RENEWALS = 2_500 * scale;
const WATCHERS = 250 * scale;
const CONNECTIONS = 125 * scale;
const CANCELLED = 250 * scale;
const MIB = 1024 * 1024;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

async function start() {
  const internalErrors: unknown[] = [];
  const etcd = await serveEtcd({ onInternalError: (error) => internalErrors.push(error) });
  cleanups.push(() => etcd.close());
  const url = etcd.endpoints[0] ?? '';
  return { internalErrors, url, client: () => clientOf(url) };
}

function clientOf(url: string): Http2Client {
  const client = new Http2Client(url);
  cleanups.push(() => client.close());
  return client;
}

const range = { body: frame(RANGE_REQUEST.encode({ key: 'key' })) };

function open(client: Http2Client, path: string) {
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = client.session.request(headers);
  stream.on('error', () => undefined);
  return stream;
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('a client', () => {
  it('may send anything to any method', async () => {
    const { client, internalErrors } = await start();
    const one = client();
    const heard = await sayAll(one, fuzzMessages(MESSAGES, seed));
    expect(internalErrors).toEqual([]);
    const unanswered = heard.filter(({ code, resetCode }) => code === undefined && resetCode !== 8);
    expect(unanswered).toEqual([]);
    expect(await client().say('/etcdserverpb.KV/Range', range)).toMatchObject({ httpStatus: 200, code: 0 });
  });

  it('may request any number of renewals on one stream', async () => {
    const { client, internalErrors } = await start();
    const stream = open(client(), '/etcdserverpb.Lease/LeaseKeepAlive');
    const renewal = frame(LEASE_KEEP_ALIVE_REQUEST.encode({ ID: 3n }));
    let bytes = 0;
    const answerBytes = new Promise<number>((resolve) => {
      stream.once('data', (first: Buffer) => resolve(5 + first.readUInt32BE(1)));
    });
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    const ended = new Promise((resolve) => stream.once('close', resolve));
    stream.end(Buffer.concat(Array.from({ length: RENEWALS }, () => renewal)));
    await ended;
    expect(bytes).toBe(RENEWALS * (await answerBytes));
    expect(internalErrors).toEqual([]);
  });

  it('leaves nothing behind in memory: connections, watchers and cancelled streams', async () => {
    const { client, url, internalErrors } = await start();
    const lasting = client();
    const round = async (): Promise<void> => {
      for (let begin = 0; begin < CONNECTIONS; begin += AT_ONCE) {
        const some = Array.from(
          { length: Math.min(AT_ONCE, CONNECTIONS - begin) },
          () => new Http2Client(url),
        );
        await Promise.all(some.map((one) => one.say('/etcdserverpb.KV/Range', range)));
        await Promise.all(
          some.map((one) => {
            const gone = new Promise((resolve) => one.session.once('close', resolve));
            one.close();
            return gone;
          }),
        );
      }
      const watches = open(lasting, '/etcdserverpb.Watch/Watch');
      const created = new Promise((resolve) => watches.once('data', resolve));
      const watch = frame(WATCH_REQUEST.encode({ createRequest: { key: 'key' } }));
      watches.write(Buffer.concat(Array.from({ length: WATCHERS }, () => watch)));
      await created;
      const cancelled = [
        watches,
        ...Array.from({ length: CANCELLED }, () => open(lasting, '/etcdserverpb.Watch/Watch')),
      ];
      await Promise.all(
        cancelled.map((stream) => {
          const gone = new Promise((resolve) => stream.once('close', resolve));
          stream.close(8);
          return gone;
        }),
      );
      expect(await lasting.say('/etcdserverpb.KV/Range', range)).toMatchObject({ code: 0 });
    };
    await round();
    const before = heapAfterCollection();
    await round();
    await round();
    expect(heapAfterCollection() - before).toBeLessThan(20 * MIB);
    expect(internalErrors).toEqual([]);
  });
});
