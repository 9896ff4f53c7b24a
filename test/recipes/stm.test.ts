import { describe, expect, it } from 'vitest';
import { ConflictError, STM } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork } from './fake/network.js';
import { describeStm } from './stm-contract.js';

describe('STM on the fake etcd', () => {
  describeStm(() => Promise.resolve(new FakeNetwork(new FakeKv()).client()));
});

describe('the requests of an STM', () => {
  it('are one for reads of several keys and one for the commit, plus one when a record is first needed', async () => {
    const network = new FakeNetwork(new FakeKv());
    const stm = new STM(network.client(), { recordPrefix: 'records/' });
    const transact = () => stm.run(async (tx) => tx.put('c', (await tx.get(['a', 'b'])).join()));
    await transact();
    expect(network.sent.map(({ read, written }) => [read.length, written.length])).toEqual([
      [2, 0],
      [1, 1],
      [3, 2],
    ]);
    network.sent.length = 0;
    await transact();
    expect(network.sent).toHaveLength(2);
  });

  it('are a read and a confirmation for a transaction that only reads', async () => {
    const network = new FakeNetwork(new FakeKv());
    await new STM(network.client()).run((tx) => tx.get('a'));
    expect(network.sent.map(({ writes }) => writes)).toEqual([false, false]);
  });

  it('do not read again what the conflict has just read', async () => {
    const kv = new FakeKv();
    const network = new FakeNetwork(kv);
    let executions = 0;
    const { value } = await new STM(network.client()).run(async (tx) => {
      executions += 1;
      network.sent.length = 0;
      const read = await tx.get(['a', 'b']);
      if (executions === 1) kv.put('b', 'new');
      tx.put('c', '1');
      return read;
    });
    expect(value).toEqual([null, 'new']);
    expect(network.sent.map(({ written }) => written.includes('c'))).toEqual([true]);
  });

  it('use one commit record for one after another, and one each for those at the same time', async () => {
    const kv = new FakeKv();
    const stm = new STM(new FakeNetwork(kv).client(), { recordPrefix: 'records/' });
    for (const n of [1, 2, 3]) await stm.run((tx) => tx.put('a', String(n)));
    expect(kv.keys('records/')).toHaveLength(1);
    await Promise.all(['b', 'c', 'd'].map((key) => stm.run((tx) => tx.put(key, '1'))));
    expect(kv.keys('records/')).toHaveLength(3);
  });

  it('give up after the allowed attempts, definitely', async () => {
    const kv = new FakeKv();
    const network = new FakeNetwork(kv);
    let executions = 0;
    const run = new STM(network.client(), { maxAttempts: 3, backoff: { initialMs: 0 } }).run(async (tx) => {
      executions += 1;
      await tx.get('a');
      kv.put('a', String(executions));
      tx.put('b', '1');
    });
    await expect(run).rejects.toThrow(ConflictError);
    await expect(run).rejects.toMatchObject({ definite: true, message: 'gave up after 3 conflicts' });
    expect(executions).toBe(3);
    expect(kv.value('b')).toBeNull();
  });

  it('ask a lagging member first, and wait for it where it has not come so far', async () => {
    const kv = new FakeKv();
    kv.put('b', 'current');
    const network = new FakeNetwork(kv);
    const { value } = await new STM(network.client()).run(async (tx) => {
      await tx.get('a');
      kv.appliedRevision = 1;
      return tx.get('b');
    });
    expect(value).toBe('current');
    expect(network.sent).toHaveLength(4);
  });

  it('start over with a new snapshot when the old one is compacted away', async () => {
    const kv = new FakeKv();
    const seen: (string | null)[] = [];
    const { conflicts } = await new STM(new FakeNetwork(kv).client()).run(async (tx) => {
      seen.push(await tx.get('a'));
      if (seen.length === 1) {
        kv.put('a', 'new');
        kv.compactRevision = kv.revision;
      }
      await tx.get('b').catch(() => 'swallowed');
      tx.put('c', '1');
    });
    expect(seen).toEqual([null, 'new']);
    expect(conflicts).toBe(1);
  });
});

describe('a transaction', () => {
  it('cannot be used after its function has returned', async () => {
    const stm = new STM(new FakeNetwork(new FakeKv()).client());
    const { value: leaked } = await stm.run((tx) => ({ tx }));
    expect(() => leaked.tx.put('a', '1')).toThrow('the transaction has ended');
    await expect(leaked.tx.get('a')).rejects.toThrow('the transaction has ended');
  });

  it('does not commit when a read failed, even if its function continues', async () => {
    const kv = new FakeKv();
    const network = new FakeNetwork(kv);
    network.decide = ({ read }) => {
      if (read.includes('a')) throw new Error('7 PERMISSION_DENIED: etcdserver: permission denied');
      return 'pass';
    };
    const run = new STM(network.client()).run(async (tx) => {
      await tx.get('a').catch(() => null);
      tx.put('b', '1');
    });
    await expect(run).rejects.toMatchObject({
      definite: true,
      message: expect.stringContaining('read a') as string,
    });
    expect(kv.value('b')).toBeNull();
  });
});

describe('a closed STM', () => {
  it('runs nothing more', async () => {
    const stm = new STM(new FakeNetwork(new FakeKv()).client());
    await stm.close();
    await expect(stm.run(() => 1)).rejects.toMatchObject({ message: 'the STM is closed', definite: true });
  });

  it('has waited for the runs that were under way', async () => {
    const kv = new FakeKv();
    const stm = new STM(new FakeNetwork(kv).client(), { recordPrefix: 'records/' });
    const run = stm.run(async (tx) => tx.put('a', String(await tx.get('b'))));
    await stm.close();
    expect(kv.value('a')).toBe('null');
    expect(kv.keys('records/')).toEqual([]);
    await run;
  });
});
