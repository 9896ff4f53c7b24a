/** What a user may rely on in elections without faults: run on the simulated and on the real etcd. */
import { once } from 'node:events';
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import {
  ClosedError,
  Election,
  ElectionObserver,
  Session,
  SessionLostError,
  type Leader,
} from '../../../src/index.js';
import { isWaiting, keysUnder, type Behaviour } from '../behaviour.js';

const reason = new Error('enough');

/** A handle under a session of its own. */
async function handle(client: Namespace, name = 'boss', ttlSeconds = 60) {
  const session = await Session.open(client, { ttlSeconds });
  return { session, election: new Election(session, name) };
}

/** The values that an observer reports, each when it is asked for. */
function values(leaders: AsyncGenerator<Leader, void, undefined>) {
  return async (count: number): Promise<string[]> => {
    const told: string[] = [];
    while (told.length < count) {
      const next = await leaders.next();
      if (next.done === true) break;
      told.push(next.value.value);
    }
    return told;
  };
}

export const electionBehaviours: readonly Behaviour[] = [
  {
    name: 'a candidate without rivals leads at once, under the key that Go gives it',
    async run(client) {
      const { session, election } = await handle(client, 'jobs/boss');
      expect(await election.leader()).toBeUndefined();
      const leadership = await election.campaign('me');
      expect(leadership.key).toBe(`jobs/boss/${BigInt(session.leaseId).toString(16)}`);
      const { kvs } = await client.getAll().prefix('jobs/').exec();
      expect(kvs).toMatchObject([
        {
          key: Buffer.from(leadership.key),
          value: Buffer.from('me'),
          lease: session.leaseId,
          create_revision: String(leadership.revision),
        },
      ]);
      expect(leadership.electedRevision).toBeGreaterThanOrEqual(leadership.revision);
      expect((await election.leader())?.value).toBe('me');
      await leadership.resign();
      expect(leadership.signal.reason).toBeInstanceOf(ClosedError);
      expect(await keysUnder(client, 'jobs/')).toEqual([]);
      expect(await election.leader()).toBeUndefined();
    },
  },
  {
    name: 'candidates lead in the order in which they came, in terms that grow',
    async run(client) {
      const first = await (await handle(client)).election.campaign('0');
      const order: string[] = [];
      const campaigns: Promise<number>[] = [];
      for (const value of ['1', '2', '3']) {
        const { election } = await handle(client);
        const campaign = election.campaign(value).then(async (leadership) => {
          order.push(value);
          expect((await election.leader())?.value).toBe(value);
          await leadership.resign();
          return leadership.revision;
        });
        expect(await isWaiting(client, campaign)).toBe(true);
        campaigns.push(campaign);
      }
      await first.resign();
      const terms = [first.revision, ...(await Promise.all(campaigns))];
      expect(order).toEqual(['1', '2', '3']);
      expect(terms).toEqual([...terms].sort((left, right) => left - right));
    },
  },
  {
    name: 'a proclaimed value is the leader’s from that revision on, in the order of the calls',
    async run(client) {
      const { election } = await handle(client);
      const leadership = await election.campaign('one');
      const proclaimed = await Promise.all(
        ['two', 'three', 'four'].map((value) => leadership.proclaim(value)),
      );
      const revisions = proclaimed.map(({ revision }) => revision);
      expect(revisions).toEqual([...revisions].sort((left, right) => left - right));
      expect((await election.leader())?.value).toBe('four');
      const { kvs } = await client.get(leadership.key).exec();
      expect(kvs[0]).toMatchObject({
        mod_revision: String(revisions[2]),
        create_revision: String(leadership.revision),
      });
    },
  },
  {
    name: 'a former leader proclaims nothing, and says why',
    async run(client) {
      const resigned = await (await handle(client)).election.campaign('one');
      await resigned.resign();
      await expect(resigned.proclaim('late')).rejects.toThrow(ClosedError);
      const { session, election } = await handle(client, 'boss', 2);
      const lost = await election.campaign('two');
      const next = (await handle(client)).election.campaign('three');
      expect(await isWaiting(client, next)).toBe(true);
      await client.leaseClient.leaseRevoke({ ID: session.leaseId });
      await next;
      if (!lost.signal.aborted) await once(lost.signal, 'abort');
      await expect(lost.proclaim('late')).rejects.toThrow(SessionLostError);
      expect(lost.signal.reason).toBeInstanceOf(SessionLostError);
      expect((await election.leader())?.value).toBe('three');
    },
  },
  {
    name: 'a client that deletes the candidacy ends the leadership, and the leader learns it',
    async run(client) {
      const { election } = await handle(client);
      const leadership = await election.campaign('one');
      await client.delete().key(leadership.key);
      if (!leadership.signal.aborted) await once(leadership.signal, 'abort');
      expect(leadership.signal.reason).toBeInstanceOf(SessionLostError);
      const again = await election.campaign('two');
      await leadership.resign();
      expect((await election.leader())?.value).toBe('two');
      expect(again.revision).toBeGreaterThan(leadership.revision);
    },
  },
  {
    name: 'two campaigns of one session wait for one another',
    async run(client) {
      const { session, election } = await handle(client);
      const leadership = await election.campaign('one');
      const again = new Election(session, 'boss').campaign('two');
      expect(await isWaiting(client, again)).toBe(true);
      expect((await election.leader())?.value).toBe('one');
      await leadership.resign();
      await again;
      expect((await election.leader())?.value).toBe('two');
    },
  },
  {
    name: 'a campaign that is given up rejects with the reason and withdraws',
    async run(client) {
      const leadership = await (await handle(client)).election.campaign('one');
      const { election } = await handle(client);
      const controller = new AbortController();
      const campaign = election.campaign('two', { signal: controller.signal });
      expect(await isWaiting(client, campaign)).toBe(true);
      controller.abort(reason);
      await expect(campaign).rejects.toBe(reason);
      expect(await keysUnder(client, 'boss/')).toEqual([leadership.key]);
      await leadership.resign();
      expect(await election.leader()).toBeUndefined();
    },
  },
  {
    name: 'a campaign does not lead if its session ends meanwhile',
    async run(client) {
      await (await handle(client)).election.campaign('one');
      const closed = await handle(client);
      const lost = await handle(client, 'boss', 2);
      const campaigns = [closed.election.campaign('two'), lost.election.campaign('three')] as const;
      const rejected = [
        expect(campaigns[0]).rejects.toThrow(ClosedError),
        expect(campaigns[1]).rejects.toThrow(SessionLostError),
      ];
      for (const campaign of campaigns) expect(await isWaiting(client, campaign)).toBe(true);
      await closed.session.close();
      await client.leaseClient.leaseRevoke({ ID: lost.session.leaseId });
      await Promise.all(rejected);
      expect(await keysUnder(client, 'boss/')).toHaveLength(1);
    },
  },
  {
    name: 'observers are told the present leader, every value and every leader, in order',
    async run(client) {
      const first = await handle(client);
      const leadership = await first.election.campaign('a1');
      const controller = new AbortController();
      const told = values(new ElectionObserver(client, 'boss').observe({ signal: controller.signal }));
      expect(await told(1)).toEqual(['a1']);
      const second = (await handle(client)).election.campaign('b1');
      expect(await isWaiting(client, second)).toBe(true);
      await leadership.proclaim('a2');
      await leadership.proclaim('a3');
      await leadership.resign();
      const other = await second;
      await other.proclaim('b2');
      expect(await told(4)).toEqual(['a2', 'a3', 'b1', 'b2']);
      const waiting = told(1);
      const rejected = expect(waiting).rejects.toBe(reason);
      expect(await isWaiting(client, waiting)).toBe(true);
      controller.abort(reason);
      await rejected;
    },
  },
  {
    name: 'an observer that was there before anybody led is told the first leader',
    async run(client) {
      const observer = new ElectionObserver(client, 'boss');
      const told = values(observer.observe());
      const first = told(1);
      expect(await isWaiting(client, first)).toBe(true);
      await (await handle(client)).election.campaign('one');
      expect(await first).toEqual(['one']);
      const next = told(1);
      const rejected = expect(next).rejects.toThrow(ClosedError);
      expect(await isWaiting(client, next)).toBe(true);
      await observer.close();
      await rejected;
    },
  },
  {
    name: 'elections whose names are prefixes of one another, and keys of strangers, do not count',
    async run(client) {
      for (const stranger of ['boss', 'boss/x', 'boss/1/2', 'boss2/1f', 'boss/']) {
        await client.put(stranger).value('stranger');
      }
      await (await handle(client, 'boss/a')).election.campaign('of boss/a');
      const { election } = await handle(client);
      expect(await election.leader()).toBeUndefined();
      await election.campaign('of boss');
      expect((await election.leader())?.value).toBe('of boss');
    },
  },
  {
    name: 'a candidate leads where a page of strangers’ keys ends amid those of its revision',
    async run(client) {
      for (const strangers of [62, 63, 64]) {
        const name = `e${strangers}`;
        for (let index = 0; index < strangers; index++) await client.put(`${name}/s/${index}`).value('');
        // On both sides of the candidacy by its key, in whichever order etcd sorts keys of one revision.
        const keys = ['!', '1f', 'zz'].map((tail) => `${name}/${tail}`);
        await client
          .if(name, 'Version', '==', 0)
          .then(...keys.map((key) => client.put(key).value('')))
          .commit();
        expect((await new ElectionObserver(client, name).leader())?.key).toBe(`${name}/1f`);
      }
    },
  },
  {
    name: 'values are bytes',
    async run(client) {
      const value = Buffer.from([0, 255, 128, 10]);
      const { election } = await handle(client);
      const leadership = await election.campaign(value);
      expect((await client.get(leadership.key).buffer())?.equals(value)).toBe(true);
      await leadership.proclaim(Buffer.alloc(0));
      expect((await election.leader())?.value).toBe('');
    },
  },
  {
    name: 'closing the handle gives up its campaigns and resigns what was won by it',
    async run(client) {
      const { election } = await handle(client);
      const leadership = await election.campaign('one');
      const waiter = await handle(client);
      const campaign = waiter.election.campaign('two');
      const rejected = expect(campaign).rejects.toThrow(ClosedError);
      expect(await isWaiting(client, campaign)).toBe(true);
      await waiter.election.close();
      await rejected;
      await election.close();
      expect(leadership.signal.aborted).toBe(true);
      expect(await keysUnder(client, 'boss/')).toEqual([]);
      await expect(election.campaign('three')).rejects.toThrow(ClosedError);
    },
  },
];
