/**
 * Requests to an etcd, step by step, so that its counts can be compared with another's. Each step is over
 * when all of it has been counted.
 */
import * as kv from '../../../sim/etcd/wire/kv.js';
import * as maintenance from '../../../sim/etcd/wire/maintenance.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../../sim/etcd/wire/watch.js';
import { RawConcurrency } from '../../contract/support/raw-concurrency.js';
import type { RawEtcd } from '../../contract/support/raw-etcd.js';
import type { MetricsPage } from './page.js';

export interface Asked {
  readonly etcd: RawEtcd;
  readonly host: string;
  /** Waits until a page of metrics shows it. */
  until(isSo: (page: MetricsPage) => boolean): Promise<void>;
}

export interface Step {
  readonly name: string;
  /** Codes of which etcd counts one or the other, depending on timing. */
  readonly codes?: readonly string[];
  /** Metrics that etcd counts or not, depending on timing. */
  readonly uncertain?: RegExp;
  do(asked: Asked): Promise<unknown>;
}

const NO_LEASE = 0xdeadn;
const LEASE = 77n;

/** One after the other; a refusal is as welcome as a success. */
async function either(...requests: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const request of requests) await request().catch(() => undefined);
}

const put = (key: string, rest: Partial<kv.PutRequest> = {}): object => ({
  requestPut: { key, value: 'value', ...rest },
});
const range = (key: string, rest: Partial<kv.RangeRequest> = {}): object => ({
  requestRange: { key, ...rest },
});
const isAbsent = (key: string): kv.Compare =>
  ({ key, target: kv.COMPARE_TARGET.version, result: kv.COMPARE_RESULT.equal, version: 0 }) as kv.Compare;

/** Starts something, and waits until the sum of these samples has grown by this much. */
async function grows(
  { until }: Asked,
  isSample: (name: string) => boolean,
  by: number,
  start: () => Promise<unknown>,
): Promise<void> {
  const sumOf = ({ values }: MetricsPage): number =>
    [...values].reduce((sum, [name, value]) => (isSample(name) ? sum + value : sum), 0);
  let before = 0;
  await until((page) => {
    before = sumOf(page);
    return true;
  });
  await start();
  await until((page) => sumOf(page) === before + by);
}

/** Waits until this many calls of the method, started here, are over. */
function handled(asked: Asked, method: string, by: number, start: () => Promise<unknown>): Promise<void> {
  const isSample = (name: string): boolean =>
    name.startsWith('grpc_server_handled_total') && name.includes(`grpc_method="${method}"`);
  return grows(asked, isSample, by, start);
}

function haveWatchers(count: number): (page: MetricsPage) => boolean {
  return ({ values }) => values.get('etcd_debugging_mvcc_watcher_total') === count;
}

export const steps: readonly Step[] = [
  {
    name: 'puts',
    do: ({ etcd }) =>
      either(
        () => etcd.put('a', '1'),
        () => etcd.put('a', '2', { prevKv: true }),
        () => etcd.put('a', '', { ignoreValue: true }),
        () => etcd.put('none', '', { ignoreValue: true }),
        () => etcd.put('b', '1', { lease: NO_LEASE }),
        () => etcd.put('', 'of no key'),
        () => etcd.put('b/1', 'x'.repeat(5000)),
        () => etcd.put('b/2', 'x'),
      ),
  },
  {
    name: 'ranges',
    do: ({ etcd }) =>
      either(
        () => etcd.range('a'),
        () => etcd.range('a', { serializable: true }),
        () => etcd.range('', { rangeEnd: '\0' }),
        () => etcd.range('b', { rangeEnd: 'c', limit: 1 }),
        () => etcd.range('a', { revision: 1000 }),
        () => etcd.range(''),
      ),
  },
  {
    name: 'deletes',
    do: ({ etcd }) =>
      either(
        () => etcd.deleteRange('b', { rangeEnd: 'c', prevKv: true }),
        () => etcd.deleteRange('none'),
        () => etcd.deleteRange('a'),
      ),
  },
  {
    name: 'transactions',
    do: ({ etcd }) =>
      either(
        () => etcd.txn({ success: [put('t/1')] as kv.RequestOp[] }),
        () => etcd.txn({ compare: [isAbsent('t/2')], success: [put('t/2'), put('t/3')] as kv.RequestOp[] }),
        () =>
          etcd.txn({
            compare: [isAbsent('t/2'), isAbsent('t/4')],
            success: [put('t/4')] as kv.RequestOp[],
            failure: [range('t/2'), put('t/5', { prevKv: true })] as kv.RequestOp[],
          }),
        () => etcd.txn({ success: [range('t/1'), range('t/2')] as kv.RequestOp[] }),
        () =>
          etcd.txn({
            compare: [isAbsent('t/9')],
            success: [range('t/1', { serializable: true })] as kv.RequestOp[],
          }),
        () => etcd.txn({ success: [range('t/1', { revision: 1000 })] as kv.RequestOp[] }),
        () => etcd.txn({ success: [put('t/1', { lease: NO_LEASE })] as kv.RequestOp[] }),
        () => etcd.txn({ success: [put('none', { ignoreValue: true })] as kv.RequestOp[] }),
        () =>
          etcd.txn({
            success: [put('none', { ignoreLease: true, lease: 0n }), put('t/6')] as kv.RequestOp[],
          }),
        () => etcd.txn({ success: [put('t/1', { ignoreLease: true }), put('t/6')] as kv.RequestOp[] }),
        () => etcd.txn({ success: [put('t/7', { prevKv: true, lease: NO_LEASE })] as kv.RequestOp[] }),
        () =>
          etcd.txn({
            success: [
              {
                requestTxn: { compare: [isAbsent('t/1')], success: [], failure: [range('t/1'), put('t/8')] },
              },
              { requestDeleteRange: { key: 't/', rangeEnd: 't0', prevKv: true } },
            ],
          }),
        () => etcd.txn({}),
      ),
  },
  {
    name: 'leases',
    async do({ etcd }) {
      await either(
        () => etcd.grant(100, LEASE),
        () => etcd.grant(50, LEASE + 1n),
        () => etcd.grant(100, LEASE),
        () => etcd.grant(10 ** 10),
      );
      await either(
        () => etcd.put('leased/1', '', { lease: LEASE }),
        () => etcd.put('leased/2', '', { lease: LEASE }),
        () => etcd.timeToLive(LEASE, true),
        () => etcd.leases(),
      );
      await either(
        () => etcd.revoke(LEASE),
        () => etcd.revoke(LEASE),
        () => etcd.revoke(LEASE + 1n),
      );
    },
  },
  {
    name: 'a lease that expires',
    async do({ etcd, until }) {
      await etcd.grant(1, LEASE + 2n);
      await etcd.put('expiring', '', { lease: LEASE + 2n });
      await until(({ values }) => values.get('etcd_debugging_server_lease_expired_total') === 1);
    },
  },
  {
    name: 'keep-alives',
    async do(asked) {
      await asked.etcd.grant(100, LEASE);
      await handled(asked, 'LeaseKeepAlive', 3, async () => {
        for (const id of [LEASE, LEASE, NO_LEASE]) await asked.etcd.keepAlive(id);
      });
    },
  },
  {
    name: 'a compaction',
    async do({ etcd, until }) {
      for (let count = 0; count < 5; count++) await etcd.put('compacted', String(count));
      const { header } = await etcd.range('compacted');
      const revision = header?.revision ?? 0;
      await either(
        () => etcd.compact(revision, true),
        () => etcd.compact(revision),
        () => etcd.compact(revision + 1000),
      );
      await either(() => etcd.range('compacted', { revision: revision - 1 }));
      await until(({ values }) => (values.get('etcd_debugging_mvcc_db_compaction_keys_total') ?? 0) > 0);
    },
  },
  {
    name: 'watchers',
    async do(asked) {
      const { etcd } = asked;
      await etcd.put('w/1', 'before');
      const { header } = await etcd.range('w/1');
      const since = header?.revision ?? 0;
      await handled(asked, 'Watch', 1, async () => {
        const stream = await etcd.watch(
          { key: 'w/1', prevKv: true },
          { key: 'w/', rangeEnd: 'w0' },
          { key: 'w/', rangeEnd: 'w0', startRevision: since, prevKv: true },
          { key: 'w/2', rangeEnd: 'w/1' },
        );
        await stream.next();
        await etcd.put('w/1', 'after');
        for (let count = 0; count < 3; count++) await stream.next();
        await etcd.deleteRange('w/', { rangeEnd: 'w0' });
        for (let count = 0; count < 3; count++) await stream.next();
        stream.cancel(0n);
        await stream.next();
        await asked.until(haveWatchers(2));
        etcd.cancelStreams();
      });
    },
  },
  {
    name: 'a watcher whose past is compacted',
    do: (asked) =>
      handled(asked, 'Watch', 1, async () => {
        const stream = await asked.etcd.watch({ key: 'w/1', startRevision: 2 });
        await stream.next();
        asked.etcd.cancelStreams();
      }),
  },
  {
    name: 'a watch stream that ends by a message that is none',
    codes: ['Internal', 'Canceled'],
    do: (asked) =>
      handled(asked, 'Watch', 1, async () => {
        const stream = asked.etcd.open('/etcdserverpb.Watch/Watch');
        const ended = new Promise((resolve) => stream.on('status', resolve));
        stream.on('data', () => undefined);
        stream.write(WATCH_REQUEST.encode({ createRequest: { key: 'a' } }));
        await new Promise<void>((resolve) => {
          stream.on('data', (bytes: Buffer) => {
            if (WATCH_RESPONSE.decode(bytes).created) resolve();
          });
        });
        stream.write(Buffer.from([0xff, 0xff]));
        await ended;
      }),
  },
  {
    name: 'locks and elections',
    // The session of a lock begins to renew its lease, and may end before the first renewal is sent.
    uncertain: /^etcd_debugging_lease_renewed_total$/,
    async do(asked) {
      const concurrency = new RawConcurrency(asked.etcd);
      await asked.etcd.grant(100, LEASE + 3n);
      await handled(asked, 'Lock', 2, async () => {
        const { key } = await concurrency.lock('name', LEASE).next();
        const second = concurrency.lock('name', LEASE + 3n);
        await asked.until(haveWatchers(1));
        await concurrency.unlock(key);
        await second.next();
      });
      const { leader } = await concurrency.campaign('election', 'x', LEASE).next();
      await concurrency.proclaim(leader, 'y');
      await concurrency.leader('election');
      await concurrency.resign(leader);
      await asked.until(haveWatchers(0));
    },
  },
  {
    name: 'a lock that is given up',
    do: (asked) =>
      // Its key is gone in the end.
      grows(
        asked,
        (name) => name === 'etcd_mvcc_delete_total',
        1,
        () =>
          handled(asked, 'Lock', 1, async () => {
            const lock = new RawConcurrency(asked.etcd).lock('name', LEASE);
            lock.next().catch(() => undefined);
            await asked.until(haveWatchers(1));
            lock.cancel();
          }),
      ),
  },
  {
    name: 'maintenance',
    async do(asked) {
      const { etcd } = asked;
      const send = (method: string, bytes: Uint8Array = new Uint8Array()): Promise<unknown> =>
        etcd.send(`/etcdserverpb.Maintenance/${method}`, bytes);
      await either(
        () => etcd.status(),
        () => send('Hash'),
        () => send('HashKV'),
        () => send('Defragment'),
        () => send('Alarm'),
      );
      await either(() => send('HashKV', maintenance.HASH_KV_REQUEST.encode({ revision: 10 ** 6 })));
      const alarm = { memberID: 7n, alarm: maintenance.ALARM_TYPE.corrupt };
      const { ALARM_ACTION, ALARM_REQUEST } = maintenance;
      await either(
        () => send('Alarm', ALARM_REQUEST.encode({ ...alarm, action: ALARM_ACTION.activate })),
        () => etcd.put('c'),
      );
      await either(() => send('Alarm', ALARM_REQUEST.encode({ ...alarm, action: ALARM_ACTION.deactivate })));
      await either(() => etcd.send('/etcdserverpb.Cluster/MemberList', new Uint8Array()));
      await handled(asked, 'Snapshot', 1, () => {
        const stream = etcd.open('/etcdserverpb.Maintenance/Snapshot');
        stream.on('data', () => undefined);
        stream.end(new Uint8Array());
        return new Promise((resolve) => stream.on('status', resolve));
      });
    },
  },
  {
    name: 'calls that make no sense',
    do: ({ etcd }) =>
      either(
        () => etcd.send('/etcdserverpb.KV/Range', Buffer.from([0xff, 0xff])),
        () => etcd.send('/etcdserverpb.KV/Nothing', new Uint8Array()),
        () => etcd.send('/nothing.Nothing/Nothing', new Uint8Array()),
        () => etcd.send('/etcdserverpb.KV/Range', Buffer.alloc(3 * 1024 * 1024)),
        () => etcd.by({ 'client-api-version': '3.6' }).range('a'),
        () => etcd.by({ hasleader: 'true' }).range('a'),
      ),
  },
  {
    name: 'users',
    do: ({ etcd }) =>
      either(
        ...['UserList', 'RoleList', 'AuthStatus', 'AuthEnable', 'UserGet', 'RoleAdd', 'AuthDisable'].map(
          (method) => () => etcd.send(`/etcdserverpb.Auth/${method}`, new Uint8Array()),
        ),
      ),
  },
  {
    name: 'the gateway',
    async do({ host }) {
      const post = async (path: string, body: string): Promise<unknown> =>
        (await fetch(`${host}${path}`, { method: 'POST', body })).text();
      await post('/v3/kv/put', '{"key":"Zm9v","value":"YmFy"}');
      await post('/v3/kv/range', '{"key":"Zm9v"}');
      await post('/v3/kv/range', '{}');
      await post('/v3/lease/keepalive', '{"ID":77}');
    },
  },
  {
    name: 'probes',
    async do({ host }) {
      for (const path of [
        '/health',
        '/health?serializable=true',
        '/livez',
        '/readyz',
        '/readyz/serializable_read',
      ]) {
        await (await fetch(`${host}${path}`)).text();
      }
    },
  },
];
