/** An error in a scenario's own code after a run is a problem of the run: its verdict and its story stay. */
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { Check, Finding } from '../../sim/check/check.js';
import { signaturesOf } from '../../sim/run/signature.js';
import { formatRun } from '../../sim/report/terminal.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from '../backend/tiny-scenario.js';

const idle = tinyScenario(({ perform }, operation) =>
  perform(operation, () => Promise.resolve({ output: null })).then(() => undefined),
);

function run(change: Partial<Scenario>): Promise<RunResult> {
  const scenario = { ...idle, ...change };
  const { signal } = new AbortController();
  const backend = createSimulatedBackend();
  const plan = planOf(scenario);
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal });
}

const check = (find: () => unknown): Partial<Scenario> => ({
  checks: () => [{ name: 'sum', description: 'the sum stays', check: find as () => Finding }],
});

function throwBadly(): never {
  throw new TypeError('no such thing');
}

describe('a check that throws', () => {
  it('is a violation that shows its stack', async () => {
    const result = await run(check(throwBadly));
    expect(result.verdict).toBe('violated');
    const [problem] = result.problems;
    expect(problem).toMatchObject({
      ...{ kind: 'scenario-error', part: 'check sum' },
      message: 'check sum: the check threw TypeError: no such thing',
    });
    expect(problem?.kind === 'scenario-error' && problem.stack).toContain('throwBadly');
    expect(signaturesOf(result)).toEqual(['scenario-error check sum']);
    const story = formatRun(result, { color: false, width: 100 });
    expect(story).toContain('check sum: the check threw TypeError: no such thing');
    expect(story).toMatch(/throwBadly.*scenario-problems/);
  });

  it('may throw anything', async () => {
    for (const thrown of [undefined, null, 5n, 'text', Object.create(null)]) {
      const result = await run(
        check(() => {
          throw thrown;
        }),
      );
      expect(result.problems).toMatchObject([{ kind: 'scenario-error', stack: '' }]);
    }
  });
});

it.each([
  [true, 'true'],
  [undefined, 'none'],
  [{ verdict: 'fine' }, '{"verdict":"fine"}'],
  [Promise.resolve({ verdict: 'satisfied' }), 'a Promise'],
])('a check that answers %j gets its answer quoted', async (answer, came) => {
  const { problems, verdict } = await run(check(() => answer));
  expect(verdict).toBe('violated');
  expect(problems).toMatchObject([
    { message: `check sum: expected a finding such as { verdict: 'satisfied' }, got ${came}`, stack: '' },
  ]);
});

it('the other checks still run beside one that throws', async () => {
  const good: Check = { name: 'good', description: '', check: () => ({ verdict: 'satisfied' }) };
  const bad: Check = { name: 'bad', description: '', check: throwBadly };
  const { checks } = await run({ checks: () => [bad, good] });
  expect(checks.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'satisfied']);
});

describe('a summary', () => {
  it('that throws leaves the result unchanged, with a problem', async () => {
    const { problems, summary, operations } = await run({ summarize: throwBadly });
    expect(problems).toMatchObject([
      { part: 'summarize()', message: 'summarize(): threw TypeError: no such thing' },
    ]);
    expect([summary, operations.length]).toEqual([[], 2]);
  });

  it('may have numbers as values', async () => {
    const lines = [
      { label: 'a', value: 5n },
      { label: 'b', value: 6 },
    ];
    const { summary } = await run({ summarize: () => lines as never });
    expect(summary).toEqual([
      { label: 'a', value: '5' },
      { label: 'b', value: '6' },
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, 'expected a list of lines, got none'],
    [['a'], 'expected lines with a label and a value, got "a"'],
    [[{ label: 'a', value: {} }], 'expected a string as the value of "a", got {}'],
  ])('that is %j is quoted', async (lines, message) => {
    const { problems } = await run({ summarize: () => lines as never });
    expect(problems).toMatchObject([{ message: `summarize(): threw TypeError: ${message}` }]);
  });
});

describe('checks() that return no checks are refused', () => {
  const one = { name: 'sum', description: 'the sum stays', check: () => ({ verdict: 'satisfied' }) };
  it.each<[unknown, string]>([
    [undefined, 'checks(): expected a list of checks, got none'],
    [{}, 'checks(): expected a list of checks, got {}'],
    [[{ ...one, name: undefined }], 'checks()[0].name: expected a name, got none'],
    [[{ check: one.check }], 'checks()[0]: expected a field name, got none'],
    [[{ ...one, chek: 1 }], 'checks()[0]: unknown field "chek"; did you mean check?'],
    [[one, one], 'checks(): expected different names, got "sum" twice'],
  ])('%j', async (checks, message) => {
    await expect(run({ checks: () => checks as never })).rejects.toThrow(`scenario tiny: ${message}`);
  });
});
