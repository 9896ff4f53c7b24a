/** A run that takes long says how far it is; an ordinary one says nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckDisplay } from '../../sim/cli/progress.js';
import { Activity } from '../../sim/engine/activity.js';
import type { SweepProgress } from '../../sim/explore/sweep.js';
import { check } from '../../sim/harness/check.js';
import { withRunProgress, type RunProgress } from '../../sim/harness/run-progress.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { Memory } from './harness.js';

/** A node that goes round and round until its events are used up, beside one that does little. */
const runaway: Scenario = {
  name: 'runaway',
  description: 'never ends',
  options: {},
  nodes: () =>
    fc.constant(
      ['calm', 'wild'].map((name) => ({
        name,
        operations: [{ id: `${name}/0`, name: 'work', input: null }],
      })),
    ),
  setup: () => Promise.resolve(),
  async run({ node, perform }, [operation]) {
    if (operation === undefined) return;
    await perform(operation, async () => {
      do await new Promise((resolve) => setTimeout(resolve, 1));
      while (node === 'wild');
      return { output: null };
    });
  },
  checks: () => [],
  summarize: () => [],
};

describe('a check', () => {
  async function progressOf(maxEvents: number) {
    const told: RunProgress[] = [];
    const { failures } = await check(runaway, {
      ...{ seed: 5, seeds: 1, faults: 'none', explain: false, shrink: false, budget: { maxEvents } },
      onProgress(progress) {
        if (progress.kind === 'run') told.push(progress);
      },
    });
    return { told, hash: failures[0]?.result.trace?.hash };
  }

  it('tells of a run that has many events: which seed, how far, and which nodes are busy', async () => {
    const { told } = await progressOf(52_000);
    const [first] = told;
    expect(first).toMatchObject({ scenario: 'runaway', seed: 5, events: 50_000 });
    expect(first?.virtualTimeMs).toBeGreaterThan(40_000);
    expect(first?.busiest[0]?.node).toBe('wild');
    expect(told.slice(0, 3).map(({ events }) => events)).toEqual([50_000, 51_000, 52_000]);
  });

  it('tells nothing of a run that has few, and changes nothing', async () => {
    const { told, hash } = await progressOf(20_000);
    expect(told).toEqual([]);
    const silent = await check(runaway, {
      ...{ seed: 5, seeds: 1, faults: 'none', explain: false, shrink: false, budget: { maxEvents: 20_000 } },
    });
    expect(hash).toBe(silent.failures[0]?.result.trace?.hash);
  });
});

it('a run with few and slow events is reported after a minute', () => {
  let nowMs = 0;
  const told: RunProgress[] = [];
  const heard: string[] = [];
  const next = {
    at: () => heard.push('at'),
    begins: () => heard.push('begins'),
    beat: () => heard.push('beat'),
  };
  const heartbeat = withRunProgress(
    next,
    () => nowMs,
    (progress) => told.push(progress),
  );
  heartbeat.at({ stage: 'runs', scenario: 'bank', seed: 3 });
  heartbeat.begins(new Activity());
  for (const atMs of [59_999, 60_000]) {
    nowMs = atMs;
    for (const event of [999, 1000]) heartbeat.beat(event, 2_000, 'w1');
  }
  expect(told).toEqual([
    { scenario: 'bank', seed: 3, events: 1000, virtualTimeMs: 2, elapsedMs: 60_000, busiest: [] },
  ]);
  expect(heard).toEqual(['at', 'begins', 'beat', 'beat', 'beat', 'beat']);
});

describe('its display', () => {
  const progress = (elapsedMs: number, seed = 7): RunProgress => ({
    ...{ scenario: 'bank', seed, events: 60_000, virtualTimeMs: 3_200, elapsedMs },
    busiest: [{ node: 'w1', events: 58_000 }],
  });
  const WORDS = 'seed 7 has had 60,000 events in 3.20 s of virtual time, busiest w1 (58,000)';
  const SWEPT: SweepProgress = {
    ...{ scenario: 'bank', seedsRun: 2, seedsPlanned: 9, failures: 0, elapsedMs: 1000 },
  };

  it('is a line every ten seconds without a terminal, from the first ten on', () => {
    const stderr = new Memory();
    const display = new CheckDisplay(stderr);
    for (let elapsedMs = 0; elapsedMs <= 25_000; elapsedMs += 1_000) {
      display.show({ kind: 'run', ...progress(elapsedMs) });
    }
    expect(stderr.lines).toEqual([`bank: ${WORDS}`, `bank: ${WORDS}`]);
  });

  it('counts anew for the next run', () => {
    const stderr = new Memory();
    const display = new CheckDisplay(stderr);
    for (const elapsedMs of [15_000, 9_000, 11_000]) display.show({ kind: 'run', ...progress(elapsedMs) });
    expect(stderr.lines).toHaveLength(2);
  });

  it('is one line that is renewed on a terminal, and gone in the end', () => {
    const stderr = new Memory(true, 200);
    const display = new CheckDisplay(stderr);
    for (const elapsedMs of [90, 150, 180, 260]) display.show({ kind: 'run', ...progress(elapsedMs) });
    display.end();
    expect(stderr.text.split('\r\u001b[2K')).toEqual(['', `bank: ${WORDS}`, `bank: ${WORDS}`, '']);
  });

  it('stands behind how far the sweep is', () => {
    const stderr = new Memory(true, 200);
    const display = new CheckDisplay(stderr);
    display.show({ kind: 'seeds', ...SWEPT });
    display.show({ kind: 'run', ...progress(500) });
    display.show({ kind: 'seeds', ...SWEPT, seedsRun: 9 });
    display.end();
    const lines = stderr.text.split('\r\u001b[2K');
    expect(lines).toContain(`bank: 2 of 9 seeds, 2.0 a second, 4 s left, 0 failed; ${WORDS}`);
    expect(lines.at(-1)).toBe('');
    expect(stderr.text).not.toContain('\n');
  });
});
