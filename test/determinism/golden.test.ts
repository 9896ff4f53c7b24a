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
        "etcd3, 1": "32b616d42b67cb3b7575a745eed63e02",
        "etcd3, 3": "3e924b6932933c5d91b8a2a375805da0",
        "lost-update, 1": "b7616fdb0a6e1b27e06522dced9fcae0",
        "lost-update, 3": "8d6a58bde9f2fd93a7f210ddf7bd119e",
        "stm, 1": "91bfddc51d702b01129262646cd96345",
        "stm, 3": "6883e0845e9dcfb872515d99804a62b4",
        "txn, 1": "b997e9172b5b2b34efbd245c04ea6f47",
        "txn, 3": "5b8ef3bdd9c93d6447d849d2cf1ad350",
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
