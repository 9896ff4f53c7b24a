/**
 * Damaged repros: a missing field, an extra one, one of another type, or an extreme value, anywhere in a plan
 * with every kind of fault. Each is refused in one line, or runs.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { scenarios, specimens } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { faultKindNames, type Fault } from '../../sim/faults/index.js';
import { parseRepro } from '../../sim/repro/parse-repro.js';
import { formatRepro, reproOf, type Repro } from '../../sim/repro/repro.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { mutated, pathsOf, type Path } from './mutate.js';

const all = [...scenarios, ...specimens];
const budget = { maxEvents: 1000, maxVirtualTimeMs: 600_000 };
let samples: readonly { readonly repro: Repro; readonly paths: readonly Path[] }[];

beforeAll(async () => {
  samples = await Promise.all(
    ['bank-lost-update', 'queue-go', 'mutex-naive'].map(async (name) => {
      const repro = await reproWithEveryFault(all.find((scenario) => scenario.name === name));
      return { repro, paths: pathsOf(repro) };
    }),
  );
});

it('samples have every kind of fault', () => {
  const kinds = new Set(samples.flatMap(({ repro }) => repro.plan.faults.map(({ kind }) => kind)));
  expect(faultKindNames.filter((kind) => !kinds.has(kind))).toEqual([]);
});

it('500 mutated repros are refused in one line, or run', async () => {
  const endings = { refused: 0, run: 0 };
  const place = fc.tuple(fc.nat(samples.length - 1), fc.nat(), fc.nat(), fc.nat());
  for (const [which, where, how, what] of fc.sample(place, { numRuns: 500, seed: 11 })) {
    const sample = samples[which];
    if (sample === undefined) throw new Error('no sample');
    const path = sample.paths[where % sample.paths.length] ?? [];
    const text = JSON.stringify(mutated(sample.repro, path, how, what));
    const parsed = parseRepro(text, all);
    if (parsed.kind === 'malformed') {
      expect(parsed.message, text).toMatch(/^[^\n]+$/);
      expect(parsed.message, text).not.toContain('undefined');
      endings.refused++;
      continue;
    }
    const { repro, scenario } = parsed.value;
    expect(['satisfied', 'violated', 'inconclusive'], text).toContain((await run(scenario, repro)).verdict);
    endings.run++;
  }
  // Some are refused, and some are not.
  expect(endings.refused).toBeGreaterThan(200);
  expect(endings.run).toBeGreaterThan(50);
});

async function reproWithEveryFault(scenario: Scenario | undefined): Promise<Repro> {
  if (scenario === undefined) throw new Error('no such scenario');
  const options = defaultOptions(scenario.options);
  const drawn = drawPlan({
    // Faults of tokens hit only code that logs in.
    ...{ scenario: { ...scenario, logsIn: true }, seed: 3, options, members: 3 },
    ...{ faults: { kind: 'all' }, strategy: ['pct'] },
  });
  const firstOf = new Map<string, Fault>();
  for (const fault of drawn.faults) if (!firstOf.has(fault.kind)) firstOf.set(fault.kind, fault);
  const plan = {
    ...drawn,
    faults: [...firstOf.values()],
    rerolls: [{ afterEvents: 100, seed: 5 }],
    nodes: drawn.nodes.map((node) => ({ ...node, operations: node.operations.slice(0, 1) })),
  };
  const blank = { hash: '0'.repeat(32), events: 0, checkpoints: [] };
  const start: Repro = {
    ...{ format: 1, version: '0', verdict: 'violated', message: '', plan, budget, trace: blank },
  };
  const repro = reproOf(await run(scenario, start), budget);
  if (repro === undefined) throw new Error('a simulated run has a repro');
  return JSON.parse(formatRepro(repro)) as Repro;
}

function run(scenario: Scenario, { plan, budget: allowed }: Repro) {
  const { signal } = new AbortController();
  const backend = createSimulatedBackend();
  return runPlan({ scenario, plan, backend, budget: allowed, stacks: false, replay: '', signal });
}
