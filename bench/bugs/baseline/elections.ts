/**
 * Elections as a user would test them: one leads at a time, and observers hear of nobody who never led, in the order in
 * which they did. Two clients campaign under one session, as two parts of one program do.
 */
import fc from 'fast-check';
import type { CandidateSession, Leading, OpenElector } from '../../../scenarios/election/handle.js';
import { Sessions } from '../../../scenarios/sessions.js';
import { assertThat, attempt, Violation, type Subject } from './subject.js';

/** Campaigns, leads for some time, and resigns. */
interface Campaign {
  readonly client: number;
  readonly election: string;
  readonly end: 'resign' | 'close';
}

const names = ['election', 'election2'];
const CLIENTS = 4;
const SESSIONS = 2;

export function electionSubject(open: OpenElector): Subject<Campaign> {
  return {
    step: fc.record(
      {
        client: fc.nat(CLIENTS - 1),
        election: fc.constantFrom(...names),
        end: fc.constantFrom('resign' as const, 'resign' as const, 'resign' as const, 'close' as const),
      },
      { noNullPrototype: true },
    ),
    open(world) {
      const sessions = Array.from({ length: SESSIONS }, (_, index) => {
        const elector = open(world.context(`program${index}`));
        return new Sessions<CandidateSession>(() => elector.openSession());
      });
      const leaders = new Map<string, Set<Leading>>(names.map((name) => [name, new Set()]));
      /** Fencing tokens of values that led. */
      const tokens = new Map<string, number>();
      const told = new Map<string, string[]>(names.map((name) => [name, []]));
      const over = new AbortController();
      const never = new AbortController().signal;
      let unclear = false;
      let campaigns = 0;

      const observer = open(world.context('observer'));
      for (const name of names) {
        observer
          .observe(name, over.signal, (value) => told.get(name)?.push(value))
          .catch(() => (unclear = true));
      }

      async function lead({ election, end }: Campaign, session: CandidateSession, value: string) {
        const leading = await session.campaign(election, value, never);
        tokens.set(value, leading.token);
        if (leading.lost.aborted) return;
        const others = leaders.get(election) ?? new Set();
        for (const other of others) {
          if (!other.lost.aborted) throw new Violation(`${leading.key} leads, and so does ${other.key}`);
        }
        others.add(leading);
        await world.yield();
        others.delete(leading);
        await (end === 'close' ? session.close() : leading.resign());
      }

      return Promise.resolve({
        allows: () => true,
        plan: () => undefined,
        laneOf: ({ client }) => String(client),
        async play(campaign) {
          const session = await (sessions[campaign.client % SESSIONS] as (typeof sessions)[0]).get();
          const value = `value-${++campaigns}`;
          try {
            await lead(campaign, session, value);
          } catch (error) {
            if (!(error instanceof Violation)) unclear = true;
            if (!session.alive && !(error instanceof Violation)) return;
            await attempt(
              world,
              () => Promise.reject(error as Error),
              () => void session.close().catch(() => undefined),
            );
          }
        },
        async finish() {
          await Promise.all(sessions.map((pool) => pool.close()));
          over.abort(new Error('the test is over'));
          if (unclear) return;
          for (const [name, values] of told) {
            const seen = values.map((value) => tokens.get(value));
            assertThat(!seen.includes(undefined), `an observer of ${name} was told of ${values.join()}`);
            const ordered = seen.every(
              (token, index) => index === 0 || Number(seen[index - 1]) <= Number(token),
            );
            assertThat(ordered, `an observer of ${name} was told of ${values.join()} in this order`);
          }
        },
      });
    },
  };
}
