/**
 * Double barriers as a user would test them: nobody is let in before all have come, and nobody is let go before all
 * leave, round after round.
 */
import fc from 'fast-check';
import type { DoubleBarrierHandle, OpenDoubleBarriers } from '../../../scenarios/double-barrier/handle.js';
import { assertThat, attempt, type Subject } from './subject.js';

/** All members enter, some of them after a pause, and leave. */
interface Round {
  /** Who lets others go first. */
  readonly late: readonly number[];
}

const COUNT = 3;
const members = Array.from({ length: COUNT }, (_, index) => index);

export function doubleBarrierSubject(open: OpenDoubleBarriers): Subject<Round> {
  return {
    step: fc.record({ late: fc.subarray(members) }, { noNullPrototype: true }),
    open(world) {
      const never = new AbortController().signal;
      const handles: Promise<DoubleBarrierHandle>[] = members.map(async (index) =>
        (await open(world.context(`member${index}`)).openSession()).open('party', COUNT),
      );
      for (const handle of handles) handle.catch(() => undefined);
      const entering = members.map(() => 0);
      const leaving = members.map(() => 0);
      const before: Promise<void>[] = members.map(() => Promise.resolve());
      /** Once a call has failed, nobody knows who is in, and others may wait for ever. */
      let unclear = false;
      let steps = 0;
      let giveUp = (): void => undefined;
      const givenUp = new Promise<void>((resolve) => (giveUp = resolve));

      async function round(member: number, isLate: boolean): Promise<void> {
        if (unclear) return;
        const done = await attempt(world, async () => {
          const handle = await (handles[member] as Promise<DoubleBarrierHandle>);
          if (isLate) await world.yield();
          const number = (entering[member] = (entering[member] ?? 0) + 1);
          await handle.enter(never, false);
          assertThat(unclear || entering.every((count) => count >= number), 'let in before all had come');
          if (isLate) await world.yield();
          leaving[member] = number;
          await handle.leave();
          assertThat(unclear || leaving.every((count) => count >= number), 'let go before all were leaving');
          return number;
        });
        if (done !== undefined) return;
        unclear = true;
        giveUp();
      }

      return Promise.resolve({
        allows: () => true,
        plan: () => undefined,
        // Members go from round to round at their own pace: no step waits for the one before.
        laneOf: () => String(++steps),
        async play({ late }) {
          for (const member of members) {
            before[member] = (before[member] as Promise<void>).then(() =>
              round(member, late.includes(member)),
            );
          }
          await Promise.race([Promise.all(before), givenUp]);
        },
        finish: () => Promise.resolve(),
      });
    },
  };
}
