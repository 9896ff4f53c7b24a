/**
 * An exception while one call is served belongs to that call: it is reported, and everything else continues.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';
import {
  LEASE_GRANT_REQUEST,
  LEASE_KEEP_ALIVE_REQUEST,
  LEASE_KEEP_ALIVE_RESPONSE,
} from '../../sim/etcd/wire/lease.js';
import { PUT_REQUEST, RANGE_REQUEST, RANGE_RESPONSE } from '../../sim/etcd/wire/kv.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../sim/etcd/wire/watch.js';
import { ReadLoop } from '../../sim/etcd/cluster/read-loop.js';
import { Containment } from '../../sim/serve/containment.js';
import { RealHost } from '../../sim/serve/real-host.js';
import { serveEtcd, type ServedEtcd, type ServeOptions } from '../../sim/serve/serve.js';
import { TestCluster } from '../etcd/harness.js';
import { RawClient } from './support/raw-client.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const step of cleanups.splice(0).reverse()) await step();
});

async function start(options: ServeOptions = {}) {
  const reported: unknown[] = [];
  const etcd = await serveEtcd({ ...options, onInternalError: (error) => reported.push(error) });
  cleanups.push(() => etcd.close());
  return { etcd, reported, client: (member = 0) => clientOf(etcd, member) };
}

function clientOf({ endpoints }: ServedEtcd, member: number): RawClient {
  const client = new RawClient(endpoints[member] ?? '');
  cleanups.push(() => client.close());
  return client;
}

const DEFECT = new Error('a defect');
const INTERNAL = { code: 13, details: 'etcd-sim: internal error: a defect' };
const range = RANGE_REQUEST.encode({ key: 'key' });
const put = (key: string): Uint8Array => PUT_REQUEST.encode({ key, value: 'value' });

function failOnce(): never {
  throw DEFECT;
}

/** A watch stream with one watcher, once that exists. */
async function watching(client: RawClient, key: string) {
  const stream = client.open('/etcdserverpb.Watch/Watch');
  const messages: Buffer[] = [];
  let heard = (): void => undefined;
  stream.on('data', (bytes: Buffer) => {
    messages.push(bytes);
    heard();
  });
  const status = new Promise((resolve) => stream.once('status', resolve));
  const untilHeard = async (count: number): Promise<void> => {
    while (messages.length < count) await new Promise<void>((resolve) => (heard = resolve));
  };
  stream.write(WATCH_REQUEST.encode({ createRequest: { key } }));
  await untilHeard(1);
  return { status, untilHeard };
}

describe('an exception', () => {
  it('in a handler ends its call with INTERNAL, and the next is served', async () => {
    const { reported, client } = await start();
    const one = client();
    vi.spyOn(RANGE_RESPONSE, 'encode').mockImplementationOnce(failOnce);
    expect(await one.call('/etcdserverpb.KV/Range', range)).toMatchObject(INTERNAL);
    expect(await one.call('/etcdserverpb.KV/Range', range)).toMatchObject({ code: 0 });
    expect(reported).toEqual([DEFECT]);
  });

  it('while a write is applied ends that write, and later ones are applied', async () => {
    const { reported, client } = await start();
    const one = client();
    vi.spyOn(WriteTransaction.prototype, 'put').mockImplementationOnce(failOnce);
    expect(await one.call('/etcdserverpb.KV/Put', put('key'))).toMatchObject(INTERNAL);
    expect(await one.call('/etcdserverpb.KV/Put', put('key'))).toMatchObject({ code: 0 });
    expect(reported).toEqual([DEFECT]);
  });

  it('in a watcher’s event ends its stream, not the write nor another stream', async () => {
    const { reported, client } = await start();
    const one = client();
    const failing = await watching(one, 'key');
    const other = await watching(one, 'key');
    vi.spyOn(WATCH_RESPONSE, 'encode').mockImplementationOnce(failOnce);
    expect(await one.call('/etcdserverpb.KV/Put', put('key'))).toMatchObject({ code: 0 });
    expect(await failing.status).toMatchObject(INTERNAL);
    await other.untilHeard(2);
    expect(reported).toEqual([DEFECT]);
  });

  it('in a renewal that has waited in a timer ends its stream', async () => {
    const { etcd, reported, client } = await start({ members: 3 });
    const { leader = '' } = etcd;
    const follower = etcd.members.findIndex((name) => name !== leader);
    const one = client(follower);
    const grant = LEASE_GRANT_REQUEST.encode({ ID: 2n, TTL: 600 });
    expect(await one.call('/etcdserverpb.Lease/LeaseGrant', grant)).toMatchObject({ code: 0 });
    etcd.pauseMember(leader);
    const stream = one.open('/etcdserverpb.Lease/LeaseKeepAlive');
    const status = new Promise((resolve) => stream.once('status', resolve));
    stream.write(LEASE_KEEP_ALIVE_REQUEST.encode({ ID: 2n }));
    // When an answer is sent, the stack contains nothing of the stream itself.
    vi.spyOn(LEASE_KEEP_ALIVE_RESPONSE, 'encode').mockImplementationOnce(failOnce);
    await one.call('/etcdserverpb.Maintenance/Status');
    etcd.resumeMember(leader);
    expect(await status).toMatchObject(INTERNAL);
    expect(reported).toEqual([DEFECT]);
  });

  it('in a page ends its request, and the next is answered', async () => {
    const { etcd, reported } = await start();
    const [url = ''] = etcd.endpoints;
    vi.spyOn(ReadLoop.prototype, 'request').mockImplementationOnce(failOnce);
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(reported).toEqual([DEFECT]);
  });
});

describe('a timer that throws', () => {
  it.each([
    ['fails the call that set it', true],
    ['that no call has set is reported alone', false],
  ])('%s', async (_name, hasOwner) => {
    const reported: unknown[] = [];
    const failed: unknown[] = [];
    const containment = new Containment((error) => reported.push(error));
    const host = new RealHost(containment);
    const owner = hasOwner ? { fail: (error: unknown) => failed.push(error) } : undefined;
    containment.run(owner, () => host.schedule(0, failOnce), undefined);
    await new Promise<void>((resolve) => host.schedule(0, resolve));
    expect(reported).toEqual([DEFECT]);
    expect(failed).toEqual(hasOwner ? [DEFECT] : []);
  });
});

it('without containment, as in a simulation, an exception reaches its caller', () => {
  const etcd = new TestCluster().client();
  vi.spyOn(RANGE_RESPONSE, 'encode').mockImplementationOnce(failOnce);
  expect(() => etcd.range('key')).toThrow(DEFECT);
});
