import nodeCrypto, { randomBytes, randomInt, randomUUID } from 'node:crypto';
import timers, { setTimeout as importedSetTimeout } from 'node:timers';
import { setTimeout as promisedTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Ambient } from '../../sim/engine/ambient/ambient.js';
import { slot } from '../../sim/engine/ambient/slot.js';
import { Engine } from '../../sim/engine/engine.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };

async function simulate<T>(main: () => Promise<T>, seed = 'test'): Promise<T> {
  const engine = new Engine({ seed, budget: BUDGET });
  const end = await engine.run(engine.node('main'), main);
  if (end.kind !== 'completed') throw new Error(JSON.stringify(end));
  return end.value;
}

/** The current state of everything that a run replaces. */
function snapshot(): unknown[] {
  const places: [object, string[]][] = [
    [
      globalThis,
      [
        'Date',
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'performance',
        'crypto',
      ],
    ],
    [performance, ['now', 'timeOrigin']],
    [process, ['hrtime', 'uptime']],
    [Math, ['random']],
    [crypto, ['getRandomValues', 'randomUUID']],
    [nodeCrypto, ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'randomFill']],
    [timers, ['setTimeout', 'setInterval', 'setImmediate']],
    [AbortSignal, ['timeout']],
  ];
  return [
    ...places.flatMap(([target, keys]) => keys.map((key) => Object.getOwnPropertyDescriptor(target, key))),
    process.listeners('unhandledRejection'),
    process.listeners('uncaughtException'),
    Error.stackTraceLimit,
  ];
}

it('a slot that is added while others are filled is filled at once, and emptied with them', () => {
  const target = { word: 'native' };
  const release = Ambient.hold();
  Ambient.extend(slot(target, 'word', 'replaced'));
  expect(target.word).toBe('replaced');
  release();
  expect(target.word).toBe('native');
});

describe('ambient time and randomness', () => {
  it('are unchanged after a run, and after a run that throws', async () => {
    const before = snapshot();
    await simulate(() => promisedTimeout(5));
    expect(snapshot()).toEqual(before);
    await expect(simulate(() => Promise.reject(new Error('broken')))).rejects.toThrow();
    expect(snapshot()).toEqual(before);
  });

  it('are native outside the nodes during a run', async () => {
    const engine = new Engine({ seed: 'test', budget: BUDGET });
    const native = Date.now();
    const running = engine.run(engine.node('main'), () => promisedTimeout(1000));
    expect(Math.abs(Date.now() - native)).toBeLessThan(60_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await running;
    expect(engine.nowUs).toBe(1_000_000);
  });

  it('show virtual time in every clock', async () => {
    const clocks = () => [
      Date.now(),
      new Date().getTime(),
      performance.now(),
      performance.timeOrigin + performance.now(),
      process.uptime() * 1000,
      process.hrtime()[0] * 1000 + process.hrtime()[1] / 1e6,
      Number(process.hrtime.bigint() / 1_000_000n),
    ];
    const [before, after] = await simulate(async () => {
      const first = clocks();
      await promisedTimeout(1234);
      return [first, clocks()];
    });
    const passed = after?.map((value, index) => Math.round(value - (before?.[index] ?? 0)));
    expect(passed).toEqual(new Array(7).fill(1234));
    expect(before?.[3]).toBe(before?.[0]);
    expect(before?.[0]).toBe(Date.UTC(2026, 0, 1));
  });

  it('give virtual time to formatters without a date', async () => {
    const format = new Intl.DateTimeFormat('en', {
      timeZone: 'UTC',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const [now, parts, explicit] = await simulate(async () => {
      await promisedTimeout(61_000);
      return [
        format.format(),
        format
          .formatToParts()
          .map(({ value }) => value)
          .join(''),
        format.format(0),
      ];
    });
    expect(now).toMatch(/^1\/1\/26, 12:01:01\sAM$/);
    expect(parts?.replace(/\s/g, ' ')).toBe(now?.replace(/\s/g, ' '));
    expect(explicit).toMatch(/^1\/1\/70/);
    expect(format.format(0)).toBe(explicit);
  });

  it('leave explicit dates alone', async () => {
    const seen = await simulate(() =>
      Promise.resolve([new Date(7).getTime(), Date.UTC(2000, 0, 1), new Date() instanceof Date]),
    );
    expect(seen).toEqual([7, 946_684_800_000, true]);
  });

  it('drive every form of timer', async () => {
    const fired = await simulate(async () => {
      const seen: string[] = [];
      setTimeout((text: string) => seen.push(text), 10, 'setTimeout');
      importedSetTimeout(() => seen.push('node:timers'), 20);
      void promisedTimeout(30, 'node:timers/promises').then((text) => seen.push(text));
      void promisify(setTimeout)(40, 'promisify').then((text) => seen.push(text));
      setImmediate(() => seen.push('setImmediate'));
      AbortSignal.timeout(50).addEventListener('abort', () => seen.push('AbortSignal.timeout'));
      const interval = setInterval(() => {
        seen.push('setInterval');
        if (seen.filter((each) => each === 'setInterval').length === 2) clearInterval(interval);
      }, 60);
      clearTimeout(setTimeout(() => seen.push('cleared'), 5));
      await promisedTimeout(1000);
      return seen;
    });
    expect(fired).toEqual([
      'setImmediate',
      'setTimeout',
      'node:timers',
      'node:timers/promises',
      'promisify',
      'AbortSignal.timeout',
      'setInterval',
      'setInterval',
    ]);
  });

  it('coerce delays as Node.js does', async () => {
    const fired = await simulate(async () => {
      const at: number[] = [];
      for (const delay of [-5, 0, Number.NaN, 1.9, 2 ** 31])
        setTimeout(() => at.push(performance.now()), delay);
      await promisedTimeout(10);
      return at;
    });
    expect(fired).toEqual([1, 1, 1, 1, 1]);
  });

  it('reject an aborted wait at once', async () => {
    const seen = await simulate(async () => {
      const controller = new AbortController();
      const waiting = promisedTimeout(1000, undefined, { signal: controller.signal });
      setTimeout(() => controller.abort(), 7);
      const name = await waiting.then(
        () => 'resolved',
        (error: Error) => error.name,
      );
      return [name, performance.now()];
    });
    expect(seen).toEqual(['AbortError', 7]);
  });

  it('draw every form of randomness from the seed', async () => {
    const draws = () =>
      Promise.resolve([
        Math.random(),
        crypto.randomUUID(),
        randomUUID(),
        randomBytes(4).toString('hex'),
        randomInt(1000),
        [...crypto.getRandomValues(new Uint8Array(3))],
      ]);
    const first = await simulate(draws, 'a');
    expect(await simulate(draws, 'a')).toEqual(first);
    const other = await simulate(draws, 'b');
    first.forEach((value, index) => expect(other[index]).not.toEqual(value));
    expect(first[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
