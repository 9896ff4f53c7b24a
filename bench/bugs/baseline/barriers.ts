/**
 * Barriers as a user would test them: nobody passes one that is held, and whoever waits passes once it is released.
 */
import fc from 'fast-check';
import type { OpenBarriers } from '../../../scenarios/barrier/handle.js';
import { assertThat, attempt, type Subject } from './subject.js';

/** Holds the barrier for some time and releases it, or waits at it. */
interface Step {
  readonly does: 'hold' | 'wait';
  readonly client: number;
}

export function barrierSubject(open: OpenBarriers): Subject<Step> {
  return {
    step: fc.record(
      { does: fc.constantFrom('hold' as const, 'wait' as const), client: fc.nat(2) },
      { noNullPrototype: true },
    ),
    open(world) {
      const holder = open(world.context('holder')).open('gate');
      const waiters = [0, 1, 2].map((index) => open(world.context(`waiter${index}`)).open('gate'));
      const never = new AbortController().signal;
      /** Counts up when it is certain that it is held, and when it no longer is. */
      let changes = 0;
      let isHeld = false;
      let rounds: Promise<void> = Promise.resolve();

      async function holdAndRelease(): Promise<void> {
        await attempt(world, async () => {
          await holder.hold();
          isHeld = true;
          changes += 1;
        });
        await world.yield();
        isHeld = false;
        changes += 1;
        // Until it is certain, for others wait.
        while ((await attempt(world, () => holder.release())) === undefined);
      }

      return Promise.resolve({
        allows: () => true,
        plan: () => undefined,
        laneOf: ({ does, client }) => (does === 'hold' ? 'holder' : `waiter${client}`),
        async play({ does, client }) {
          if (does === 'hold') {
            rounds = rounds.then(holdAndRelease);
            return rounds;
          }
          const waiter = waiters[client] as (typeof waiters)[0];
          const [wasHeld, before] = [isHeld, changes];
          await attempt(world, async () => {
            await waiter.wait(never);
            assertThat(!wasHeld || changes !== before, 'somebody has passed a barrier that was held');
          });
        },
        finish: () => Promise.resolve(),
      });
    },
  };
}
