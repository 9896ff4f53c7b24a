/** All behaviours of all recipes on one real etcd; each has a namespace of its own. */
import type { Etcd3, Namespace } from 'etcd3';
import { beforeAll, describe, expect, it } from 'vitest';
import { transfer } from '../../src/index.js';
import { describeReal } from '../real/available.js';
import { oneEtcd } from '../real/support/one-etcd.js';
import { barrierBehaviours } from './barrier/barrier-behaviours.js';
import { doubleBarrierBehaviours } from './barrier/double-barrier-behaviours.js';
import type { Behaviours } from './behaviour.js';
import { electionBehaviours } from './election/election-behaviours.js';
import { mutexBehaviours } from './mutex/mutex-behaviours.js';
import { rwMutexBehaviours } from './mutex/rw-mutex-behaviours.js';
import { priorityQueueBehaviours } from './queue/priority-queue-behaviours.js';
import { queueBehaviours } from './queue/queue-behaviours.js';
import { sessionBehaviours } from './session/session-behaviours.js';
import { describeStm } from './stm-contract.js';

const behaviours: Behaviours = {
  'a queue': queueBehaviours,
  'a priority queue': priorityQueueBehaviours,
  'a barrier': barrierBehaviours,
  'a double barrier': doubleBarrierBehaviours,
  'a session': sessionBehaviours,
  'a mutex': mutexBehaviours,
  'a lock for readers and writers': rwMutexBehaviours,
  'an election': electionBehaviours,
};

describeReal('on a real etcd', () => {
  const etcd = oneEtcd();
  let client: Etcd3;
  let places = 0;
  beforeAll(() => {
    client = etcd.client();
  });

  /** A part of the etcd that no other test uses. */
  const newPlace = (): Namespace => client.namespace(`place/${places++}/`);

  describe.each(Object.entries(behaviours))('%s', (_, list) => {
    it.each(list.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (_name, { run }) => {
      await run(newPlace());
    });
  });

  describeStm(() => Promise.resolve(newPlace()));

  it('a transfer moves its amount once, with a receipt at its revision', async () => {
    const place = newPlace();
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
    const place = newPlace();
    const names = ['a', 'b', 'c'];
    for (const name of names) await place.put(`accounts/${name}`).value(100);
    const half = (balance: number) => Math.floor(balance / 2);
    const orders = names.flatMap((from) => names.map((to) => ({ from, to, amount: half })));
    await Promise.all(orders.map((order) => transfer(place, order)));
    const balances = await place.getAll().prefix('accounts/').numbers();
    expect(Object.values(balances).reduce((a, b) => a + b)).toBe(300);
  });
});
