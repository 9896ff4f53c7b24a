/** Drawn values are made smaller, as far as the run fails in the same way. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { simulate } from '../../../sim/harness/tests/simulate.js';
import { SimulationError } from '../../../sim/harness/tests/simulation-error.js';
import type { Sim, TestBody } from '../../../sim/harness/tests/sim.js';
import { Draws } from '../../../sim/harness/tests/run/draws.js';
import { DrawShrinker } from '../../../sim/harness/tests/shrink-draws.js';
import type { Json } from '../../../sim/input/json.js';
import { planOf, tinyScenario } from '../../backend/tiny-scenario.js';
import { checkBody } from './one.js';

afterEach(() => void Reflect.deleteProperty(process.env, 'SIM_REPRO'));

/** Does what it draws, and fails where a large number comes before a small one. */
function stepsOf<T>(steps: Arbitrary<readonly T[]>, sizeOf: (step: T) => number): TestBody {
  return async (sim: Sim) => {
    sim.check({
      name: 'no-small-after-large',
      description: 'After a large step no small one comes.',
      check({ operations }) {
        const sizes = operations.map(({ input }) => Number(input));
        const large = sizes.findIndex((size) => size >= 90);
        const small = sizes.findIndex((size, at) => size < 10 && at > large);
        const ids = [large, small].flatMap((at) => operations[at]?.id ?? []);
        return large < 0 || small < 0
          ? { verdict: 'satisfied' }
          : { verdict: 'violated', message: 'a small one', operations: ids, revisions: [] };
      },
    });
    sim.node('a', async ({ client, draw, op }) => {
      for (const step of draw(steps)) {
        await op('step', sizeOf(step), () => client.put('step').value(sizeOf(step)));
      }
    });
  };
}

const long = { minLength: 20, maxLength: 30, size: 'max' } as const;
const short = { maxLength: 30, size: 'max' } as const;
const numbers = fc.nat(99);

/** fast-check as CommonJS code gets it: other classes than those of its ES module. */
const commonjs = createRequire(import.meta.url)('fast-check') as typeof fc;

/** The draws of the smallest run, for the first seed from this one on that fails. */
async function shrunk(body: TestBody, seed = 0) {
  const { failures } = await checkBody(body, { seed, seeds: 50, shrink: true });
  const [failure] = failures;
  if (failure === undefined) throw new Error('expected a seed that fails');
  const draws = (result: typeof failure.result): Readonly<Record<string, unknown>> => result.plan.draws ?? {};
  return {
    failure,
    before: draws(failure.result),
    after: draws(failure.smallest),
  };
}

describe('a drawn list of operations', () => {
  it('is shrunk, too, if its fast-check is another copy', async () => {
    expect(commonjs).not.toBe(fc);
    const { after } = await shrunk(stepsOf(commonjs.array(commonjs.nat(99), short), (step) => step));
    expect(after).toEqual({ 'a/1': [90, 0] });
  });

  it.each([0, 200])('is shrunk to the two that matter, from seed %i on', async (seed) => {
    const { before, after, failure } = await shrunk(
      stepsOf(fc.array(numbers, short), (step) => step),
      seed,
    );
    expect(before['a/1']).not.toEqual([90, 0]);
    expect(after).toEqual({ 'a/1': [90, 0] });
    expect(failure.smallest.verdict).toBe('violated');
    expect(failure.smallest.operations.map(({ input }) => input)).toEqual([90, 0]);
  });

  it('stays as long as its arbitrary says', async () => {
    const { after } = await shrunk(stepsOf(fc.array(numbers, long), (step) => step));
    const list = after['a/1'] as readonly number[];
    expect(list).toHaveLength(20);
    expect(list.filter((step) => step !== 0)).toEqual([90]);
  });

  it('is shrunk where its items are made of others', async () => {
    const jobs = fc.array(
      numbers.map((size) => ({ job: `job-${size}` })),
      short,
    );
    const { after } = await shrunk(stepsOf(jobs, ({ job }) => Number(job.slice(4))));
    expect(after).toEqual({ 'a/1': [{ job: 'job-90' }, { job: 'job-0' }] });
  });
});

describe('a drawn list of lists', () => {
  it('keeps its items as they are', async () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(null, 'x'), fc.record({ size: numbers })), short);
    const { after } = await shrunk(stepsOf(pairs, ([, { size }]) => size));
    expect(after).toEqual({
      'a/1': [
        [null, { size: 90 }],
        [null, { size: 0 }],
      ],
    });
  });
});

describe('a shrunk draw', () => {
  it('fails in the same way, and is one of its arbitrary', async () => {
    const even = fc.array(
      fc.nat(60).map((half) => half * 2),
      short,
    );
    for (const seed of [0, 20]) {
      const { after, failure } = await shrunk(
        stepsOf(even, (step) => step),
        seed,
      );
      const list = after['a/1'] as readonly number[];
      expect(list.every((step) => step % 2 === 0)).toBe(true);
      expect(failure.signature).toBe('check no-small-after-large');
      expect(failure.smallest.checks[0]).toMatchObject({ verdict: 'violated', message: 'a small one' });
    }
  });

  it('is the same each time', async () => {
    const body = stepsOf(fc.array(numbers, short), (step) => step);
    const [one, other] = [await shrunk(body), await shrunk(body)];
    expect(other.failure.smallest.plan).toEqual(one.failure.smallest.plan);
    expect(other.failure.smallest.trace?.hash).toBe(one.failure.smallest.trace?.hash);
  });

  it('never stands where the code draws something else', async () => {
    const kinds = new Set<string>();
    const { after } = await shrunk(async (sim) => {
      sim.node('a', async ({ client, draw }) => {
        const values: unknown[] = [];
        for (const isText of draw(fc.array(fc.boolean(), { maxLength: 12 }))) {
          const value: unknown = isText ? draw(fc.string({ minLength: 1 })) : draw(fc.nat(1000));
          kinds.add(`${isText ? 'text' : 'number'}: ${typeof value}`);
          values.push(value);
          await client.put('k').value(1);
        }
        const sum = values.reduce<number>((total, one) => total + (typeof one === 'number' ? one : 0), 0);
        expect(sum).toBeLessThan(500);
      });
    });
    expect([...kinds].sort()).toEqual(['number: number', 'text: string']);
    expect(after).toEqual({ 'a/1': [false], 'a/2': 500 });
  });
});

describe('a drawn value', () => {
  it('is recorded unchanged, even if the code mutates it', async () => {
    const body: TestBody = async (sim) => {
      sim.node('a', async ({ client, draw }) => {
        const work = draw(fc.array(numbers, { minLength: 3, maxLength: 5 }));
        await client.get('k');
        while (work.length > 0) work.pop();
        throw new RangeError('no work left');
      });
    };
    const { after } = await shrunk(body);
    expect(after).toEqual({ 'a/1': [0, 0, 0] });
  });

  it('comes again from the repro', async () => {
    const reports = mkdtempSync(path.join(tmpdir(), 'sim-draws-'));
    const body = stepsOf(fc.array(numbers, short), (step) => step);
    const failed = async (): Promise<SimulationError> => {
      const options = { title: 'steps', faults: 'none', reports, explain: false } as const;
      const error: unknown = await simulate(body, options).catch((thrown: unknown) => thrown);
      if (!(error instanceof SimulationError)) throw new Error('expected it to fail', { cause: error });
      return error;
    };
    const first = await failed();
    const file = /^repro: (.*)$/m.exec(first.message)?.[1] ?? '';
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ plan: { draws: { 'a/1': [90, 0] } } });
    process.env['SIM_REPRO'] = file;
    const again = await failed();
    const hash = (error: SimulationError) => error.report.failures[0]?.smallest.trace?.hash;
    expect(hash(again)).toBe(hash(first));
    rmSync(reports, { recursive: true });
  });
});

describe('other values for all draws of a run', () => {
  const plan = planOf(tinyScenario(() => Promise.resolve()));
  const draws = new Draws(plan);
  const list = fc.array(numbers, { minLength: 1, maxLength: 30, size: 'max' });
  draws.draw('a', list);
  draws.draw('a', numbers);
  draws.draw('b', fc.date());
  const shrinker = new DrawShrinker();
  const recorded = shrinker.record(plan, draws);

  it('are of the same ranges, different in each round, and the same again', () => {
    const rounds = [1, 2, 3, 4].map((round) => shrinker.others(recorded, round));
    for (const values of rounds) {
      expect(Object.keys(values)).toEqual(['a/1', 'a/2']);
      expect(list.canShrinkWithoutContext(values['a/1'])).toBe(true);
      expect(numbers.canShrinkWithoutContext(values['a/2'])).toBe(true);
    }
    expect(new Set(rounds.map((values) => JSON.stringify(values))).size).toBe(4);
    expect(shrinker.others(recorded, 2)).toEqual(rounds[1]);
  });

  it('have lists of one item in every second round, where they may be so short', () => {
    const lengths = [1, 2, 3, 4].map((round) => (shrinker.others(recorded, round)['a/1'] as Json[]).length);
    expect(lengths).toEqual([1, expect.toSatisfy((length) => length > 1), 1, expect.toSatisfy((l) => l > 1)]);
    const pairs = new Draws(plan);
    pairs.draw('a', fc.array(numbers, { minLength: 2, maxLength: 3 }));
    expect(pairs.others(1)['a/1']).not.toHaveLength(1);
  });

  it('are none for a plan that it has not recorded', () => {
    expect(shrinker.others(plan, 1)).toEqual({});
  });
});
