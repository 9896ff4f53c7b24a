/** Transactions: comparisons decide which list of operations runs, as one change. */
import { expect, it } from 'vitest';
import { COMPARE_RESULT, COMPARE_TARGET, type Compare } from '../../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../../sim/etcd/wire/message.js';
import type { Etcd } from '../support/etcd.js';

const { equal, notEqual, greater, less } = COMPARE_RESULT;

export function txnBehaviour(etcd: Etcd): void {
  const holds = async (...compare: readonly Encodable<Compare>[]): Promise<boolean> =>
    (await etcd.raw.txn({ compare })).succeeded;

  it('runs the success list if the comparison holds', async () => {
    const { succeeded } = await etcd.client
      .if('a', 'Create', '==', 0)
      .then(etcd.client.put('a').value('new'))
      .else(etcd.client.put('a').value('old'))
      .commit();
    expect(succeeded).toBe(true);
    expect(await etcd.client.get('a').string()).toBe('new');
  });

  it('runs the failure list if it does not hold', async () => {
    await etcd.client.put('a').value('there');
    const { succeeded } = await etcd.client
      .if('a', 'Create', '==', 0)
      .then(etcd.client.put('a').value('new'))
      .else(etcd.client.put('a').value('old'))
      .commit();
    expect(succeeded).toBe(false);
    expect(await etcd.client.get('a').string()).toBe('old');
  });

  it('holds without any comparison', async () => {
    expect(await holds()).toBe(true);
  });

  it('holds only if all comparisons do', async () => {
    await etcd.raw.put(etcd.key('a'), 'x');
    const yes = { key: etcd.key('a'), target: COMPARE_TARGET.value, result: equal, value: 'x' };
    const no = { ...yes, result: notEqual };
    expect([await holds(yes, yes), await holds(yes, no)]).toEqual([true, false]);
  });

  it('compares version, create revision, mod revision, value and lease', async () => {
    const { ID } = await etcd.raw.grant(60);
    const created = (await etcd.raw.put(etcd.key('a'), 'x')).header?.revision ?? 0;
    const changed = (await etcd.raw.put(etcd.key('a'), 'y', { lease: ID })).header?.revision ?? 0;
    const key = etcd.key('a');
    const { version, create, mod, value, lease } = COMPARE_TARGET;
    expect(
      await holds(
        { key, target: version, result: equal, version: 2 },
        { key, target: create, result: equal, createRevision: created },
        { key, target: mod, result: equal, modRevision: changed },
        { key, target: value, result: equal, value: 'y' },
        { key, target: lease, result: equal, lease: ID },
      ),
    ).toBe(true);
    await etcd.raw.revoke(ID);
  });

  it('compares with less and greater', async () => {
    await etcd.raw.put(etcd.key('a'), 'm');
    const compare = { key: etcd.key('a'), target: COMPARE_TARGET.value };
    expect(await holds({ ...compare, result: greater, value: 'l' })).toBe(true);
    expect(await holds({ ...compare, result: less, value: 'n' })).toBe(true);
    expect(await holds({ ...compare, result: less, value: 'm' })).toBe(false);
  });

  it('treats a missing key as version 0, created and changed at 0', async () => {
    const key = etcd.key('none');
    const { version, create, mod } = COMPARE_TARGET;
    expect(
      await holds(
        { key, target: version, result: equal, version: 0 },
        { key, target: create, result: equal, createRevision: 0 },
        { key, target: mod, result: less, modRevision: 1 },
      ),
    ).toBe(true);
  });

  it('finds no comparison of values true for a missing key, not even "not equal"', async () => {
    const compare = { key: etcd.key('none'), target: COMPARE_TARGET.value, value: 'x' };
    expect(await holds({ ...compare, result: equal })).toBe(false);
    expect(await holds({ ...compare, result: notEqual })).toBe(false);
  });

  it('compares every key of a range', async () => {
    await etcd.raw.put(etcd.key('a'), 'x');
    await etcd.raw.put(etcd.key('b'), 'x');
    const compare = {
      key: etcd.prefix,
      rangeEnd: etcd.prefixEnd,
      target: COMPARE_TARGET.value,
      result: equal,
      value: 'x',
    };
    expect(await holds(compare)).toBe(true);
    await etcd.raw.put(etcd.key('b'), 'y');
    expect(await holds(compare)).toBe(false);
  });

  it('lets later operations see the effects of earlier ones', async () => {
    await etcd.raw.put(etcd.key('b'), 'two');
    const { responses } = await etcd.raw.txn({
      success: [
        { requestPut: { key: etcd.key('a'), value: 'one' } },
        { requestRange: { key: etcd.key('a') } },
        { requestDeleteRange: { key: etcd.key('b') } },
        { requestRange: { key: etcd.key('b') } },
      ],
    });
    expect(responses[1]?.responseRange?.kvs).toMatchObject([{ value: 'one' }]);
    expect(responses[2]?.responseDeleteRange?.deleted).toBe(1);
    expect(responses[3]?.responseRange?.count).toBe(0);
  });

  it('compares before it changes anything', async () => {
    const { succeeded, responses } = await etcd.raw.txn({
      compare: [{ key: etcd.key('a'), target: COMPARE_TARGET.version, result: equal, version: 0 }],
      success: [
        { requestPut: { key: etcd.key('a') } },
        {
          requestTxn: {
            compare: [{ key: etcd.key('a'), target: COMPARE_TARGET.version, result: equal, version: 1 }],
          },
        },
      ],
    });
    expect(succeeded).toBe(true);
    // A nested transaction compares when its parent does: before the put.
    expect(responses[1]?.responseTxn?.succeeded).toBe(false);
  });

  it('accepts transactions within transactions', async () => {
    const { responses } = await etcd.raw.txn({
      success: [
        {
          requestTxn: {
            compare: [{ key: etcd.key('a'), target: COMPARE_TARGET.version, result: greater, version: 0 }],
            failure: [{ requestPut: { key: etcd.key('a'), value: 'inner' } }],
          },
        },
      ],
    });
    expect(responses[0]?.responseTxn?.succeeded).toBe(false);
    expect(await etcd.client.get('a').string()).toBe('inner');
  });

  it('changes nothing at all if one operation is refused', async () => {
    const txn = etcd.raw.txn({
      success: [
        { requestPut: { key: etcd.key('a') } },
        { requestPut: { key: etcd.key('b'), lease: 123_456_789n } },
      ],
    });
    await expect(txn).rejects.toThrow('etcdserver: requested lease not found');
    expect(await etcd.client.get('a').string()).toBeNull();
  });

  it('serves as a lock that one of several clients gets', async () => {
    const attempts = ['one', 'two', 'three'].map((name) =>
      etcd.client.if('lock', 'Create', '==', 0).then(etcd.client.put('lock').value(name)).commit(),
    );
    const answers = await Promise.all(attempts);
    expect(answers.filter(({ succeeded }) => succeeded)).toHaveLength(1);
  });
}
