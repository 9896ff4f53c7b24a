/** Repros: written, read, run again; refused if they cannot be run. */
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { compareReplay } from '../../sim/repro/compare-replay.js';
import { parseRepro } from '../../sim/repro/parse-repro.js';
import { formatRepro, reproOf, type Repro } from '../../sim/repro/repro.js';
import type { Plan } from '../../sim/plan/plan.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { parseOptions } from '../../sim/scenario/parse-options.js';

const all = [...scenarios, ...specimens];
const specimen = all.find((scenario) => scenario.name === 'bank-lost-update');
if (specimen === undefined) throw new Error('no specimen');
const scenario = specimen;

function planOf(seed: number): Plan {
  const options = parseOptions(scenario.options, { workers: '3', transfers: '5' });
  if (options.kind === 'malformed') throw new Error(options.message);
  return drawPlan({ scenario, seed, options: options.value, faults: { kind: 'all' }, members: 1 });
}

function run(plan: Plan): Promise<RunResult> {
  const { signal } = new AbortController();
  const backend = createSimulatedBackend();
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal });
}

async function reproOfSeed(seed: number): Promise<Repro> {
  const repro = reproOf(await run(planOf(seed)), DEFAULT_BUDGET);
  if (repro === undefined) throw new Error('a simulated run has a repro');
  return repro;
}

const read = (repro: unknown) => parseRepro(JSON.stringify(repro), all);

describe('a repro', () => {
  it('gives the same run after it was written and read', async () => {
    const repro = await reproOfSeed(1);
    const parsed = parseRepro(formatRepro(repro), all);
    if (parsed.kind === 'malformed') throw new Error(parsed.message);
    const again = await run(parsed.value.repro.plan);
    expect(compareReplay(repro, again)).toEqual({ kind: 'same' });
  });

  it('shows between which moments another run diverges', async () => {
    const repro = await reproOfSeed(1);
    const nodes = repro.plan.nodes.map((node) => ({ ...node, operations: node.operations.slice(0, 2) }));
    const comparison = compareReplay(repro, await run({ ...repro.plan, nodes }));
    if (comparison.kind === 'same') throw new Error('they are the same');
    const { after, before } = comparison;
    expect(after?.events).toBeGreaterThan(0);
    expect(before?.events).toBeGreaterThan(after?.events ?? Infinity);
    expect(comparison.sameVersion).toBe(true);
  });

  it('has checkpoints throughout the run, and only a few', async () => {
    const { trace } = await reproOfSeed(1);
    expect(trace.checkpoints.length).toBeGreaterThan(15);
    expect(trace.checkpoints.length).toBeLessThanOrEqual(32);
    expect(trace.checkpoints.at(-1)?.events).toBeGreaterThan(trace.events * 0.9);
  });

  it('of an older version runs with defaults for the options it does not know', async () => {
    const repro = await reproOfSeed(1);
    const { balance, ...options } = repro.plan.options;
    const parsed = read({ ...repro, plan: { ...repro.plan, options } });
    if (parsed.kind === 'malformed') throw new Error(parsed.message);
    expect(parsed.value.repro.plan.options['balance']).toBe(balance);
  });
});

describe('refused in one line is', () => {
  const changed = async (change: (plan: Plan) => object, more = {}) => {
    const repro = await reproOfSeed(1);
    const parsed = read({ ...repro, ...more, plan: { ...repro.plan, ...change(repro.plan) } });
    return parsed.kind === 'malformed' ? parsed.message : 'it was read';
  };

  it('text that is no JSON', () => {
    expect(parseRepro('{', all)).toEqual({ kind: 'malformed', message: 'expected a repro in JSON' });
  });

  it('another format', async () => {
    expect(read({ ...(await reproOfSeed(1)), format: 2 })).toEqual({
      kind: 'malformed',
      message: 'expected a repro of format 1, got 2',
    });
  });

  it('an unknown scenario', async () => {
    expect(await changed(() => ({ scenario: 'bonk' }))).toMatch(
      /^plan.scenario: expected a known scenario, got "bonk"/,
    );
  });

  it('a test, with the way to run it', async () => {
    const nodes = [{ name: 'n1', operations: [{ id: 'n1', name: 'body', input: null }] }];
    expect(await changed(() => ({ scenario: 'one-worker-at-a-time', nodes }))).toMatch(
      /got the test "one-worker-at-a-time": SIM_REPRO=FILE npx vitest run -t 'title of the test'/,
    );
  });

  it('a test that says its title and its command', async () => {
    const nodes = [{ name: 'n1', operations: [{ id: 'n1', name: 'body', input: null }] }];
    const test = { title: 'one worker', command: "npx vitest run src/job.test.ts -t 'one worker'" };
    expect(await changed(() => ({ scenario: 'one-worker', nodes }), { test })).toContain(
      `got the test "one worker": SIM_REPRO=FILE ${test.command} runs it`,
    );
  });

  it('an option that its scenario no longer has', async () => {
    const message = await changed(({ options }) => ({ options: { ...options, colour: 'red' } }));
    expect(message).toMatch(/^scenario bank-lost-update of this version: expected option /);
  });

  it('an unknown kind of fault', async () => {
    const message = await changed(() => ({ faults: [{ kind: 'flood', atMs: 1, durationMs: 1 }] }));
    expect(message).toMatch(
      /^plan.faults\[0\].kind: expected a known kind of fault \(latency, .*got "flood"/,
    );
  });

  it('a fault without an existing target', async () => {
    const faults = [{ kind: 'partition', node: 'w99', member: 'm1', atMs: 1, durationMs: 1 }];
    expect(await changed(() => ({ faults }))).toBe(
      'plan.faults[0] (partition): expected a node of the plan, got "w99"',
    );
  });

  it('a fault that begins at a fraction of a microsecond', async () => {
    const faults = [{ kind: 'partition', node: 'w1', member: 'm1', atMs: 1.0005, durationMs: 1 }];
    expect(await changed(() => ({ faults }))).toBe(
      'plan.faults[0].atMs: expected a time in whole microseconds, got 1.0005',
    );
    const whole = [{ kind: 'partition', node: 'w1', member: 'm1', atMs: 70.123, durationMs: 4.035 }];
    expect(await changed(() => ({ faults: whole }))).toBe('it was read');
  });

  it('a budget of zero events', async () => {
    const repro = await reproOfSeed(1);
    expect(read({ ...repro, budget: { ...repro.budget, maxEvents: 0 } })).toEqual({
      kind: 'malformed',
      message: 'budget.maxEvents: expected a whole number from 1 to 1000000000, got 0',
    });
  });

  it('a lost quorum of members that do not exist, or that are not names', async () => {
    const loss = (lost: unknown) => [{ kind: 'quorum-loss', lost, atMs: 1, durationMs: 1 }];
    expect(await changed(() => ({ faults: loss(['m1', 'm9']) }))).toBe(
      'plan.faults[0] (quorum-loss): expected a member of the plan, got "m9"',
    );
    expect(await changed(() => ({ faults: loss('m1') }))).toBe(
      'plan.faults[0].lost: expected different names of members, got "m1"',
    );
  });

  it.each([
    ['of a kind that there is not', { kind: 'guided', windowUs: 500 }],
    ['that is null', null],
    ['whose window is no whole number', { kind: 'walk', windowUs: 0.5 }],
    ['of more depth than anybody draws', { kind: 'pct', windowUs: 500, depth: 1e12, choices: 50 }],
    ['whose priorities change at half a choice', { kind: 'pct', windowUs: 500, depth: 2, choices: 1.5 }],
    ['of a script without picks', { kind: 'scripted', windowUs: 500 }],
    ['that picks the earliest', { kind: 'scripted', windowUs: 500, picks: [{ choice: 1, place: 0 }] }],
    ['that picks before the first', { kind: 'scripted', windowUs: 500, picks: [{ choice: 0, place: 1 }] }],
    [
      'that picks twice at one choice',
      {
        ...{ kind: 'scripted', windowUs: 500 },
        picks: [
          { choice: 3, place: 1 },
          { choice: 3, place: 2 },
        ],
      },
    ],
  ])('a strategy %s', async (_, strategy) => {
    expect(await changed(() => ({ strategy }))).toMatch(/^plan\.strategy[^\n]*: expected [^\n]*got /);
  });

  it.each([
    ['that are null', null],
    ['before the first event', [{ afterEvents: -1, seed: 1 }]],
    ['after half an event', [{ afterEvents: 1.5, seed: 1 }]],
    ['without a seed', [{ afterEvents: 1 }]],
    [
      'that are not in order',
      [
        { afterEvents: 9, seed: 1 },
        { afterEvents: 3, seed: 2 },
      ],
    ],
    [
      'at one event',
      [
        { afterEvents: 9, seed: 1 },
        { afterEvents: 9, seed: 2 },
      ],
    ],
  ])('rerolls %s', async (_, rerolls) => {
    expect(await changed(() => ({ rerolls }))).toMatch(/^plan\.rerolls[^\n]*: expected [^\n]*got /);
  });

  it('a network with half a microsecond, or whose longest delay is shorter than its shortest', async () => {
    for (const [oneWayDelayMinUs, oneWayDelayMaxUs] of [
      [1.5, 2],
      [5, 2],
    ]) {
      const network = { oneWayDelayMinUs, oneWayDelayMaxUs };
      expect(await changed(() => ({ network }))).toMatch(/^plan\.network[^\n]*: expected [^\n]*got /);
    }
  });

  it('a plan without nodes', async () => {
    expect(await changed(() => ({ nodes: [] }))).toMatch(/nodes: expected at least one node, got \[\]$/);
  });
});
