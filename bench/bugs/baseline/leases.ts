/**
 * Leases as a user would test them: a holder's key exists until the holder learns that its lease is lost. It
 * learns that once, and only if it is true.
 */
import fc from 'fast-check';
import type { HeldLease, OpenLeases } from '../../../scenarios/lease/handle.js';
import { assertThat, attempt, Violation, type Subject } from './subject.js';

/** Holds a lease, checks this many times whether its key exists, and ends it. */
interface Round {
  readonly holder: number;
  readonly looks: number;
}

const PUT_MAX_MS = 2000;

export function leaseSubject(open: OpenLeases): Subject<Round> {
  return {
    step: fc.record({ holder: fc.nat(2), looks: fc.nat(4) }, { noNullPrototype: true }),
    open(world) {
      const contexts = [0, 1, 2].map((index) => world.context(`holder${index}`));
      const holders = contexts.map((context) => open(context));
      let rounds = 0;

      async function hold(lease: HeldLease, holder: number, looks: number): Promise<void> {
        const key = `key-${++rounds}`;
        const client = (contexts[holder] as (typeof contexts)[0]).client;
        await lease.put(key, 'here', Date.now() + PUT_MAX_MS);
        for (let look = 0; look < looks && !lease.lost.aborted; look++) {
          const found = await client.get(`t/${key}`).string();
          if (found === null) assertThat(lease.lost.aborted, `${key} is gone, and nobody was told`);
        }
        if (!lease.lost.aborted) await lease.close();
        assertThat(lease.tellings <= 1, `told ${lease.tellings} times that the lease of ${key} is lost`);
      }

      return Promise.resolve({
        laneOf: ({ holder }) => String(holder),
        async play({ holder, looks }) {
          const lease = await attempt(world, () => (holders[holder] as (typeof holders)[0]).grant());
          if (lease === undefined) return;
          try {
            await hold(lease, holder, looks);
          } catch (error) {
            if (lease.lost.aborted && !(error instanceof Violation)) return;
            await attempt(world, () => Promise.reject(error as Error));
          }
        },
        finish: () => Promise.resolve(),
      });
    },
  };
}
