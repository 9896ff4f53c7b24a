/** What a user may rely on in barriers without faults: run on the simulated and on the real etcd. */
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import { Barrier, BarrierHeldError, ClosedError } from '../../../src/index.js';
import { isWaiting, keysUnder, type Behaviour } from '../behaviour.js';

const reason = new Error('enough');

export const barrierBehaviours: readonly Behaviour[] = [
  {
    name: 'a barrier that nobody holds lets everybody pass',
    async run(client) {
      const { revision } = await new Barrier(client, 'b').wait();
      expect(revision).toBeGreaterThan(0);
    },
  },
  {
    name: 'the key is the name, put at the revision that hold reports and without a lease',
    async run(client) {
      const { revision } = await new Barrier(client, 'b').hold();
      const { kvs } = await client.get('b').exec();
      expect(kvs[0]).toMatchObject({ lease: '0', create_revision: String(revision), value: Buffer.alloc(0) });
    },
  },
  {
    name: 'all who wait go on when it is released',
    async run(client) {
      const barrier = new Barrier(client, 'b');
      await barrier.hold();
      const waits = [barrier.wait(), barrier.wait(), new Barrier(client, 'b').wait()];
      for (const wait of waits) expect(await isWaiting(client, wait)).toBe(true);
      const { released, revision } = await barrier.release();
      expect(released).toBe(true);
      for (const wait of waits) expect((await wait).revision).toBeGreaterThanOrEqual(revision);
    },
  },
  {
    name: 'a wait ends even if the barrier is held again at once',
    async run(client) {
      const barrier = new Barrier(client, 'b');
      await barrier.hold();
      const wait = barrier.wait();
      expect(await isWaiting(client, wait)).toBe(true);
      await client.if('b', 'Version', '>', 0).then(client.delete().key('b')).commit();
      const again = Number((await client.put('b').value('').exec()).header.revision);
      // Released at that revision, and not when it was held anew.
      expect((await wait).revision).toBe(again - 1);
      expect(await isWaiting(client, barrier.wait())).toBe(true);
      await barrier.close();
    },
  },
  {
    name: 'a barrier that is held cannot be held',
    async run(client) {
      await new Barrier(client, 'b').hold();
      await expect(new Barrier(client, 'b').hold()).rejects.toThrow(BarrierHeldError);
      await expect(new Barrier(client, 'b').hold()).rejects.toMatchObject({
        definite: true,
        message: 'the barrier b is already held',
      });
    },
  },
  {
    name: 'anybody may release it, and hears whether it was held',
    async run(client) {
      await new Barrier(client, 'b').hold();
      const other = new Barrier(client, 'b');
      expect(await other.release()).toMatchObject({ released: true });
      expect(await other.release()).toMatchObject({ released: false });
      await other.hold();
    },
  },
  {
    name: 'barriers whose names are prefixes of one another are different barriers',
    async run(client) {
      await new Barrier(client, 'b2').hold();
      await new Barrier(client, 'b/ready').hold();
      await new Barrier(client, 'b').wait();
    },
  },
  {
    name: 'a wait that is given up rejects with the reason, and writes nothing',
    async run(client) {
      const barrier = new Barrier(client, 'b');
      await barrier.hold();
      const before = (await client.get('b').exec()).header.revision;
      const controller = new AbortController();
      const wait = barrier.wait({ signal: controller.signal });
      expect(await isWaiting(client, wait)).toBe(true);
      controller.abort(reason);
      await expect(wait).rejects.toBe(reason);
      expect((await client.get('b').exec()).header.revision).toBe(before);
    },
  },
  {
    name: 'a call with an aborted signal holds and releases nothing',
    async run(client) {
      const barrier = new Barrier(client, 'b');
      const signal = AbortSignal.abort(reason);
      await expect(barrier.hold({ signal })).rejects.toBe(reason);
      expect(await keysUnder(client, '')).toEqual([]);
      await barrier.hold();
      await expect(barrier.release({ signal })).rejects.toBe(reason);
      expect(await client.get('b').exists()).toBe(true);
    },
  },
  {
    name: 'closing ends waits, deletes the commit records and leaves the barrier held',
    async run(client) {
      const barrier = new Barrier(client, 'b');
      await barrier.hold();
      const wait = barrier.wait();
      const rejected = expect(wait).rejects.toThrow(ClosedError);
      await barrier.close();
      await rejected;
      await expect(barrier.release()).rejects.toThrow(ClosedError);
      expect(await keysUnder(client, '')).toEqual(['b']);
    },
  },
  {
    name: 'a wait passes when the key is gone although its watch was lost to a compaction',
    async run(client: Namespace) {
      const barrier = new Barrier(client, 'b');
      await barrier.hold();
      const wait = barrier.wait();
      expect(await isWaiting(client, wait)).toBe(true);
      for (let written = 0; written < 5; written++) await client.put('other').value(written);
      const { header } = await client.get('other').exec();
      await client.kv.compact({ revision: header.revision });
      expect(await isWaiting(client, wait)).toBe(true);
      await barrier.release();
      await wait;
    },
  },
];
