/**
 * The Lock service: etcd takes a lock for its caller, as its own client. Errors come without etcd's codes.
 */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';
import { RawConcurrency, type Pending } from '../support/raw-concurrency.js';
import { refusalOf } from '../support/refusal.js';

const LONG_SECONDS = 120;
const UNKNOWN = 2;

export function lockBehaviour(etcd: Etcd): void {
  const service = (): RawConcurrency => new RawConcurrency(etcd.raw);
  const name = (): string => etcd.key('lock');
  const queue = (): { key: string; rangeEnd: string } => ({ key: `${name()}/`, rangeEnd: `${name()}0` });
  const lease = async (): Promise<bigint> => (await etcd.raw.grant(LONG_SECONDS)).ID;
  const lock = async (ID: bigint): Promise<string> => (await service().lock(name(), ID).next()).key;

  /** Begins to wait for a lock that another has; resolves when the waiting is visible. */
  async function queueUp(ID = 0n): Promise<Pending<{ readonly key: string }>> {
    const watch = await etcd.raw.watch(queue());
    const pending = service().lock(name(), ID);
    await watch.events(1);
    return pending;
  }

  it('is a key: the name, and the lease in hexadecimal', async () => {
    const ID = await lease();
    const { header, key } = await service().lock(name(), ID).next();
    expect(key).toBe(`${name()}/${ID.toString(16)}`);
    const { kvs } = await etcd.raw.range(key);
    expect(kvs).toMatchObject([{ value: '', lease: ID, version: 1, createRevision: header?.revision }]);
    await etcd.raw.revoke(ID);
  });

  it('has one holder at a time, in the order of requests', async () => {
    const leases = [await lease(), await lease(), await lease()];
    const first = await lock(leases[0] ?? 0n);
    const second = await queueUp(leases[1]);
    const third = await queueUp(leases[2]);
    await service().unlock(first);
    const { key } = await second.next();
    expect(
      (await etcd.raw.range(queue().key, { ...queue(), limit: 1, sortTarget: 2, sortOrder: 1 })).kvs,
    ).toMatchObject([{ key }]);
    await service().unlock(key);
    expect((await third.next()).key).toBe(`${name()}/${(leases[2] ?? 0n).toString(16)}`);
    for (const ID of leases) await etcd.raw.revoke(ID);
  });

  it('is held once per lease, which may ask again', async () => {
    const ID = await lease();
    const key = await lock(ID);
    const before = (await etcd.raw.range(key)).kvs;
    expect(await lock(ID)).toBe(key);
    expect((await etcd.raw.range(key)).kvs).toEqual(before);
    await etcd.raw.revoke(ID);
  });

  it('ends with its lease', async () => {
    const [first, second] = [await lease(), await lease()];
    await lock(first);
    const waiting = await queueUp(second);
    await etcd.raw.revoke(first);
    expect((await waiting.next()).key).toBe(`${name()}/${second.toString(16)}`);
    await etcd.raw.revoke(second);
  });

  it('gets a lease of 60 s if none is given, which is not kept alive', async () => {
    const { key } = await service().lock(name()).next();
    const [kv] = (await etcd.raw.range(key)).kvs;
    const ID = kv?.lease ?? 0n;
    expect(key).toBe(`${name()}/${ID.toString(16)}`);
    expect(await etcd.raw.timeToLive(ID)).toMatchObject({ grantedTTL: 60 });
    await etcd.raw.revoke(ID);
  });

  it('loses a waiter whose client leaves, but not the waiter’s lease', async () => {
    const key = await lock(await lease());
    const before = await etcd.raw.leases();
    const waiting = await queueUp();
    const [granted] = (await etcd.raw.leases()).filter((ID) => !before.includes(ID));
    const watch = await etcd.raw.watch(queue());
    waiting.cancel();
    expect(await watch.told(1, queue().key)).toEqual([`delete ${granted?.toString(16)}`]);
    expect(await etcd.raw.timeToLive(granted ?? 0n)).toMatchObject({ grantedTTL: 60 });
    await service().unlock(key);
  });

  it('is not given to a client that lost its lease while waiting', async () => {
    const [first, second] = [await lease(), await lease()];
    const key = await lock(first);
    const waiting = await queueUp(second);
    await etcd.raw.revoke(second);
    await service().unlock(key);
    expect(await refusalOf(waiting.next())).toEqual({ code: UNKNOWN, details: 'mutex: session is expired' });
    await etcd.raw.revoke(first);
  });

  it('is not given to a lease that does not exist', async () => {
    expect(await refusalOf(service().lock(name(), 987_654n).next())).toEqual({
      code: UNKNOWN,
      details: 'etcdserver: requested lease not found',
    });
  });

  it('is released by deleting the key, whichever key it is', async () => {
    await etcd.raw.put(etcd.key('a'), 'no lock');
    const { header } = await service().unlock(etcd.key('a'));
    expect((await etcd.raw.range(etcd.key('a'))).count).toBe(0);
    const again = await service().unlock(etcd.key('a'));
    expect(again.header?.revision).toBe(header?.revision);
  });

  it('cannot be released without a key', async () => {
    expect(await refusalOf(service().unlock(''))).toEqual({
      code: UNKNOWN,
      details: 'etcdserver: key is not provided',
    });
  });

  it('is refused in a service that answers malformed messages as every other does', async () => {
    expect(await refusalOf(etcd.raw.send('/v3lockpb.Lock/Lock', Buffer.from([0x0a, 0x05])))).toEqual({
      code: 13,
      details: 'grpc: error unmarshalling request: unexpected EOF',
    });
    expect(await refusalOf(etcd.raw.send('/v3lockpb.Lock/Pick', new Uint8Array()))).toEqual({
      code: 12,
      details: 'unknown method Pick for service v3lockpb.Lock',
    });
  });
}
