import { Etcd3 } from 'etcd3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../sim/backend/real/cluster.js';
import { transfer } from '../../src/index.js';
import { describeReal } from '../real/available.js';
import { describeStm } from './stm-contract.js';

describeReal('the recipes on a real etcd', () => {
  let cluster: RealCluster;
  let client: Etcd3;
  let places = 0;
  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: ['n1'],
      members: ['m1'],
      withoutProxy: true,
      progress: () => undefined,
    });
    client = new Etcd3({ hosts: cluster.observerHosts });
  });
  afterAll(async () => {
    client.close();
    await cluster.close();
  });

  /** A part of the etcd that no other test uses. */
  const connect = () => Promise.resolve(client.namespace(`recipes/${places++}/`));

  describeStm(connect);

  it('a transfer moves its amount once, with a receipt at its revision', async () => {
    const place = await connect();
    await place.put('accounts/ann').value(100);
    await place.put('accounts/bob').value(10);
    const order = { from: 'ann', to: 'bob', amount: 30, id: 't1' };
    const { revision } = await transfer(place, order);
    expect(await transfer(place, order)).toMatchObject({ amount: 30, revision });
    expect(await place.getAll().strings()).toEqual({
      'accounts/ann': '70',
      'accounts/bob': '40',
      'receipts/t1': '{"from":"ann","to":"bob","amount":30}',
    });
    expect((await place.get('receipts/t1').exec()).kvs[0]?.mod_revision).toBe(String(revision));
  });

  it('transfers at the same time keep the sum', async () => {
    const place = await connect();
    const names = ['a', 'b', 'c'];
    for (const name of names) await place.put(`accounts/${name}`).value(100);
    const half = (balance: number) => Math.floor(balance / 2);
    const orders = names.flatMap((from) => names.map((to) => ({ from, to, amount: half })));
    await Promise.all(orders.map((order) => transfer(place, order)));
    const balances = await place.getAll().prefix('accounts/').numbers();
    expect(Object.values(balances).reduce((a, b) => a + b)).toBe(300);
  });
});
