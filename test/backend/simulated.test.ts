import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { Budget } from '../../sim/engine/engine.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import type { Plan } from '../../sim/plan/plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { Problem, RunResult } from '../../sim/run/run-result.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

function run(
  scenario: Scenario,
  plan: Plan = planOf(scenario),
  budget: Budget = DEFAULT_BUDGET,
): Promise<RunResult> {
  const backend = createSimulatedBackend();
  const signal = new AbortController().signal;
  return runPlan({ scenario, plan, backend, budget, stacks: true, replay: 'sim …', signal });
}

function onlyProblem(result: RunResult): Problem {
  expect(result.problems).toHaveLength(1);
  return result.problems[0] as Problem;
}

describe('a run in simulation', () => {
  it('records operations, their revisions and etcd’s log without the prefix', async () => {
    const scenario = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const reply = await client.put(prefix + node).value('x');
        return { output: node, revision: Number(reply.header.revision) };
      });
    });
    const result = await run(scenario);
    expect(result.verdict).toBe('satisfied');
    // Which of the two begins first is drawn.
    expect(result.operations.map(({ id, outcome }) => `${id} ${outcome?.kind}`).sort()).toEqual([
      'n1-1 ok',
      'n2-1 ok',
    ]);
    const revisions = result.operations.map(({ outcome }) => (outcome?.kind === 'ok' ? outcome.revision : 0));
    expect([...revisions].sort()).toEqual([3, 4]);
    expect(result.log.map(({ revision, events }) => [revision, events.map(({ key }) => key).join()])).toEqual(
      [
        [2, 'key'],
        ...result.operations
          .map(({ node }, index) => [revisions[index], node] as const)
          .sort(([a = 0], [b = 0]) => a - b),
      ],
    );
  });

  it.each(['3.4', '3.5', '3.6', '3.7'] as const)('runs on the etcd of its plan: %s', async (etcdVersion) => {
    const scenario = tinyScenario(async ({ client, perform }, operation) => {
      await perform(operation, async () => ({ output: (await client.maintenance.status()).version }));
    });
    const { operations } = await run(scenario, { ...planOf(scenario), etcdVersion });
    for (const { outcome } of operations) {
      expect(outcome).toMatchObject({ kind: 'ok', output: VERSIONS[etcdVersion].release });
    }
  });

  it('repeats with the same seed, and differs with another', async () => {
    const scenario = tinyScenario(async ({ client, prefix, perform }, operation) => {
      await perform(operation, async () => {
        await client.put(`${prefix}key`).value(String(Math.random()));
        return { output: null };
      });
    });
    const plan = planOf(scenario);
    const [first, again, other] = [
      await run(scenario, plan),
      await run(scenario, plan),
      await run(scenario, { ...plan, seed: 2 }),
    ];
    expect(again.trace).toEqual(first.trace);
    expect(again.log).toEqual(first.log);
    expect(other.trace?.hash).not.toBe(first.trace?.hash);
  });

  it('that deadlocks ends with a verdict that names who waits for what', async () => {
    const scenario = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const watcher = await client.watch().key(`${prefix}never`).create();
        if (node === 'n1') await new Promise((resolve) => watcher.on('put', resolve));
        await watcher.cancel();
        return { output: null };
      });
    });
    const result = await run(scenario);
    expect(result.verdict).toBe('violated');
    const problem = onlyProblem(result);
    expect(problem.kind).toBe('deadlock');
    const [line] = problem.kind === 'deadlock' ? problem.waiting : [];
    expect(line).toMatch(/^n1 waits in work n1-1 for \d+ ms: Watch\.Watch of \S*never at m1 for \d+ ms$/);
    expect(result.log.map(({ revision }) => revision)).toEqual([2]);
  });

  it('that never ends is stopped by the virtual-time budget and inconclusive', async () => {
    const scenario = tinyScenario(async ({ perform }, operation) => {
      await perform(operation, async () => {
        for (;;) await new Promise((resolve) => setTimeout(resolve, 100));
      });
    });
    const result = await run(scenario, planOf(scenario), { maxEvents: 1e9, maxVirtualTimeMs: 5000 });
    expect(result.verdict).toBe('inconclusive');
    const problem = onlyProblem(result);
    expect(problem).toMatchObject({
      kind: 'budget',
      message: expect.stringContaining('more than 5000 ms of virtual time: n1 had 50') as unknown,
    });
    expect(problem.kind === 'budget' && problem.waiting).toHaveLength(2);
  });

  /** Works until `okUntilMs`, and then fails for ever. */
  const fadesAfter = (okUntilMs: number) =>
    tinyScenario(async ({ node, perform }, operation) => {
      for (let round = 0; node === 'n1'; round++) {
        await perform({ ...operation, id: `${operation.id}.${round}` }, async () => {
          await new Promise((resolve) => setTimeout(resolve, 1000));
          if (performance.now() >= okUntilMs) throw new Error('no longer');
          return { output: null };
        });
      }
    });

  it('without any success after the faults is a violation, and says who waits', async () => {
    const scenario = fadesAfter(200_000);
    const budget = { ...DEFAULT_BUDGET, livenessMs: 30_000 };
    const result = await run(scenario, planOf(scenario), budget);
    expect(result.verdict).toBe('violated');
    const problem = onlyProblem(result);
    expect(problem).toMatchObject({
      kind: 'liveness',
      message: 'no operation has succeeded, and no node has ended, for 30000 ms without a fault',
    });
    const [line] = problem.kind === 'liveness' ? problem.waiting : [];
    expect(line).toMatch(/^n1 waits in work n1-1\.\d+ for \d+ ms: no call in flight$/);
    expect(Math.floor(Number(result.virtualTimeMs) / 1000)).toBe(229);
  });

  it('without any success counts from the end of the last fault', async () => {
    const scenario = fadesAfter(1000);
    const fault = { kind: 'partition', atMs: 90_000, durationMs: 10_000, node: 'n2', member: 'm1' } as const;
    const result = await run(scenario, planOf(scenario, { faults: [fault] }));
    expect(onlyProblem(result).kind).toBe('liveness');
    expect(Math.floor(Number(result.virtualTimeMs) / 1000)).toBe(220);
  });

  it('with occasional successes is not stopped for it', async () => {
    const scenario = fadesAfter(Infinity);
    const result = await run(scenario, planOf(scenario));
    expect(onlyProblem(result)).toMatchObject({
      kind: 'budget',
      message: expect.stringContaining('more than 600000 ms of virtual time') as unknown,
    });
    expect(result.verdict).toBe('inconclusive');
  });

  it('that spins is stopped by the event budget and inconclusive', async () => {
    const scenario = tinyScenario(async () => {
      for (;;) await new Promise((resolve) => setImmediate(resolve));
    });
    const result = await run(scenario, planOf(scenario), { maxEvents: 5000, maxVirtualTimeMs: 5000 });
    expect(result.verdict).toBe('inconclusive');
    expect(onlyProblem(result)).toMatchObject({
      kind: 'budget',
      message: expect.stringMatching(/^more than 5000 events: n1 had \d+, n2 had \d+/) as unknown,
    });
  });

  it('keeps the errors of its nodes, with stacks, and is a violation', async () => {
    const scenario = tinyScenario(async ({ node }) => {
      await Promise.resolve();
      if (node === 'n2') throw new TypeError('no such account');
    });
    const result = await run(scenario);
    expect(result.verdict).toBe('violated');
    const problem = onlyProblem(result);
    expect(problem).toMatchObject({
      kind: 'node-error',
      node: 'n2',
      error: { name: 'TypeError', message: 'no such account' },
    });
    expect(problem.kind === 'node-error' && problem.stack).toContain('simulated.test.ts');
  });

  it('keeps unhandled rejections', async () => {
    const scenario = tinyScenario(async ({ node }) => {
      if (node === 'n1') void Promise.reject(new Error('forgotten'));
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    expect(onlyProblem(await run(scenario))).toMatchObject({ kind: 'node-error', node: 'n1' });
  });

  it('names a node that waits outside every operation', async () => {
    const scenario = tinyScenario(async ({ node }) => {
      if (node === 'n2') await new Promise(() => undefined);
    });
    const result = await run(scenario);
    expect(result.verdict).toBe('violated');
    expect(onlyProblem(result)).toMatchObject({
      kind: 'deadlock',
      waiting: [
        'n2 has not finished, yet has no operation or call in flight: it awaits what no event brings any more, or never ends by itself and has to be a daemon',
      ],
    });
  });

  it('names the setup if that does not end', async () => {
    const scenario = {
      ...tinyScenario(() => Promise.resolve()),
      setup: () => new Promise<void>(() => undefined),
    };
    expect(onlyProblem(await run(scenario))).toMatchObject({
      kind: 'deadlock',
      waiting: ['setup has not finished, yet has no operation or call in flight'],
    });
  });

  it('survives a node that ends its process', async () => {
    const exit = process.exit;
    const scenario = tinyScenario(({ node }) => (node === 'n1' ? process.exit(0) : Promise.resolve()));
    const result = await run(scenario);
    expect(result.verdict).toBe('violated');
    expect(onlyProblem(result)).toMatchObject({
      kind: 'node-error',
      node: 'n1',
      error: { message: 'process.exit(0) was called' },
    });
    expect(process.exit).toBe(exit);
  });

  it('rejects with the signal’s reason when aborted', async () => {
    const scenario = tinyScenario(() => new Promise((resolve) => setTimeout(resolve, 5)));
    const reason = new Error('enough');
    const running = runPlan({
      scenario,
      plan: planOf(scenario),
      backend: createSimulatedBackend(),
      budget: DEFAULT_BUDGET,
      stacks: false,
      replay: '',
      signal: AbortSignal.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });

  it('gives stacks only if they are requested, and leaves the limit unchanged', async () => {
    const limit = Error.stackTraceLimit;
    const scenario = tinyScenario(() => Promise.reject(new Error('broken')));
    const backend = createSimulatedBackend();
    const request = { scenario, plan: planOf(scenario), backend, budget: DEFAULT_BUDGET, replay: '' };
    const run = () => runPlan({ ...request, stacks: false, signal: new AbortController().signal });
    // The second begins before the first has ended.
    for (const { problems } of await Promise.all([run(), run()])) {
      expect(problems).toMatchObject([{ stack: 'Error: broken' }, { stack: 'Error: broken' }]);
    }
    expect(Error.stackTraceLimit).toBe(limit);
  });
});

describe('faults in simulation', () => {
  const reads = tinyScenario(async ({ client, prefix, perform, count }, operation) => {
    for (let round = 0; round < 20; round++) {
      const done = await perform({ ...operation, id: `${operation.id}.${round}` }, async () => {
        await client.put(`${prefix}key`).value(String(round));
        count('puts');
        return { output: round };
      });
      // grpc-js and etcd3 both refuse for a while after failures.
      await new Promise((resolve) => setTimeout(resolve, done === undefined ? 1000 : 10));
    }
  });
  const window = { atMs: 50, durationMs: 60 };
  const link = { ...window, node: 'n1', member: 'm1' };

  it.each([
    { kind: 'latency', ...link, latencyMs: 20, jitterMs: 5 },
    { kind: 'request-lost', ...link },
    { kind: 'reply-lost', ...link },
    { kind: 'connection-reset', ...link, durationMs: 0 },
    { kind: 'partition', ...link },
    { kind: 'member-restart', ...window, member: 'm1' },
    { kind: 'reply-delayed', ...link, byMs: 30 },
    { kind: 'request-delayed', ...link, byMs: 30 },
    { kind: 'node-pause', ...window, node: 'n1' },
    { kind: 'clock-jump', ...window, node: 'n1', byMs: -500 },
    { kind: 'member-pause', ...window, member: 'm1' },
    { kind: 'slow-member', ...window, member: 'm1', byMs: 20 },
    { kind: 'no-space', ...window, member: 'm1' },
  ] as const)(
    '$kind acts in its window, hits its target, and leaves every node able to finish',
    async (fault) => {
      const result = await run(reads, planOf(reads, { faults: [fault] }));
      expect(result.problems).toEqual([]);
      const [record] = result.faults;
      expect(record?.hits).toBeGreaterThan(0);
      expect(Number(record?.endedUs) - Number(record?.startedUs)).toBe(fault.durationMs * 1000);
      expect(result.operations.every(({ outcome }) => outcome !== undefined)).toBe(true);
      expect(result.operations.at(-1)?.outcome?.kind).toBe('ok');
    },
  );

  it('that were not due when the work was done never began', async () => {
    const fault = { kind: 'partition', atMs: 900_000, durationMs: 10, node: 'n1', member: 'm1' } as const;
    const { faults } = await run(reads, planOf(reads, { faults: [fault] }));
    expect(faults).toEqual([
      { index: 0, kind: 'partition', node: 'n1', text: 'n1 cut off from m1', hits: 0 },
    ]);
  });

  it('stop a member until the last of them ends', async () => {
    const restart = (atMs: number, durationMs: number) =>
      ({ kind: 'member-restart', atMs, durationMs, member: 'm1' }) as const;
    const result = await run(reads, planOf(reads, { faults: [restart(50, 100), restart(80, 2000)] }));
    const failedUntilUs = Math.max(
      ...result.operations
        .filter(({ outcome }) => outcome?.kind !== 'ok')
        .map((each) => each.return?.timeUs ?? 0),
    );
    const [first, second] = result.faults;
    expect(failedUntilUs).toBeGreaterThan(first?.endedUs ?? Infinity);
    expect(second?.endedUs).toBeGreaterThan(0);
  });
});
