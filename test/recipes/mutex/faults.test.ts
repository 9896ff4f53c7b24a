/** Locks and leaderships whose end is late in coming to etcd. */
import { describe, expect, it } from 'vitest';
import { Election, Mutex, Session, SessionLostError } from '../../../src/index.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

/** What is held, and how it is got again by the same session. */
interface Holding {
  readonly revision: number;
  readonly signal: AbortSignal;
  letGo(): Promise<void>;
}

const kinds: readonly (readonly [string, (session: Session) => () => Promise<Holding>])[] = [
  [
    'a lock',
    (session) => async () => {
      const lock = await new Mutex(session, 'held').lock();
      return { revision: lock.revision, signal: lock.signal, letGo: () => lock.unlock() };
    },
  ],
  [
    'a leadership',
    (session) => async () => {
      const leadership = await new Election(session, 'held').campaign('me');
      return { revision: leadership.revision, signal: leadership.signal, letGo: () => leadership.resign() };
    },
  ],
];

/** Delays the next transaction that node n1 asks for, and no other. */
function delayNext(etcd: SimulatedEtcd, byUs: number): void {
  let delayed = false;
  etcd.network.link('n1', 'm1').addRule(({ direction, method }) => {
    if (delayed || direction !== 'request' || !method.endsWith('/Txn')) return { kind: 'pass' };
    delayed = true;
    return { kind: 'delay', byUs };
  });
}

describe.each(kinds)('%s', (_, open) => {
  it('that is taken while its own end is late is another one, and stays', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      await etcd.as('n1', async () => {
        const session = await Session.open(client);
        const take = open(session);
        const first = await take();
        delayNext(etcd, 2_000_000);
        const ending = first.letGo();
        const again = take();
        const second = await again;
        await ending;
        await etcd.passes(10_000);
        expect(second.revision).toBeGreaterThan(first.revision);
        expect(second.signal.aborted).toBe(false);
        expect(
          await etcd
            .client()
            .get((await keys(etcd))[0] ?? '')
            .exists(),
        ).toBe(true);
      });
    });
  });

  it('that was lost to somebody who deleted its key is to be had again by the same session', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      await etcd.as('n1', async () => {
        const take = open(await Session.open(client));
        const first = await take();
        await etcd
          .client()
          .delete()
          .key((await keys(etcd))[0] ?? '');
        const second = await take();
        expect(first.signal.reason).toBeInstanceOf(SessionLostError);
        expect(second.revision).toBeGreaterThan(first.revision);
        // Letting go of what is lost lets go of nothing else.
        await first.letGo();
        await etcd.passes(1000);
        expect(second.signal.aborted).toBe(false);
        expect(await keys(etcd)).toHaveLength(1);
      });
    });
  });
});

it('whoever stood still while its lock was lost writes nothing by its fencing token', async () => {
  await inSimulation(async (etcd) => {
    const client = etcd.client('n1');
    const session = await etcd.as('n1', () => Session.open(client, { ttlSeconds: 2 }));
    const lock = await etcd.as('n1', () => new Mutex(session, 'held').lock());
    const guarded = (by: { readonly key: string; readonly revision: number }, value: string) =>
      etcd
        .client('n2')
        .if(by.key, 'Create', '==', by.revision)
        .then(etcd.client('n2').put('guarded').value(value))
        .commit();
    expect((await guarded(lock, 'in time')).succeeded).toBe(true);
    const other = await Session.open(etcd.client('n2'));
    etcd.kill('n1');
    const next = await new Mutex(other, 'held').lock();
    expect(next.revision).toBeGreaterThan(lock.revision);
    expect((await guarded(lock, 'too late')).succeeded).toBe(false);
    expect((await guarded(next, 'next')).succeeded).toBe(true);
  });
});

function keys(etcd: SimulatedEtcd): Promise<string[]> {
  return etcd.client().getAll().prefix('held/').keys();
}
