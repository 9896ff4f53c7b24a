/** A plan whose faults stand at the times and targets that a run has shown. */
import { describe, expect, it } from 'vitest';
import { settled } from '../../sim/explore/shrink/settle.js';
import type { Fault } from '../../sim/faults/index.js';
import type { Plan } from '../../sim/plan/plan.js';
import type { FaultRecord, RunResult } from '../../sim/run/run-result.js';

const plain: Fault = { kind: 'node-pause', node: 'b', atMs: 40, durationMs: 10 };
const aim = { at: 'lease', afterMs: 0 } as const;
const aimed: Fault = { kind: 'node-pause', node: 'a', atMs: 10, durationMs: 500, aim };
const acted: Fault = { kind: 'node-pause', node: 'b', atMs: 10, durationMs: 900, aim };

/** A run with these faults, and what came of each. */
function runOf(faults: readonly Fault[], ...records: readonly Partial<FaultRecord>[]): RunResult {
  const plan = { members: ['m1'], nodes: [], faults } as unknown as Plan;
  const told = records.map((record, index) => ({ index, kind: 'node-pause', text: '', hits: 1, ...record }));
  return { plan, faults: told } as unknown as RunResult;
}

describe('an aimed fault', () => {
  it('stands where it hit, as late as it waited, without its aim', () => {
    const run = runOf([aimed], { acted, armedUs: 10_500, startedUs: 33_250 });
    expect(settled(run)?.faults).toEqual([{ kind: 'node-pause', node: 'b', atMs: 32.75, durationMs: 900 }]);
  });

  it('stands at its own time if it did not wait', () => {
    const run = runOf([aimed], { acted, startedUs: 33_250 });
    expect(settled(run)?.faults).toMatchObject([{ node: 'b', atMs: 10 }]);
  });

  it('that has never begun stays unchanged', () => {
    expect(settled(runOf([aimed], { armedUs: 10_500 }))).toBeUndefined();
    expect(settled(runOf([aimed]))).toBeUndefined();
  });

  it('stands among the others in the order of their times', () => {
    const run = runOf([aimed, plain], { acted, armedUs: 10_000, startedUs: 90_000 }, { startedUs: 40_000 });
    expect(settled(run)?.faults.map(({ atMs }) => atMs)).toEqual([40, 90]);
    expect(settled(run)?.faults[0]).toBe(plain);
  });
});

describe('a plan', () => {
  it('without such faults is settled already', () => {
    expect(settled(runOf([plain], { startedUs: 40_000 }))).toBeUndefined();
    expect(settled(runOf([]))).toBeUndefined();
  });

  it('is left alone if a fault, as it acted, could not be planned', () => {
    const endless: Fault = { ...acted, durationMs: -1 };
    expect(settled(runOf([aimed], { acted: endless, startedUs: 10_000 }))).toBeUndefined();
  });
});
