/** What clients see of a cluster of three when members stop, pause or lose each other. */
import { Metadata } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RANGE_REQUEST } from '../../../sim/etcd/wire/kv.js';
import { eventually } from '../../eventually.js';
import { refusalOf } from '../support/refusal.js';
import { administrationBehaviour } from './administration.js';
import { MEMBERS, type ClusterTarget, type RunningCluster } from '../support/cluster-target.js';

const TIMED_OUT = { code: 14, details: 'etcdserver: request timed out' };
const PREVIOUS_LEADER = 'etcdserver: request timed out, possibly due to previous leader failure';
const CONNECTION_LOST = 'etcdserver: request timed out, possibly due to connection lost';
const LONG_SECONDS = 120;
const TWO_ELECTION_TIMEOUTS = 2_000;

export function clusterContract(target: ClusterTarget): void {
  describe(`three members of ${target.name}`, () => {
    let running: RunningCluster | undefined;
    const etcd = (): RunningCluster => {
      if (running === undefined) throw new Error('the cluster has not been started');
      return running;
    };
    let tests = 0;
    const newKey = (): string => `cluster-${++tests}`;

    beforeAll(async () => {
      running = await target.start();
    });
    afterEach(() => running?.heal());
    afterAll(() => running?.close());

    /** The leader, and the followers. */
    async function roles() {
      const leader = await eventually('somebody leads', () => etcd().leader());
      const [one = '', two = ''] = MEMBERS.filter((name) => name !== leader);
      return { leader, one, two };
    }

    /** The moments in milliseconds at which no other leader was seen for the last time, and one for the first. */
    async function watchElection(stopped: string): Promise<{ unseen: number; seen: number }> {
      let unseen = performance.now();
      return eventually('another leads', async () => {
        const asked = performance.now();
        if (![undefined, stopped].includes(await etcd().leader())) return { unseen, seen: performance.now() };
        unseen = asked;
        return undefined;
      });
    }

    /** Nothing passes from the member to the others any more. */
    function cutOff(alone: string): () => void {
      const others = MEMBERS.filter((name) => name !== alone);
      for (const other of others) etcd().cut(alone, other);
      return () => {
        for (const other of others) etcd().mend(alone, other);
      };
    }

    it('serve only old reads if two of them are gone', async () => {
      const { leader, one, two } = await roles();
      const key = newKey();
      await etcd().connect(leader).put(key, 'kept');
      const client = etcd().connect(two);
      await client.range(key);
      await etcd().stop(leader);
      await etcd().stop(one);
      const [read, put, stale] = await Promise.all([
        refusalOf(client.range(key)),
        refusalOf(client.put(key, 'lost')),
        client.range(key, { serializable: true }),
      ]);
      expect(read).toEqual(TIMED_OUT);
      expect(put).toEqual(TIMED_OUT);
      expect(stale.kvs).toMatchObject([{ value: 'kept' }]);
    });

    it('refuse a client that requires a leader if there is none', async () => {
      const { leader, one, two } = await roles();
      await etcd().stop(leader);
      await etcd().stop(one);
      const client = etcd().connect(two);
      const metadata = new Metadata();
      metadata.set('hasleader', 'true');
      const request = RANGE_REQUEST.encode({ key: 'a', serializable: true });
      await eventually('it has forgotten its leader', async () =>
        (await client.status()).leader === 0n ? true : undefined,
      );
      const refusal = await refusalOf(client.send('/etcdserverpb.KV/Range', request, metadata));
      expect(refusal).toEqual({ code: 14, details: 'etcdserver: no leader' });
    });

    it('fail a linearizable read under way when another leader is elected', async () => {
      const { leader, one } = await roles();
      const client = etcd().connect(one);
      await client.range('a');
      await etcd().stop(leader);
      expect(await refusalOf(client.range('a'))).toEqual({ code: 14, details: 'etcdserver: leader changed' });
      expect((await client.range('a')).kvs).toEqual([]);
    });

    it('let a write time out that was sent to a dead leader, and accept the next', async () => {
      const { leader, one, two } = await roles();
      const key = newKey();
      const clients = [etcd().connect(one), etcd().connect(two)];
      for (const client of clients) await client.range(key);
      await etcd().stop(leader);
      const sent = performance.now();
      const refusing = Promise.all(clients.map((client) => refusalOf(client.put(key, 'lost'))));
      const election = await watchElection(leader);
      const details = (await refusing).map((refusal) => refusal.details).sort();
      // The member that became the leader reports the failure, if its election ended within two election
      // timeouts of the request; votes may be split. The other has been connected to it all the time.
      const inTime = [TIMED_OUT.details, PREVIOUS_LEADER].sort();
      const late = [TIMED_OUT.details, TIMED_OUT.details];
      if (election.seen - sent < TWO_ELECTION_TIMEOUTS) expect(details).toEqual(inTime);
      else if (election.unseen - sent > TWO_ELECTION_TIMEOUTS) expect(details).toEqual(late);
      else expect([inTime, late]).toContainEqual(details);
      expect((await clients[0]?.range(key))?.kvs).toEqual([]);
      expect((await clients[1]?.put(key, 'kept'))?.header?.raftTerm).toBeGreaterThan(2);
    });

    it('continue without one that is cut off, which serves old data until it is back', async () => {
      const { leader, one } = await roles();
      const key = newKey();
      const client = etcd().connect(one);
      await client.put(key, 'before');
      const watch = await client.watch({ key });
      const mend = cutOff(one);
      await etcd().connect(leader).put(key, 'after');
      expect((await client.range(key, { serializable: true })).kvs).toMatchObject([{ value: 'before' }]);
      mend();
      expect(await watch.told(1, '')).toEqual([`put ${key}=after`]);
      expect(await etcd().leader()).toBe(leader);
    });

    it('lose writes to a leader that was cut off, which cannot know better', async () => {
      const { leader } = await roles();
      const key = newKey();
      const client = etcd().connect(leader);
      await client.put(key, 'before');
      const mend = cutOff(leader);
      const refusal = refusalOf(client.put(key, 'lost'));
      const next = await eventually('another leads', async () => {
        const found = await etcd().leader(leader);
        return found === leader ? undefined : found;
      });
      await etcd().connect(next).put(key, 'kept');
      expect((await client.range(key, { serializable: true })).kvs).toMatchObject([{ value: 'before' }]);
      mend();
      expect([TIMED_OUT.details, CONNECTION_LOST]).toContain((await refusal).details);
      expect((await client.range(key)).kvs).toMatchObject([{ value: 'kept' }]);
    });

    it('give a lease its whole time again under another leader', async () => {
      const { leader, one } = await roles();
      const client = etcd().connect(one);
      const { ID } = await client.grant(LONG_SECONDS);
      const before = await eventually('some of its time has passed', async () => {
        const { TTL } = await client.timeToLive(ID);
        return TTL < LONG_SECONDS - 2 ? TTL : undefined;
      });
      await etcd().stop(leader);
      const after = await eventually('a leader minds it again', () =>
        client.timeToLive(ID).catch(() => undefined),
      );
      expect(after.TTL).toBeGreaterThan(before);
      await client.revoke(ID);
    });

    it('wait in vain for a paused leader’s answer about leases, although another was elected', async () => {
      const { leader, one } = await roles();
      const client = etcd().connect(one);
      const { ID } = await client.grant(LONG_SECONDS);
      await client.timeToLive(ID);
      await etcd().pause(leader);
      const refusals = Promise.all([refusalOf(client.timeToLive(ID)), refusalOf(client.keepAlive(ID))]);
      await eventually('another leads', async () => {
        const found = await etcd().leader(leader);
        return found === leader ? undefined : found;
      });
      // A question after the election goes to the new leader.
      expect((await etcd().connect(one).timeToLive(ID)).grantedTTL).toBe(LONG_SECONDS);
      expect(await refusals).toEqual([TIMED_OUT, TIMED_OUT]);
      await etcd().resume(leader);
      await client.revoke(ID);
    });

    it('replace a paused leader, which follows when it resumes and loses no request', async () => {
      const { leader, one } = await roles();
      const key = newKey();
      const client = etcd().connect(leader);
      const watch = await client.watch({ key });
      await etcd().pause(leader);
      const read = client.range(key, { serializable: true });
      const next = await eventually('another leads', async () => {
        const found = await etcd().leader(leader);
        return found === leader ? undefined : found;
      });
      await etcd().connect(one).put(key, 'meanwhile');
      await etcd().resume(leader);
      expect(await watch.told(1, '')).toEqual([`put ${key}=meanwhile`]);
      await read;
      expect(await etcd().leader()).toBe(next);
    });

    administrationBehaviour(etcd, roles);
  });
}
