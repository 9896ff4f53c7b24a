/** Administrators' requests to one member, and their effect in the others. */
import { expect, it } from 'vitest';
import { ALARM_TYPE } from '../../../sim/etcd/wire/maintenance.js';
import { eventually } from '../../eventually.js';
import { Administrator } from '../support/administrator.js';
import { MEMBERS, type RunningCluster } from '../support/cluster-target.js';
import { refusalOf } from '../support/refusal.js';

interface Roles {
  readonly leader: string;
  readonly one: string;
  readonly two: string;
}

export function administrationBehaviour(etcd: () => RunningCluster, roles: () => Promise<Roles>): void {
  const administratorOf = (name: string): Administrator => new Administrator(etcd().connect(name));
  const idOf = async (name: string): Promise<bigint> =>
    (await etcd().connect(name).status()).header?.memberId ?? 0n;

  it('hand leadership over when their leader gets the request, and continue without a break', async () => {
    const { leader, one } = await roles();
    const client = etcd().connect(one);
    const { raftTerm } = await client.status();
    await administratorOf(leader).moveLeader(await idOf(one));
    await client.put('moved');
    expect(await client.status()).toMatchObject({ leader: await idOf(one), raftTerm: raftTerm + 1 });
    expect(await etcd().leader()).toBe(one);
  });

  it('hand nothing over if another member than the leader gets the request', async () => {
    const { one, two } = await roles();
    expect(await refusalOf(administratorOf(one).moveLeader(await idOf(two)))).toEqual({
      code: 9,
      details: 'etcdserver: not leader',
    });
  });

  it('have the same hash at the same revision', async () => {
    const { leader } = await roles();
    const { header } = await etcd().connect(leader).put('hashed', 'value');
    const revision = header?.revision ?? 0;
    const hashes = await Promise.all(
      MEMBERS.map(async (name) => {
        await etcd().connect(name).range('hashed');
        return (await administratorOf(name).hashKv(revision)).hash;
      }),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('heed an alarm of any member until it is disarmed through any', async () => {
    const { leader, one, two } = await roles();
    const memberID = await idOf(one);
    await administratorOf(one).alarm('activate', ALARM_TYPE.noSpace, memberID);
    for (const name of [leader, two]) {
      expect(await refusalOf(etcd().connect(name).put('a'))).toMatchObject({ code: 8 });
    }
    await administratorOf(two).alarm('deactivate', ALARM_TYPE.noSpace, memberID);
    await etcd().connect(one).put('a');
    await eventually('no member tells of an alarm', async () => {
      const all = await Promise.all(
        MEMBERS.map(async (name) => (await etcd().connect(name).status()).errors),
      );
      return all.every((errors) => errors.length === 0) ? true : undefined;
    });
  });

  it('list the same members', async () => {
    const lists = await Promise.all(MEMBERS.map((name) => administratorOf(name).members()));
    for (const list of lists) expect(list).toEqual(lists[0]);
    expect(lists[0]?.map(({ name }) => name).sort()).toEqual([...MEMBERS]);
  });
}
