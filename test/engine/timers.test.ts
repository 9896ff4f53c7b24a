/** Timers of a node behave as those of Node.js: each case runs natively and in a node, and both answer the same. */
import { AsyncLocalStorage } from 'node:async_hooks';
import * as promised from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };
const storage = new AsyncLocalStorage<number>();

async function inNode<T>(main: () => Promise<T>): Promise<T> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const end = await engine.run(engine.node('n1'), main);
  expect(engine.nodeErrors).toEqual([]);
  if (end.kind !== 'completed') throw new Error(JSON.stringify(end));
  return end.value;
}

/** What a callback sees of the storage. */
function seenIn(set: (callback: () => void) => unknown): () => Promise<unknown> {
  return () =>
    storage.run(5, () => new Promise((resolve) => void set(() => resolve(storage.getStore() ?? 'nothing'))));
}

/** How it fails. */
function failureOf(call: () => unknown): () => Promise<unknown> {
  return async () => {
    try {
      await call();
      return 'no failure';
    } catch (error) {
      const { name, code, message } = error as Error & { readonly code?: unknown };
      return [name, code, message];
    }
  };
}

const CASES: Readonly<Record<string, () => Promise<unknown>>> = {
  'setTimeout keeps the values of AsyncLocalStorage': seenIn((callback) => setTimeout(callback, 5)),
  'setImmediate keeps them': seenIn((callback) => setImmediate(callback)),
  'a refreshed timer keeps them': seenIn((callback) => {
    const timer = setTimeout(callback, 5);
    storage.run(6, () => timer.refresh());
  }),
  'AbortSignal.timeout keeps them': seenIn((callback) => {
    AbortSignal.timeout(5).addEventListener('abort', callback);
    // The signal alone does not keep the process alive.
    setTimeout(() => undefined, 50);
  }),
  'setInterval keeps them, each time': () =>
    storage.run(5, async () => {
      const seen: unknown[] = [];
      await new Promise<void>((resolve) => {
        const timer = setInterval(() => {
          seen.push(storage.getStore());
          if (seen.length < 3) return;
          clearInterval(timer);
          resolve();
        }, 2);
      });
      return seen;
    }),
  'what runs after the callback has none of them': async () => {
    const seen: unknown[] = [];
    storage.run(5, () => setTimeout(() => seen.push(storage.getStore()), 1));
    setTimeout(() => seen.push(storage.getStore()), 3);
    await promised.setTimeout(20);
    return seen;
  },
  'clearTimeout and clearInterval take the number of a timer, as a number or as text': async () => {
    const fired: string[] = [];
    clearTimeout(+setTimeout(() => fired.push('number'), 5));
    const byKey = { [setTimeout(() => fired.push('key'), 5) as unknown as string]: true };
    clearTimeout(Object.keys(byKey)[0]);
    clearInterval(+setInterval(() => fired.push('interval'), 5));
    setTimeout(() => fired.push('kept'), 5);
    clearTimeout(0.5);
    await promised.setTimeout(50);
    return fired;
  },
  'the numbers of timers differ': () => {
    const timers = [setTimeout(() => undefined, 5), setInterval(() => undefined, 5)];
    const numbers = new Set(timers.map(Number));
    timers.forEach((timer) => clearTimeout(timer));
    return Promise.resolve([numbers.size, [...numbers].every((number) => number > 0)]);
  },
  'an interval gives the ticks that came while the code worked': async () => {
    const seen: unknown[] = [];
    for await (const value of promised.setInterval(5, 'tick')) {
      seen.push(value);
      // Three ticks are due by then.
      if (seen.length === 1) await promised.setTimeout(18);
      if (seen.length === 4) break;
    }
    return seen;
  },
  'an aborted interval ends': failureOf(async () => {
    const controller = new AbortController();
    for await (const _ of promised.setInterval(5, 0, { signal: controller.signal })) controller.abort();
  }),
  'an interval that was aborted before does not begin': failureOf(async () => {
    for await (const _ of promised.setInterval(5, 0, { signal: AbortSignal.abort() })) return;
  }),
  ...Object.fromEntries(
    [-1, 1.5, Number.NaN, 2 ** 32, '5', null, undefined].map((delay) => [
      `AbortSignal.timeout(${String(delay)}) throws`,
      failureOf(() => AbortSignal.timeout(delay as number)),
    ]),
  ),
  ...Object.fromEntries(
    [5, null, [], { signal: 5 }, { signal: null }, { signal: {} }, { ref: 1 }].flatMap((options) => {
      const given = options as { readonly ref?: boolean };
      return [
        [`setTimeout refuses ${JSON.stringify(options)}`, failureOf(() => promised.setTimeout(5, 0, given))],
        [`setImmediate refuses ${JSON.stringify(options)}`, failureOf(() => promised.setImmediate(0, given))],
        [
          `setInterval refuses ${JSON.stringify(options)}`,
          failureOf(() => promised.setInterval(5, 0, given)[Symbol.asyncIterator]().next()),
        ],
      ];
    }),
  ),
};

it.each(Object.entries(CASES))('%s', async (_, run) => {
  expect(await inNode(run)).toEqual(await run());
});

it('an interval keeps its rate although each tick takes time', async () => {
  const passedMs = await inNode(async () => {
    let ticks = 0;
    for await (const _ of promised.setInterval(100)) {
      await promised.setTimeout(60);
      if (++ticks === 5) break;
    }
    return performance.now();
  });
  expect(passedMs).toBe(560);
});

it('a node cannot stop the timer of another node, or of the process, by its number', async () => {
  const native = setTimeout(() => undefined, 1_000_000);
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const [n1, n2] = [engine.node('n1'), engine.node('n2')];
  const fired: string[] = [];
  await engine.run(n1, async () => {
    const number = +setTimeout(() => fired.push('n1'), 5);
    n2.run(() => [number, +native].forEach((each) => clearTimeout(each)));
    await promised.setTimeout(10);
  });
  expect(fired).toEqual(['n1']);
  expect(Reflect.get(native, '_destroyed')).toBe(false);
  clearTimeout(native);
});
