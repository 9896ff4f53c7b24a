/** Leases: keys that live as long as their lease is renewed. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

/** Longer than any test takes. */
const LONG_SECONDS = 120;
const NOT_FOUND = { code: 5, details: 'etcdserver: requested lease not found' };

export function leaseBehaviour(etcd: Etcd): void {
  it('take their keys with them when they are revoked', async () => {
    const lease = etcd.plainClient.lease(LONG_SECONDS);
    await lease.put(etcd.key('a')).value('one');
    await lease.revoke();
    expect(await etcd.client.get('a').string()).toBeNull();
  });

  it('take all keys at one revision, and watchers hear of it', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    await etcd.raw.put(etcd.key('a'), '', { lease: ID });
    await etcd.raw.put(etcd.key('b'), '', { lease: ID });
    const watch = await etcd.raw.watch({ key: etcd.prefix, rangeEnd: etcd.prefixEnd });
    await etcd.raw.revoke(ID);
    const events = await watch.events(2);
    expect(new Set(events.map(({ kv }) => kv?.modRevision)).size).toBe(1);
  });

  it('expire without renewals', async () => {
    const { ID } = await etcd.raw.grant(1);
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    await etcd.raw.put(etcd.key('a'), 'one', { lease: ID });
    expect(await watch.told(2, etcd.prefix)).toEqual(['put a=one', 'delete a']);
    expect((await etcd.raw.timeToLive(ID)).TTL).toBe(-1);
  });

  it('live at least as long as an election may take: a grant of 1 s is one of 2 s', async () => {
    const { ID, TTL } = await etcd.raw.grant(1);
    expect(TTL).toBe(2);
    await etcd.raw.revoke(ID);
  });

  it('get an id from the server, or the one that the client chooses', async () => {
    const chosen = await etcd.raw.grant(LONG_SECONDS, 424_242n);
    const given = await etcd.raw.grant(LONG_SECONDS);
    expect(chosen.ID).toBe(424_242n);
    expect(given.ID).toBeGreaterThan(0n);
    for (const { ID } of [chosen, given]) await etcd.raw.revoke(ID);
  });

  it('are granted once for one id', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    expect(await refusalOf(etcd.raw.grant(LONG_SECONDS, ID))).toEqual({
      code: 9,
      details: 'etcdserver: lease already exists',
    });
    await etcd.raw.revoke(ID);
  });

  it('have their whole time again after each keep-alive', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    expect(await etcd.raw.keepAlive(ID)).toBe(LONG_SECONDS);
    await etcd.raw.revoke(ID);
  });

  it('answer a late keep-alive with a time of 0', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    await etcd.raw.revoke(ID);
    expect(await etcd.raw.keepAlive(ID)).toBe(0);
  });

  it('report the remaining time, the granted time, and their keys', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    for (const name of ['a', 'b']) await etcd.raw.put(etcd.key(name), '', { lease: ID });
    const { TTL, grantedTTL, keys } = await etcd.raw.timeToLive(ID, true);
    expect(grantedTTL).toBe(LONG_SECONDS);
    expect(TTL).toBeGreaterThan(LONG_SECONDS / 2);
    expect(TTL).toBeLessThanOrEqual(LONG_SECONDS);
    expect(new Set(keys)).toEqual(new Set([etcd.key('a'), etcd.key('b')]));
    await etcd.raw.revoke(ID);
  });

  it('that do not exist have a time of -1', async () => {
    expect(await etcd.raw.timeToLive(987_654n)).toMatchObject({ TTL: -1, grantedTTL: 0 });
  });

  it('are listed while they exist', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    expect(await etcd.raw.leases()).toContain(ID);
    await etcd.raw.revoke(ID);
    expect(await etcd.raw.leases()).not.toContain(ID);
  });

  it('lose a key that is put again without them', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    await etcd.raw.put(etcd.key('a'), 'one', { lease: ID });
    await etcd.raw.put(etcd.key('a'), 'two');
    await etcd.raw.revoke(ID);
    expect(await etcd.client.get('a').string()).toBe('two');
  });

  it('keep a key that is put again with ignore_lease', async () => {
    const { ID } = await etcd.raw.grant(LONG_SECONDS);
    await etcd.raw.put(etcd.key('a'), 'one', { lease: ID });
    await etcd.raw.put(etcd.key('a'), 'two', { ignoreLease: true });
    const { kvs } = await etcd.raw.range(etcd.key('a'));
    expect(kvs).toMatchObject([{ value: 'two', lease: ID }]);
    await etcd.raw.revoke(ID);
  });

  it('pass a key on to another lease', async () => {
    const first = await etcd.raw.grant(LONG_SECONDS);
    const second = await etcd.raw.grant(LONG_SECONDS);
    await etcd.raw.put(etcd.key('a'), 'one', { lease: first.ID });
    await etcd.raw.put(etcd.key('a'), 'two', { lease: second.ID });
    await etcd.raw.revoke(first.ID);
    expect(await etcd.client.get('a').string()).toBe('two');
    await etcd.raw.revoke(second.ID);
    expect(await etcd.client.get('a').string()).toBeNull();
  });

  it('that do not exist cannot be revoked', async () => {
    expect(await refusalOf(etcd.raw.revoke(987_654n))).toEqual(NOT_FOUND);
  });

  it('that do not exist accept no key', async () => {
    expect(await refusalOf(etcd.raw.put(etcd.key('a'), '', { lease: 987_654n }))).toEqual(NOT_FOUND);
  });

  it('cannot be granted for longer than 9,000,000,000 s', async () => {
    expect(await refusalOf(etcd.raw.grant(9_000_000_001))).toEqual({
      code: 11,
      details: 'etcdserver: too large lease TTL',
    });
  });
}
