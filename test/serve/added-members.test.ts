/** A served etcd that grows: a client adds a member, which is started and serves at a port of its own. */
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { serveEtcd } from '../../sim/serve/serve.js';
import { Administrator } from '../contract/support/administrator.js';
import { eventually } from '../eventually.js';
import { RawEtcd } from '../contract/support/raw-etcd.js';
import { refusalOf } from '../contract/support/refusal.js';

it('starts an added learner, which catches up, is promoted and serves', async () => {
  const etcd = await serveEtcd();
  const [first = ''] = etcd.endpoints;
  const client = new RawEtcd({ host: first, grpcOptions: {} });
  const administrator = new Administrator(client);
  await client.put('a', 'kept');
  const { member } = await administrator.addMember(['http://second:2380'], true);
  const ID = member?.ID ?? 0n;
  expect(await refusalOf(administrator.promoteMember(ID))).toMatchObject({ code: 9 });
  await etcd.startMember('second');
  expect(etcd.members).toEqual(['default', 'second']);
  const [, second = ''] = etcd.endpoints;
  const learner = new RawEtcd({ host: second, grpcOptions: {} });
  expect((await learner.range('a', { serializable: true })).kvs).toMatchObject([{ value: 'kept' }]);
  expect(await refusalOf(learner.put('a'))).toEqual({
    code: 9,
    details: 'etcdserver: rpc not supported for learner',
  });
  await administrator.promoteMember(ID);
  await eventually('it votes', async () => ((await learner.status()).isLearner ? undefined : true));
  await learner.put('a', 'new');
  expect((await client.range('a')).kvs).toMatchObject([{ value: 'new' }]);
  const members = await administrator.members();
  expect(members.find((one) => one.ID === ID)).toMatchObject({ name: 'second', clientURLs: [second] });
  client.close();
  learner.close();
  await etcd.close();
});

it('refuses connections to a removed member, and serves another at its port', async () => {
  const etcd = await serveEtcd({ members: 3 });
  // A leader's pending requests are lost with it.
  const index = etcd.members.findIndex((name) => name !== etcd.leader);
  const name = etcd.members[index] ?? '';
  const endpoint = (): string => etcd.endpoints[index] ?? '';
  const hostOfLeader = etcd.endpoints[etcd.members.indexOf(etcd.leader ?? '')] ?? '';
  const first = new RawEtcd({ host: hostOfLeader, grpcOptions: {} });
  const second = new RawEtcd({ host: endpoint(), grpcOptions: {} });
  const administrator = new Administrator(first);
  await first.put('a', 'kept');
  const gone = (await second.status()).header?.memberId ?? 0n;
  await administrator.removeMember(gone);
  const { port, hostname } = new URL(endpoint());
  const isRefused = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('connect', () => {
        socket.destroy();
        resolve(false);
      });
      socket.on('error', () => resolve(true));
    });
  await eventually('its port refuses', async () => ((await isRefused()) ? true : undefined));
  await etcd.startMember(name);
  expect(await isRefused()).toBe(true);
  const { member } = await eventually('another is added', () =>
    administrator.addMember([`http://${name}:2380`]).catch(() => undefined),
  );
  await etcd.startMember(name);
  expect(etcd.members).toEqual(['m1', 'm2', 'm3']);
  const client = new RawEtcd({ host: endpoint(), grpcOptions: {} });
  const { header, kvs } = await client.range('a');
  expect(kvs).toMatchObject([{ value: 'kept' }]);
  expect(header?.memberId).toBe(member?.ID);
  expect(new URL(endpoint()).port).toBe(port);
  for (const one of [first, second, client]) one.close();
  await etcd.close();
});
