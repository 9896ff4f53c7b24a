/** A node's view of time: while it is paused, and while its clocks drift. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';
import type { VirtualNode } from '../../sim/engine/node.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 60_000 };
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const ignore = () => undefined;

async function simulate<T>(
  main: (node: VirtualNode, engine: Engine) => Promise<T>,
  seed = 'test',
): Promise<T> {
  const engine = new Engine({ seed, budget: BUDGET });
  const node = engine.node('main');
  const end = await engine.run(node, () => main(node, engine));
  if (end.kind !== 'completed') throw new Error(`expected an end, got ${end.kind}`);
  return end.value;
}

describe('a paused node', () => {
  it('handles an event due at the moment of resuming after those that waited, for every seed', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const order = await simulate(async (_, engine) => {
        const done: string[] = [];
        const paused = engine.node('paused');
        const [early, late] = [engine.lane('early', 'paused'), engine.lane('late', 'paused')];
        engine.schedule(late, 10_000, 'late', () => done.push('due as it goes on'), paused);
        engine.schedule(early, 2000, 'early', () => done.push('waited'), paused);
        engine.schedule(early, 10_001, 'after', () => done.push('after'), paused);
        paused.standStill(10_000, ignore);
        await sleep(9);
        expect(done).toEqual([]);
        await sleep(10);
        return done;
      }, String(seed));
      expect(order).toEqual(['waited', 'due as it goes on', 'after']);
    }
  });

  it('reports each waiting event once, however often its pause grows', async () => {
    const told = await simulate(async (_, engine) => {
      let held = 0;
      const paused = engine.node('paused');
      for (const dueUs of [1000, 2000, 9000]) {
        engine.schedule(engine.lane('lane'), dueUs, 'due', ignore, paused);
      }
      paused.standStill(5000, () => held++);
      await sleep(20);
      return held;
    });
    expect(told).toBe(2);
  });
});

describe('three drifts of one node at once', () => {
  const perMilles = [
    { name: 'add up', drifts: [250, 200, 100], pace: 1.55 },
    { name: 'add up where one is slow', drifts: [250, -50, 100], pace: 1.3 },
    { name: 'make it no slower than half', drifts: [-250, -250, -250], pace: 0.5 },
    { name: 'make it no faster than twice', drifts: [400, 400, 400], pace: 2 },
  ];
  it.each(perMilles)('$name: clocks and timers alike', async ({ drifts, pace }) => {
    await simulate(async (node, engine) => {
      for (const perMille of drifts) node.driftClocks(perMille, ignore);
      const [before, fromUs] = [Date.now(), engine.nowUs];
      await sleep(3100);
      expect(Date.now() - before).toBe(3100);
      expect(engine.nowUs - fromUs).toBe(Math.ceil(3_100_000 / pace));
    });
  });

  it('end one by one, in any order, and each only once', async () => {
    await simulate(async (node, engine) => {
      const ends = [250, 200, 100].map((perMille) => node.driftClocks(perMille, ignore));
      const counted: number[] = [];
      for (const ended of [1, 1, 0, 2]) {
        ends[ended]?.();
        const [before, fromUs] = [node.countedUs, engine.nowUs];
        await sleep(1000);
        counted.push(Math.round((1000 * (node.countedUs - before)) / (engine.nowUs - fromUs)));
      }
      expect(counted).toEqual([1350, 1350, 1100, 1000]);
    });
  });

  it('move a timer that is already set, and the gained time stays', async () => {
    await simulate(async (node, engine) => {
      const fired = sleep(4000).then(() => engine.nowUs);
      const meanwhile = sleep(1000).then(() => {
        const ends = [250, 250, 500].map((perMille) => node.driftClocks(perMille, ignore));
        return sleep(1000).then(() => ends.map((end) => end()));
      });
      // A second at one pace, half a second at twice it, two more at one pace.
      expect(await fired).toBe(3_500_000);
      await meanwhile;
      expect(Math.floor(node.countedUs / 1000) - Math.floor(engine.nowUs / 1000)).toBe(500);
    });
  });
});
