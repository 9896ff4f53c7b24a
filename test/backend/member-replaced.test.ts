/** A fault replaces a member in a run: the endpoint stays, the member behind it is another. */
import { noop } from 'cockatiel';
import { Etcd3 } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { Fault } from '../../sim/faults/index.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { asFirst, outputOf, run, sleep, THREE } from './fault-runs.js';

type Replaced = Extract<Fault, { kind: 'member-replaced' }>;

function replaced(member: string, given: Partial<Replaced> = {}): Replaced {
  return {
    ...{ kind: 'member-replaced', atMs: 50, durationMs: 2000, member, isLost: false, asLearner: false },
    ...given,
  };
}

/** A client of one member alone, without a circuit breaker. */
function clientOf({ etcdOptions }: NodeContext, member: string): Etcd3 {
  const hosts = (etcdOptions.hosts as readonly string[]).filter((host) => host.includes(member));
  return new Etcd3({ ...etcdOptions, hosts, faultHandling: { host: () => noop, global: noop } });
}

async function untilAnswered<T>(request: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch {
      await sleep(20);
    }
  }
}

const idThrough = async (client: Etcd3): Promise<string> =>
  (await client.maintenance.status()).header.member_id;

describe.each([
  { isLost: false, asLearner: false },
  { isLost: false, asLearner: true },
  { isLost: true, asLearner: false },
  { isLost: true, asLearner: true },
])('a member that is replaced ($isLost, $asLearner)', (how) => {
  it.each(THREE)('%s: another with all the cluster’s data is at its endpoint', async (member) => {
    const body = asFirst(async (context) => {
      const client = clientOf(context, member);
      const key = `${context.prefix}key`;
      await client.put(key).value('before');
      const before = await idThrough(client);
      // It is gone by then.
      await sleep(1500);
      await untilAnswered(() => context.client.put(`${context.prefix}meanwhile`).value('yes').exec());
      await sleep(2000);
      await untilAnswered(() => client.put(`${context.prefix}other`).value('after').exec());
      const known = await Promise.all([
        client.get(key).string(),
        client.get(`${context.prefix}meanwhile`).string(),
      ]);
      const after = await idThrough(client);
      client.close();
      return [before === after, ...known];
    });
    const result = await run(body, [replaced(member, how)], THREE);
    expect(outputOf(result, 'n1')).toEqual([false, 'before', 'yes']);
    expect(result.faults).toMatchObject([{ hits: 1, text: expect.stringMatching(`^${member} `) as string }]);
  });
});

it('answers nothing linearizable once it is out, and its connections end a second later', async () => {
  const body = asFirst(async (context) => {
    const client = clientOf(context, 'm2');
    await client.put(`${context.prefix}key`).value('before');
    await sleep(100);
    const startedMs = performance.now();
    const stale = await client.get(`${context.prefix}key`).serializable(true).string();
    const read = await client
      .get(`${context.prefix}key`)
      .string()
      .catch(() => 'refused');
    const tookMs = performance.now() - startedMs;
    client.close();
    return [stale, read, tookMs > 900 && tookMs < 1_100];
  });
  const result = await run(body, [replaced('m2')], THREE);
  expect(outputOf(result, 'n1')).toEqual(['before', 'refused', true]);
});

it('one at a time: no other is removed in between', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(5000);
    await client.put(`${prefix}key`).value('x');
    return null;
  });
  const faults = [replaced('m1'), replaced('m2', { atMs: 60 })];
  const result = await run(body, faults, THREE);
  expect(outputOf(result, 'n1')).toBe(null);
  expect(result.faults.map(({ hits }) => hits)).toEqual([1, 0]);
});

it('is completed in a run that ends during it, under other faults too', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await client.put(`${prefix}key`).value('before');
    await sleep(100);
    return null;
  });
  const FOR_LONG = 60_000;
  for (const asLearner of [true, false]) {
    const faults: Fault[] = [
      { kind: 'no-space', atMs: 20, durationMs: FOR_LONG, member: 'm2' },
      replaced('m2', { atMs: 50, durationMs: FOR_LONG, asLearner }),
      { kind: 'member-restart', atMs: 60, durationMs: FOR_LONG, member: 'm2' },
      { kind: 'member-partition', atMs: 70, durationMs: FOR_LONG, member: 'm2' },
      { kind: 'member-pause', atMs: 80, durationMs: FOR_LONG, member: 'm2' },
    ];
    const result = await run(body, faults, THREE);
    expect(result.problems).toEqual([]);
    expect(result.faults.map(({ hits, endedUs }) => [hits, endedUs !== undefined])).toEqual(
      faults.map(() => [1, true]),
    );
    expect(result.log.length).toBeGreaterThan(0);
  }
});

it.each(['queue', 'lease', 'transactions'])('%s holds while members are replaced', async (name) => {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  let hits = 0;
  for (let seed = 0; seed < 3; seed++) {
    const faults = { kind: 'only', kinds: ['member-replaced'] } as const;
    const options = defaultOptions(scenario.options);
    const { checks, problems, ...result } = await runPlan({
      scenario,
      plan: drawPlan({ scenario, seed, options, faults, members: 3 }),
      backend: createSimulatedBackend(),
      budget: DEFAULT_BUDGET,
      stacks: false,
      replay: '',
      signal: new AbortController().signal,
    });
    const wrong = [...checks.filter((check) => check.verdict !== 'satisfied'), ...problems];
    expect({ seed, wrong }).toEqual({ seed, wrong: [] });
    for (const fault of result.faults) hits += fault.hits;
  }
  expect(hits).toBeGreaterThan(0);
});

describe('plans', () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('no scenarios');
  const kindsOf = (faults: 'all' | 'swarm', members: number): Set<string> => {
    const options = defaultOptions(scenario.options);
    const plans = Array.from({ length: 12 }, (_, seed) =>
      drawPlan({ scenario, seed, options, faults: { kind: faults }, members }),
    );
    return new Set(plans.flatMap((plan) => plan.faults.map(({ kind }) => kind)));
  };

  it('contain it if all kinds are selected, and there are three members', () => {
    expect(kindsOf('all', 3)).toContain('member-replaced');
    expect(kindsOf('all', 1)).not.toContain('member-replaced');
  });

  it('do not contain it in a swarm: seeds keep their runs', () => {
    expect(kindsOf('swarm', 3)).not.toContain('member-replaced');
  });
});
