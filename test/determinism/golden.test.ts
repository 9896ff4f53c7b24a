/**
 * Golden trace hashes: what these seeds give, they give on every machine. A change of the engine, the network, the
 * in-memory etcd, a client library or a recipe may change them; then say in the commit why.
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
        "etcd3, 1": "7c8196d38337f70c0b11b9458a733fbe",
        "etcd3, 3": "acf08666822f5df9d4a4b55ec4e67ee2",
        "lost-update, 1": "1af4acbe3cc949cf42ab6100dad6a1e4",
        "lost-update, 3": "51086065418d6de3fc59b1f5bee6e238",
        "stm, 1": "9f096d74753c6c0438c3d7cd2f98c5de",
        "stm, 3": "eb0b068f0240bf7fa3cd46f71ab13dab",
        "txn, 1": "ffdbc80511e5c68768b058f4fb8e0200",
        "txn, 3": "231be288441ac4250bdf25ce2d15d3f6",
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
