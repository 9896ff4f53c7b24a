/** The published schema describes repros: the ones that are made, and the ones in the docs. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { parseRepro } from '../../sim/repro/parse-repro.js';
import { formatRepro, reproOf } from '../../sim/repro/repro.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';

const docs = path.resolve(import.meta.dirname, '../../docs');
const schema = JSON.parse(readFileSync(path.join(docs, 'repro.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
const errorsOf = (text: string) => {
  validate(JSON.parse(text));
  return validate.errors ?? [];
};

const all = [...scenarios, ...specimens];

describe('the schema', () => {
  it.each(all.map((scenario) => [scenario.name, scenario] as const))(
    'accepts a repro of %s with every kind of fault',
    async (_, scenario) => {
      const options = defaultOptions(scenario.options);
      const plan = drawPlan({ scenario, seed: 3, options, faults: { kind: 'all' }, members: 3 });
      const { signal } = new AbortController();
      const backend = createSimulatedBackend();
      // Only its plan matters here, not the course of the run.
      const budget = { ...DEFAULT_BUDGET, maxEvents: 100 };
      const repro = reproOf(
        await runPlan({ scenario, plan, backend, budget, stacks: false, replay: '', signal }),
        budget,
      );
      if (repro === undefined) throw new Error('a simulated run has a repro');
      expect(errorsOf(formatRepro(repro))).toEqual([]);
    },
  );

  const examples = readdirSync(path.join(docs, 'examples/repros'));
  it.each(examples)('accepts %s, which can be run', (name) => {
    const text = readFileSync(path.join(docs, 'examples/repros', name), 'utf8');
    expect(errorsOf(text)).toEqual([]);
    expect(parseRepro(text, all).kind).toBe('ok');
  });

  it('refuses a missing part, or an extra one', () => {
    const [name = ''] = examples;
    const repro = JSON.parse(readFileSync(path.join(docs, 'examples/repros', name), 'utf8')) as object;
    for (const part of ['plan', 'trace', 'budget', 'format']) {
      const rest = Object.fromEntries(Object.entries(repro).filter(([key]) => key !== part));
      expect(errorsOf(JSON.stringify(rest)), part).not.toEqual([]);
    }
    expect(errorsOf(JSON.stringify({ ...repro, more: 1 }))).not.toEqual([]);
  });
});
