/** All that `performance` tells a node is in the node's time: two runs of one seed read the same. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 60_000 };
const require = createRequire(import.meta.url);

async function inNode<T>(main: () => Promise<T>): Promise<T> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const end = await engine.run(engine.node('main'), main);
  if (end.kind !== 'completed') throw new Error(`expected an end, got ${end.kind}`);
  return end.value;
}

/** Functions that tell without being given anything; the others change the timeline, or look it up by name. */
const TELLING = ['now', 'toJSON', 'eventLoopUtilization', 'getEntries'];

/** Every value that can be read of `performance` and, on a newer Node.js, of its module. */
function readAll(): Readonly<Record<string, unknown>> {
  const places = { performance, perf_hooks: require('node:perf_hooks') as object };
  const read: Record<string, unknown> = {};
  for (const [place, target] of Object.entries(places)) {
    const names = [
      ...Object.getOwnPropertyNames(target),
      ...Object.getOwnPropertyNames(Object.getPrototypeOf(target)),
    ];
    for (const name of new Set(names)) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') read[`${place}.${name}`] = written(value);
      else if (TELLING.includes(name)) read[`${place}.${name}()`] = written(Reflect.apply(value, target, []));
    }
  }
  return read;
}

/** With fields that JSON leaves out. */
function written(value: unknown): unknown {
  if (value === performance || value === undefined || typeof value === 'function') return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.getOwnPropertyNames(value).map((name) => [name, written(Reflect.get(value, name))] as const),
  );
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('performance in a node', () => {
  it('reads the same in two runs, all of it', async () => {
    const reading = async (): Promise<unknown> => {
      await sleep(1500);
      return readAll();
    };
    const first = await inNode(reading);
    expect(await inNode(reading)).toEqual(first);
    expect(Object.keys(first as object)).toEqual(
      expect.arrayContaining(['performance.nodeTiming', 'performance.timeOrigin', 'performance.toJSON()']),
    );
  });

  it('tells the timing of the node’s process in virtual time', async () => {
    const { nodeTiming, json } = await inNode(async () => {
      await sleep(1500);
      return {
        nodeTiming: { ...performance.nodeTiming },
        json: performance.toJSON() as Record<string, unknown>,
      };
    });
    expect(nodeTiming).toMatchObject({ name: 'node', entryType: 'node', startTime: 0, duration: 1500 });
    expect(nodeTiming).toMatchObject({ nodeStart: 0, bootstrapComplete: 0, loopStart: 0, loopExit: -1 });
    expect(json['nodeTiming']).toMatchObject({ duration: 1500 });
    expect(json['eventLoopUtilization']).toEqual({ idle: 0, active: 0, utilization: 0 });
  });

  it('tells the real process what Node.js tells it, after a run too', async () => {
    const native = Object.getPrototypeOf(performance.nodeTiming) as object;
    await inNode(async () => void performance.nodeTiming);
    expect(performance.nodeTiming.nodeStart).toBeGreaterThan(0);
    expect(Object.getPrototypeOf(performance.nodeTiming)).toBe(native);
  });
});
