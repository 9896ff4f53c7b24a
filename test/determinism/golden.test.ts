/**
 * Golden trace hashes: these seeds give the same hashes on every machine. A change of the engine, the
 * network, the in-memory etcd, a client library or a recipe may change them; then say in the commit why.
 */
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import { bank } from '../../scenarios/bank.js';

function run(variant: string, seed: number, members: number, stacks = false): Promise<RunResult> {
  const options = { ...defaultOptions(bank.options), variant, workers: 4, transfers: 20 };
  const plan = drawPlan({ scenario: bank, seed, options, faults: { kind: 'all' }, members });
  const signal = new AbortController().signal;
  return runPlan({
    scenario: bank,
    plan,
    backend: createSimulatedBackend(),
    budget: DEFAULT_BUDGET,
    stacks,
    replay: '',
    signal,
  });
}

async function hashOf(...parameters: Parameters<typeof run>): Promise<string | undefined> {
  return (await run(...parameters)).trace?.hash;
}

describe('golden trace hashes', () => {
  it('of the bank with every kind of fault', async () => {
    const hashes: Record<string, string | undefined> = {};
    for (const variant of ['stm', 'txn', 'etcd3', 'lost-update']) {
      for (const members of [1, 3]) hashes[`${variant}, ${members}`] = await hashOf(variant, 11, members);
    }
    expect(hashes).toMatchInlineSnapshot(`
      {
        "etcd3, 1": "1ec20097f7767fa59f7935aa4984e39f",
        "etcd3, 3": "a90e9ac0d52cc417e8f0427cf84288b4",
        "lost-update, 1": "2f669f7aa92d84273e8458cdbdf10a8e",
        "lost-update, 3": "6d24ddca1e84102b17241cec0de4e534",
        "stm, 1": "046981d7fcaf1996ae9b519eb08ff30e",
        "stm, 3": "ac33ab4dcbfb630bace89dee32ece6c6",
        "txn, 1": "a16782a97712c5d3e6405e601264730e",
        "txn, 3": "2590806049afc3fc787263eda88ccebc",
      }
    `);
  });
});

describe('the cost of a run', () => {
  it('is so many events and calls for a thousand transfers of the default bank without faults', async () => {
    const options = defaultOptions(bank.options);
    const plan = drawPlan({ scenario: bank, seed: 42, options, faults: { kind: 'none' }, members: 1 });
    const { trace, counters } = await runPlan({
      ...{ scenario: bank, plan, budget: DEFAULT_BUDGET, stacks: false, replay: '' },
      backend: createSimulatedBackend(),
      signal: new AbortController().signal,
    });
    expect({ events: trace?.events, calls: counters['calls'] }).toMatchInlineSnapshot(`
      {
        "calls": 2625,
        "events": 6286,
      }
    `);
  });
});

describe('a run', () => {
  it('is the same with and without stacks', async () => {
    expect(await hashOf('stm', 12, 1, true)).toBe(await hashOf('stm', 12, 1, false));
  });

  it('is the same alone and beside others in one process', async () => {
    const alone = [await hashOf('stm', 13, 3), await hashOf('txn', 14, 1)];
    expect(await Promise.all([hashOf('stm', 13, 3), hashOf('txn', 14, 1)])).toEqual(alone);
  });

  it('keeps its operations when other faults are selected', () => {
    const options = defaultOptions(bank.options);
    const [none, all] = (['none', 'all'] as const).map((kind) =>
      drawPlan({ scenario: bank, seed: 5, options, faults: { kind }, members: 1 }),
    );
    expect(none?.nodes).toEqual(all?.nodes);
    expect(none?.network).toEqual(all?.network);
    expect(none?.faults).toEqual([]);
    expect(all?.faults.length).toBeGreaterThan(0);
  });
});
