/** What a user may rely on in double barriers without faults: run on the simulated and on the real etcd. */
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import {
  ClosedError,
  DoubleBarrier,
  Session,
  SessionLostError,
  TooManyClientsError,
} from '../../../src/index.js';
import { isWaiting, keysUnder, type Behaviour } from '../behaviour.js';

const reason = new Error('enough');

/** Handles for one barrier each under a session of its own. */
async function handles(
  client: Namespace,
  name: string,
  count: number,
  many = count,
): Promise<DoubleBarrier[]> {
  const sessions = await Promise.all(Array.from({ length: many }, () => Session.open(client)));
  return sessions.map((session) => new DoubleBarrier(session, name, count));
}

export const doubleBarrierBehaviours: readonly Behaviour[] = [
  {
    name: 'no process enters before all have come, then all enter the same round',
    async run(client) {
      const [a, b, c] = (await handles(client, 'd', 3)) as [DoubleBarrier, DoubleBarrier, DoubleBarrier];
      const first = [a.enter(), b.enter()];
      for (const enter of first) expect(await isWaiting(client, enter)).toBe(true);
      const rounds = await Promise.all([...first, c.enter()]);
      expect(new Set(rounds.map(({ round }) => round)).size).toBe(1);
      expect(new Set(rounds.map(({ key }) => key)).size).toBe(3);
    },
  },
  {
    name: 'the keys are those of the Go recipe, the waiters’ under the session’s lease',
    async run(client) {
      const session = await Session.open(client);
      const barrier = new DoubleBarrier(session, 'd/1', 1);
      const { key, revision, round } = await barrier.enter();
      expect(key).toMatch(/^d\/1\/waiters\/\d{19}$/);
      const { kvs } = await client.getAll().prefix('d/1/').exec();
      expect(kvs).toMatchObject([
        { key: Buffer.from('d/1/ready'), value: Buffer.alloc(0), lease: '0', mod_revision: String(round) },
        {
          key: Buffer.from(key),
          value: Buffer.alloc(0),
          lease: session.leaseId,
          create_revision: String(revision),
        },
      ]);
    },
  },
  {
    name: 'no process has left before all leave, and then no key remains',
    async run(client) {
      const [a, b, c] = (await handles(client, 'd', 3)) as [DoubleBarrier, DoubleBarrier, DoubleBarrier];
      await Promise.all([a.enter(), b.enter(), c.enter()]);
      const first = [b.leave(), a.leave()];
      for (const leave of first) expect(await isWaiting(client, leave)).toBe(true);
      await Promise.all([...first, c.leave()]);
      expect(await keysUnder(client, 'd/')).toEqual([]);
    },
  },
  {
    name: 'handles go round after round, although some are faster',
    async run(client) {
      const all = await handles(client, 'd', 3);
      const rounds = await Promise.all(
        all.map(async (barrier) => {
          const seen: number[] = [];
          for (let round = 0; round < 8; round++) {
            seen.push((await barrier.enter()).round);
            await barrier.leave();
          }
          return seen;
        }),
      );
      expect(rounds[1]).toEqual(rounds[0]);
      expect(rounds[2]).toEqual(rounds[0]);
      expect(new Set(rounds[0]).size).toBe(8);
    },
  },
  {
    name: 'one process alone enters and leaves a barrier for one',
    async run(client) {
      const [barrier] = (await handles(client, 'd', 1)) as [DoubleBarrier];
      for (let round = 0; round < 3; round++) {
        await barrier.enter();
        await barrier.leave();
      }
    },
  },
  {
    name: 'one more than count is told, and comes in once somebody has left',
    async run(client) {
      const [a, b, c] = (await handles(client, 'd', 2, 3)) as [DoubleBarrier, DoubleBarrier, DoubleBarrier];
      const [ofA, ofB] = await Promise.all([a.enter(), b.enter()]);
      await expect(c.enter()).rejects.toThrow(TooManyClientsError);
      // The one who came first keeps its key to the end.
      const [first, second] = ofA.revision < ofB.revision ? [a, b] : [b, a];
      const leaving = second.leave();
      expect(await isWaiting(client, leaving)).toBe(true);
      const entering = c.enter();
      expect(await isWaiting(client, entering)).toBe(true);
      await Promise.all([leaving, first.leave()]);
      const [one, other] = await Promise.all([entering, a.enter()]);
      expect(one.round).toBe(other.round);
    },
  },
  {
    name: 'a full house that waits is too many, too',
    async run(client) {
      const session = await Session.open(client);
      for (const digits of ['1', '2'])
        await client.put(`d/waiters/${digits}`).value('').lease(session.leaseId);
      await expect(new DoubleBarrier(session, 'd', 2).enter()).rejects.toMatchObject({
        name: 'TooManyClientsError',
        definite: true,
        message: expect.stringMatching(/^2 clients .* d$/) as unknown,
      });
    },
  },
  {
    name: 'the mark of a dead round keeps no process in or out',
    async run(client) {
      await client.put('d/ready').value('');
      const [a, b] = (await handles(client, 'd', 2)) as [DoubleBarrier, DoubleBarrier];
      const entering = a.enter();
      expect(await isWaiting(client, entering)).toBe(true);
      await Promise.all([entering, b.enter()]);
      await Promise.all([a.leave(), b.leave()]);
      expect(await keysUnder(client, 'd/')).toEqual([]);
    },
  },
  {
    name: 'keys of barriers with similar names, and of strangers, do not count',
    async run(client) {
      for (const stranger of ['d/waiters/ready', 'd/waiters/waiters/1', 'd/waiters2/1', 'd/waiters/1x']) {
        await client.put(stranger).value('');
      }
      const [a, b] = (await handles(client, 'd', 2)) as [DoubleBarrier, DoubleBarrier];
      const entering = a.enter();
      expect(await isWaiting(client, entering)).toBe(true);
      await Promise.all([entering, b.enter()]);
      await Promise.all([a.leave(), b.leave()]);
    },
  },
  {
    name: 'a process that gives up has withdrawn, and another takes its place',
    async run(client) {
      const [a, b, c] = (await handles(client, 'd', 2, 3)) as [DoubleBarrier, DoubleBarrier, DoubleBarrier];
      const controller = new AbortController();
      const given = a.enter({ signal: controller.signal });
      expect(await isWaiting(client, given)).toBe(true);
      controller.abort(reason);
      await expect(given).rejects.toBe(reason);
      expect(await keysUnder(client, 'd/')).toEqual([]);
      const entering = b.enter();
      expect(await isWaiting(client, entering)).toBe(true);
      await Promise.all([entering, c.enter()]);
    },
  },
  {
    name: 'a leave that is given up goes on when it is called again',
    async run(client) {
      const [a, b] = (await handles(client, 'd', 2)) as [DoubleBarrier, DoubleBarrier];
      await Promise.all([a.enter(), b.enter()]);
      for (const barrier of [a, b]) {
        const controller = new AbortController();
        const given = barrier.leave({ signal: controller.signal });
        if (barrier === b) continue;
        expect(await isWaiting(client, given)).toBe(true);
        controller.abort(reason);
        await expect(given).rejects.toBe(reason);
      }
      await a.leave();
      expect(await keysUnder(client, 'd/')).toEqual([]);
    },
  },
  {
    name: 'when a session ends its process is told at once, and the others leave without it',
    async run(client) {
      const sessions = await Promise.all([Session.open(client), Session.open(client), Session.open(client)]);
      const [a, b, c] = sessions.map((session) => new DoubleBarrier(session, 'd', 3)) as [
        DoubleBarrier,
        DoubleBarrier,
        DoubleBarrier,
      ];
      await Promise.all([a.enter(), b.enter(), c.enter()]);
      const leaving = [a.leave(), c.leave()];
      for (const leave of leaving) expect(await isWaiting(client, leave)).toBe(true);
      await sessions[1]?.close();
      await Promise.all(leaving);
      await expect(b.leave()).rejects.toThrow(ClosedError);
    },
  },
  {
    name: 'a process whose key was taken away is told so, and may enter again',
    async run(client) {
      const [a, b] = (await handles(client, 'd', 2)) as [DoubleBarrier, DoubleBarrier];
      await Promise.all([a.enter(), b.enter()]);
      await client.delete().prefix('d/waiters/');
      await expect(a.leave()).rejects.toThrow(SessionLostError);
      await expect(b.leave()).rejects.toThrow(SessionLostError);
      await Promise.all([a.enter(), b.enter()]);
    },
  },
  {
    name: 'a handle that is inside cannot enter, and one that is outside cannot leave',
    async run(client) {
      const [barrier] = (await handles(client, 'd', 1)) as [DoubleBarrier];
      await expect(barrier.leave()).rejects.toMatchObject({ definite: true });
      await barrier.enter();
      await expect(barrier.enter()).rejects.toMatchObject({ definite: true });
      await barrier.leave();
    },
  },
  {
    name: 'closing a handle takes its place away, waiting or inside',
    async run(client) {
      const [a, b, c] = (await handles(client, 'd', 2, 3)) as [DoubleBarrier, DoubleBarrier, DoubleBarrier];
      const waiting = a.enter();
      const rejected = expect(waiting).rejects.toThrow(ClosedError);
      await a.close();
      await rejected;
      expect(await keysUnder(client, 'd/')).toEqual([]);
      await Promise.all([b.enter(), c.enter()]);
      await b.close();
      await c.leave();
      expect(await keysUnder(client, 'd/')).toEqual([]);
    },
  },
  {
    name: 'a count that no transaction can compare is refused',
    async run(client) {
      const session = await Session.open(client);
      for (const count of [0, 127, 1.5])
        expect(() => new DoubleBarrier(session, 'd', count)).toThrow(RangeError);
    },
  },
];
