/** A run that did not follow its plan, or acted outside its history, is never satisfied. */
import { Etcd3, type IOptions } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { Check } from '../../sim/check/check.js';
import type { Plan } from '../../sim/plan/plan.js';
import type { Fault } from '../../sim/faults/index.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { Doubt, RunResult } from '../../sim/run/run-result.js';
import type { NodeContext, OperationResult, Scenario } from '../../sim/scenario/scenario.js';
import { sleep } from './fault-runs.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

interface Given {
  readonly plan?: Partial<Plan>;
  readonly scenario?: Partial<Scenario>;
}

/** Runs n1 and n2, each with one operation, `n1-1` and `n2-1`. */
function run(work: Scenario['run'], { plan, scenario: parts }: Given = {}): Promise<RunResult> {
  const scenario = { ...tinyScenario(() => Promise.resolve()), ...parts, run: work };
  return runPlan({
    ...{ scenario, plan: { ...planOf(scenario), ...plan }, backend: createSimulatedBackend() },
    ...{ budget: DEFAULT_BUDGET, stacks: false, replay: '', signal: new AbortController().signal },
  });
}

/** The doubts about a run whose verdict is open, as kinds, nodes and operations. */
function doubtsOf(result: RunResult): unknown[] {
  expect(result.verdict).toBe('inconclusive');
  const doubts = result.problems as readonly Doubt[];
  return doubts.map(({ kind, node, operations }) => [kind, node, ...operations]).sort();
}

const put =
  ({ client, prefix }: Pick<NodeContext, 'client' | 'prefix'>, key = 'k') =>
  async (): Promise<OperationResult> => {
    await client.put(`${prefix}${key}`).value('x');
    return { output: null };
  };

const performAll: Scenario['run'] = async (context, operations) => {
  for (const operation of operations) await context.perform(operation, put(context));
};

describe('a node', () => {
  it('that follows its plan raises no doubt', async () => {
    const result = await run(performAll);
    expect(result).toMatchObject({ verdict: 'satisfied', problems: [] });
  });

  it('sends what its operations build', async () => {
    const result = await run(async ({ client, prefix, perform }, operations) => {
      for (const operation of operations) {
        await perform(operation, () => {
          void client.put(`${prefix}k`).value('x');
          return Promise.resolve({ output: null });
        });
      }
    });
    expect(doubtsOf(result)).toEqual([['not-sent', undefined]]);
    expect(result.problems).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/ work .*put "sim\/k".*await it$/) as unknown,
      }),
    ]);
  });

  it('may leave a write that it has built in some of its operations', async () => {
    const result = await run(async (context, operations) => {
      for (const operation of operations) {
        if (context.node === 'n2') {
          await context.perform(operation, put(context));
          continue;
        }
        await context.perform(operation, async () => {
          const write = context.client.put(`${context.prefix}k`).value('x');
          if ((await context.client.get(`${context.prefix}never`)) !== null) await write;
          return { output: null };
        });
      }
    });
    expect(result).toMatchObject({ verdict: 'satisfied', problems: [] });
  });

  it('awaits its operations', async () => {
    const result = await run(async (context, operations) => {
      for (const operation of operations) void context.perform(operation, put(context));
    });
    expect(doubtsOf(result)).toEqual([
      ['pending', 'n1', 'n1-1'],
      ['pending', 'n2', 'n2-1'],
    ]);
  });

  it('performs all its planned operations', async () => {
    const result = await run(async (context, operations) => {
      if (context.node === 'n1') await performAll(context, operations);
    });
    expect(doubtsOf(result)).toEqual([['not-performed', 'n2', 'n2-1']]);
    expect(result.problems[0]).toMatchObject({ message: expect.stringContaining('work n2-1') as string });
  });

  it('may skip one with a reason', async () => {
    const result = await run(async (context, operations) => {
      if (context.node === 'n1') await performAll(context, operations);
      else for (const operation of operations) context.skip(operation, 'nothing to do');
    });
    const skips = [{ node: 'n2', operation: 'n2-1', reason: 'nothing to do' }];
    expect(result).toMatchObject({ verdict: 'satisfied', skips });
  });

  it('skips only planned operations, and not without a reason', async () => {
    const [operation] = planOf(tinyScenario(() => Promise.resolve())).nodes[0]?.operations ?? [];
    if (operation === undefined) throw new Error('expected an operation');
    for (const wrong of [{ ...operation, id: 'n1-9' }, operation]) {
      const result = await run(async (context, operations) => {
        context.skip(wrong, '');
        await performAll(context, operations);
      });
      expect(result.problems[0]).toMatchObject({
        kind: 'node-error',
        node: expect.stringMatching(/n[12]/) as string,
      });
    }
  });

  it('performs an operation once, and tries again under another id', async () => {
    const repeated = (id: (planned: string) => string) =>
      run(async (context, operations) => {
        await performAll(context, operations);
        await performAll(
          context,
          operations.map((operation) => ({ ...operation, id: id(operation.id) })),
        );
      });
    expect(doubtsOf(await repeated((planned) => planned))).toEqual([
      ['performed-twice', 'n1', 'n1-1'],
      ['performed-twice', 'n2', 'n2-1'],
    ]);
    expect((await repeated((planned) => `${planned}.2`)).verdict).toBe('satisfied');
  });

  it('performs no operation that is not planned, or is another node’s', async () => {
    const result = await run(async (context, operations) => {
      await performAll(context, operations);
      if (context.node !== 'n1') return;
      for (const id of ['extra', 'n1-10', 'n2-1.2']) {
        await context.perform({ id, name: 'work', input: null }, put(context));
      }
    });
    expect(doubtsOf(result)).toEqual([['unplanned', 'n1', 'extra', 'n1-10', 'n2-1.2']]);
  });

  it('that dies must finish only what its next process was given', async () => {
    const crash: Fault = { kind: 'node-crash', atMs: 10, durationMs: 20, node: 'n1' };
    const [first, second] = planOf(tinyScenario(() => Promise.resolve())).nodes;
    if (first === undefined || second === undefined) throw new Error('expected two nodes');
    const operations = ['n1-1', 'n1-2', 'n1-3'].map((id) => ({ id, name: 'work', input: null }));
    const dies = (left: number) =>
      run(
        async (context, given) => {
          if (context.node === 'n1' && given.length === 3) await sleep(1000);
          await performAll(context, given.slice(0, context.node === 'n1' ? 1 : undefined));
        },
        {
          plan: { nodes: [{ ...first, operations }, second], faults: [crash] },
          scenario: { restart: (all) => all.slice(0, left) },
        },
      );
    expect((await dies(1)).verdict).toBe('satisfied');
    expect(doubtsOf(await dies(2))).toEqual([['not-performed', 'n1', 'n1-2']]);
  });
});

describe('a client', () => {
  it('must be its node’s own', async () => {
    let shared: Etcd3 | undefined;
    const result = await run(async ({ prefix, perform, etcdOptions, node }, operations) => {
      if (node === 'n2') await sleep(20);
      const client = (shared ??= new Etcd3(etcdOptions));
      for (const operation of operations) await perform(operation, put({ client, prefix }));
      await sleep(100);
    });
    expect(doubtsOf(result)).toEqual([['foreign-client', 'n2']]);
    expect(result.problems[0]).toMatchObject({
      message: expect.stringContaining('the client of n1') as string,
    });
  });

  it('must not be that of the setup', async () => {
    let shared: Etcd3 | undefined;
    const result = await run(
      async ({ prefix, perform }, operations) => {
        for (const operation of operations)
          await perform(operation, put({ client: shared as Etcd3, prefix }));
      },
      { scenario: { setup: async ({ client }) => void (shared = client) } },
    );
    expect(doubtsOf(result)).toEqual([
      ['foreign-client', 'n1'],
      ['foreign-client', 'n2'],
    ]);
  });

  it('must reach the run’s etcd, even if the node creates it', async () => {
    const through = (options: (given: IOptions) => IOptions) =>
      run(async ({ prefix, perform, etcdOptions }, operations) => {
        const client = new Etcd3(options(etcdOptions));
        for (const operation of operations) await perform(operation, put({ client, prefix }));
      });
    expect((await through((given) => given)).verdict).toBe('satisfied');
    expect((await through(({ hosts }) => ({ hosts }))).verdict).toBe('satisfied');
    const elsewhere = await through(() => ({ hosts: '127.0.0.1:2379' }));
    expect(doubtsOf(elsewhere)).toEqual([
      ['foreign-etcd', 'n1'],
      ['foreign-etcd', 'n2'],
    ]);
    expect(elsewhere.problems[0]).toMatchObject({
      message: expect.stringContaining('127.0.0.1:2379') as string,
    });
  });
});

describe('a run', () => {
  it('without any success proves nothing', async () => {
    const result = await run(async ({ client, perform }, operations) => {
      for (const operation of operations) {
        await perform(operation, async () => ({ output: (await client.put('').value('x')) as never }));
      }
    });
    expect(doubtsOf(result)).toEqual([['nothing-succeeded', undefined]]);
    expect(result.problems[0]).toMatchObject({ message: expect.stringContaining('2 failed') as string });
  });

  it('without planned operations did something if its nodes called etcd', async () => {
    const plan = { nodes: [{ name: 'n1', operations: [] }] };
    expect((await run((context) => put(context)().then(() => undefined), { plan })).verdict).toBe(
      'satisfied',
    );
    expect(doubtsOf(await run(() => Promise.resolve(), { plan }))).toEqual([
      ['nothing-succeeded', undefined],
    ]);
  });
});

describe('the log', () => {
  const seen: unknown[] = [];
  const look: Check = {
    name: 'look',
    description: 'It looks at the log.',
    check({ log }) {
      seen.push(...log.flatMap(({ revision, events }) => events.map(({ key }) => [revision, key])));
      return { verdict: 'satisfied' };
    },
  };
  const outside: Scenario['run'] = async ({ client, node, perform }, operations) => {
    if (node === 'n2') await sleep(50);
    for (const operation of operations) await perform(operation, put({ client, prefix: '' }, `mine/${node}`));
  };

  it('has every key, including those outside the prefix', async () => {
    const result = await run(outside, { scenario: { checks: () => [look] } });
    expect(result).toMatchObject({ verdict: 'satisfied', problems: [] });
    expect(seen).toEqual([
      [2, 'key'],
      [3, 'mine/n1'],
      [4, 'mine/n2'],
    ]);
  });

  it('cannot distinguish two keys of one name', async () => {
    const result = await run(async (context, operations) => {
      await performAll(context, operations);
      if (context.node === 'n1') await context.client.put('k').value('y');
    });
    expect(doubtsOf(result)).toEqual([['ambiguous-key', undefined]]);
    expect(result.problems[0]).toMatchObject({ message: expect.stringContaining('sim/k') as string });
  });

  it('is complete even if keys outside the prefix are compacted', async () => {
    const compaction: Fault = { kind: 'compaction', atMs: 60, durationMs: 20, keep: 0 };
    const result = await run(
      async (context, operations) => {
        await outside(context, operations);
        await sleep(200);
      },
      { plan: { faults: [compaction] } },
    );
    expect(result.faults).toMatchObject([{ kind: 'compaction', hits: 1 }]);
    expect(result.log.map(({ revision }) => revision)).toEqual([2, 3, 4]);
  });

  it('includes them with authentication, too', async () => {
    const expiry: Fault = { kind: 'token-expired', atMs: 10, durationMs: 0 };
    const result = await run(outside, { plan: { faults: [expiry] } });
    expect(result.operations.map(({ outcome }) => outcome?.kind)).toEqual(['ok', 'ok']);
    expect(result.log.flatMap(({ events }) => events.map(({ key }) => key))).toEqual([
      'key',
      'mine/n1',
      'mine/n2',
    ]);
  });

  it('shows leases outside the prefix to the fault that revokes one', async () => {
    const revoked: Fault = { kind: 'lease-revoked', atMs: 60, durationMs: 20, index: 0 };
    const result = await run(
      async ({ client, node, perform }, operations) => {
        for (const operation of operations) {
          await perform(operation, async () => {
            await client.lease(30).put(`mine/${node}`).value('x');
            return { output: null };
          });
        }
        await sleep(200);
      },
      { plan: { faults: [revoked] } },
    );
    expect(result.faults).toMatchObject([{ kind: 'lease-revoked', hits: 1 }]);
  });
});
