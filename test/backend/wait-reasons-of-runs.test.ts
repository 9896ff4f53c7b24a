/**
 * Runs of specimens that get stuck: the circle or the lost wake-up is named, but only if calls are recorded.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Plan } from '../../sim/plan/plan.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { Problem } from '../../sim/run/run-result.js';
import { scenarios, specimens } from '../../scenarios/index.js';

async function problemOf(
  name: string,
  seed: number,
  recordCalls = true,
  faults?: Plan['faults'],
): Promise<Problem | undefined> {
  const scenario = [...scenarios, ...specimens].find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`expected a scenario ${name}`);
  const options = Object.fromEntries(
    Object.entries(scenario.options).map(([option, { default: value }]) => [option, value]),
  );
  const drawn = drawPlan({ scenario, seed, options, faults: { kind: 'swarm' }, members: 1 });
  const plan = faults === undefined ? drawn : { ...drawn, faults };
  const signal = new AbortController().signal;
  const backend = createSimulatedBackend();
  const result = await runPlan({
    ...{ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal },
    recordCalls,
  });
  return result.problems[0];
}

const DEADLOCK = 'nodes still wait, and no event is left';
const LIVENESS = 'no operation has succeeded, and no node has ended, for 120000 ms without a fault';

it('two that hold each other’s key', async () => {
  const file = new URL('mutex-circle-faults.json', import.meta.url);
  const faults = JSON.parse(readFileSync(file, 'utf8')) as Plan['faults'];
  expect(await problemOf('mutex-go', 90, true, faults)).toMatchObject({
    kind: 'liveness',
    message: `${LIVENESS}: u4 waits for lock2/3897000000000001, which u5 put in u5-2.lock; u5 waits for lock/a/3897000000000002, which u4 put in u4-4.lock: they wait in a circle`,
  });
});

it('one that waits for itself', async () => {
  expect(await problemOf('mutex-go', 103)).toMatchObject({
    kind: 'liveness',
    message: `${LIVENESS}: u5 waits for lock/a/3897000000000001, which it put itself in u5-4.lock: it waits for itself`,
  });
});

it('a wake-up before the watch', async () => {
  expect(await problemOf('barrier-naive', 12)).toMatchObject({
    kind: 'deadlock',
    message: `${DEADLOCK}: the last change of gate2 was its deletion at revision 17 by h3-8, before w2 began to watch from revision 18: the wake-up was lost`,
  });
});

it('a wake-up after the last watch', async () => {
  expect(await problemOf('barrier-naive', 10)).toMatchObject({
    kind: 'deadlock',
    message: `${DEADLOCK}: the last change of gate was its deletion at revision 18 by h1-8, and never reached w4, whose watch from revision 4 had broken: the wake-up was lost`,
  });
});

it('an event that the client’s own watch left out', async () => {
  expect(await problemOf('watch-etcd3', 215)).toMatchObject({
    kind: 'deadlock',
    message: `${DEADLOCK}: the put of k at revision 22 by w1-end came before o3 began to watch from revision 23: the wake-up was lost`,
  });
});

it('a key left by a node that has ended', async () => {
  const problem = await problemOf('barrier-go', 32);
  expect(problem).toMatchObject({ kind: 'deadlock', message: DEADLOCK });
  expect(problem?.kind === 'deadlock' && problem.waiting).toContain(
    'w3 waits for gate, which h1 put in h1-3; h1 has ended, so nothing will delete it',
  );
});

it('nothing without a record', async () => {
  expect(await problemOf('barrier-naive', 12, false)).toMatchObject({ kind: 'deadlock', message: DEADLOCK });
});
