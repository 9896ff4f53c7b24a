/** What happens to a removed member, and to another one added in its place. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.js';
import { Administrator } from '../support/administrator.js';
import { MEMBERS } from '../support/cluster-target.js';
import type { RawEtcd } from '../support/raw-etcd.js';
import { refusalOf } from '../support/refusal.js';
import type { ReplaceableCluster, ReplaceableTarget } from '../support/replaceable-cluster.js';

const NOT_FOUND = { code: 5, details: 'etcdserver: member not found' };
/** The second is the answer within the same second, in which the id would be the same, too. */
const TAKEN = /^etcdserver: (Peer URLs already exists|member ID already exist)$/;
const NOT_READY = {
  code: 9,
  details: 'etcdserver: can only promote a learner member which is in sync with leader',
};
const NO_LEARNER = { code: 9, details: 'etcdserver: can only promote a learner member' };
const NOT_FOR_LEARNERS = { code: 9, details: 'etcdserver: rpc not supported for learner' };

export function replacementContract(target: ReplaceableTarget): void {
  describe(`a member of ${target.name} that is replaced`, () => {
    let etcd: ReplaceableCluster;
    const clients: RawEtcd[] = [];
    beforeAll(async () => {
      etcd = await target.start();
    });
    afterAll(async () => {
      for (const client of clients) client.close();
      await etcd.close();
    });

    function connect(name: string): RawEtcd {
      const client = etcd.connect(name);
      clients.push(client);
      return client;
    }

    /** Repeats a request until etcd's members have been connected for long enough, or have caught up. */
    function granted<T>(what: string, request: () => Promise<T>): Promise<T> {
      return eventually(what, () => request().catch(() => undefined));
    }

    it('leaves for good; the other has an id of its own, learns all, is promoted, and may lead', async () => {
      const ids = new Map<string, bigint>();
      for (const name of MEMBERS) ids.set(name, (await connect(name).status()).header?.memberId ?? 0n);
      const { leader: leaderId } = await connect('m1').status();
      const leader = MEMBERS.find((name) => ids.get(name) === leaderId) ?? '';
      const [gone = '', other = ''] = MEMBERS.filter((name) => name !== leader);
      const client = connect(leader);
      const administrator = new Administrator(client);
      const { ID: lease } = await client.grant(1_000);
      await client.put('kept', 'old', { lease });
      const before = await administrator.members();
      const goneId = ids.get(gone) ?? 0n;
      const peerURLs = before.find(({ ID }) => ID === goneId)?.peerURLs ?? [];

      // It may have been removed even without an answer.
      await eventually('it is removed', async () => {
        await administrator.removeMember(goneId).catch(() => undefined);
        return (await administrator.members()).length === 2 ? true : undefined;
      });
      expect(await refusalOf(administrator.removeMember(goneId))).toEqual(NOT_FOUND);
      expect(await refusalOf(administrator.promoteMember(goneId))).toEqual(NOT_FOUND);
      await eventually('it has ended', () => (etcd.hasEnded(gone) ? true : undefined));
      await client.put('kept', 'new', { lease });

      const { member, members } = await granted('another is added', () =>
        administrator.addMember(peerURLs, true),
      );
      const added = member?.ID ?? 0n;
      expect(added).not.toBe(goneId);
      expect(members).toHaveLength(3);
      expect(members.find(({ ID }) => ID === added)).toMatchObject({
        ...{ name: '', peerURLs, clientURLs: [], isLearner: true },
      });
      expect(await refusalOf(administrator.addMember(peerURLs))).toEqual({
        code: 9,
        details: expect.stringMatching(TAKEN) as string,
      });
      expect(await refusalOf(administrator.promoteMember(added))).toEqual(NOT_READY);

      etcd.join(
        gone,
        members.flatMap((one) => one.peerURLs.map((url) => `${one.ID === added ? gone : one.name}=${url}`)),
      );
      const newcomer = connect(gone);
      const learnt = await granted('it serves the past', async () => {
        const answer = await newcomer.range('kept', { serializable: true });
        return answer.kvs.length === 0 ? undefined : answer;
      });
      expect(learnt?.kvs).toMatchObject([{ value: 'new', version: 2, lease }]);
      expect(learnt?.header).toMatchObject({ memberId: added });
      expect(await newcomer.status()).toMatchObject({ isLearner: true, leader: leaderId });
      expect(await refusalOf(newcomer.range('kept'))).toEqual(NOT_FOR_LEARNERS);
      expect(await refusalOf(newcomer.put('kept'))).toEqual(NOT_FOR_LEARNERS);
      expect(await refusalOf(newcomer.grant(10))).toEqual(NOT_FOR_LEARNERS);

      await granted('it is promoted', () => administrator.promoteMember(added).then(() => true));
      expect(await refusalOf(administrator.promoteMember(added))).toEqual(NO_LEARNER);
      await granted('it takes a write', () => newcomer.put('mine', 'x'));
      expect(await newcomer.status()).toMatchObject({ isLearner: false });
      expect((await newcomer.timeToLive(lease, true)).keys).toEqual(['kept']);
      const named = (await administrator.members()).find(({ ID }) => ID === added);
      expect(named).toMatchObject({ name: gone, isLearner: false });
      expect(named?.clientURLs).toHaveLength(1);

      await granted('the leader hands over to it', () => administrator.moveLeader(added).then(() => true));
      expect(await newcomer.status()).toMatchObject({ leader: added });
      const third = new Administrator(connect(other));
      await eventually('the leader that was is removed', async () => {
        await third.removeMember(ids.get(leader) ?? 0n).catch(() => undefined);
        return (await third.members()).length === 2 ? true : undefined;
      });
      await newcomer.put('mine', 'y');
      expect((await connect(other).range('mine')).kvs).toMatchObject([{ value: 'y' }]);
    });
  });
}
