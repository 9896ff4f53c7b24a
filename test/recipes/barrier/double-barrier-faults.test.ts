/** Double barriers whose process cannot know whether it is there, or hears late that its session has ended. */
import { describe, expect, it } from 'vitest';
import { DoubleBarrier, IndefiniteError, Session, SessionLostError } from '../../../src/index.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

const reason = new Error('enough');
const DROP = () => ({ kind: 'drop' }) as const;

function keys(etcd: SimulatedEtcd): Promise<string[]> {
  return etcd.client().getAll().prefix('d/').keys();
}

/** A handle whose enter was given up while its key was put, and etcd said nothing more for a while. */
async function unsure(etcd: SimulatedEtcd): Promise<DoubleBarrier> {
  const session = await Session.open(etcd.client('n1'), { requestTimeoutMs: 900 });
  const barrier = new DoubleBarrier(session, 'd', 1);
  await barrier.enter();
  await barrier.leave();
  const controller = new AbortController();
  const link = etcd.network.link('n1', 'm1');
  // The look at the barrier is answered, and nothing from what puts the key on.
  let replies = 0;
  const restore = link.addRule(({ direction, method }) => {
    if (direction !== 'reply' || !method.endsWith('/Txn')) return { kind: 'pass' };
    replies += 1;
    if (replies === 1) return { kind: 'pass' };
    controller.abort(reason);
    return { kind: 'drop' };
  });
  await expect(barrier.enter({ signal: controller.signal })).rejects.toBeInstanceOf(IndefiniteError);
  restore();
  expect(await keys(etcd)).toHaveLength(1);
  return barrier;
}

describe('a process that does not know whether it has entered', () => {
  it('continues from there when it enters again', async () => {
    await inSimulation((etcd) =>
      etcd.as('n1', async () => {
        const barrier = await unsure(etcd);
        const [key] = await keys(etcd);
        expect((await barrier.enter()).key).toBe(key);
        await barrier.leave();
        expect(await keys(etcd)).toEqual([]);
      }),
    );
  });

  it('puts an end to it when it leaves', async () => {
    await inSimulation((etcd) =>
      etcd.as('n1', async () => {
        const barrier = await unsure(etcd);
        await barrier.leave();
        expect(await keys(etcd)).toEqual([]);
        await expect(barrier.leave()).rejects.toThrow('the double barrier d is not entered');
      }),
    );
  });

  it('puts an end to it when it is closed', async () => {
    await inSimulation((etcd) =>
      etcd.as('n1', async () => {
        const barrier = await unsure(etcd);
        await barrier.close();
        expect(await keys(etcd)).toEqual([]);
      }),
    );
  });
});

it('one that gives up after its round was complete has entered', async () => {
  await inSimulation((etcd) =>
    etcd.as('n1', async () => {
      const mine = new DoubleBarrier(await Session.open(etcd.client('n1')), 'd', 2);
      const other = new DoubleBarrier(await Session.open(etcd.client('n2')), 'd', 2);
      const controller = new AbortController();
      const entering = mine.enter({ signal: controller.signal });
      while ((await keys(etcd)).length === 0) await etcd.passes(1);
      await etcd.passes(100);
      // It does not hear that the round is complete.
      const remove = etcd.network
        .link('n1', 'm1')
        .addRule(({ direction, method }) =>
          direction === 'reply' && method.endsWith('/Watch') ? DROP() : { kind: 'pass' },
        );
      const { round } = await other.enter();
      controller.abort(reason);
      expect((await entering).round).toBe(round);
      remove();
      await Promise.all([mine.leave(), other.leave()]);
      expect(await keys(etcd)).toEqual([]);
    }),
  );
});

it('a handle does one thing at a time', async () => {
  await inSimulation((etcd) =>
    etcd.as('n1', async () => {
      const barrier = new DoubleBarrier(await Session.open(etcd.client('n1')), 'd', 1);
      const entering = barrier.enter();
      await expect(barrier.enter()).rejects.toMatchObject({
        definite: true,
        message: 'this handle of the double barrier d already has a call in flight',
      });
      await entering;
      await expect(barrier.enter()).rejects.toThrow('the double barrier d is already entered');
    }),
  );
});

it('a barrier is for 126 at most', async () => {
  await inSimulation((etcd) =>
    etcd.as('n1', async () => {
      const session = await Session.open(etcd.client('n1'));
      new DoubleBarrier(session, 'd', 126);
      expect(() => new DoubleBarrier(session, 'd', 127)).toThrow(
        'expected count to be a whole number from 1 to 126, got 127',
      );
    }),
  );
});

describe('a process whose lease was revoked, unknown to it,', () => {
  it.each([0, 1])('learns that its session is lost: after %i rounds', async (rounds) => {
    await inSimulation((etcd) =>
      etcd.as('n1', async () => {
        const session = await Session.open(etcd.client('n1'));
        const barrier = new DoubleBarrier(session, 'd', 1);
        for (let round = 0; round < rounds; round++) {
          await barrier.enter();
          await barrier.leave();
        }
        await etcd.client().leaseClient.leaseRevoke({ ID: session.leaseId });
        const rejected = await barrier.enter().catch((error: unknown) => error);
        expect(rejected).toBeInstanceOf(SessionLostError);
        expect(rejected).toMatchObject({
          message: 'the session is lost: its lease has expired or was revoked',
          cause: expect.any(Error) as unknown,
        });
      }),
    );
  });

  it('learns it when it is inside and leaves, and may enter under another', async () => {
    await inSimulation((etcd) =>
      etcd.as('n1', async () => {
        const session = await Session.open(etcd.client('n1'));
        const barrier = new DoubleBarrier(session, 'd', 1);
        const { key } = await barrier.enter();
        await etcd.client().leaseClient.leaseRevoke({ ID: session.leaseId });
        await expect(barrier.leave()).rejects.toThrow(
          `the key ${key} is gone: its lease ended or another client deleted it`,
        );
        await expect(barrier.leave()).rejects.toThrow('is not entered');
      }),
    );
  });
});
