import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueuedEvent } from '../../sim/engine/event-queue.js';
import { tieOf, type Lane } from '../../sim/engine/lane.js';
import { RandomStreams } from '../../sim/engine/random.js';
import { WindowedQueue } from '../../sim/engine/windowed-queue.js';
import { createStrategy } from '../../sim/explore/strategies/index.js';
import type { StrategySpec } from '../../sim/plan/strategy-spec.js';

const WINDOW_US = 10;

const specs: readonly StrategySpec[] = [
  { kind: 'walk', windowUs: WINDOW_US },
  { kind: 'pos', windowUs: WINDOW_US },
  { kind: 'pct', windowUs: WINDOW_US, depth: 4, choices: 20 },
];

const lanes = [1, 2, 3, 4].map((salt): Lane => {
  const name = `lane ${salt}`;
  return { name, salt, chain: name, chainElsewhere: `${name} elsewhere` };
});

function events(entries: readonly { readonly lane: Lane; readonly timeUs: number }[]): QueuedEvent[] {
  return entries.map(({ lane, timeUs }, order) => ({
    ...{ timeUs, tie: tieOf(lane, timeUs), order, label: `${lane.name} ${order}`, chain: lane.chain },
    ...{ node: undefined, action: () => undefined, background: false, queued: false },
  }));
}

const scheduled = fc.array(fc.record({ lane: fc.constantFrom(...lanes), timeUs: fc.nat(60) }), {
  maxLength: 50,
});

function drained(spec: StrategySpec, seed: string, all: readonly QueuedEvent[]): QueuedEvent[] {
  const random = new RandomStreams(seed).stream('strategy');
  const queue = new WindowedQueue(createStrategy(spec, random));
  for (const event of all) queue.push(event);
  expect(queue.foreground).toBe(all.length);
  const out: QueuedEvent[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) out.push(next);
  expect(queue.foreground).toBe(0);
  return out;
}

describe.each(specs.map((spec) => [spec.kind, spec] as const))('the strategy %s', (_, spec) => {
  it('hands out every event once, each chain in its order, none later than the window', () => {
    fc.assert(
      fc.property(scheduled, fc.nat(), (entries, seed) => {
        const out = drained(spec, String(seed), events(entries));
        expect(out).toHaveLength(entries.length);
        for (const { chain } of lanes) {
          const own = out.filter((event) => event.chain === chain);
          const times = own.map(({ timeUs }) => timeUs);
          expect(times).toEqual([...times].sort((left, right) => left - right));
        }
        let latestUs = 0;
        for (const { timeUs } of out) {
          latestUs = Math.max(latestUs, timeUs);
          expect(latestUs - timeUs).toBeLessThanOrEqual(WINDOW_US);
        }
      }),
    );
  });

  it('chooses the same way with the same seed, and in many ways with others', () => {
    const entries = lanes.flatMap((lane) => [1, 2, 3].map((timeUs) => ({ lane, timeUs })));
    const order = (seed: string) => drained(spec, seed, events(entries)).map(({ label }) => label);
    expect(order('1')).toEqual(order('1'));
    const orders = new Set(Array.from({ length: 30 }, (_, seed) => order(String(seed)).join()));
    expect(orders.size).toBeGreaterThan(20);
  });
});

describe('PCT', () => {
  it('lets one chain wait for the whole window, which a random walk rarely does', () => {
    const entries = Array.from({ length: 40 }, (_, timeUs) => lanes.map((lane) => ({ lane, timeUs }))).flat();
    // How often a chain's event waits until the window is used up, three times in a row.
    const starved = (spec: StrategySpec) =>
      Array.from({ length: 50 }, (_, seed) => {
        let latestUs = 0;
        let late = 0;
        for (const { timeUs } of drained(spec, String(seed), events(entries))) {
          latestUs = Math.max(latestUs, timeUs);
          if (latestUs - timeUs === WINDOW_US) late += 1;
        }
        return late;
      }).reduce((sum, late) => sum + late, 0);
    const [walk, , pct] = specs.map(starved);
    expect(pct).toBeGreaterThan(3 * Number(walk));
  });

  it('with depth 1 is a fixed order of chains', () => {
    const entries = Array.from({ length: 5 }, () => lanes.map((lane) => ({ lane, timeUs: 1 }))).flat();
    const spec: StrategySpec = { kind: 'pct', windowUs: WINDOW_US, depth: 1, choices: 10 };
    const chains = drained(spec, 'any', events(entries)).map(({ chain }) => chain);
    expect(new Set(chains).size).toBe(4);
    expect(chains).toEqual([...new Set(chains)].flatMap((chain) => Array.from({ length: 5 }, () => chain)));
  });
});

it('a postponed event comes back at its new time, once', () => {
  const random = new RandomStreams('seed').stream('strategy');
  const queue = new WindowedQueue(createStrategy({ kind: 'walk', windowUs: 0 }, random));
  const [lane] = lanes as [Lane];
  const all = events([1, 2, 3].map((timeUs) => ({ lane, timeUs })));
  for (const event of all) queue.push(event);
  const first = queue.pop() as QueuedEvent;
  Object.assign(first, { timeUs: 9, order: 9 });
  queue.push(first);
  const second = queue.pop() as QueuedEvent;
  Object.assign(second, { timeUs: 9, tie: first.tie, order: 10 });
  queue.push(second);
  const rest = [queue.pop(), queue.pop(), queue.pop(), queue.pop()];
  expect(rest.map((event) => event?.label)).toEqual([all[2]?.label, first.label, second.label, undefined]);
  expect(queue.foreground).toBe(0);
});

it('a cancelled event is not handed out, and not counted', () => {
  const random = new RandomStreams('seed').stream('strategy');
  const queue = new WindowedQueue(createStrategy({ kind: 'walk', windowUs: WINDOW_US }, random));
  const [first, second, third] = events(lanes.slice(0, 3).map((lane) => ({ lane, timeUs: 5 }))) as [
    QueuedEvent,
    QueuedEvent,
    QueuedEvent,
  ];
  for (const event of [first, second]) queue.push(event);
  queue.push({ ...third, background: true });
  queue.cancel(first);
  queue.cancel(first);
  expect(queue.foreground).toBe(1);
  const rest = [queue.pop(), queue.pop()].map((event) => event?.label);
  expect(rest.sort()).toEqual([second.label, third.label].sort());
  expect(queue.pop()).toBeUndefined();
  expect(queue.foreground).toBe(0);
  queue.push(first);
  queue.clear();
  expect(queue.pop()).toBeUndefined();
});
