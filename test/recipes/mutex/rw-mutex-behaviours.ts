/** What a user may rely on in locks for readers and writers without faults: run on the simulated and on the real etcd. */
import { once } from 'node:events';
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import { ClosedError, RWMutex, Session, SessionLostError } from '../../../src/index.js';
import { isWaiting, keysUnder, type Behaviour } from '../behaviour.js';

const reason = new Error('enough');

/** A handle under a session of its own. */
async function handle(client: Namespace, name = 'lock', ttlSeconds = 60) {
  const session = await Session.open(client, { ttlSeconds });
  return { session, mutex: new RWMutex(session, name) };
}

export const rwMutexBehaviours: readonly Behaviour[] = [
  {
    name: 'keys are those of Go, under the lease of the session',
    async run(client) {
      const { session, mutex } = await handle(client);
      const read = await mutex.readLock();
      expect(read.key).toMatch(/^lock\/read\/\d{19}$/);
      await read.unlock();
      const write = await mutex.lock();
      expect(write.key).toMatch(/^lock\/write\/\d{19}$/);
      expect((await client.get(write.key).exec()).kvs).toMatchObject([
        { lease: session.leaseId, create_revision: String(write.revision) },
      ]);
      await write.unlock();
      expect(await keysUnder(client, 'lock/')).toEqual([]);
    },
  },
  {
    name: 'many read at once, also under one session, and a writer waits for all of them',
    async run(client) {
      const { mutex } = await handle(client);
      const other = await handle(client);
      const reads = [await mutex.readLock(), await mutex.readLock(), await other.mutex.readLock()];
      const write = (await handle(client)).mutex.lock();
      for (const read of reads) {
        expect(await isWaiting(client, write)).toBe(true);
        await read.unlock();
      }
      expect((await write).held).toBe(true);
    },
  },
  {
    name: 'a writer keeps out readers and writers, and readers then come in together',
    async run(client) {
      const write = await (await handle(client)).mutex.lock();
      const reads = [(await handle(client)).mutex.readLock(), (await handle(client)).mutex.readLock()];
      for (const read of reads) expect(await isWaiting(client, read)).toBe(true);
      await write.unlock();
      for (const read of await Promise.all(reads)) expect(read.held).toBe(true);
    },
  },
  {
    name: 'readers that come after a waiting writer wait for it',
    async run(client) {
      const first = await (await handle(client)).mutex.readLock();
      const write = (await handle(client)).mutex.lock();
      expect(await isWaiting(client, write)).toBe(true);
      const late = await handle(client);
      const read = late.mutex.readLock();
      expect(await isWaiting(client, read)).toBe(true);
      expect(await late.mutex.tryReadLock()).toBeUndefined();
      await first.unlock();
      const writing = await write;
      expect(await isWaiting(client, read)).toBe(true);
      await writing.unlock();
      expect((await read).revision).toBeGreaterThan(writing.revision);
    },
  },
  {
    name: 'readers come in when the writer ahead of them gives up',
    async run(client) {
      await (await handle(client)).mutex.readLock();
      const controller = new AbortController();
      const write = (await handle(client)).mutex.lock({ signal: controller.signal });
      expect(await isWaiting(client, write)).toBe(true);
      const read = (await handle(client)).mutex.readLock();
      expect(await isWaiting(client, read)).toBe(true);
      controller.abort(reason);
      await expect(write).rejects.toBe(reason);
      expect((await read).held).toBe(true);
      expect(await keysUnder(client, 'lock/write/')).toEqual([]);
    },
  },
  {
    name: 'trying waits for nobody, and leaves nothing behind where it is not free',
    async run(client) {
      const { mutex } = await handle(client);
      const other = await handle(client);
      const write = await mutex.tryLock();
      expect(await other.mutex.tryReadLock()).toBeUndefined();
      expect(await other.mutex.tryLock()).toBeUndefined();
      expect(await keysUnder(client, 'lock/')).toEqual([write?.key]);
      await write?.unlock();
      expect((await other.mutex.tryReadLock())?.held).toBe(true);
      expect(await mutex.tryLock()).toBeUndefined();
      expect((await mutex.tryReadLock())?.held).toBe(true);
    },
  },
  {
    name: 'a call gets nothing if its session ends while it waits',
    async run(client) {
      const write = await (await handle(client)).mutex.lock();
      const closed = await handle(client);
      const lost = await handle(client, 'lock', 2);
      const waits = [closed.mutex.readLock(), lost.mutex.lock()] as const;
      const rejected = [
        expect(waits[0]).rejects.toThrow(ClosedError),
        expect(waits[1]).rejects.toThrow(SessionLostError),
      ];
      for (const wait of waits) expect(await isWaiting(client, wait)).toBe(true);
      await closed.session.close();
      await client.leaseClient.leaseRevoke({ ID: lost.session.leaseId });
      await Promise.all(rejected);
      expect(write.held).toBe(true);
      expect(await keysUnder(client, 'lock/')).toEqual([write.key]);
    },
  },
  {
    name: 'a holder is told that its session is lost, or its key deleted',
    async run(client) {
      const { session, mutex } = await handle(client, 'lock', 2);
      const [one, other] = [await mutex.readLock(), await mutex.readLock()];
      await client.delete().key(one.key);
      if (one.held) await once(one.signal, 'abort');
      expect(one.signal.reason).toBeInstanceOf(SessionLostError);
      expect(other.held).toBe(true);
      await client.leaseClient.leaseRevoke({ ID: session.leaseId });
      if (other.held) await once(other.signal, 'abort');
      expect(other.signal.reason).toBeInstanceOf(SessionLostError);
    },
  },
  {
    name: 'locks whose names are prefixes of one another, and keys of strangers, do not count',
    async run(client) {
      for (const stranger of [
        'lock/write',
        'lock/write/x',
        'lock/write/1/2',
        'lock/writer/1',
        'lock2/write/1',
      ]) {
        await client.put(stranger).value('');
      }
      await (await handle(client, 'lock/write')).mutex.lock();
      await (await handle(client, 'lock/read')).mutex.lock();
      expect((await (await handle(client)).mutex.tryLock())?.held).toBe(true);
    },
  },
  {
    name: 'closing the handle lets go of all that was got by it',
    async run(client) {
      const { mutex } = await handle(client);
      const reads = [await mutex.readLock(), await mutex.readLock()];
      await mutex.close();
      for (const read of reads) expect(read.held).toBe(false);
      expect(await keysUnder(client, 'lock/')).toEqual([]);
      await expect(mutex.readLock()).rejects.toThrow(ClosedError);
    },
  },
];
