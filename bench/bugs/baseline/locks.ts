/**
 * Locks as a user would test them: a client must not get a lock while another one has it and has not heard
 * that it is lost. Two clients use a session together, as two parts of one program do.
 */
import fc from 'fast-check';
import type { Held, LockSession, OpenLocker } from '../../../scenarios/lock/handle.js';
import { SharedSession } from '../../../scenarios/shared-session.js';
import { assertThat, attempt, Violation, type Subject } from './subject.js';

/** Gets the lock, holds it for some time, and releases it. */
interface Round {
  readonly client: number;
  readonly lock: string;
  readonly end: 'unlock' | 'close';
}

const names = ['lock', 'lock2'];
const CLIENTS = 4;
const SESSIONS = 2;

export function lockSubject(open: OpenLocker): Subject<Round> {
  return {
    step: fc.record(
      {
        client: fc.nat(CLIENTS - 1),
        lock: fc.constantFrom(...names),
        end: fc.constantFrom('unlock' as const, 'unlock' as const, 'unlock' as const, 'close' as const),
      },
      { noNullPrototype: true },
    ),
    open(world) {
      const sessions = Array.from({ length: SESSIONS }, (_, index) => {
        const locker = open(world.context(`program${index}`));
        return new SharedSession<LockSession>(() => locker.openSession());
      });
      const holders = new Map<string, Set<Held>>(names.map((name) => [name, new Set()]));
      const never = new AbortController().signal;

      function enter(lock: string, held: Held): Set<Held> {
        const others = holders.get(lock) ?? new Set<Held>();
        for (const other of others) {
          if (!other.lost.aborted) throw new Violation(`${held.key} has ${lock}, and so has ${other.key}`);
        }
        others.add(held);
        return others;
      }

      return Promise.resolve({
        laneOf: ({ client }) => String(client),
        async play({ client, lock, end }) {
          const pool = sessions[client % SESSIONS] as SharedSession<LockSession>;
          const session = await pool.get();
          const close = () => session.close().catch(() => undefined);
          try {
            const held = await session.lock(lock, 'write', never);
            assertThat(!held.lost.aborted, `${held.key} got ${lock} under a session that had ended`);
            const inside = enter(lock, held);
            await world.yield();
            inside.delete(held);
            await (end === 'close' ? session.close() : held.unlock());
          } catch (error) {
            // Everything held under an ended session is lost, and clients that waited under it must hear of
            // that.
            if (!session.alive && !(error instanceof Violation)) return;
            await attempt(
              world,
              () => Promise.reject(error as Error),
              () => void close(),
            );
          }
        },
        async finish() {
          await Promise.all(sessions.map((pool) => pool.close()));
        },
      });
    },
  };
}
