/** What a user may rely on in software transactions without faults: run on the fake and on the real etcd. */
import type { Namespace } from 'etcd3';
import { beforeEach, describe, expect, it } from 'vitest';
import { STM, type Isolation } from '../../src/index.js';

const levels: readonly Isolation[] = [
  'SerializableSnapshot',
  'Serializable',
  'RepeatableReads',
  'ReadCommitted',
];
const validating = levels.filter((level) => level !== 'ReadCommitted');

/** @param connect hands out a client; no other test uses its keys */
export function describeStm(connect: () => Promise<Namespace>): void {
  let client: Namespace;
  beforeEach(async () => {
    client = await connect();
  });

  const put = (key: string, value: string) => client.put(key).value(value).exec();
  const value = (key: string) => client.get(key).string();

  describe.each(levels)('a transaction under %s', (isolation) => {
    it('writes what it put, at the revision it reports', async () => {
      const { revision } = await new STM(client, { isolation }).run((tx) => {
        tx.put('a', '1');
        tx.put('b', Buffer.from([0, 255]));
      });
      const [a, b] = [await client.get('a').exec(), await client.get('b').exec()];
      expect(a.kvs.map((kv) => [kv.value.toString(), kv.mod_revision])).toEqual([['1', String(revision)]]);
      expect(b.kvs.map((kv) => [[...kv.value], kv.mod_revision])).toEqual([[[0, 255], String(revision)]]);
    });

    it('reads its own writes and deletions first', async () => {
      await put('a', 'old');
      await put('b', 'old');
      const { value: seen } = await new STM(client, { isolation }).run(async (tx) => {
        tx.put('a', 'new');
        tx.del('b');
        return [await tx.get('a'), await tx.get('b'), await tx.get(['b', 'a'])];
      });
      expect(seen).toEqual(['new', null, [null, 'new']]);
    });

    it('deletes what it deleted', async () => {
      await put('a', 'old');
      await new STM(client, { isolation }).run((tx) => tx.del('a'));
      expect(await value('a')).toBeNull();
    });

    it('reads one or several keys, as text or as bytes', async () => {
      await put('a', 'x');
      await put('b', '');
      const { value: seen } = await new STM(client, { isolation }).run(async (tx) => [
        await tx.get('a'),
        await tx.get(['b', 'missing', 'a']),
        await tx.getBuffer('b'),
        await tx.getBuffer(['a', 'missing']),
      ]);
      expect(seen).toEqual(['x', ['', null, 'x'], Buffer.alloc(0), [Buffer.from('x'), null]]);
    });

    it('tells the revision of a key, 0 where it does not exist', async () => {
      const written = await put('a', 'x');
      const { value: seen } = await new STM(client, { isolation }).run(async (tx) => [
        await tx.rev('a'),
        await tx.rev('missing'),
      ]);
      expect(seen).toEqual([Number(written.header.revision), 0]);
    });

    it('gives the same value to every read of a key', async () => {
      await put('a', 'before');
      const seen: (string | null)[] = [];
      await new STM(client, { isolation }).run(async (tx) => {
        seen.push(await tx.get('a'));
        if (seen.length === 1) await put('a', 'after');
        seen.push(await tx.get('a'));
      });
      expect(seen.slice(0, 2)).toEqual(['before', 'before']);
    });

    it('writes nothing when its function throws, and passes the error on', async () => {
      const refusal = new Error('refused');
      const run = new STM(client, { isolation }).run(async (tx) => {
        tx.put('a', String(await tx.get('a')));
        throw refusal;
      });
      await expect(run).rejects.toBe(refusal);
      expect(await value('a')).toBeNull();
    });

    it('does not see what its function changes in the bytes it got', async () => {
      await put('a', 'x');
      const { value: seen } = await new STM(client, { isolation }).run(async (tx) => {
        (await tx.getBuffer('a'))?.fill('y');
        return tx.get('a');
      });
      expect(seen).toBe('x');
    });

    it('leaves no commit record behind once the STM is closed', async () => {
      const stm = new STM(client, { isolation, recordPrefix: 'records/' });
      await stm.run((tx) => tx.put('a', '1'));
      expect(await client.getAll().prefix('records/').count()).toBe(1);
      await stm.close();
      expect(await client.getAll().prefix('records/').count()).toBe(0);
    });
  });

  describe.each(validating)('under %s', (isolation) => {
    it('a change of what was read executes the function again', async () => {
      await put('a', '1');
      let executions = 0;
      const result = await new STM(client, { isolation }).run(async (tx) => {
        executions += 1;
        const read = await tx.get('a');
        if (executions === 1) await put('a', '10');
        tx.put('sum', String(Number(read) + 1));
        return read;
      });
      expect(result).toMatchObject({ value: '10', conflicts: 1, attempts: 2 });
      expect(await value('sum')).toBe('11');
    });

    it('the deletion of what was read executes the function again', async () => {
      await put('a', '1');
      const seen: (string | null)[] = [];
      await new STM(client, { isolation }).run(async (tx) => {
        seen.push(await tx.get('a'));
        if (seen.length === 1) await client.delete().key('a').exec();
        tx.put('b', '1');
      });
      expect(seen).toEqual(['1', null]);
    });

    it('the creation of what was missing executes the function again', async () => {
      const seen: (string | null)[] = [];
      await new STM(client, { isolation }).run(async (tx) => {
        seen.push(await tx.get('a'));
        if (seen.length === 1) await put('a', '1');
        tx.put('b', '1');
      });
      expect(seen).toEqual([null, '1']);
    });

    it('a transaction that only reads is executed again when what it read has changed', async () => {
      await put('a', '1');
      const seen: (string | null)[] = [];
      await new STM(client, { isolation }).run(async (tx) => {
        seen.push(await tx.get('a'));
        if (seen.length === 1) await put('a', '2');
      });
      expect(seen).toEqual(['1', '2']);
    });

    it('two doctors cannot both go off duty: there is no write skew', async () => {
      await put('ann', 'on');
      await put('bob', 'on');
      const bothHaveRead = meeting(2);
      const leave = (self: string, other: string) => {
        let executions = 0;
        return new STM(client, { isolation }).run(async (tx) => {
          executions += 1;
          const colleague = await tx.get(other);
          if (executions === 1) await bothHaveRead();
          if (colleague === 'on') tx.put(self, 'off');
        });
      };
      await Promise.all([leave('ann', 'bob'), leave('bob', 'ann')]);
      expect([await value('ann'), await value('bob')].sort()).toEqual(['off', 'on']);
    });

    it('increments at the same time are all counted', async () => {
      const stm = new STM(client, { isolation });
      const others = new STM(client, { isolation });
      const increment = (handle: STM) =>
        handle.run(async (tx) => tx.put('n', String(Number(await tx.get('n')) + 1)));
      await Promise.all(Array.from({ length: 12 }, (_, index) => increment(index % 2 === 0 ? stm : others)));
      expect(await value('n')).toBe('12');
    });

    it('the revision of a transaction that only reads is one at which all it read was current', async () => {
      await put('a', '1');
      const { header } = await put('b', '1');
      const { revision } = await new STM(client, { isolation }).run((tx) => tx.get(['a', 'b']));
      expect(revision).toBe(Number(header.revision));
    });
  });

  /** Reads a, lets another client change a and b, reads b; collects what each execution saw. */
  async function readAcrossChange(isolation: Isolation): Promise<string[]> {
    await put('a', 'old');
    await put('b', 'old');
    const seen: string[] = [];
    await new STM(client, { isolation }).run(async (tx) => {
      const a = await tx.get('a');
      if (seen.length === 0)
        await client
          .if('a', 'Version', '>', 0)
          .then(client.put('a').value('new'), client.put('b').value('new'))
          .commit();
      seen.push(`${a} ${await tx.get('b')}`);
    });
    return seen;
  }

  it('SerializableSnapshot reads everything at the revision of the first read', async () => {
    expect(await readAcrossChange('SerializableSnapshot')).toEqual(['old old', 'new new']);
  });

  it('Serializable reads everything at the revision of the first read', async () => {
    expect(await readAcrossChange('Serializable')).toEqual(['old old', 'new new']);
  });

  it('RepeatableReads may read different keys at different revisions, and does not commit that', async () => {
    expect(await readAcrossChange('RepeatableReads')).toEqual(['old new', 'new new']);
  });

  it('ReadCommitted may read different keys at different revisions', async () => {
    expect(await readAcrossChange('ReadCommitted')).toEqual(['old new']);
  });

  /** Reads a, lets another client write b, writes b without having read it; tells how often it was executed. */
  async function writeOverChange(isolation: Isolation): Promise<number> {
    await put('a', '1');
    let executions = 0;
    await new STM(client, { isolation }).run(async (tx) => {
      executions += 1;
      await tx.get('a');
      if (executions === 1) await put('b', 'somebody');
      tx.put('b', 'mine');
    });
    expect(await value('b')).toBe('mine');
    return executions;
  }

  it('SerializableSnapshot conflicts with a write to a key that it writes and has not read', async () => {
    expect(await writeOverChange('SerializableSnapshot')).toBe(2);
  });

  it.each(['Serializable', 'RepeatableReads', 'ReadCommitted'] as const)(
    '%s does not conflict with a write to a key that it writes and has not read',
    async (isolation) => {
      expect(await writeOverChange(isolation)).toBe(1);
    },
  );

  it('SerializableSnapshot writes a key that is newer than those it read', async () => {
    await put('a', '1');
    await put('b', '1');
    const { conflicts } = await new STM(client).run(async (tx) => {
      await tx.get('a');
      tx.put('b', '2');
    });
    expect(conflicts).toBe(0);
  });

  it('ReadCommitted loses updates', async () => {
    await put('n', '0');
    const bothHaveRead = meeting(2);
    const increment = () =>
      new STM(client, { isolation: 'ReadCommitted' }).run(async (tx) => {
        const n = Number(await tx.get('n'));
        await bothHaveRead();
        tx.put('n', String(n + 1));
      });
    await Promise.all([increment(), increment()]);
    expect(await value('n')).toBe('1');
  });

  it('prefetched keys are part of what the transaction has read', async () => {
    await put('a', '1');
    let executions = 0;
    await new STM(client).run(
      async (tx) => {
        executions += 1;
        if (executions === 1) await put('a', '2');
        tx.put('b', '1');
      },
      { prefetch: ['a'] },
    );
    expect(executions).toBe(2);
  });

  it('a key is attached to the lease it is put with', async () => {
    const lease = client.lease(60, { autoKeepAlive: false });
    const id = await lease.grant();
    await new STM(client).run((tx) => tx.put('a', '1', { lease: id }));
    expect((await client.get('a').exec()).kvs[0]?.lease).toBe(id);
    await lease.revoke();
    expect(await value('a')).toBeNull();
  });

  it('all keys of a transaction on a namespace are inside it', async () => {
    const stm = new STM(client.namespace('inner/'), { recordPrefix: 'records/' });
    await stm.run(async (tx) => tx.put('a', String(await tx.get('a'))));
    expect(await value('inner/a')).toBe('null');
    expect(await client.getAll().prefix('inner/records/').count()).toBe(1);
  });
}

/** Resolves for everybody once `size` have come. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let open: () => void;
  const everybody = new Promise<void>((resolve) => (open = resolve));
  return () => {
    come += 1;
    if (come === size) open();
    return everybody;
  };
}
