/** Double barriers whose processes come, give up and leave while a request of another is on its way. */
import { describe, expect, it } from 'vitest';
import {
  ConflictError,
  DoubleBarrier,
  IndefiniteError,
  Mutex,
  Session,
  SessionLostError,
  TooManyClientsError,
  type SessionOptions,
} from '../../../src/index.js';
import { delayRequest } from '../delays.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

const reason = new Error('enough');

/** A process at the barrier `d`: its handle and its calls, all as its node. */
async function process(etcd: SimulatedEtcd, node: string, count = 2, options: SessionOptions = {}) {
  const session = await etcd.as(node, () => Session.open(etcd.client(node), options));
  // Its commit record is there from now on, so that its requests can be counted.
  await etcd.as(node, async () => (await new Mutex(session, 'other').lock()).unlock());
  const barrier = new DoubleBarrier(session, 'd', count);
  return {
    session,
    barrier,
    enter: (signal?: AbortSignal) => etcd.as(node, () => barrier.enter({ signal })),
    leave: (signal?: AbortSignal) => etcd.as(node, () => barrier.leave({ signal })),
    /** No answer reaches it until the returned function is called. */
    cutOff: () =>
      etcd.network
        .link(node, 'm1')
        .addRule(({ direction }) => ({ kind: direction === 'reply' ? 'drop' : 'pass' })),
  };
}

function waiters(etcd: SimulatedEtcd): Promise<string[]> {
  return etcd.client().getAll().prefix('d/waiters/').keys();
}

/** Whether the call has ended after a while. */
async function hasEnded(etcd: SimulatedEtcd, call: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  call.then(end, end);
  await etcd.passes(200);
  return ended;
}

describe('a process whose key comes late', () => {
  it('does not come in where the barrier has become full', async () => {
    await inSimulation(async (etcd) => {
      const [a, b, late] = [await process(etcd, 'n1'), await process(etcd, 'n2'), await process(etcd, 'n3')];
      delayRequest(etcd, { node: 'n3', method: '/Txn', nth: 2 });
      const refused = expect(late.enter()).rejects.toBeInstanceOf(TooManyClientsError);
      await etcd.passes(100);
      await Promise.all([a.enter(), b.enter()]);
      await refused;
      expect(await waiters(etcd)).toHaveLength(2);
    });
  });

  it('comes in if others have come in between and there is room', async () => {
    await inSimulation(async (etcd) => {
      const [a, late] = [await process(etcd, 'n1'), await process(etcd, 'n3')];
      delayRequest(etcd, { node: 'n3', method: '/Txn', nth: 2 });
      const entering = late.enter();
      await etcd.passes(100);
      const [mine, theirs] = await Promise.all([a.enter(), entering]);
      expect(mine.round).toBe(theirs.round);
    });
  });

  it('says so where it may try only once', async () => {
    await inSimulation(async (etcd) => {
      const [a, late] = [await process(etcd, 'n1'), await process(etcd, 'n3', 2, { maxAttempts: 1 })];
      delayRequest(etcd, { node: 'n3', method: '/Txn', nth: 2 });
      const refused = late.enter().catch((error: unknown) => error);
      await etcd.passes(100);
      void a.enter().catch(() => undefined);
      expect(await refused).toBeInstanceOf(ConflictError);
      expect(String(await refused)).toMatch(/after 1 conflicts at the barrier d\b/);
      await expect(late.leave()).rejects.toThrow('not entered');
    });
  });
});

it('one attempt is enough for a process without rivals', async () => {
  await inSimulation(async (etcd) => {
    const alone = await process(etcd, 'n1', 1, { maxAttempts: 1 });
    expect((await alone.enter()).key).toBe((await waiters(etcd))[0]);
    await alone.leave();
    expect(await waiters(etcd)).toEqual([]);
  });
});

it('a round is not complete where one of it gave up while another completed it', async () => {
  await inSimulation(async (etcd) => {
    const [a, b, c] = [await process(etcd, 'n1'), await process(etcd, 'n2'), await process(etcd, 'n3')];
    const end = new AbortController();
    const gaveUp = expect(a.enter(end.signal)).rejects.toBe(reason);
    await etcd.passes(100);
    // A look, its key, another look, and what completes the round.
    delayRequest(etcd, { node: 'n2', method: '/Txn', nth: 4 });
    const entering = b.enter();
    await etcd.passes(100);
    expect(await waiters(etcd)).toHaveLength(2);
    end.abort(reason);
    await gaveUp;
    await etcd.passes(2000);
    expect(await hasEnded(etcd, entering)).toBe(false);
    const [mine, theirs] = await Promise.all([c.enter(), entering]);
    expect(mine.round).toBe(theirs.round);
  });
});

describe('a process that waits, and whose key another client deletes,', () => {
  it('is not in the round that others complete', async () => {
    await inSimulation(async (etcd) => {
      const [a, b, c] = [await process(etcd, 'n1'), await process(etcd, 'n2'), await process(etcd, 'n3')];
      const told = a.enter().catch((error: unknown) => error);
      await etcd.passes(100);
      const [key] = await waiters(etcd);
      await etcd
        .client()
        .delete()
        .key(key as string);
      await Promise.all([b.enter(), c.enter()]);
      expect(await told).toBeInstanceOf(SessionLostError);
      expect(String(await told)).toContain(key);
    });
  });

  it('may give up', async () => {
    await inSimulation(async (etcd) => {
      const a = await process(etcd, 'n1');
      const end = new AbortController();
      const gaveUp = expect(a.enter(end.signal)).rejects.toBe(reason);
      await etcd.passes(100);
      await etcd.client().delete().prefix('d/');
      end.abort(reason);
      await gaveUp;
      await expect(a.leave()).rejects.toThrow('not entered');
    });
  });
});

it('a process that gave up is outside, and may enter again', async () => {
  await inSimulation(async (etcd) => {
    const [a, b] = [await process(etcd, 'n1'), await process(etcd, 'n2')];
    const end = new AbortController();
    const gaveUp = expect(a.enter(end.signal)).rejects.toBe(reason);
    await etcd.passes(100);
    end.abort(reason);
    await gaveUp;
    await expect(a.leave()).rejects.toThrow('not entered');
    const [mine, theirs] = await Promise.all([a.enter(), b.enter()]);
    expect(mine.round).toBe(theirs.round);
  });
});

describe('a process that gives up while etcd does not answer', () => {
  /** It waits, is cut off and gives up. */
  async function givingUp(etcd: SimulatedEtcd) {
    const a = await process(etcd, 'n1');
    const end = new AbortController();
    const told = a.enter(end.signal).catch((error: unknown) => error);
    await etcd.passes(100);
    const restore = a.cutOff();
    end.abort(reason);
    return { ...a, told, restore };
  }

  it('does not know, says which barrier to leave, and leaves it', async () => {
    await inSimulation(async (etcd) => {
      const { told, restore, leave } = await givingUp(etcd);
      expect(await told).toBeInstanceOf(IndefiniteError);
      expect(String(await told)).toMatch(/barrier d\b/);
      restore();
      await leave();
      expect(await waiters(etcd)).toEqual([]);
      await expect(leave()).rejects.toThrow('not entered');
    });
  });

  it('is in the round that was complete before, and leaves it with the others', async () => {
    await inSimulation(async (etcd) => {
      // Nothing of what it sends to withdraw arrives, either.
      const a = await process(etcd, 'n1');
      const b = await process(etcd, 'n2');
      const end = new AbortController();
      const told = a.enter(end.signal).catch((error: unknown) => error);
      await etcd.passes(100);
      const restore = etcd.network.link('n1', 'm1').addRule(() => ({ kind: 'drop' }));
      await b.enter();
      end.abort(reason);
      expect(await told).toBeInstanceOf(IndefiniteError);
      restore();
      const leaving = a.leave();
      expect(await hasEnded(etcd, leaving)).toBe(false);
      await b.leave();
      await leaving;
      expect(await waiters(etcd)).toEqual([]);
    });
  });

  it('enters anew where its key never came, though another waits there', async () => {
    await inSimulation(async (etcd) => {
      const [a, b] = [await process(etcd, 'n1'), await process(etcd, 'n2')];
      const end = new AbortController();
      // From its key on, nothing arrives.
      let requests = 0;
      const restore = etcd.network.link('n1', 'm1').addRule(({ direction, method, bytes }) => {
        if (direction === 'request' && bytes > 0 && method.endsWith('/Txn')) requests += 1;
        return { kind: requests > 1 ? 'drop' : 'pass' };
      });
      const told = a.enter(end.signal).catch((error: unknown) => error);
      await etcd.passes(100);
      end.abort(reason);
      expect(await told).toBeInstanceOf(IndefiniteError);
      const theirs = b.enter();
      await etcd.passes(100);
      restore();
      const mine = await a.enter();
      expect(mine.key).not.toBe((await theirs).key);
      expect(mine.round).toBe((await theirs).round);
    });
  });
});

it('a process whose session is lost while etcd does not answer learns it at once', async () => {
  await inSimulation(async (etcd) => {
    const { session, enter, cutOff } = await process(etcd, 'n1', 2, { ttlSeconds: 2 });
    const told = enter().catch((error: unknown) => error);
    await etcd.passes(100);
    cutOff();
    await new Promise((resolve) => session.signal.addEventListener('abort', resolve));
    expect(await hasEnded(etcd, told)).toBe(true);
    expect(await told).toBe(session.signal.reason);
  });
});

it('a process whose leave was given up after its key went may enter the next round', async () => {
  await inSimulation(async (etcd) => {
    const [a, b] = [await process(etcd, 'n1'), await process(etcd, 'n2')];
    const first = b.enter();
    await etcd.passes(100);
    await Promise.all([a.enter(), first]);
    const end = new AbortController();
    const gaveUp = expect(a.leave(end.signal)).rejects.toBe(reason);
    await etcd.passes(100);
    expect(await waiters(etcd)).toHaveLength(1);
    end.abort(reason);
    await gaveUp;
    const entering = a.enter();
    expect(await hasEnded(etcd, entering)).toBe(false);
    await b.leave();
    const [mine, theirs] = await Promise.all([entering, b.enter()]);
    expect(mine.round).toBe(theirs.round);
  });
});

it('a process whose key another client deletes while it leaves learns of that', async () => {
  await inSimulation(async (etcd) => {
    const { enter, leave } = await process(etcd, 'n1', 1);
    const { key } = await enter();
    delayRequest(etcd, { node: 'n1', method: '/Txn', nth: 2 });
    const told = leave().catch((error: unknown) => error);
    await etcd.passes(100);
    await etcd.client().delete().key(key);
    expect(await told).toBeInstanceOf(SessionLostError);
    expect(String(await told)).toContain(key);
  });
});
