/** Lesser known ways to the real clock, the real machine and real randomness: a node gets the run's own values. */
import buffer from 'node:buffer';
import nodeCrypto from 'node:crypto';
import inspector from 'node:inspector';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import tty from 'node:tty';
import { expect, it } from 'vitest';
import { Engine, type EngineEnd } from '../../sim/engine/engine.js';
import { EscapeError } from '../../sim/engine/escape-error.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };
const START_MS = Date.UTC(2026, 0, 1);

function run(main: () => Promise<unknown>): Promise<EngineEnd<unknown>> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  return engine.run(engine.node('n1'), main);
}

const webCrypto = Object.getPrototypeOf(crypto) as { getRandomValues(view: Uint8Array): Uint8Array };
const clock = Object.getPrototypeOf(performance) as { now(): number };

type MarkClass = new (name: string, options?: object) => { readonly startTime: number };
const markClass = () => PerformanceMark as unknown as MarkClass;

const VALUES: Readonly<Record<string, [() => unknown, unknown]>> = {
  'the date of a File': [() => new File([], 'a').lastModified, START_MS + 7],
  'the date of a File of node:buffer': [() => new buffer.File([], 'a').lastModified, START_MS + 7],
  'the date that a File was given': [() => new File([], 'a', { lastModified: 5 }).lastModified, 5],
  'the date of a blob in a form': [
    () => {
      const form = new FormData();
      form.append('a', new Blob(['b']), 'c');
      const file = form.get('a') as File;
      return [file.lastModified, file.name];
    },
    [START_MS + 7, 'c'],
  ],
  'the time of a PerformanceMark': [() => new (markClass())('a').startTime, 7],
  'the time that a PerformanceMark was given': [() => new (markClass())('a', { startTime: 5 }).startTime, 5],
  'the clock of the prototype': [() => clock.now.call(performance), 7],
  'a class by an instance': [
    () =>
      new (Intl.NumberFormat.prototype.constructor as typeof Intl.NumberFormat)().resolvedOptions().locale,
    'en-US',
  ],
  'whether it has a terminal': [
    () => [tty.isatty(1), process.stdout.isTTY, process.stdout.columns, process.stderr.columns],
    [false, undefined, undefined, undefined],
  ],
  'its environment without those of a terminal': [
    () => [process.env['TERM'], process.env['FORCE_COLOR'], process.env['NO_COLOR']],
    [undefined, undefined, undefined],
  ],
};

it.each(Object.entries(VALUES))('a node sees the run’s own value: %s', async (_, [ask, expected]) => {
  const end = await run(async () => {
    await sleep(7);
    return ask();
  });
  expect(end).toEqual({ kind: 'completed', value: expected });
});

it('a histogram records the time of the node between two calls', async () => {
  const end = await run(async () => {
    const histogram = createHistogram();
    histogram.recordDelta();
    await sleep(7);
    histogram.recordDelta();
    return [histogram.count, Math.round(histogram.max / 1e5)];
  });
  expect(end).toEqual({ kind: 'completed', value: [1, 70] });
});

it('randomness by the prototype and by node:crypto comes from the seed', async () => {
  const draw = () =>
    Promise.resolve([
      [...webCrypto.getRandomValues.call(crypto, new Uint8Array(8))],
      [...nodeCrypto.getRandomValues(new Uint8Array(8))],
    ]);
  const first = await run(draw);
  expect(first.kind).toBe('completed');
  expect(await run(draw)).toEqual(first);
});

const ESCAPES: Readonly<Record<string, () => unknown>> = {
  'URL.createObjectURL': () => URL.createObjectURL(new Blob(['a'])),
  'inspector.Session.connect': () => new inspector.Session().connect(),
  'inspector.url': () => inspector.url(),
};

it.each(Object.entries(ESCAPES))('a node is refused %s', async (called, escape) => {
  const end = await run(async () => {
    await sleep(1);
    return escape();
  });
  expect(end).toMatchObject({ kind: 'failed', error: { called } });
  expect((end as { readonly error: unknown }).error).toBeInstanceOf(EscapeError);
});

it('a node is refused WASI, once the module is loaded', async () => {
  const { WASI } = await import('node:wasi');
  const end = await run(async () => {
    const { WASI: Replaced } = await import('node:wasi');
    return new Replaced({ version: 'preview1' });
  });
  expect(end).toMatchObject({ kind: 'failed', error: { called: 'wasi.WASI' } });
  expect(new WASI({ version: 'preview1' }).wasiImport).toBeTypeOf('object');
});
