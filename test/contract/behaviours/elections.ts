/**
 * The Election service: the first in the queue leads, and the leader's proclamation is the value of its key.
 */
import { expect, it } from 'vitest';
import type { CampaignResponse, LeaderKey } from '../../../sim/etcd/wire/election.js';
import type { Etcd } from '../support/etcd.js';
import { RawConcurrency, type Pending } from '../support/raw-concurrency.js';
import { refusalOf } from '../support/refusal.js';

const LONG_SECONDS = 120;
const UNKNOWN = 2;
const NOT_LEADER = { code: UNKNOWN, details: 'election: not leader' };

export function electionBehaviour(etcd: Etcd): void {
  const service = (): RawConcurrency => new RawConcurrency(etcd.raw);
  const name = (): string => etcd.key('election');
  const queue = (): { key: string; rangeEnd: string } => ({ key: `${name()}/`, rangeEnd: `${name()}0` });
  const lease = async (): Promise<bigint> => (await etcd.raw.grant(LONG_SECONDS)).ID;

  async function win(value: string, ID: bigint): Promise<LeaderKey> {
    const { leader } = await service().campaign(name(), value, ID).next();
    if (leader === undefined) throw new Error('expected a leadership');
    return leader;
  }

  /** Begins to campaign while another leads; resolves when the candidacy is visible. */
  async function candidate(value: string, ID = 0n): Promise<Pending<CampaignResponse>> {
    const watch = await etcd.raw.watch(queue());
    const pending = service().campaign(name(), value, ID);
    await watch.events(1);
    return pending;
  }

  it('makes the first candidate the leader, whose key is the name and the lease', async () => {
    const ID = await lease();
    const { header, leader } = await service().campaign(name(), 'mine', ID).next();
    const key = `${name()}/${ID.toString(16)}`;
    expect(leader).toEqual({ name: name(), key, rev: header?.revision, lease: ID });
    expect((await service().leader(name())).kv).toMatchObject({ key, value: 'mine', lease: ID });
    await etcd.raw.revoke(ID);
  });

  it('makes the next candidate the leader when the first resigns, with the header of its candidacy', async () => {
    const [first, second] = [await lease(), await lease()];
    const leader = await win('one', first);
    const next = await candidate('two', second);
    const { header: resigned } = await service().resign(leader);
    const { header, leader: won } = await next.next();
    expect(won?.rev).toBe(header?.revision);
    expect(header?.revision).toBeLessThan(resigned?.revision ?? 0);
    expect((await service().leader(name())).kv?.value).toBe('two');
    for (const ID of [first, second]) await etcd.raw.revoke(ID);
  });

  it('has no leader without a candidate', async () => {
    expect(await refusalOf(service().leader(name()))).toEqual({
      code: UNKNOWN,
      details: 'election: no leader',
    });
  });

  it('lets the leader proclaim', async () => {
    const ID = await lease();
    const leader = await win('one', ID);
    const { header } = await service().proclaim(leader, 'two');
    expect((await service().leader(name())).kv).toMatchObject({
      value: 'two',
      lease: ID,
      version: 2,
      modRevision: header?.revision,
    });
    await etcd.raw.revoke(ID);
  });

  it('treats a campaign of the leader as a proclamation, and answers with the header before it', async () => {
    const ID = await lease();
    const leader = await win('one', ID);
    const again = await service().campaign(name(), 'two', ID).next();
    expect(again.leader).toEqual(leader);
    const { kv } = await service().leader(name());
    expect(kv).toMatchObject({ value: 'two', createRevision: leader.rev });
    expect(again.header?.revision).toBe((kv?.modRevision ?? 0) - 1);
    await etcd.raw.revoke(ID);
  });

  it('moves the key to a lease of 60 s if a proclamation names none', async () => {
    const ID = await lease();
    const leader = await win('one', ID);
    await service().proclaim({ ...leader, lease: 0n }, 'two');
    const own = (await service().leader(name())).kv?.lease ?? 0n;
    expect(own).not.toBe(ID);
    expect(await etcd.raw.timeToLive(own)).toMatchObject({ grantedTTL: 60 });
    for (const each of [ID, own]) await etcd.raw.revoke(each);
  });

  it('lets only the leader proclaim', async () => {
    const ID = await lease();
    const leader = await win('one', ID);
    expect(await refusalOf(service().proclaim({ ...leader, rev: leader.rev + 1 }, ''))).toEqual(NOT_LEADER);
    expect(await refusalOf(service().proclaim({ ...leader, key: etcd.key('a') }, ''))).toEqual(NOT_LEADER);
    await etcd.raw.revoke(ID);
    expect(await refusalOf(service().proclaim({ ...leader, lease: 0n }, ''))).toEqual(NOT_LEADER);
  });

  it('lets anyone resign, leader or not', async () => {
    const ID = await lease();
    const leader = await win('one', ID);
    await service().resign({ ...leader, rev: leader.rev + 1 });
    expect((await service().leader(name())).kv?.value).toBe('one');
    const { header } = await service().resign(leader);
    const again = await service().resign(leader);
    expect(again.header?.revision).toBe(header?.revision);
    await etcd.raw.revoke(ID);
  });

  it.each(['proclaim', 'resign'] as const)('does not %s without a leadership', async (method) => {
    const details = '"leader" field must be provided';
    expect(await refusalOf(service()[method](undefined, ''))).toEqual({ code: UNKNOWN, details });
  });

  it.each(['proclaim', 'resign'] as const)('does not %s without a key', async (method) => {
    const details = 'etcdserver: key is not provided';
    expect(await refusalOf(service()[method]({ lease: 1n }, ''))).toEqual({ code: UNKNOWN, details });
  });

  it('rejects a candidate whose lease does not exist', async () => {
    expect(await refusalOf(service().campaign(name(), '', 987_654n).next())).toEqual({
      code: UNKNOWN,
      details: 'etcdserver: requested lease not found',
    });
  });

  it('drops a candidate whose client leaves', async () => {
    const [first, second] = [await lease(), await lease()];
    await win('one', first);
    const waiting = await candidate('two', second);
    const watch = await etcd.raw.watch(queue());
    waiting.cancel();
    expect(await watch.told(1, queue().key)).toEqual([`delete ${second.toString(16)}`]);
    for (const ID of [first, second]) await etcd.raw.revoke(ID);
  });

  it('also elects a candidate that lost its lease while waiting', async () => {
    const [first, second] = [await lease(), await lease()];
    const leader = await win('one', first);
    const waiting = await candidate('two', second);
    await etcd.raw.revoke(second);
    await service().resign(leader);
    expect((await waiting.next()).leader?.lease).toBe(second);
    expect(await refusalOf(service().leader(name()))).toMatchObject({ details: 'election: no leader' });
    await etcd.raw.revoke(first);
  });

  it('reports the leader, its proclamations, and the next leader to observers', async () => {
    const [first, second] = [await lease(), await lease()];
    const leader = await win('one', first);
    const observer = service().observe(name());
    expect((await observer.next()).kv?.value).toBe('one');
    await service().proclaim(leader, 'one again');
    const told = await observer.next();
    expect(told.kv).toMatchObject({ value: 'one again', version: 2, modRevision: told.header?.revision });
    const next = await candidate('two', second);
    await service().resign(leader);
    expect((await observer.next()).kv?.value).toBe('two');
    await next.next();
    for (const ID of [first, second]) await etcd.raw.revoke(ID);
  });

  it('ends for observers that send no request', async () => {
    const stream = etcd.raw.open('/v3electionpb.Election/Observe');
    const end = new Promise((resolve) => stream.once('status', resolve));
    stream.end();
    expect(await end).toMatchObject({
      code: 13,
      details: 'cardinality violation: received no request message from non-client-streaming RPC',
    });
  });

  it('lets observers wait for the first leader', async () => {
    const observer = service().observe(name());
    // Its watch may begin after this campaign: then the read before it reports the leader.
    const leader = await win('one', await lease());
    const told = await observer.next();
    expect(told).toMatchObject({ kv: { key: leader.key, value: 'one' } });
    await etcd.raw.revoke(leader.lease);
  });
}
