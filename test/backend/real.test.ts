/** The same scenario and the same plans as in simulation, on a real etcd behind a real Toxiproxy. */
import { Etcd3 } from 'etcd3';
import { afterEach, expect, it, vi } from 'vitest';
import { createRealBackend } from '../../sim/backend/real.js';
import { startRealCluster } from '../../sim/backend/real/cluster.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import { isPossible, type FaultSelection } from '../../sim/explore/fault-selection.js';
import { faultKindNames } from '../../sim/faults/index.js';
import { describeParameters } from '../../sim/report/describe-run.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { bank } from '../../scenarios/bank.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import { describeReal } from '../real/available.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

const progress: string[] = [];
const backend = createRealBackend({ progress: (line) => progress.push(line) });

afterEach(() => {
  progress.length = 0;
});

function runBank(given: {
  readonly seed: number;
  readonly members: number;
  readonly faults: FaultSelection;
  readonly options?: Record<string, number | string>;
}): Promise<RunResult> {
  const options = { ...defaultOptions(bank.options), workers: 4, transfers: 25, ...given.options };
  // Faults of tokens hit only code that logs in.
  const scenario = { ...bank, logsIn: true };
  return run(scenario, drawPlan({ scenario, ...given, options }));
}

function run(
  scenario: Parameters<typeof runPlan>[0]['scenario'],
  plan: RunResult['plan'],
  signal = new AbortController().signal,
) {
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: true, replay: '', signal });
}

function line(result: RunResult, label: string): string | undefined {
  return result.summary.find((each) => each.label === label)?.value;
}

describeReal('the real backend', () => {
  it.each([
    { variant: 'stm', members: 1 },
    { variant: 'txn', members: 3 },
  ])(
    'keeps the sum with variant $variant on $members members under every kind of fault',
    async ({ variant, members }) => {
      const result = await runBank({ seed: 7, members, faults: { kind: 'all' }, options: { variant } });
      expect(result.problems).toEqual([]);
      expect(result.checks.filter(({ verdict }) => verdict !== 'satisfied')).toEqual([]);
      expect(result.verdict).toBe('satisfied');
      expect(line(result, 'sum')).toBe('500');
      expect(new Set(result.faults.map(({ kind }) => kind))).toEqual(
        new Set(faultKindNames.filter((kind) => isPossible(kind, { members, restarts: true }))),
      );
      expect(result.faults.some(({ hits }) => hits > 0)).toBe(true);
      expect(result.trace).toBeUndefined();
    },
  );

  it.each(['3.5', '3.7'] as const)('runs on the etcd of its plan: %s', async (etcdVersion) => {
    const scenario = tinyScenario(async ({ client, perform }, operation) => {
      await perform(operation, async () => ({ output: (await client.maintenance.status()).version }));
    });
    const result = await run(scenario, { ...planOf(scenario), etcdVersion });
    const outputs = result.operations.map(({ outcome }) => outcome?.kind === 'ok' && outcome.output);
    expect(new Set(outputs)).toEqual(new Set([VERSIONS[etcdVersion].release]));
    expect(describeParameters(result)).toContain(`etcd ${etcdVersion}`);
  });

  it('leaves nothing in a given etcd', async () => {
    const etcd = await startRealCluster({
      nodes: [],
      members: ['m1'],
      withoutProxy: true,
      progress: () => undefined,
    });
    try {
      const given = createRealBackend({ progress: () => undefined, endpoints: etcd.observerHosts });
      const options = { ...defaultOptions(bank.options), workers: 2, transfers: 5 };
      const drawn = drawPlan({ scenario: bank, seed: 3, options, faults: { kind: 'none' }, members: 1 });
      const restart = { kind: 'member-restart', atMs: 0, durationMs: 10, member: 'm1' } as const;
      const expiry = { kind: 'token-expired', atMs: 0, durationMs: 0 } as const;
      const plan = { ...drawn, faults: [restart, expiry] };
      const signal = new AbortController().signal;
      const result = await runPlan({
        scenario: bank,
        plan,
        backend: given,
        budget: DEFAULT_BUDGET,
        stacks: true,
        replay: '',
        signal,
      });
      expect(result.verdict).toBe('satisfied');
      expect(result.faults.map(({ text }) => text)).toEqual([
        expect.stringContaining('not applied'),
        expect.stringContaining('not applied: the etcd belongs to you: its authentication is not changed'),
      ]);
      const client = new Etcd3({ hosts: etcd.observerHosts });
      expect(await client.getAll().keys()).toEqual([]);
      client.close();
    } finally {
      await etcd.close();
    }
  });

  it('hands leadership over and raises alarms with authentication on', async () => {
    const members = ['m1', 'm2', 'm3'];
    const scenario = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const before = await client.maintenance.status();
        let led = before.leader;
        while (led === before.leader) led = (await client.maintenance.status()).leader;
        for (;;) {
          const put = client.put(`${prefix}${node}`).value('x').exec();
          const refusal = await put.then(
            () => '',
            (error: unknown) => String(error),
          );
          if (refusal.includes('database space exceeded')) return { output: 'both' };
        }
      });
    });
    const plan = planOf(scenario, {
      members,
      faults: [
        { kind: 'token-expired', atMs: 100, durationMs: 0 },
        // On a busy machine the nodes may not exist yet at the first attempts.
        ...[500, 2000, 8000, 30_000, 90_000, 200_000].flatMap((atMs) =>
          members.map((member) => ({ kind: 'leader-change', atMs, durationMs: 0, member }) as const),
        ),
        { kind: 'no-space', atMs: 1000, durationMs: 400_000, member: 'm1' },
      ],
    });
    const result = await run(scenario, plan);
    expect(result.operations.map(({ outcome }) => outcome)).toEqual([
      { kind: 'ok', output: 'both' },
      { kind: 'ok', output: 'both' },
    ]);
    expect(result.faults.filter(({ text }) => text.includes('not applied'))).toEqual([]);
    expect(result.problems).toEqual([]);
  });

  it('finds the lost update that simulation finds', async () => {
    const result = await runBank({
      seed: 1,
      members: 1,
      faults: { kind: 'none' },
      // With two accounts every transfer writes both, and only an inconsistent read would change the sum.
      options: { variant: 'lost-update', accounts: 3, workers: 10 },
    });
    expect(result.verdict).toBe('violated');
    expect(result.checks.find(({ check }) => check === 'sum-conserved')?.verdict).toBe('violated');
  });

  it('records the same as simulation for the same tiny scenario', async () => {
    const scenario = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const reply = await client.put(prefix + node).value('x');
        return { output: node, revision: Number(reply.header.revision) };
      });
    });
    const result = await run(scenario, planOf(scenario));
    expect(result.operations.map(({ outcome }) => outcome?.kind)).toEqual(['ok', 'ok']);
    expect(result.log.map(({ events }) => events.map(({ key }) => key))).toHaveLength(3);
    expect(result.log[0]?.events[0]?.key).toBe('key');
  });

  it('keeps the errors and the unhandled rejections of its nodes', async () => {
    const scenario = tinyScenario(async ({ node }) => {
      if (node === 'n1') void Promise.reject(new Error('forgotten'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (node === 'n2') throw new TypeError('broken');
    });
    const result = await run(scenario, planOf(scenario));
    expect(result.verdict).toBe('violated');
    expect(
      result.problems.map(
        (problem) => problem.kind === 'node-error' && `${problem.node} ${problem.error.message}`,
      ),
    ).toEqual(['n1 forgotten', 'n2 broken']);
  });

  it('survives a node that throws in a timer or ends its process', async () => {
    const [exit, listeners] = [process.exit, process.listeners('uncaughtException')];
    const scenario = tinyScenario(async ({ node }) => {
      if (node === 'n1') process.exit(0);
      setTimeout(() => {
        throw new Error('in a timer');
      }, 5);
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const result = await run(scenario, planOf(scenario));
    expect(result.verdict).toBe('violated');
    expect(
      result.problems.map(
        (problem) => problem.kind === 'node-error' && `${problem.node} ${problem.error.message}`,
      ),
    ).toEqual(['n1 process.exit(0) was called', 'n2 in a timer']);
    expect(process.exit).toBe(exit);
    expect(process.listeners('uncaughtException')).toEqual(listeners);
  });

  it('ends a setup that has not ended when the time is up', async () => {
    const scenario = {
      ...tinyScenario(() => Promise.resolve()),
      setup: () => new Promise<void>(() => undefined),
    };
    const result = await runPlan({
      scenario,
      plan: planOf(scenario),
      backend,
      budget: { maxEvents: 1, maxVirtualTimeMs: 500 },
      stacks: true,
      replay: '',
      signal: new AbortController().signal,
    });
    expect(result.problems).toMatchObject([
      { kind: 'budget', waiting: ['setup has not finished, yet has no operation in flight'] },
    ]);
  });

  it('names the waiting nodes when the time is up', async () => {
    const scenario = tinyScenario(async ({ node, perform }, operation) => {
      if (node === 'n1') await perform(operation, () => new Promise(() => undefined));
    });
    const budget = { maxEvents: 1, maxVirtualTimeMs: 500 };
    const signal = new AbortController().signal;
    const result = await runPlan({
      scenario,
      plan: planOf(scenario),
      backend,
      budget,
      stacks: true,
      replay: '',
      signal,
    });
    expect(result.verdict).toBe('inconclusive');
    expect(result.problems).toMatchObject([{ kind: 'budget', message: 'more than 500 ms' }]);
    const [problem] = result.problems;
    expect(problem?.kind === 'budget' && problem.waiting).toMatchObject([
      expect.stringMatching(/^n1 waits in work n1-1 for \d+ ms$/),
    ]);
  });

  it('ends with the signal’s reason when aborted while nodes work', async () => {
    const controller = new AbortController();
    const scenario = tinyScenario(() => {
      controller.abort(new Error('enough'));
      return new Promise(() => undefined);
    });
    await expect(run(scenario, planOf(scenario), controller.signal)).rejects.toThrow('enough');
  });

  it('has nothing to do with the nodes of an earlier run that was ended', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const controller = new AbortController();
    const other = { hosts: '127.0.0.1:1' };
    let refused: Promise<unknown> | undefined;
    const earlier = tinyScenario(async () => {
      controller.abort(new Error('enough'));
      await opened;
      const client = new Etcd3(other);
      refused = client
        .get('a')
        .exec()
        .catch((error: unknown) => error)
        .finally(() => client.close());
    });
    await expect(run(earlier, planOf(earlier), controller.signal)).rejects.toThrow('enough');
    const later = tinyScenario(async ({ perform }, operation) => {
      await perform(operation, async () => {
        open();
        await vi.waitUntil(() => refused !== undefined);
        return { output: (await refused) instanceof Error };
      });
    });
    const { operations, problems } = await run(later, planOf(later, { nodes: ['n1'] }));
    expect(operations.map(({ outcome }) => outcome)).toEqual([{ kind: 'ok', output: true }]);
    expect(problems).toEqual([]);
  });
});
