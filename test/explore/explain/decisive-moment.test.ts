import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../sim/engine/random.js';
import { findTurn, type FuturesResult } from '../../../sim/explore/explain/decisive-moment.js';

/** Futures that fail with the probability of a curve, drawn independently. */
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
  it('finds the event after which every future fails and before which none does', async () => {
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

  it('finds it if before it a third fail by chance, and after it nine of ten', async () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e']) {
      const found = await search((moment) => (moment >= 141 ? 0.9 : 0.33), { seed });
      const [, at = NaN] = turnOf(found) as number[];
      expect(Math.abs(at - 141)).toBeLessThan(4);
    }
  });

  it('reports that the plan alone is enough if most fail from the start', async () => {
    expect(turnOf(await search(() => 1))).toBe('from-start');
    expect(turnOf(await search(() => 0.8))).toBe('from-start');
  });

  it('finds a jump even if half of the futures fail from the start', async () => {
    const [, at = NaN] = turnOf(await search((moment) => (moment >= 50 ? 1 : 0.5))) as number[];
    expect(Math.abs(at - 50)).toBeLessThan(4);
  });

  it('reports that nothing decides it before the end if most pass up to there', async () => {
    expect(turnOf(await search((moment) => (moment >= 200 ? 1 : 0)))).toBe('at-end');
    expect(turnOf(await search((moment) => (moment >= 200 ? 1 : 0.3)))).toBe('at-end');
  });

  it('reports the range of events in which it is decided gradually', async () => {
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

  it('counts more densely while something happens, and still finds a later decision', async () => {
    const events = 5000;
    for (const decided of [37, 180, 3700]) {
      const found = await search((moment) => (moment >= decided ? 1 : 0), { events, busyEvents: 200 });
      const inBusy = found.asked.filter((moment) => moment <= 200).length;
      expect(inBusy).toBeGreaterThanOrEqual(40);
      expect(turnOf(found)).toEqual([decided - 1, decided, decided]);
    }
  });

  it('counts no moment between two whose futures fail equally often', async () => {
    const found = await search((moment) => (moment >= 10 ? 1 : 0), { events: 1600 });
    expect(turnOf(found)).toEqual([9, 10, 10]);
    expect(found.asked.filter((moment) => moment > 400 && moment < 800)).toEqual([]);
  });

  it('does not mistake a hill for the turn, after which futures pass again', async () => {
    const hill = (moment: number) => (moment >= 160 || (moment >= 60 && moment < 90) ? 1 : 0);
    expect(turnOf(await search(hill))).toEqual([159, 160, 160]);
  });

  it('never takes more runs than it may, for any length of the run', async () => {
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

  it('reports the range of events if bisection runs out of runs', async () => {
    const found = await search((moment) => (moment >= 70_000 ? 1 : 0), { events: 100_000, runsMax: 180 });
    const [before = NaN, at = NaN] = turnOf(found) as number[];
    expect(before).toBeLessThan(70_000);
    expect(at).toBeGreaterThanOrEqual(70_000);
    expect(at - before).toBeLessThan(10_000);
    expect(found.turn).toMatchObject({ isExact: false });
  });

  it('returns its counts if it is interrupted', async () => {
    const found = await search(() => 0, { interruptAfter: 35 });
    expect(found.turn).toBeUndefined();
    expect(found.counts.filter(({ of }) => of === 10)).toHaveLength(3);
  });

  it('runs nothing if there are too few runs for a result', async () => {
    expect((await search(() => 1, { runsMax: 30 })).asked).toEqual([]);
  });
});
