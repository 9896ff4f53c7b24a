/** A node whose process dies: its losses, its remains, and its restart. */
import { expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { Plan, PlannedOperation } from '../../sim/plan/plan.js';
import type { Fault } from '../../sim/faults/index.js';
import type { Operation } from '../../sim/history/history.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

type Body = (context: NodeContext) => Promise<Operation['input']>;

/** n1 begins `first` and, when its process has restarted, `then`; n2 does nothing. */
function run(
  first: Body,
  then: Body,
  faults: readonly Fault[],
  other: Partial<Plan> = {},
): Promise<RunResult> {
  const scenario = {
    ...tinyScenario(async (context: NodeContext, operation: PlannedOperation) => {
      if (context.node !== 'n1') {
        context.skip(operation, 'n1 does this alone');
        return;
      }
      const body = operation.id === 'n1-1' ? first : then;
      await context.perform(operation, async () => ({ output: await body(context) }));
    }),
    restart: (operations: readonly PlannedOperation[], begun: readonly Operation[]) =>
      operations.map((operation) => ({ ...operation, id: `${operation.id}.${begun.length + 1}` })),
  };
  const signal = new AbortController().signal;
  const plan = { ...planOf(scenario, { faults }), ...other };
  const backend = createSimulatedBackend();
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: true, replay: '', signal });
}

const crash = (atMs: number, durationMs: number): Fault => ({
  kind: 'node-crash',
  atMs,
  durationMs,
  node: 'n1',
});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const outputs = ({ operations }: RunResult): unknown[] =>
  operations.map(({ id, outcome }) => [id, outcome?.kind === 'ok' ? outcome.output : outcome?.kind]);

it('a dead process’s operations never return, and none of its code runs on', async () => {
  const marks: string[] = [];
  const result = await run(
    async () => {
      setInterval(() => marks.push('first'), 10);
      await sleep(100);
      return 'returned';
    },
    async () => {
      marks.push('second');
      await sleep(100);
      return marks.slice(marks.indexOf('second'));
    },
    [crash(50, 200)],
  );
  expect(outputs(result)).toEqual([
    ['n1-1', undefined],
    ['n1-1.2', ['second']],
  ]);
  expect(marks[0]).toBe('first');
  expect(result.problems).toEqual([]);
  expect(result.faults[0]?.hits).toBe(1);
});

it('another process draws other numbers', async () => {
  const drawn: string[] = [];
  const draw = (): void => void drawn.push(crypto.randomUUID(), String(Math.random()));
  await run(
    async () => {
      draw();
      await sleep(100);
      return null;
    },
    () => {
      draw();
      return Promise.resolve(null);
    },
    [crash(50, 10)],
  );
  expect(drawn).toHaveLength(4);
  expect(new Set(drawn).size).toBe(4);
});

it('its leases keep expiring, and nothing keeps them alive', async () => {
  const holds: Body = async ({ client, prefix }) => {
    await client.lease(3).put(`${prefix}held`).value('x');
    await sleep(60_000);
    return null;
  };
  const looks: Body = async ({ client, prefix }) => {
    const key = `${prefix}held`;
    const before = await client.get(key).string();
    await sleep(10_000);
    return [before, await client.get(key).string()];
  };
  const result = await run(holds, looks, [crash(1000, 500)]);
  expect(outputs(result).at(-1)).toEqual(['n1-1.2', ['x', null]]);
});

it('its last requests may arrive, or not', async () => {
  const seen = new Set<unknown>();
  for (let seed = 0; seed < 40; seed++) {
    const result = await run(
      async ({ client, prefix }) => {
        const startedMs = performance.now();
        await client.get(`${prefix}key`);
        await sleep(100 - (performance.now() - startedMs));
        await client.put(`${prefix}sent`).value('x');
        return 'returned';
      },
      ({ client, prefix }) => client.get(`${prefix}sent`).string(),
      [crash(107, 100)],
      { seed, network: { oneWayDelayMinUs: 1000, oneWayDelayMaxUs: 15_000 } },
    );
    seen.add((outputs(result).at(-1) as unknown[])[1]);
  }
  expect([...seen]).toEqual(expect.arrayContaining(['x', null]));
});

it('a node that has ended is not touched', async () => {
  const result = await run(
    () => Promise.resolve('done'),
    () => Promise.resolve('again'),
    [crash(50, 10)],
  );
  expect(outputs(result)).toEqual([['n1-1', 'done']]);
});

it('restarts when the last of two overlapping crashes is over', async () => {
  const result = await run(
    () => sleep(1000).then(() => null),
    () => Promise.resolve('again'),
    [crash(50, 100), crash(100, 400)],
  );
  expect(outputs(result)).toEqual([
    ['n1-1', undefined],
    ['n1-1.2', 'again'],
  ]);
  expect(Math.floor((result.operations.at(-1)?.invoke.timeUs ?? 0) / 100_000)).toBe(5);
});

it('its clock keeps its error', async () => {
  const nowMs = () => Promise.resolve(Date.now());
  /** How far the clock was from virtual time when the last operation began. */
  const aheadMs = ({ operations }: RunResult): number => {
    const { outcome, invoke } = operations.at(-1) ?? {};
    if (outcome?.kind !== 'ok' || invoke === undefined) throw new Error('expected an operation that is ok');
    return Number(outcome.output) - Math.floor(invoke.timeUs / 1000);
  };
  const right = await run(nowMs, nowMs, []);
  const result = await run(() => sleep(1000).then(() => null), nowMs, [
    { kind: 'clock-jump', atMs: 10, durationMs: 5000, node: 'n1', byMs: 7000 },
    crash(50, 100),
  ]);
  expect(result.operations.at(-1)?.id).toBe('n1-1.2');
  expect(aheadMs(result)).toBe(aheadMs(right) + 7000);
});

it('only an operation that may still return is reported as waiting', async () => {
  const forever = () => new Promise<null>(() => undefined);
  const result = await run(forever, forever, [crash(50, 10)]);
  expect(result.problems).toMatchObject([{ kind: 'deadlock', waiting: [expect.stringContaining('n1-1.2')] }]);
});

it('links keep their faults', async () => {
  const result = await run(
    () => sleep(1000).then(() => null),
    async ({ client, prefix }) => {
      await client.get(`${prefix}key`);
      return 'read';
    },
    [{ kind: 'partition', atMs: 10, durationMs: 5000, node: 'n1', member: 'm1' }, crash(50, 100)],
  );
  expect(outputs(result).at(-1)).toEqual(['n1-1.2', 'read']);
  expect(result.operations.at(-1)?.return?.timeUs).toBeGreaterThanOrEqual(5_000_000);
});
