/** Locks and leaderships whose end is late in coming to etcd. */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Election, IndefiniteError, Mutex, RWMutex, Session, SessionLostError } from '../../../src/index.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

/** A lock or a leadership that is held. */
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

  it('that was lost because another client deleted its key can be taken again by the same session', async () => {
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
        // Releasing the lost one releases nothing else.
        await first.letGo();
        await etcd.passes(1000);
        expect(second.signal.aborted).toBe(false);
        expect(await keys(etcd)).toHaveLength(1);
      });
    });
  });
});

it('a process that was paused while its lock was lost writes nothing by its fencing token', async () => {
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

/** A mutex of node n1 that has been used, and then gets no answer. */
async function cutOff(etcd: SimulatedEtcd, ttlSeconds: number) {
  const session = await etcd.as('n1', () => Session.open(etcd.client('n1'), { ttlSeconds }));
  const mutex = new Mutex(session, 'held');
  await etcd.as('n1', async () => (await mutex.lock()).unlock());
  const link = etcd.network.link('n1', 'm1');
  const restore = link.addRule(({ direction }) => ({ kind: direction === 'reply' ? 'drop' : 'pass' }));
  return { session, mutex, restore };
}

describe('a lock that is being taken while etcd does not answer', () => {
  it('is not held, says that the session was lost, and leaves no place', async () => {
    await inSimulation(async (etcd) => {
      const { mutex } = await cutOff(etcd, 2);
      await expect(etcd.as('n1', () => mutex.lock())).rejects.toBeInstanceOf(SessionLostError);
      await etcd.passes(10_000);
      expect(await keys(etcd)).toEqual([]);
    });
  });

  it('may be given up: its place goes once etcd answers again', async () => {
    await inSimulation(async (etcd) => {
      const { mutex, restore } = await cutOff(etcd, 600);
      const end = new AbortController();
      const wait = etcd.as('n1', () => mutex.lock({ signal: end.signal }));
      await etcd.passes(1000);
      expect(await keys(etcd)).toHaveLength(1);
      end.abort(new Error('enough'));
      await expect(wait).rejects.toBeInstanceOf(IndefiniteError);
      restore();
      await etcd.passes(20_000);
      expect(await keys(etcd)).toEqual([]);
      expect((await etcd.as('n1', () => mutex.lock())).held).toBe(true);
    });
  });
});

it('locks that are over leave no listener on the signal of their session', async () => {
  await inSimulation(async (etcd) => {
    const session = await Session.open(etcd.client());
    const mutex = new Mutex(session, 'held');
    await (await mutex.lock()).unlock();
    const before = getEventListeners(session.signal, 'abort').length;
    for (let round = 0; round < 5; round++) await (await mutex.lock()).unlock();
    expect(getEventListeners(session.signal, 'abort')).toHaveLength(before);
  });
});

it('two reads under one session have places of their own, though they draw the same nanoseconds', async () => {
  await inSimulation(async (etcd) => {
    const mutex = new RWMutex(await Session.open(etcd.client()), 'held');
    const drawn = [0.5, 0.5, 0.25];
    // A spy is restored once more after the file, and would leave the run's own function there.
    const { random } = Math;
    Math.random = () => drawn.shift() ?? 0;
    const locks = await Promise.all([mutex.readLock(), mutex.readLock()]);
    Math.random = random;
    expect(new Set(locks.map(({ key }) => key)).size).toBe(2);
    await locks[0].unlock();
    expect(await keys(etcd)).toEqual([locks[1].key]);
  });
});

it('many keys of strangers cost few requests', async () => {
  await inSimulation(async (etcd) => {
    const client = etcd.client();
    for (let index = 0; index < 200; index++) await client.put(`held/s/${index}`).value('');
    const session = await etcd.as('n1', () => Session.open(etcd.client('n1')));
    let requests = 0;
    etcd.network.link('n1', 'm1').addRule(({ direction, method }) => {
      if (direction === 'request' && method.endsWith('/Txn')) requests += 1;
      return { kind: 'pass' };
    });
    await etcd.as('n1', () => new Mutex(session, 'held').lock());
    // Two for the place, and a page of 64 keys in each of the others.
    expect(requests).toBeLessThanOrEqual(6);
  });
});

function keys(etcd: SimulatedEtcd): Promise<string[]> {
  return etcd.client().getAll().prefix('held/').keys();
}
