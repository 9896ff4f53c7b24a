/** The calls of a recorded run, and that recording changes nothing else in it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { CallRecorder } from '../../sim/backend/simulated/record-calls.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { Plan, PlannedOperation } from '../../sim/plan/plan.js';
import type { Fault } from '../../sim/faults/index.js';
import type { Call } from '../../sim/history/calls.js';
import type { Json } from '../../sim/input/json.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { NodeContext, Scenario } from '../../sim/scenario/scenario.js';
import { scenarios } from '../../scenarios/index.js';
import { sleep } from './fault-runs.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

function execute(scenario: Scenario, plan: Plan, recordCalls: boolean): Promise<RunResult> {
  const signal = new AbortController().signal;
  const backend = createSimulatedBackend();
  return runPlan({
    ...{ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal },
    recordCalls,
  });
}

/** Runs this body as n1's operation, with n2 idle, and returns n1's calls. */
async function callsOf(
  body: (context: NodeContext) => Promise<Json>,
  faults: readonly Fault[] = [],
  members: readonly string[] = ['m1'],
): Promise<readonly Call[]> {
  const scenario = tinyScenario(async (context: NodeContext, operation: PlannedOperation) => {
    if (context.node !== 'n1') {
      context.skip(operation, 'n1 does this alone');
      return;
    }
    await context.perform(operation, async () => ({ output: await body(context) }));
  });
  const { calls = [], problems } = await execute(scenario, planOf(scenario, { faults, members }), true);
  expect(problems).toEqual([]);
  return calls.filter(({ node }) => node === 'n1');
}

afterEach(() => vi.restoreAllMocks());

describe('a run that records its calls', () => {
  const cases = [
    ['register', 1],
    ['register', 3],
    ['mutex', 3],
    ['double-barrier', 1],
    ['election', 3],
    ['watch', 1],
  ] as const;

  it('leaves nothing behind that slows the promises of later runs', async () => {
    const enter = vi.spyOn(AsyncLocalStorage.prototype, 'run');
    const used: number[] = [];
    for (let round = 0; round < 3; round++) {
      await callsOf(async ({ client, prefix }) => client.get(`${prefix}key`).string());
      used.push(new Set(enter.mock.contexts).size);
    }
    // Before Node.js 24 a run uses none.
    expect(used).toEqual(new Array(3).fill(used[0]));
    expect(used[0]).toBeLessThanOrEqual(1);
  });

  it.each(cases)(
    'equals the run without recording: %s on %i members with every fault',
    async (name, members) => {
      const scenario = scenarios.find((candidate) => candidate.name === name);
      if (scenario === undefined) throw new Error(`expected a scenario ${name}`);
      const options = Object.fromEntries(
        Object.entries(scenario.options).map(([option, { default: value }]) => [option, value]),
      );
      const plan = drawPlan({ scenario, seed: 7, options, faults: { kind: 'all' }, members });
      const without = await execute(scenario, plan, false);
      const { calls = [], incidents: _, ...recorded } = await execute(scenario, plan, true);
      expect(without).not.toHaveProperty('calls');
      expect({ ...recorded, wallTimeMs: 0 }).toEqual({ ...without, wallTimeMs: 0 });
      // The author of every revision of the run is known, except for expired leases.
      const written = new Set(calls.map(({ wrote }) => wrote?.revision));
      const unknown = recorded.log.filter(({ revision }) => !written.has(revision));
      expect(unknown.flatMap(({ events }) => events).filter(({ type }) => type === 'put')).toEqual([]);
    },
  );
});

describe('a call', () => {
  it('has the operation that made it, its writes and its reads', async () => {
    const [put, get, remove, again] = await callsOf(async ({ client, prefix }) => {
      await client.put(`${prefix}a`).value('1');
      await client.get(`${prefix}a`);
      await client.delete().key(`${prefix}a`);
      await client.delete().key(`${prefix}a`);
      return null;
    });
    expect(put).toMatchObject({ operation: 'n1-1', member: 'm1', method: 'KV.Put', answered: true });
    expect(put?.wrote).toMatchObject({ revision: 3, known: 'answered' });
    expect(get?.wrote).toBeUndefined();
    expect(get?.reads).toMatchObject([{ key: 'a', revision: 3 }]);
    expect(get?.looks).toMatchObject([{ key: 'a', revision: 3, complete: true }]);
    expect(remove?.wrote?.revision).toBe(4);
    expect(again).toMatchObject({ method: 'KV.DeleteRange', answered: true });
    expect(again?.wrote).toBeUndefined();
  });

  it('that is a transaction wrote only if its executed branch did, and has the reads inside', async () => {
    const [lost, won] = await callsOf(async ({ client, prefix }) => {
      const swap = (expected: string) =>
        client
          .if(`${prefix}key`, 'Value', '==', expected)
          .then(client.put(`${prefix}key`).value('1'))
          .else(client.get(`${prefix}key`), client.getAll().prefix(`${prefix}none`))
          .commit();
      await swap('9');
      await swap('0');
      return null;
    });
    expect(lost?.wrote).toBeUndefined();
    expect(lost?.reads).toMatchObject([{ key: 'key', revision: 2 }]);
    expect(lost?.looks).toMatchObject([{ key: 'key' }, { key: 'none', rangeEnd: 'nonf', complete: true }]);
    expect(won?.wrote).toMatchObject({ revision: 3, known: 'answered' });
    expect(won?.reads).toEqual([]);
  });

  it('has its write even if its answer is lost on the way', async () => {
    const fault = { kind: 'reply-lost', atMs: 0, durationMs: 20, node: 'n1', member: 'm1' } as const;
    const [call] = await callsOf(
      async ({ client, prefix }) => {
        await sleep(5);
        await client.put(`${prefix}a`).value('1').catch(String);
        return null;
      },
      [fault],
    );
    expect(call).toMatchObject({ answered: false, wrote: { revision: 3, known: 'answered' } });
    expect(call?.wrote?.at?.timeUs).toBeLessThan(call?.returned?.timeUs ?? 0);
  });

  it.each([[['m1']], [['m1', 'm2', 'm3']]])(
    'has its write even if it arrives after its caller gave up: %j',
    async (members) => {
      const late = { kind: 'request-delayed', atMs: 0, durationMs: 5, byMs: 100 } as const;
      const calls = await callsOf(
        async ({ client, prefix }) => {
          await sleep(2);
          await client.put(`${prefix}late`).value('1').catch(String);
          await sleep(200);
          return null;
        },
        members.map((member) => ({ ...late, node: 'n1', member })),
        members,
      );
      const written = calls.filter(({ wrote }) => wrote !== undefined);
      expect(written.length).toBeGreaterThan(0);
      expect(written.at(-1)).toMatchObject({ operation: 'n1-1', method: 'KV.Put' });
      expect(written.some(({ answered }) => !answered)).toBe(true);
    },
  );

  it('that watches has its watchers, and reads with every event that arrives', async () => {
    const calls = await callsOf(async ({ client, prefix }) => {
      const watcher = await client.watch().prefix(`${prefix}a`).startRevision('3').create();
      await client.put(`${prefix}a1`).value('1');
      await client.delete().key(`${prefix}a1`);
      await sleep(20);
      await watcher.cancel();
      return null;
    });
    const watch = calls.find(({ method }) => method === 'Watch.Watch');
    expect(watch?.watches).toMatchObject([
      { key: 'a', rangeEnd: 'b', operation: 'n1-1', fromRevision: 3, createdRevision: 2, state: 'left' },
    ]);
    expect(watch?.reads).toMatchObject([
      { key: 'a1', revision: 3 },
      { key: 'a1', revision: 4, deletes: true },
    ]);
    const [put, deletion] = watch?.reads ?? [];
    expect(put?.at.order).toBeLessThan(deletion?.at.order ?? 0);
  });

  it('that revokes a lease has a write if a key was deleted with it', async () => {
    const calls = await callsOf(async ({ client, prefix }) => {
      const [full, empty] = [client.lease(60), client.lease(60)];
      await full.put(`${prefix}a`).value('1');
      await empty.grant();
      await empty.revoke();
      await full.revoke();
      return null;
    });
    const revocations = calls.filter(({ method }) => method === 'Lease.LeaseRevoke');
    expect(revocations.map(({ wrote }) => wrote?.revision)).toEqual([undefined, 4]);
  });
});

it('a record that grows too long is given up completely', () => {
  const recorder = new CallRecorder({ nowUs: 0, sequence: 0 }, 'sim/', 2);
  const begin = () =>
    recorder.observeCall({
      node: 'n1',
      member: 'm1',
      method: '/etcdserverpb.KV/Put',
      number: 1,
      isNode: false,
    });
  begin();
  begin();
  expect(recorder.calls([])).toHaveLength(2);
  begin();
  expect(recorder.calls([])).toBeUndefined();
  expect(begin()).toBeUndefined();
});
