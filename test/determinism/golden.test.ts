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
        "etcd3, 1": "667b37d687e8cb714b66b673e68ecc9a",
        "etcd3, 3": "0a8d71fbc2c1a6d611873a93dd530ce1",
        "lost-update, 1": "95dbb5a16b75ef3e552e48f590a532a9",
        "lost-update, 3": "43df1c45f529f46623cde92e7f3ea3c2",
        "stm, 1": "b5083a39e584b372e05a77e4d7f980d6",
        "stm, 3": "f08cb717216c940f4ddef033c2d32ae6",
        "txn, 1": "94e455242110dbf49a05d5230d253e63",
        "txn, 3": "0e11be3b6c72eef831a12acf91cc6a99",
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
