/**
 * Alarms: what a cluster refuses once a member is out of space or finds its data corrupt. Needs an etcd of
 * its own, with room for 16 MiB.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ALARM_TYPE } from '../../../sim/etcd/wire/maintenance.js';
import { Administrator } from '../support/administrator.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

export const QUOTA_BYTES = 16 * 1024 * 1024;

const NO_SPACE = { code: 8, details: 'etcdserver: mvcc: database space exceeded' };
const CORRUPT = { code: 15, details: 'etcdserver: corrupt cluster' };
const ATTEMPTS_MAX = 40;
/** A real etcd learns its size when it commits, every 100 ms: a fast one takes far more than the quota until then. */
const PUTS_MAX = 1000;
const MEGABYTE = 'x'.repeat(1_000_000);

export function alarmBehaviour(etcd: Etcd): void {
  const administrator = (): Administrator => new Administrator(etcd.raw);

  /** Puts until a put is refused; returns the error. */
  async function fill(): Promise<{ code: number; details: string }> {
    for (let puts = 0; puts < PUTS_MAX; puts++) {
      try {
        await etcd.raw.put(etcd.key('large'), MEGABYTE);
      } catch (error) {
        const { code, details } = error as { readonly code: number; readonly details: string };
        return { code, details };
      }
    }
    throw new Error('expected the database to be full');
  }

  async function disarmAll(): Promise<void> {
    for (const { memberID, alarm } of await administrator().alarm('get')) {
      await administrator().alarm('deactivate', alarm, memberID);
    }
  }

  /** Compacts history and returns its space. */
  async function makeRoom(): Promise<void> {
    const { header } = await etcd.raw.range('\0');
    await etcd.raw.compact(header?.revision ?? 0, true);
    await administrator().defragment();
  }

  // After each there is something to compact.
  beforeEach(() => etcd.raw.put(etcd.key('mark')));
  afterEach(startAnew);

  async function startAnew(): Promise<void> {
    await disarmAll();
    await etcd.raw.deleteRange('\0', { rangeEnd: '\0' });
    await makeRoom();
    await disarmAll();
  }

  it('NOSPACE is raised by the put that no longer fits, which is refused', async () => {
    const { header, dbSizeQuota } = await etcd.raw.status();
    expect(dbSizeQuota).toBe(QUOTA_BYTES);
    expect(await fill()).toEqual(NO_SPACE);
    const memberID = header?.memberId ?? 0n;
    expect(await administrator().alarm('get')).toEqual([{ memberID, alarm: ALARM_TYPE.noSpace }]);
    const { errors } = await etcd.raw.status();
    expect(errors.map((error) => error.trim())).toEqual([`memberID:${memberID} alarm:NOSPACE`]);
  });

  // Which puts are accepted too early depends on timing, so it tries until some are.
  it('NOSPACE may be the answer to a put that is done nevertheless, if it was accepted before the database was full', async () => {
    let stored = 0;
    for (let attempt = 0; stored === 0 && attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0) await startAnew();
      stored = await storedOfRefused(`${attempt}`);
    }
    expect(stored).toBeGreaterThan(0);
  });

  /** Several clients put until they are refused; returns how many of the refused puts exist. */
  async function storedOfRefused(name: string): Promise<number> {
    const putUntilRefused = async (client: number): Promise<number> => {
      for (let puts = 0; ; puts++) {
        const key = etcd.key(`${name}/${client}/${puts}`);
        const refusal = await etcd.raw.put(key, MEGABYTE.slice(0, 200_000)).catch(String);
        if (typeof refusal === 'string') return (await etcd.raw.range(key, { countOnly: true })).count;
      }
    };
    const counts = await Promise.all(Array.from({ length: 16 }, (_, client) => putUntilRefused(client)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  it('NOSPACE refuses puts, transactions with a put in any branch, and leases, however small', async () => {
    await fill();
    expect(await refusalOf(etcd.raw.put(etcd.key('a'), ''))).toEqual(NO_SPACE);
    const put = { requestPut: { key: etcd.key('a'), value: '' } };
    expect(await refusalOf(etcd.raw.txn({ failure: [put] }))).toEqual(NO_SPACE);
    expect(await refusalOf(etcd.raw.grant(100))).toEqual(NO_SPACE);
  });

  it('NOSPACE leaves reads, deletes, compaction and the end of leases alone', async () => {
    const { ID } = await etcd.raw.grant(100);
    await etcd.raw.put(etcd.key('a'), 'one', { lease: ID });
    await etcd.raw.put(etcd.key('b'), 'two');
    await fill();
    expect((await etcd.raw.range(etcd.key('a'))).kvs).toHaveLength(1);
    await etcd.raw.revoke(ID);
    expect((await etcd.raw.range(etcd.key('a'))).kvs).toHaveLength(0);
    const { responses } = await etcd.raw.txn({ success: [{ requestDeleteRange: { key: etcd.key('b') } }] });
    expect(responses).toMatchObject([{ responseDeleteRange: { deleted: 1 } }]);
  });

  it('NOSPACE comes again if it is disarmed without freeing space', async () => {
    await fill();
    await disarmAll();
    expect(await administrator().alarm('get')).toEqual([]);
    expect(await fill()).toEqual(NO_SPACE);
    expect(await administrator().alarm('get')).toHaveLength(1);
  });

  it('NOSPACE stays when there is space again, until it is disarmed', async () => {
    await fill();
    await makeRoom();
    expect(await refusalOf(etcd.raw.put(etcd.key('a'), 'one'))).toEqual(NO_SPACE);
    await disarmAll();
    await etcd.raw.put(etcd.key('a'), 'one');
  });

  it('CORRUPT refuses every change, and no read', async () => {
    const { header } = await etcd.raw.put(etcd.key('a'), 'one');
    const { ID } = await etcd.raw.grant(100);
    await administrator().alarm('activate', ALARM_TYPE.corrupt, header?.memberId);
    const put = { requestPut: { key: etcd.key('a'), value: '' } };
    for (const change of [
      () => etcd.raw.put(etcd.key('a'), 'two'),
      () => etcd.raw.deleteRange(etcd.key('a')),
      () => etcd.raw.txn({ success: [put] }),
      () => etcd.raw.compact(header?.revision ?? 0),
      () => etcd.raw.grant(100),
      () => etcd.raw.revoke(ID),
    ]) {
      expect(await refusalOf(change())).toEqual(CORRUPT);
    }
    expect((await etcd.raw.range(etcd.key('a'))).kvs).toMatchObject([{ value: 'one' }]);
  });

  it('are raised once per member, and disarmed one by one', async () => {
    for (const memberID of [1n, 2n, 1n])
      await administrator().alarm('activate', ALARM_TYPE.noSpace, memberID);
    expect(await administrator().alarm('get', ALARM_TYPE.noSpace)).toHaveLength(2);
    expect(await administrator().alarm('get', ALARM_TYPE.corrupt)).toEqual([]);
    const first = { memberID: 1n, alarm: ALARM_TYPE.noSpace };
    expect(await administrator().alarm('deactivate', ALARM_TYPE.noSpace, 1n)).toEqual([first]);
    expect(await administrator().alarm('deactivate', ALARM_TYPE.noSpace, 1n)).toEqual([]);
    expect(await refusalOf(etcd.raw.put(etcd.key('a'), ''))).toEqual(NO_SPACE);
  });

  it('have a type: none can be raised without one, and member 0 does not stand for all', async () => {
    expect(await administrator().alarm('activate', ALARM_TYPE.none, 1n)).toEqual([]);
    await administrator().alarm('activate', ALARM_TYPE.noSpace, 1n);
    expect(await administrator().alarm('deactivate', ALARM_TYPE.noSpace, 0n)).toEqual([]);
    expect(await administrator().alarm('get')).toHaveLength(1);
  });
}
