/** When leases expire: which are due, in which order, and how many at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../sim/etcd/errors.js';
import { ExpiryQueue } from '../../sim/etcd/lease/expiry-queue.js';
import { Lease } from '../../sim/etcd/lease/lease.js';
import { Lessor } from '../../sim/etcd/lease/lessor.js';
import { failed } from '../../sim/etcd/result.js';
import { TestCluster } from './harness.js';

const NOW_MS = 5000;

/** A lessor that tracks the expiries from now on, and how often it reported a new one. */
function primary() {
  const heard = { expiries: 0 };
  const lessor = new Lessor(() => heard.expiries++);
  lessor.promote(NOW_MS, 0);
  return { lessor, heard };
}

/** Grants leases 1, 2, 3, ... with these TTLs in seconds. */
function grantAll(lessor: Lessor, ttls: readonly number[]): void {
  for (const [index, ttl] of ttls.entries()) lessor.grant(BigInt(index + 1), ttl, NOW_MS);
}

const repeated = (count: number, ttl: number) => Array.from({ length: count }, () => ttl);
const expiriesOf = (lessor: Lessor) => lessor.list().map(({ expiryMs }) => expiryMs);

describe('the queue of expiries', () => {
  it('returns due leases by time, and of one time the first one added', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ push: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.record({ popAt: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.constant('clear' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const queue = new ExpiryQueue();
        let model: { readonly lease: Lease; readonly timeMs: number }[] = [];
        for (const one of steps) {
          if (one === 'clear') {
            queue.clear();
            model = [];
          } else if ('push' in one) {
            const lease = new Lease(BigInt(model.length), 10);
            queue.push(lease, one.push);
            model.push({ lease, timeMs: one.push });
            model.sort((left, right) => left.timeMs - right.timeMs);
          } else {
            const due = (model[0]?.timeMs ?? Infinity) <= one.popAt ? model.shift() : undefined;
            expect(queue.pop(one.popAt)).toBe(due?.lease);
          }
          expect(queue.nextMs).toBe(model[0]?.timeMs ?? Infinity);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a lease', () => {
  it('reports once that it is settled, unless the wait was cancelled', () => {
    const lease = new Lease(1n, 10);
    const told: string[] = [];
    lease.whenSettled(() => told.push('kept'));
    const takeBack = lease.whenSettled(() => told.push('taken back'));
    takeBack();
    lease.settle();
    lease.settle();
    expect(told).toEqual(['kept']);
  });

  it('may be granted for 9,000,000,000 seconds and no longer', () => {
    const { lessor } = primary();
    expect(lessor.grant(1n, 9_000_000_000, NOW_MS).kind).toBe('ok');
    expect(lessor.grant(2n, 9_000_000_001, NOW_MS)).toEqual(failed(ERRORS.leaseTtlTooLarge));
  });

  it('is renewed until the very moment of its expiry', () => {
    const { lessor } = primary();
    lessor.grant(1n, 10, NOW_MS);
    expect(lessor.renew(1n, NOW_MS + 9_999)).toEqual({ kind: 'renewed', ttlSeconds: 10 });
    expect(lessor.lookup(1n)?.expiryMs).toBe(NOW_MS + 19_999);
    expect(lessor.renew(1n, NOW_MS + 19_999)).toMatchObject({ kind: 'expired', lease: { id: 1n } });
    expect(lessor.renew(2n, NOW_MS)).toEqual({ kind: 'not-found' });
  });

  it('that is gone neither loses nor gains keys', () => {
    const { lessor } = primary();
    lessor.attach(1n, 'a');
    lessor.detach(1n, 'a');
    expect(lessor.lookup(1n)).toBeUndefined();
  });
});

describe('without a leader', () => {
  it('nothing expires, no expiry is reported, and leases are listed as they were granted', () => {
    const heard: string[] = [];
    const lessor = new Lessor(() => heard.push('expiry'));
    grantAll(lessor, [30, 10, 20]);
    expect(heard).toEqual([]);
    expect(lessor.nextExpiryMs).toBe(Infinity);
    expect(expiriesOf(lessor)).toEqual([Infinity, Infinity, Infinity]);
    expect(lessor.list().map(({ id }) => id)).toEqual([1n, 2n, 3n]);
    expect(lessor.takeExpired(1e12)).toEqual([]);
  });

  it('the previous one settles all waits for the end of a lease, and has nothing to check', () => {
    const { lessor, heard } = primary();
    grantAll(lessor, [30, 10]);
    expect(heard.expiries).toBe(2);
    expect(lessor.nextExpiryMs).toBe(NOW_MS + 10_000);
    const told: string[] = [];
    lessor.lookup(2n)?.whenSettled(() => told.push('settled'));
    lessor.demote();
    expect(told).toEqual(['settled']);
    expect(lessor.nextExpiryMs).toBe(Infinity);
    expect(expiriesOf(lessor)).toEqual([Infinity, Infinity]);
    expect(lessor.takeExpired(1e12)).toEqual([]);
  });
});

describe('a new leader', () => {
  it('gives every lease its whole time, plus the given extension', () => {
    const { lessor } = primary();
    grantAll(lessor, [30, 10]);
    lessor.promote(NOW_MS + 9000, 700);
    expect(lessor.list().map(({ id, expiryMs }) => [id, expiryMs])).toEqual([
      [2n, NOW_MS + 19_700],
      [1n, NOW_MS + 39_700],
    ]);
    expect(lessor.takeExpired(NOW_MS + 19_699)).toEqual([]);
    expect(lessor.takeExpired(NOW_MS + 19_700).map(({ id }) => id)).toEqual([2n]);
  });

  it('leaves 999 leases that expire at once unchanged', () => {
    const { lessor } = primary();
    grantAll(lessor, repeated(999, 10));
    lessor.promote(NOW_MS, 500);
    expect(new Set(expiriesOf(lessor))).toEqual(new Set([NOW_MS + 10_500]));
  });

  it('delays, of 1,000 that expire at once, those after the 750th', () => {
    const { lessor } = primary();
    grantAll(lessor, repeated(1000, 10));
    lessor.promote(NOW_MS, 500);
    const putOff = Array.from({ length: 250 }, (_, index) => Math.floor((751 + index) / 0.75));
    expect(expiriesOf(lessor)).toEqual([...repeated(750, 0), ...putOff].map((ms) => NOW_MS + 10_500 + ms));
  });

  it('counts anew after a second without a lease', () => {
    const { lessor } = primary();
    grantAll(lessor, [...repeated(800, 10), ...repeated(800, 20)]);
    lessor.promote(NOW_MS, 0);
    const delays = expiriesOf(lessor).map((ms, index) => ms - NOW_MS - (index < 800 ? 10_000 : 20_000));
    const putOff = Array.from({ length: 50 }, (_, index) => Math.floor((751 + index) / 0.75));
    expect(delays).toEqual([...repeated(750, 0), ...putOff, ...repeated(750, 0), ...putOff]);
  });

  it('counts those together that expire within a second of the first', () => {
    const { lessor } = primary();
    grantAll(lessor, [...repeated(700, 10), ...repeated(300, 11)]);
    lessor.promote(NOW_MS, 0);
    // The 751st comes a second after the first: it needs to wait one millisecond more, and others begin a new
    // second.
    const expiries = [...repeated(700, 10_000), ...repeated(299, 11_000), 11_001];
    expect(expiriesOf(lessor)).toEqual(expiries.map((ms) => NOW_MS + ms));
  });

  it('has nothing to delay without a lease', () => {
    const { lessor } = primary();
    expect(lessor.list()).toEqual([]);
    expect(lessor.nextExpiryMs).toBe(Infinity);
  });
});

describe('leases to revoke', () => {
  it('are taken by 500 at most, and each again after three seconds', () => {
    const { lessor } = primary();
    grantAll(lessor, repeated(1000, 10));
    const look = (atMs: number) => lessor.takeExpired(NOW_MS + atMs).map(({ id }) => Number(id));
    const first = Array.from({ length: 500 }, (_, index) => index + 1);
    expect(look(9999)).toEqual([]);
    expect(look(10_000)).toEqual(first);
    expect(look(10_500)).toEqual(first.map((id) => id + 500));
    expect(look(12_999)).toEqual([]);
    expect(look(13_000)).toEqual(first);
  });

  it('do not include renewed ones', () => {
    const { lessor } = primary();
    grantAll(lessor, [10, 12]);
    lessor.renew(1n, NOW_MS + 5000);
    const look = (atMs: number) => lessor.takeExpired(NOW_MS + atMs).map(({ id }) => id);
    expect(look(10_000)).toEqual([]);
    expect(look(12_000)).toEqual([2n]);
    expect(look(14_999)).toEqual([]);
    expect(look(15_000)).toEqual([1n, 2n]);
  });
});

it('1,000 leases that expire at once are gone after the second look, half of them after the first', () => {
  const cluster = new TestCluster();
  const etcd = cluster.client();
  cluster.host.advance(100);
  for (let id = 1n; id <= 1000n; id++) etcd.grant(2, id);
  const left = () => etcd.leases().response.leases.length;
  cluster.host.advance(2399);
  expect(left()).toBe(1000);
  cluster.host.advance(1);
  expect(left()).toBe(500);
  cluster.host.advance(500);
  expect(left()).toBe(0);
});
