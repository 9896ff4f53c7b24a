import { describe, expect, it } from 'vitest';
import { bank } from '../../scenarios/bank.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { FaultSelection } from '../../sim/explore/fault-selection.js';
import { faultKindNames, type Fault } from '../../sim/faults/index.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { parseOptions } from '../../sim/scenario/parse-options.js';

interface Wish {
  readonly seed: number;
  readonly given: Readonly<Record<string, string>>;
  /** A selection to draw from, or exact faults. */
  readonly faults: FaultSelection | readonly Fault[];
  readonly members?: number;
}

async function run({ seed, given, faults, members = 3 }: Wish): Promise<RunResult> {
  const options = parseOptions(bank.options, given);
  if (options.kind === 'malformed') throw new Error(options.message);
  const selection: FaultSelection = 'kind' in faults ? faults : { kind: 'none' };
  const drawn = drawPlan({ scenario: bank, seed, options: options.value, faults: selection, members });
  return runPlan({
    scenario: bank,
    plan: 'kind' in faults ? drawn : { ...drawn, faults },
    backend: createSimulatedBackend(),
    budget: DEFAULT_BUDGET,
    stacks: false,
    replay: '',
    signal: new AbortController().signal,
  });
}

/** Replies to each of five workers are lost again and again, for 1 ms in every 7 ms. */
const storm: readonly Fault[] = Array.from({ length: 60 * 5 }, (_, index) => ({
  kind: 'reply-lost',
  node: `w${(index % 5) + 1}`,
  member: 'm1',
  atMs: 3 + 7 * Math.floor(index / 5),
  durationMs: 1,
}));

const seeds = Array.from({ length: 4 }, (_, index) => index + 1);
const small = { workers: '5', transfers: '20' };

function wrong(result: RunResult): unknown[] {
  return [...result.checks.filter((check) => check.verdict !== 'satisfied'), ...result.problems];
}

/**
 * A transfer that is refused because the database is full has failed, and one whose worker dies does not
 * return. Neither is repeated.
 */
const whatPasses = {
  kind: 'only',
  kinds: faultKindNames.filter((kind) => kind !== 'no-space' && kind !== 'node-crash'),
} as const;

describe.each(['stm', 'txn'])('the simulated bank with %s', (variant) => {
  const membersOf = (seed: number) => (seed % 2 === 0 ? 1 : 3);

  it.each(seeds)('keeps every rule under all faults, seed %i', async (seed) => {
    const given = { ...small, variant };
    const result = await run({ seed, given, faults: { kind: 'all' }, members: membersOf(seed) });
    expect(wrong(result)).toEqual([]);
  });

  it.each(seeds)(
    'completes every transfer as long as there is space and no worker dies, seed %i',
    async (seed) => {
      const given = { ...small, variant };
      const result = await run({ seed, given, faults: whatPasses, members: membersOf(seed) });
      expect(wrong(result)).toEqual([]);
      expect(result.operations.filter((operation) => operation.outcome?.kind !== 'ok')).toEqual([]);
      expect(result.operations).toHaveLength(100);
      expect(result.summary.find(({ label }) => label === 'sum')?.value).toBe('500');
    },
  );

  it('applies every transfer once although replies are lost again and again', async () => {
    let lost = 0;
    for (const seed of seeds) {
      const result = await run({ seed, given: { ...small, variant }, faults: storm, members: 1 });
      expect(wrong(result), `seed ${seed}`).toEqual([]);
      expect(result.operations).toHaveLength(100);
      lost += result.counters['dropped'] ?? 0;
    }
    expect(lost).toBeGreaterThan(seeds.length * 4);
  });

  it('has the same trace every time', async () => {
    const wish: Wish = { seed: 7, given: { ...small, variant }, faults: { kind: 'all' } };
    expect((await run(wish)).trace).toEqual((await run(wish)).trace);
  });

  it('leaves only accounts and receipts behind', async () => {
    const { log } = await run({ seed: 1, given: { ...small, variant }, faults: { kind: 'none' } });
    const living = new Set<string>();
    for (const { type, key } of log.flatMap((entry) => entry.events)) {
      if (type === 'put') living.add(key);
      else living.delete(key);
    }
    expect([...living].filter((key) => !/^bank\/(accounts|receipts)\//.test(key))).toEqual([]);
  });
});

describe('the simulated bank', () => {
  it('catches the lost updates of transfers that compare nothing, for every seed', async () => {
    for (const seed of seeds) {
      const result = await run({
        seed,
        given: { ...small, variant: 'lost-update' },
        faults: { kind: 'none' },
      });
      expect(result.verdict, `seed ${seed}`).toBe('violated');
      expect(result.checks.find(({ check }) => check === 'sum-conserved')).toMatchObject({
        verdict: 'violated',
      });
    }
  });

  it("finds nothing wrong with etcd3's own STM while nothing is lost", async () => {
    const result = await run({ seed: 1, given: { ...small, variant: 'etcd3' }, faults: { kind: 'none' } });
    expect(wrong(result)).toEqual([]);
    expect(result.counters['conflicts']).toBeGreaterThan(0);
  });

  it("catches etcd3's own STM applying transfers twice when replies are lost", async () => {
    const found: string[] = [];
    for (const seed of seeds) {
      const result = await run({ seed, given: { ...small, variant: 'etcd3' }, faults: storm, members: 1 });
      for (const check of result.checks) if (check.verdict === 'violated') found.push(check.message);
    }
    expect(found.join('\n')).toMatch(/happened twice|reported failed/);
  });
});
