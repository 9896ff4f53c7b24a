/** Code can throw anything. It is described in a few words, and no run ends otherwise than with a finding. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../sim/harness/check.js';
import { CheckError } from '../../sim/harness/check-report.js';
import { simulate } from '../../sim/harness/tests/simulate.js';
import { SimulationError } from '../../sim/harness/tests/simulation-error.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { describeThrown, messageOf, stackOf, summarizeThrown } from '../../sim/input/describe-thrown.js';
import { careful } from './scenarios.js';

function throwing(key: string): object {
  const error = new Error('usual');
  const get = (): never => {
    throw new Error('a getter');
  };
  return Object.defineProperty(error, key, { get, configurable: true });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function circle(): Error {
  const error = new Error('a circle');
  error.cause = error;
  return error;
}

class Odd {
  toString(): never {
    throw new Error('no text');
  }
}

const odd: Readonly<Record<string, () => unknown>> = {
  'a string': () => 'text',
  'an empty string': () => '',
  undefined: () => undefined,
  null: () => null,
  'a number': () => 7,
  'a BigInt': () => 7n,
  'a symbol': () => Symbol('odd'),
  'a function': () => () => 1,
  'a revoked Proxy': revoked,
  'a Proxy whose every trap throws': () =>
    new Proxy(new Error('inside'), {
      get() {
        throw new Error('a trap');
      },
      getPrototypeOf() {
        throw new Error('a trap');
      },
    }),
  'an object without a prototype': () => Object.create(null) as unknown,
  'an instance of a class': () => new Odd(),
  'a message that throws': () => throwing('message'),
  'a stack that throws': () => throwing('stack'),
  'a name that throws': () => throwing('name'),
  'a constructor that throws': () => throwing('constructor'),
  'a toString that throws': () => throwing('toString'),
  'a cause that throws': () => throwing('cause'),
  'a code that throws': () => throwing('code'),
  'a verdict of its own that throws': () => throwing('nothingHappened'),
  'a message that is no text': () => Object.assign(new Error('x'), { message: { no: 'text' } }),
  'a constructor that is none': () => Object.assign(new Error('x'), { constructor: undefined }),
  'a message of a megabyte': () => new Error('x'.repeat(1_000_000)),
  'many errors': () => new AggregateError([new Error('one'), new Error('two')], 'all failed'),
  'a cause that is itself': circle,
  'a frozen error': () => Object.freeze(new Error('frozen')),
};

async function rejectWith(thrown: unknown): Promise<never> {
  throw thrown;
}

const TEXT_MAX = 1_050;

describe('anything that is thrown', () => {
  const value = fc.anything({
    withBigInt: true,
    withNullPrototype: true,
    withObjectString: true,
    withMap: true,
  });
  // Made when it is thrown: fast-check itself cannot hold a revoked Proxy.
  const anything = fc.oneof(
    value.map((thrown) => () => thrown),
    fc.constantFrom(...Object.values(odd)),
    value.map((message) => () => Object.assign(new Error('x'), { message })),
  );

  it('is described, in bounds', () => {
    fc.assert(
      fc.property(anything, (make) => {
        const thrown = make();
        const { name, message } = summarizeThrown(thrown);
        for (const text of [describeThrown(thrown), name, message, messageOf(thrown)]) {
          expect(typeof text).toBe('string');
          expect(text.length).toBeLessThan(TEXT_MAX);
        }
        expect(name).not.toBe('');
        expect(stackOf(thrown).length).toBeLessThan(25_000);
      }),
      { numRuns: 200 },
    );
  });

  it('is cut at 1,000 characters, with how many were cut', () => {
    const { message } = summarizeThrown(new Error('x'.repeat(1_000_000)));
    expect(message).toBe(`${'x'.repeat(1000)}… (999000 more characters)`);
  });

  it('keeps its frames where its message is long', () => {
    const stack = stackOf(new Error('x'.repeat(1_000_000)));
    expect(stack).toMatch(/more characters\)\n\s+at .*thrown\.test\.ts/);
  });
});

const quick = { seeds: 1, faults: 'none', shrink: false, explain: false } as const;

/** By what it throws, then where. */
const places: Readonly<Record<string, (thrown: unknown) => Scenario>> = {
  'run()': (thrown) => ({ ...careful, run: () => rejectWith(thrown) }),
  'the body of an operation': (thrown) => ({
    ...careful,
    async run({ perform }, operations) {
      for (const operation of operations) await perform(operation, () => rejectWith(thrown));
    },
  }),
  'a timer': (thrown) => ({
    ...careful,
    async run() {
      setTimeout(() => {
        throw thrown;
      }, 1);
      await new Promise((resolve) => setTimeout(resolve, 2));
    },
  }),
  'a promise that nobody handles': (thrown) => ({
    ...careful,
    async run() {
      void rejectWith(thrown);
      await new Promise((resolve) => setTimeout(resolve, 2));
    },
  }),
  'a check': (thrown) => ({
    ...careful,
    checks: () => [
      {
        name: 'throws',
        description: 'It throws.',
        check() {
          throw thrown;
        },
      },
    ],
  }),
  'summarize()': (thrown) => ({
    ...careful,
    summarize() {
      throw thrown;
    },
  }),
  'afterwards()': (thrown) => ({ ...careful, afterwards: () => rejectWith(thrown) }),
};

const outside: Readonly<Record<string, (thrown: unknown) => Scenario>> = {
  'setup()': (thrown) => ({ ...careful, setup: () => rejectWith(thrown) }),
  'nodes()': (thrown) => ({
    ...careful,
    nodes() {
      throw thrown;
    },
  }),
  'checks()': (thrown) => ({
    ...careful,
    checks() {
      throw thrown;
    },
  }),
};

describe.each(Object.entries(odd))('a scenario that throws %s', (_, make) => {
  it.each(Object.entries(places))('in %s has a finding with a story', async (_, scenarioOf) => {
    const report = await check(scenarioOf(make()), quick);
    expect(report.outcome).toMatch(/violated|inconclusive/);
    expect(() => report.assert()).toThrow(CheckError);
    expect(new CheckError(report).message.length).toBeLessThan(20_000);
  });

  it.each(Object.entries(outside))('in %s is refused by its name', async (part, scenarioOf) => {
    const run = check(scenarioOf(make()), quick);
    await expect(run).rejects.toMatchObject({ name: 'ScenarioError' });
    const { message } = (await run.catch((error: unknown) => error)) as Error;
    expect(message).toContain(`${part} threw `);
    expect(message.length).toBeLessThan(TEXT_MAX + 100);
  });

  it('in a test, or in a node of it, is a failure with a story', async () => {
    const bodies = [
      () => rejectWith(make()),
      async (sim: { node(name: string, body: () => Promise<unknown>): void }) =>
        sim.node('a', () => rejectWith(make())),
    ];
    for (const body of bodies) {
      await expect(simulate(body, { ...quick, reports: false })).rejects.toBeInstanceOf(SimulationError);
    }
  });
});
