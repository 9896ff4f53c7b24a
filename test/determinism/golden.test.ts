/**
 * Golden trace hashes: what these seeds give, they give on every machine. A change of the engine, the network, the
 * in-memory etcd, a client library or a recipe may change them; then say in the commit why.
 */
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { DEFAULT_BUDGET, runPlan } from '../../sim/run-plan.js';
import type { RunResult } from '../../sim/run.js';
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
        "etcd3, 1": "70c4c54d5e8d2a4a640841a4df5d3e37",
        "etcd3, 3": "0e4f5150ad17246f9e9c04e6f318a406",
        "lost-update, 1": "e32ce1df4a7094a5b69e0dc7eb7ec79e",
        "lost-update, 3": "69ed00bdaf59bb8eeaa18ffb093fc1cf",
        "stm, 1": "0c409680da331e58d33ef23eea753a7c",
        "stm, 3": "079a6edcf10feeee6e2468d38a0bf053",
        "txn, 1": "f4a102168c22c4bc7b0c33184158e9f0",
        "txn, 3": "c4813f9e2c01605ed1e57353766c8f81",
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
