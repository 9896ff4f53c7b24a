/** Weaker faults in the place of stronger ones. */
import { describe, expect, it } from 'vitest';
import { withWeaker } from '../../sim/explore/shrink/weaker.js';
import type { Fault } from '../../sim/faults/index.js';
import type { Plan } from '../../sim/plan/plan.js';

function planOf(...faults: readonly Fault[]): Plan {
  const nodes = ['a', 'b'].map((name) => ({ name, operations: [] }));
  return { members: ['m1', 'm2'], nodes, faults } as unknown as Plan;
}

const crash: Fault = { kind: 'node-crash', node: 'a', atMs: 700, durationMs: 4000 };
const reset: Fault = { kind: 'connection-reset', node: 'b', member: 'm1', atMs: 20, durationMs: 0 };

describe('weaker faults', () => {
  it('replace one fault at a time, at its own moment, and leave all others alone', () => {
    const plans = [...withWeaker(planOf(reset, crash))];
    expect(plans.length).toBeGreaterThan(0);
    for (const { faults } of plans) {
      expect(faults).toHaveLength(2);
      expect(faults[0]).toEqual(reset);
      expect(faults[1]?.kind).not.toBe('node-crash');
      expect(faults[1]?.atMs).toBe(crash.atMs);
    }
  });

  it('of a crash are its broken connections, lost replies and a pause of the same node', () => {
    const faults = [...withWeaker(planOf(crash))].flatMap((plan) => plan.faults);
    expect(faults.map(({ kind }) => kind)).toEqual([
      ...['connection-reset', 'connection-reset', 'reply-lost', 'reply-lost', 'node-pause'],
    ]);
    expect(faults.every((fault) => 'node' in fault && fault.node === 'a')).toBe(true);
  });

  it('of a fault on one link stay on that link', () => {
    const partition: Fault = { kind: 'partition', node: 'b', member: 'm2', atMs: 5, durationMs: 300 };
    const faults = [...withWeaker(planOf(partition))].flatMap((plan) => plan.faults);
    expect(faults).toMatchObject([
      { kind: 'connection-reset', node: 'b', member: 'm2', durationMs: 0 },
      { kind: 'reply-lost', node: 'b', member: 'm2' },
    ]);
  });

  it('are none for the weakest', () => {
    expect([...withWeaker(planOf(reset))]).toEqual([]);
  });
});
