/**
 * Members: the members of the cluster, and changes of them. Needs an etcd of its own, of one member, and ends
 * it.
 */
import { expect, it } from 'vitest';
import { Administrator } from '../support/administrator.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

const NOT_FOUND = { code: 5, details: 'etcdserver: member not found' };
const NOT_ENOUGH = {
  code: 2,
  details: 'etcdserver: re-configuration failed due to not enough started members',
};
const URL_EXISTS = { code: 9, details: 'etcdserver: Peer URLs already exists' };
/** An unused address. */
const FIRST_URL = 'http://127.0.0.2:1';
const SECOND_URL = 'http://127.0.0.3:1';

export function clusterBehaviour(etcd: Etcd): void {
  const administrator = (): Administrator => new Administrator(etcd.raw);

  it('have an id, a name, and the URLs at which peers and clients reach them', async () => {
    const { header } = await etcd.raw.status();
    const members = await administrator().members();
    expect(members).toMatchObject([{ ID: header?.memberId, isLearner: false }]);
    for (const { name, peerURLs, clientURLs } of members) {
      expect([name === '', peerURLs.length, clientURLs.length]).toEqual([false, 1, 1]);
    }
  });

  it('may be added as learners, which have no name until they are started', async () => {
    const added = await administrator().addMember([FIRST_URL], true);
    const learner = { name: '', peerURLs: [FIRST_URL], clientURLs: [], isLearner: true };
    expect(added.member).toMatchObject(learner);
    expect(added.members).toHaveLength(2);
    expect(await administrator().members()).toEqual(added.members);
    await etcd.raw.put(etcd.key('a'), 'a learner does not count in the quorum');
    await administrator().removeMember(added.member?.ID ?? 0n);
    expect(await administrator().members()).toHaveLength(1);
  });

  it('may include one learner at a time', async () => {
    const { member } = await administrator().addMember([FIRST_URL, SECOND_URL], true);
    expect(await refusalOf(administrator().addMember(['http://127.0.0.4:1'], true))).toEqual({
      code: 9,
      details: 'etcdserver: too many learner members in cluster',
    });
    await administrator().removeMember(member?.ID ?? 0n);
  });

  it('that are learners need the leader’s data before they are promoted', async () => {
    const { member } = await administrator().addMember(['http://127.0.0.5:1'], true);
    expect(await refusalOf(administrator().promoteMember(member?.ID ?? 0n))).toEqual({
      code: 9,
      details: 'etcdserver: can only promote a learner member which is in sync with leader',
    });
    await administrator().removeMember(member?.ID ?? 0n);
  });

  it('that already vote cannot be promoted', async () => {
    const [member] = await administrator().members();
    expect(await refusalOf(administrator().promoteMember(member?.ID ?? 0n))).toEqual({
      code: 9,
      details: 'etcdserver: can only promote a learner member',
    });
  });

  it('need URLs with scheme, host and port, and without a path', async () => {
    for (const url of ['', '127.0.0.1:1', 'ftp://127.0.0.1:1', 'http://127.0.0.1', 'http://127.0.0.1:1/a']) {
      expect(await refusalOf(administrator().addMember([url]))).toEqual({
        code: 3,
        details: 'etcdserver: given member URLs are invalid',
      });
    }
  });

  it('do not share a URL', async () => {
    const [member] = await administrator().members();
    const own = member?.peerURLs ?? [];
    expect(await refusalOf(administrator().addMember([...own, SECOND_URL]))).toEqual(URL_EXISTS);
    const { member: other } = await administrator().addMember(['http://127.0.0.6:1'], true);
    expect(await refusalOf(administrator().updateMember(other?.ID ?? 0n, own))).toEqual(URL_EXISTS);
    await administrator().removeMember(other?.ID ?? 0n);
  });

  it('may get other URLs', async () => {
    const { member } = await administrator().addMember(['http://127.0.0.7:1'], true);
    const ID = member?.ID ?? 0n;
    await administrator().updateMember(ID, ['http://127.0.0.8:1', 'http://127.0.0.9:1']);
    const members = await administrator().members();
    expect(members.find((one) => one.ID === ID)?.peerURLs).toEqual([
      'http://127.0.0.8:1',
      'http://127.0.0.9:1',
    ]);
    await administrator().removeMember(ID);
  });

  it('that do not exist can be neither removed nor updated nor promoted', async () => {
    expect(await refusalOf(administrator().removeMember(7n))).toEqual(NOT_FOUND);
    expect(await refusalOf(administrator().updateMember(7n, [FIRST_URL]))).toEqual(NOT_FOUND);
    expect(await refusalOf(administrator().promoteMember(7n))).toEqual(NOT_FOUND);
  });

  it('are not removed if too few would be left that were ever started', async () => {
    const [member] = await administrator().members();
    expect(await refusalOf(administrator().removeMember(member?.ID ?? 0n))).toEqual(NOT_ENOUGH);
  });

  // The last, because nothing works after it.
  it('that are added to a single one cost it its quorum until they are started', async () => {
    await etcd.raw.put(etcd.key('a'), 'before');
    await administrator().addMember(['http://127.0.0.10:1']);
    const { details } = await refusalOf(etcd.raw.put(etcd.key('a'), 'after'));
    expect(details).toMatch(/^etcdserver: request timed out/);
    const { kvs } = await etcd.raw.range(etcd.key('a'), { serializable: true });
    expect(kvs).toMatchObject([{ value: 'before' }]);
    expect(await etcd.raw.status()).toMatchObject({ leader: 0n, errors: ['etcdserver: no leader'] });
  });
}
