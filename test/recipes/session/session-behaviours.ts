/** What a user may rely on in sessions without faults: run on the simulated and on the real etcd. */
import { once } from 'node:events';
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import { ClosedError, Mutex, Session, SessionLostError } from '../../../src/index.js';
import { keysUnder, type Behaviour } from '../behaviour.js';

const reason = new Error('enough');

/** Puts a key that goes with the session. */
async function hold(client: Namespace, session: Session, key: string): Promise<void> {
  await client.put(key).value('').lease(session.leaseId);
}

export const sessionBehaviours: readonly Behaviour[] = [
  {
    name: 'it has a lease with the time to live that was asked for',
    async run(client) {
      const session = await Session.open(client, { ttlSeconds: 7 });
      const { grantedTTL, TTL } = await client.leaseClient.leaseTimeToLive({ ID: session.leaseId });
      expect(grantedTTL).toBe('7');
      expect(Number(TTL)).toBeGreaterThan(0);
      expect(session).toMatchObject({ ttlSeconds: 7, alive: true });
      await session.close();
    },
  },
  {
    name: 'it tells the time to live that etcd granted, which is no less than two seconds',
    async run(client) {
      const session = await Session.open(client, { ttlSeconds: 1 });
      const { grantedTTL } = await client.leaseClient.leaseTimeToLive({ ID: session.leaseId });
      expect(session.ttlSeconds).toBe(Number(grantedTTL));
      expect(session.ttlSeconds).toBe(2);
      await session.close();
    },
  },
  {
    name: 'it outlives its time to live many times over',
    async run(client) {
      const session = await Session.open(client, { ttlSeconds: 2 });
      await hold(client, session, 'held');
      const other = await Session.open(client, { ttlSeconds: 2 });
      await client.leaseClient.leaseRevoke({ ID: other.leaseId });
      // What another session takes to hear of its end is a third of a life, each time.
      await once(other.signal, 'abort');
      for (let lives = 0; lives < 3; lives++) {
        const next = await Session.open(client, { ttlSeconds: 3 });
        await client.leaseClient.leaseRevoke({ ID: next.leaseId });
        await once(next.signal, 'abort');
      }
      expect(session.alive).toBe(true);
      expect(await client.get('held').exists()).toBe(true);
      await session.close();
    },
  },
  {
    name: 'closing it ends everything held under it, and says so',
    async run(client) {
      const session = await Session.open(client);
      await hold(client, session, 'held/1');
      await hold(client, session, 'held/2');
      await session.close();
      expect(await keysUnder(client, '')).toEqual([]);
      expect(session.alive).toBe(false);
      expect(session.signal.reason).toBeInstanceOf(ClosedError);
      await session.close();
    },
  },
  {
    name: 'its commit records go with it',
    async run(client) {
      const session = await Session.open(client);
      const lock = await new Mutex(session, 'lock').lock();
      await lock.unlock();
      expect(await keysUnder(client, 'recipe-commits/')).toHaveLength(1);
      await session.close();
      expect(await keysUnder(client, '')).toEqual([]);
    },
  },
  {
    name: 'closing one whose lease is gone is no error',
    async run(client) {
      const session = await Session.open(client);
      await client.leaseClient.leaseRevoke({ ID: session.leaseId });
      await session.close();
    },
  },
  {
    name: 'a lease that somebody revokes is told with the next renewal',
    async run(client) {
      const session = await Session.open(client, { ttlSeconds: 2 });
      await client.leaseClient.leaseRevoke({ ID: session.leaseId });
      await once(session.signal, 'abort');
      expect(session.alive).toBe(false);
      expect(session.signal.reason).toBeInstanceOf(SessionLostError);
      expect(session.signal.reason).toMatchObject({
        definite: true,
        message: expect.stringContaining('revoked') as unknown,
      });
      expect(await keysUnder(client, '')).toEqual([]);
    },
  },
  {
    name: 'a time to live that is no whole number of seconds is refused',
    async run(client) {
      for (const ttlSeconds of [0, -1, 1.5, Number.NaN, Infinity]) {
        await expect(Session.open(client, { ttlSeconds })).rejects.toThrow(
          `expected ttlSeconds to be a whole number, at least 1, got ${ttlSeconds}`,
        );
      }
    },
  },
  {
    name: 'one that is given up before it began is not opened',
    async run(client) {
      const before = (await client.leaseClient.leaseLeases()).leases.length;
      await expect(Session.open(client, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect((await client.leaseClient.leaseLeases()).leases).toHaveLength(before);
    },
  },
];
