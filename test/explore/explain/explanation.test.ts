/** Explanations of real failures in simulation. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../../scenarios/index.js';
import { createSimulatedBackend } from '../../../sim/backend/simulated.js';
import type { EventObserver, StepObserver, HappenedEvent } from '../../../sim/engine/steps.js';
import { explain } from '../../../sim/explore/explain/explain.js';
import type { Explanation } from '../../../sim/run/explanation.js';
import { futureOf } from '../../../sim/explore/explain/future.js';
import type { Plan } from '../../../sim/plan/plan.js';
import { parseRepro } from '../../../sim/repro/parse-repro.js';
import { runPlan } from '../../../sim/harness/run-plan.js';

const file = new URL('../../../docs/examples/repros/stm-applied-twice.json', import.meta.url);
const parsed = parseRepro(readFileSync(file, 'utf8'), [...scenarios, ...specimens]);
if (parsed.kind === 'malformed') throw new Error(parsed.message);
const { repro, scenario } = parsed.value;
const backend = createSimulatedBackend();

const run = (
  plan: Plan,
  onEvent?: EventObserver,
  observe?: StepObserver,
  signal = new AbortController().signal,
) =>
  runPlan({
    scenario,
    plan,
    backend,
    budget: repro.budget,
    stacks: false,
    replay: '',
    signal,
    onEvent,
    observe,
  });

async function explained(maxRuns = 300): Promise<Explanation> {
  const failure = await run(repro.plan);
  return explain({
    failure,
    run: (plan, onEvent) => run(plan, onEvent),
    maxRuns,
    signal: new AbortController().signal,
  });
}

describe('the explanation of a transfer that was applied twice', () => {
  let whole: Explanation;
  beforeAll(async () => {
    whole = await explained();
  });

  it('finds that the connection broke after the transaction had been applied and before its answer arrived', () => {
    const { decisive, sentence, witness } = whole;
    expect(sentence).toContain('w1-24 was reported ok, but it is in the log 2 times');
    expect(witness).toEqual(['w1-24']);
    expect(decisive).toMatchObject({
      kind: 'event',
      event: { number: 18, timeUs: 6830, text: 'a fault begins: connection of w1 to m1 reset' },
      underWay: ['w1-24'],
    });
    if (decisive?.kind !== 'event') return;
    expect(decisive.before.failed).toBeLessThan(5);
    expect(decisive.after).toMatchObject({ failed: 10, of: 10 });
    const texts = decisive.around.map(({ text }) => text);
    expect(texts).toContain('KV.Txn#6 of w1 reaches m1');
    expect(texts).toContain('w1 hears that its connection to m1 has ended');
  });

  it('is the same twice', async () => {
    expect(await explained()).toEqual(whole);
  });

  it('has sentence and witness even without any runs', async () => {
    const { moments, decisive, witness, runs } = await explained(1);
    expect({ moments, decisive, witness, runs }).toEqual({
      moments: [],
      decisive: undefined,
      witness: ['w1-24'],
      runs: 0,
    });
  });

  it('returns what it has if it is interrupted, and reports that', async () => {
    const failure = await run(repro.plan);
    const controller = new AbortController();
    let runs = 0;
    const { signal } = controller;
    const { moments, decisive, interrupted } = await explain({
      failure,
      run(plan, onEvent) {
        if (++runs === 25) controller.abort(new Error('interrupted'));
        return run(plan, onEvent, undefined, signal);
      },
      maxRuns: 300,
      signal,
    });
    expect(decisive).toBeUndefined();
    expect(interrupted).toBe(true);
    expect(moments.filter(({ of }) => of === 10)).toHaveLength(2);
  });
});

describe('a future of a run', () => {
  const strategies: readonly Plan['strategy'][] = [
    undefined,
    { kind: 'walk', windowUs: 2000 },
    { kind: 'pos', windowUs: 500 },
  ];

  it.each(strategies)(
    'is the same run up to its moment, and may differ after it (strategy %o)',
    async (strategy) => {
      const plan: Plan = { ...repro.plan, ...(strategy === undefined ? {} : { strategy }) };
      const stepsOf = async (one: Plan) => {
        const steps: string[] = [];
        const events: HappenedEvent[] = [];
        const result = await run(
          one,
          (event) => events.push(event),
          (step) => steps.push(step),
        );
        return { steps, events, result };
      };
      const past = await stepsOf(plan);
      const different = new Set<boolean>();
      for (let moment = 0; moment <= past.events.length; moment++) {
        for (let future = 0; future < 3; future++) {
          const other = await stepsOf(futureOf(past, moment, future));
          const until = (steps: readonly string[]) => {
            let events = 0;
            return steps.filter((step) => {
              if (step.startsWith('event ')) events += 1;
              return events < moment || (events === moment && step.startsWith('event '));
            });
          };
          expect(until(other.steps)).toEqual(until(past.steps));
          different.add(other.result.trace?.hash !== past.result.trace?.hash);
        }
      }
      expect([...different].sort()).toEqual([false, true]);
    },
  );
});
