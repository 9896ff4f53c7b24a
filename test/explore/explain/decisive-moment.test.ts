import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../sim/engine/random.js';
import { findTurn, type FuturesResult } from '../../../sim/explore/explain/decisive-moment.js';

/** Futures that fail as often as a curve says, by draws of their own. */
async function search(
  curve: (events: number) => number,
  {
    events = 200,
    busyEvents = events,
    runsMax = 300,
    seed = 'a',
    interruptAfter = Infinity,
  }: Partial<Record<'events' | 'busyEvents' | 'runsMax' | 'interruptAfter', number>> & { seed?: string } = {},
): Promise<FuturesResult & { readonly asked: readonly number[] }> {
  const streams = new RandomStreams(seed);
  const asked: number[] = [];
  const result = await findTurn({
    events,
    busyEvents,
    runsMax,
    fails(afterEvents, future) {
      if (asked.length >= interruptAfter) return Promise.resolve(undefined);
      asked.push(afterEvents);
      return Promise.resolve(streams.stream(`${afterEvents}/${future}`).double() < curve(afterEvents));
    },
  });
  return { ...result, asked };
}

const turnOf = ({ turn }: FuturesResult) =>
  turn?.kind === 'jump' ? [turn.before.events, turn.at.events, turn.after.events] : turn?.kind;

describe('the search for the moment that decides', () => {
  it('finds the event behind which every future fails and before which none does', async () => {
    const place = fc
      .integer({ min: 2, max: 3000 })
      .chain((events) => fc.tuple(fc.constant(events), fc.integer({ min: 1, max: events - 1 })));
    await fc.assert(
      fc.asyncProperty(place, async ([events, decided]) => {
        const found = await search((moment) => (moment >= decided ? 1 : 0), { events });
        expect(turnOf(found)).toEqual([decided - 1, decided, decided]);
      }),
    );
  });

  it('finds it where before it a third fail by chance, and behind it nine of ten', async () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e']) {
      const found = await search((moment) => (moment >= 141 ? 0.9 : 0.33), { seed });
      const [, at = NaN] = turnOf(found) as number[];
      expect(Math.abs(at - 141)).toBeLessThan(4);
    }
  });

  it('says that it takes only the plan where most fail from the start on', async () => {
    expect(turnOf(await search(() => 1))).toBe('from-start');
    expect(turnOf(await search(() => 0.8))).toBe('from-start');
  });

  it('finds a jump also where half of the futures fail from the start on', async () => {
    const [, at = NaN] = turnOf(await search((moment) => (moment >= 50 ? 1 : 0.5))) as number[];
    expect(Math.abs(at - 50)).toBeLessThan(4);
  });

  it('says that nothing decides it before the end where most go well up to there', async () => {
    expect(turnOf(await search((moment) => (moment >= 200 ? 1 : 0)))).toBe('at-end');
    expect(turnOf(await search((moment) => (moment >= 200 ? 1 : 0.3)))).toBe('at-end');
  });

  it('says from where to where it is decided where it is decided by and by', async () => {
    const { turn } = await findTurn({
      events: 200,
      runsMax: 300,
      fails: (moment, future) => Promise.resolve((future + 0.5) / 10 < (moment - 100) / 8),
    });
    expect(turn).toMatchObject({
      before: { events: 102, failed: 2 },
      at: { events: 105, failed: 6 },
      after: { events: 107, failed: 9 },
      isExact: true,
    });
  });

  it('looks closer where something happens, and finds it all the same where it is decided behind that', async () => {
    const events = 5000;
    for (const decided of [37, 180, 3700]) {
      const found = await search((moment) => (moment >= decided ? 1 : 0), { events, busyEvents: 200 });
      const inBusy = found.asked.filter((moment) => moment <= 200).length;
      expect(inBusy).toBeGreaterThanOrEqual(150);
      expect(turnOf(found)).toEqual([decided - 1, decided, decided]);
    }
  });

  it('does not take a hill for the turn behind which futures go well again', async () => {
    const hill = (moment: number) => (moment >= 160 || (moment >= 60 && moment < 90) ? 1 : 0);
    expect(turnOf(await search(hill))).toEqual([159, 160, 160]);
  });

  it('never takes more runs than it may, whatever the length of the run', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 400 }),
        async (events, runsMax) => {
          const { runs, asked } = await search((moment) => (moment * 3 > events ? 1 : 0), {
            events,
            runsMax,
          });
          expect(asked.length).toBeLessThanOrEqual(runsMax);
          expect(runs).toBe(asked.length);
        },
      ),
    );
  });

  it('says between which events it is where bisection runs out of runs', async () => {
    const found = await search((moment) => (moment >= 70_000 ? 1 : 0), { events: 100_000, runsMax: 180 });
    const [before = NaN, at = NaN] = turnOf(found) as number[];
    expect(before).toBeLessThan(70_000);
    expect(at).toBeGreaterThanOrEqual(70_000);
    expect(at - before).toBeLessThan(10_000);
    expect(found.turn).toMatchObject({ isExact: false });
  });

  it('gives what it has counted where it is interrupted', async () => {
    const found = await search(() => 0, { interruptAfter: 35 });
    expect(found.turn).toBeUndefined();
    expect(found.counts.filter(({ of }) => of === 10)).toHaveLength(3);
  });

  it('asks nothing where there are too few runs for a picture', async () => {
    expect((await search(() => 1, { runsMax: 30 })).asked).toEqual([]);
  });
});
