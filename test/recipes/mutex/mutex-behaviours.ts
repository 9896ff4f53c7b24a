/** What a user may rely on in locks without faults: run on the simulated and on the real etcd. */
import { once } from 'node:events';
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import { ClosedError, Mutex, Session, SessionLostError } from '../../../src/index.js';
import { isWaiting, keysUnder, type Behaviour } from '../behaviour.js';

const reason = new Error('enough');

/** A handle under a session of its own. */
async function handle(client: Namespace, name = 'lock', ttlSeconds = 60) {
  const session = await Session.open(client, { ttlSeconds });
  return { session, mutex: new Mutex(session, name) };
}

export const mutexBehaviours: readonly Behaviour[] = [
  {
    name: 'a free lock is got at once, under the key that Go gives it',
    async run(client) {
      const { session, mutex } = await handle(client, 'jobs/a');
      const lock = await mutex.lock();
      expect(lock.key).toBe(`jobs/a/${BigInt(session.leaseId).toString(16)}`);
      const { kvs } = await client.getAll().prefix('jobs/').exec();
      expect(kvs).toMatchObject([
        {
          key: Buffer.from(lock.key),
          value: Buffer.alloc(0),
          lease: session.leaseId,
          create_revision: String(lock.revision),
        },
      ]);
      expect(lock.held).toBe(true);
      expect(lock.grantedRevision).toBeGreaterThanOrEqual(lock.revision);
      await lock.unlock();
      expect(lock.held).toBe(false);
      expect(lock.signal.reason).toBeInstanceOf(ClosedError);
      expect(await keysUnder(client, 'jobs/')).toEqual([]);
    },
  },
  {
    name: 'those who wait get it in the order in which they came, with tokens that grow',
    async run(client) {
      const first = await (await handle(client)).mutex.lock();
      const waits: Promise<{ place: number; token: number }>[] = [];
      const order: number[] = [];
      for (let place = 1; place <= 4; place++) {
        const { mutex } = await handle(client);
        const wait = mutex.lock().then(async (lock) => {
          order.push(place);
          await lock.unlock();
          return { place, token: lock.revision };
        });
        expect(await isWaiting(client, wait)).toBe(true);
        waits.push(wait);
      }
      await first.unlock();
      const got = await Promise.all(waits);
      expect(order).toEqual([1, 2, 3, 4]);
      const tokens = [first.revision, ...got.map(({ token }) => token)];
      expect(tokens).toEqual([...new Set(tokens)].sort((left, right) => left - right));
    },
  },
  {
    name: 'two calls under one session exclude one another, on the same handle or on two',
    async run(client) {
      const { session, mutex } = await handle(client);
      const lock = await mutex.lock();
      const again = mutex.lock();
      const other = new Mutex(session, 'lock').lock();
      expect(await isWaiting(client, again)).toBe(true);
      expect(await isWaiting(client, other)).toBe(true);
      await lock.unlock();
      const second = await again;
      expect(await isWaiting(client, other)).toBe(true);
      await second.unlock();
      expect((await other).revision).toBeGreaterThan(second.revision);
    },
  },
  {
    name: 'tryLock waits for nobody, and leaves nothing behind where it is not free',
    async run(client) {
      const [{ mutex }, other] = [await handle(client), await handle(client)];
      const lock = await mutex.tryLock();
      expect(await other.mutex.tryLock()).toBeUndefined();
      expect(await mutex.tryLock()).toBeUndefined();
      expect(await keysUnder(client, 'lock/')).toEqual([lock?.key]);
      await lock?.unlock();
      expect((await other.mutex.tryLock())?.held).toBe(true);
    },
  },
  {
    name: 'a wait that is given up rejects with the reason and leaves no place',
    async run(client) {
      const lock = await (await handle(client)).mutex.lock();
      const { mutex } = await handle(client);
      const controller = new AbortController();
      const wait = mutex.lock({ signal: controller.signal });
      expect(await isWaiting(client, wait)).toBe(true);
      controller.abort(reason);
      await expect(wait).rejects.toBe(reason);
      expect(await keysUnder(client, 'lock/')).toEqual([lock.key]);
      const next = mutex.lock();
      expect(await isWaiting(client, next)).toBe(true);
      await lock.unlock();
      await next;
    },
  },
  {
    name: 'a wait behind one that gave up goes on waiting for the one before',
    async run(client) {
      const lock = await (await handle(client)).mutex.lock();
      const controller = new AbortController();
      const second = (await handle(client)).mutex.lock({ signal: controller.signal });
      expect(await isWaiting(client, second)).toBe(true);
      const third = (await handle(client)).mutex.lock();
      expect(await isWaiting(client, third)).toBe(true);
      controller.abort(reason);
      await expect(second).rejects.toBe(reason);
      expect(await isWaiting(client, third)).toBe(true);
      await lock.unlock();
      await third;
    },
  },
  {
    name: 'a session that is closed while it waits gets nothing, and one that holds lets go',
    async run(client) {
      const holder = await handle(client);
      const lock = await holder.mutex.lock();
      const waiter = await handle(client);
      const wait = waiter.mutex.lock();
      const rejected = expect(wait).rejects.toThrow(ClosedError);
      expect(await isWaiting(client, wait)).toBe(true);
      await waiter.session.close();
      await rejected;
      const next = (await handle(client)).mutex.lock();
      expect(await isWaiting(client, next)).toBe(true);
      await holder.session.close();
      expect(lock.signal.reason).toBeInstanceOf(ClosedError);
      await next;
    },
  },
  {
    name: 'a session that is lost loses its lock, and its wait',
    async run(client) {
      const holder = await handle(client, 'lock', 2);
      const lock = await holder.mutex.lock();
      const waiter = await handle(client, 'lock', 2);
      const wait = waiter.mutex.lock();
      const rejected = expect(wait).rejects.toThrow(SessionLostError);
      expect(await isWaiting(client, wait)).toBe(true);
      await client.leaseClient.leaseRevoke({ ID: waiter.session.leaseId });
      await rejected;
      await client.leaseClient.leaseRevoke({ ID: holder.session.leaseId });
      if (lock.held) await once(lock.signal, 'abort');
      expect(lock.signal.reason).toBeInstanceOf(SessionLostError);
      await lock.unlock();
      await (await handle(client)).mutex.lock();
    },
  },
  {
    name: 'a client that deletes the key takes the lock away, and the holder learns it',
    async run(client) {
      const { mutex } = await handle(client);
      const lock = await mutex.lock();
      await client.delete().key(lock.key);
      if (lock.held) await once(lock.signal, 'abort');
      expect(lock.signal.reason).toBeInstanceOf(SessionLostError);
      expect(String(lock.signal.reason)).toContain('another client deleted its key');
      const again = await mutex.lock();
      // A lost lock cannot release a later one.
      await lock.unlock();
      expect(again.held).toBe(true);
      expect(await keysUnder(client, 'lock/')).toEqual([again.key]);
    },
  },
  {
    name: 'locks whose names are prefixes of one another, and keys of strangers, do not count',
    async run(client) {
      for (const stranger of ['lock/', 'lock/x', 'lock/12/3', 'lock/-1', 'lock2/1f', 'lock']) {
        await client.put(stranger).value('');
      }
      for (let index = 0; index < 130; index++) await client.put(`lock/a/${index}`).value('');
      await (await handle(client, 'lock/a')).mutex.tryLock();
      expect((await (await handle(client)).mutex.tryLock())?.held).toBe(true);
    },
  },
  {
    name: 'a place ahead counts where a page of strangers’ keys ends amid those of its revision',
    async run(client) {
      for (const strangers of [62, 63, 64]) {
        const name = `lock${strangers}`;
        // On both sides of the place by its key, in whichever order etcd sorts keys of one revision.
        const keys = ['!', '1f', 'zz'].map((tail) => `${name}/${tail}`);
        await client
          .if(name, 'Version', '==', 0)
          .then(...keys.map((key) => client.put(key).value('')))
          .commit();
        for (let index = 0; index < strangers; index++) await client.put(`${name}/s/${index}`).value('');
        expect(await (await handle(client, name)).mutex.tryLock()).toBeUndefined();
      }
    },
  },
  {
    name: 'a wait whose place another client deletes gets nothing, and says which place',
    async run(client) {
      const lock = await (await handle(client)).mutex.lock();
      const { session, mutex } = await handle(client);
      const key = `lock/${BigInt(session.leaseId).toString(16)}`;
      const wait = mutex.lock();
      const rejected = expect(wait).rejects.toMatchObject({
        name: 'SessionLostError',
        message: expect.stringContaining(key) as unknown,
      });
      expect(await isWaiting(client, wait)).toBe(true);
      await client.delete().key(key);
      await lock.unlock();
      await rejected;
      expect(await keysUnder(client, 'lock/')).toEqual([]);
    },
  },
  {
    name: 'a place that the session has already is kept, with its rank',
    async run(client) {
      const { session, mutex } = await handle(client);
      const key = `lock/${BigInt(session.leaseId).toString(16)}`;
      const put = await client.put(key).value('').lease(session.leaseId).exec();
      const behind = (await handle(client)).mutex.lock();
      expect(await isWaiting(client, behind)).toBe(true);
      expect((await mutex.lock()).revision).toBe(Number(put.header.revision));
      expect(await isWaiting(client, behind)).toBe(true);
    },
  },
  {
    name: 'a place that belongs to another client is refused by name, and stays',
    async run(client) {
      const { session, mutex } = await handle(client);
      const key = `lock/${BigInt(session.leaseId).toString(16)}`;
      await client.put(key).value('theirs');
      await expect(mutex.lock()).rejects.toMatchObject({
        name: 'DefiniteError',
        message: expect.stringContaining(key) as unknown,
      });
      expect(await client.get(key)).toBe('theirs');
      await client.delete().key(key);
      expect((await mutex.lock()).held).toBe(true);
    },
  },
  {
    name: 'a place ahead counts where strangers’ keys of one transaction fill a page',
    async run(client) {
      await (await handle(client)).mutex.lock();
      const strangers = Array.from({ length: 100 }, (_, index) => client.put(`lock/s/${index}`).value(''));
      await client
        .if('lock/s', 'Version', '==', 0)
        .then(...strangers)
        .commit();
      expect(await (await handle(client)).mutex.tryLock()).toBeUndefined();
    },
  },
  {
    name: 'an end says which lock ended',
    async run(client) {
      const { mutex } = await handle(client);
      const lock = await mutex.lock();
      await lock.unlock();
      expect(String(lock.signal.reason)).toContain(`${lock.key} was unlocked`);
      const lost = await mutex.lock();
      await client.delete().key(lost.key);
      if (lost.held) await once(lost.signal, 'abort');
      expect(String(lost.signal.reason)).toContain(lost.key);
    },
  },
  {
    name: 'unlocking twice is no error, and lets go of it once',
    async run(client) {
      const { mutex } = await handle(client);
      const lock = await mutex.lock();
      await Promise.all([lock.unlock(), lock.unlock()]);
      const again = await mutex.lock();
      await lock.unlock();
      expect(again.held).toBe(true);
    },
  },
  {
    name: 'closing the handle gives up its waits and lets go of what was got by it',
    async run(client) {
      const { mutex } = await handle(client);
      const lock = await mutex.lock();
      const waiter = await handle(client);
      const wait = waiter.mutex.lock();
      const rejected = expect(wait).rejects.toThrow(ClosedError);
      expect(await isWaiting(client, wait)).toBe(true);
      await waiter.mutex.close();
      await rejected;
      await mutex.close();
      expect(lock.held).toBe(false);
      expect(await keysUnder(client, 'lock/')).toEqual([]);
      await expect(mutex.lock()).rejects.toThrow(ClosedError);
    },
  },
  {
    name: 'a call with an aborted signal gets nothing',
    async run(client) {
      const { mutex } = await handle(client);
      const signal = AbortSignal.abort(reason);
      await expect(mutex.lock({ signal })).rejects.toBe(reason);
      await expect(mutex.tryLock({ signal })).rejects.toBe(reason);
      expect(await keysUnder(client, 'lock/')).toEqual([]);
      await mutex.lock();
    },
  },
];
