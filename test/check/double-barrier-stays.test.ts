/** Stays at double barriers, written by hand: the first violation, its edge, and the operations that it names. */
import { describe, expect, it } from 'vitest';
import { doubleBarrierViolation, type Stay } from '../../sim/check/double-barrier.js';

/** It comes, learns that it is in, begins to leave, and learns that all have left. */
type Times = readonly [number, (number | undefined)?, number?, number?];

function stay(node: string, [came, entered, goes, left]: Times, more: Partial<Stay> = {}): Stay {
  return {
    ...{ id: `${node}@${came}`, node, barrier: 'x', came, goes: goes ?? Infinity },
    ...(entered === undefined ? {} : { entered }),
    ...(left === undefined ? {} : { left }),
    ...{ stayed: entered !== undefined, lost: false, ...more },
  };
}

/** Such as `n1@0 entered with n2@1`, or `n1@0 left n2@1 inside`. */
function told(count: number, ...stays: readonly Stay[]): string {
  const found = doubleBarrierViolation(stays, count);
  if (found === undefined) return 'right';
  if (found.kind === 'left early') return `${found.stay.id} left ${found.inside.id} inside`;
  const company = found.company.map(({ id }) => id).sort();
  return [`${found.stay.id} entered`, ...(company.length === 0 ? [] : ['with', ...company])].join(' ');
}

describe('a node is let in', () => {
  const early = stay('n1', [0, 10]);

  it('if the full number was there at one moment after it came and before it knew', () => {
    expect(told(1, early)).toBe('right');
    expect(told(2, early)).toBe('n1@0 entered');
    expect(told(2, early, stay('n2', [9]))).toBe('right');
    expect(told(2, early, stay('n2', [10]))).toBe('n1@0 entered');
    expect(told(2, early, stay('n2', [12]))).toBe('n1@0 entered');
    // One that came at the same moment, and one that had been there before.
    expect(told(2, early, stay('n2', [0]))).toBe('right');
    expect(told(2, early, stay('n2', [-5, undefined, 5]))).toBe('right');
    expect(told(2, early, stay('n2', [-5, undefined, -1]))).toBe('n1@0 entered');
    // That one left at the moment at which the first came.
    expect(told(2, early, stay('n2', [-5, undefined, 0]))).toBe('n1@0 entered');
  });

  it('not if the others were there one after the other, also not at the very moment of a change', () => {
    const others = [stay('n2', [1, undefined, 4]), stay('n3', [4, undefined, 7])];
    expect(told(3, early, ...others)).toBe('n1@0 entered with n2@1');
    expect(told(3, early, ...others.toReversed())).toBe('n1@0 entered with n2@1');
    expect(told(3, early, stay('n2', [1, undefined, 5]), stay('n3', [4, undefined, 7]))).toBe('right');
  });

  it('and is reported with those that were there at the best moment, not with all that ever were', () => {
    const others = [
      stay('n2', [1, undefined, 2]),
      stay('n3', [3, undefined, 6]),
      stay('n4', [4, undefined, 8]),
      stay('n5', [7, undefined, 9]),
      stay('n6', [20]),
    ];
    expect(told(4, early, ...others)).toBe('n1@0 entered with n3@3 n4@4');
    expect(told(3, early, ...others)).toBe('right');
  });

  it('by the number at its own barrier', () => {
    expect(told(2, early, stay('n2', [1], { barrier: 'y' }))).toBe('n1@0 entered');
  });

  it('counting a node once, and once more for each session that it lost', () => {
    const again = stay('n2', [5, undefined, 8]);
    const before = stay('n2', [1, undefined, 9]);
    expect(told(3, early, before, again)).toBe('n1@0 entered with n2@1');
    expect(told(3, early, { ...before, lost: true }, again)).toBe('right');
    // The key of a lost session is gone at last.
    expect(told(3, early, { ...before, lost: true, goes: 5 }, again)).toBe('n1@0 entered with n2@1');
  });

  it('at any of many moments, of which the best counts', () => {
    for (let best = 0; best < 9; best++) {
      const times = Array.from({ length: 9 }, (_, place) => 10 + 10 * place);
      const others = times.map((at, place) => stay(`m${place}`, [at, undefined, at + 5]));
      const guest = stay('guest', [times[best] ?? 0, undefined, (times[best] ?? 0) + 4]);
      expect(told(3, stay('n1', [0, 200]), ...others, guest)).toBe('right');
      expect(told(4, stay('n1', [0, 200]), ...others, guest)).toBe(
        `n1@0 entered with ${[`guest@${times[best]}`, `m${best}@${times[best]}`].join(' ')}`,
      );
      // Moments before it came and after it was let in do not count.
      const around = stay('n1', [(times[best] ?? 0) + 5, 200]);
      expect(told(3, around, ...others, guest)).toMatch(/^n1@\d+ entered/);
      expect(told(3, stay('n1', [0, times[best]]), ...others, guest)).toMatch(/^n1@0 entered/);
    }
  });
});

describe('a node is let out', () => {
  // n1 leaves at 5 and learns at 8 that all have left.
  const leaves = stay('n1', [0, 2, 5, 8]);
  const other = (entered: number | undefined, goes: number, more: Partial<Stay> = {}) =>
    stay('n2', [1, entered, goes], more);

  it('if all that had surely entered before it left have begun to leave', () => {
    expect(told(1, leaves)).toBe('right');
    expect(told(1, leaves, other(3, 7))).toBe('right');
    expect(told(1, leaves, other(3, 8))).toBe('right');
    expect(told(1, leaves, other(3, 9))).toBe('n1@0 left n2@1 inside');
    expect(told(1, leaves, other(3, Infinity))).toBe('n1@0 left n2@1 inside');
    expect(told(1, leaves, other(4.9, 9))).toBe('n1@0 left n2@1 inside');
    expect(told(1, leaves, other(5, 9))).toBe('right');
    expect(told(1, leaves, other(6, 9))).toBe('right');
  });

  it('also if another has not entered, has lost its session, or is at another barrier', () => {
    expect(told(1, leaves, other(undefined, 9))).toBe('right');
    expect(told(1, leaves, other(undefined, 9, { stayed: true }))).toBe('right');
    expect(told(1, leaves, other(3, 9, { stayed: false }))).toBe('right');
    expect(told(1, leaves, other(3, 9, { barrier: 'y' }))).toBe('right');
  });

  it('and is reported with the one that stayed longest', () => {
    const others = [stay('n2', [1, 3, 9]), stay('n3', [1, 2.5, 12]), stay('n4', [1, 4, 11])];
    expect(told(1, leaves, ...others)).toBe('n1@0 left n3@1 inside');
    expect(told(1, ...others.toReversed(), leaves)).toBe('n1@0 left n3@1 inside');
  });

  it('at a moment that is known', () => {
    expect(told(1, stay('n1', [0, 2, 5]), other(3, 9))).toBe('right');
  });
});

describe('the first violation is reported', () => {
  it('of two nodes that were let in too early', () => {
    const [first, second] = [stay('n1', [0, 8]), stay('n2', [10, 12])];
    expect(told(2, first, second)).toBe('n1@0 entered');
    expect(told(3, first, second)).toBe('n1@0 entered');
    expect(told(3, second, first)).toBe('n1@0 entered');
  });

  it('of two that were let out too early, by the moment at which they knew', () => {
    const inside = stay('n9', [0, 1, 50]);
    const [first, second] = [stay('n1', [0, 1, 6, 8]), stay('n2', [0, 1, 5, 9])];
    expect(told(1, inside, first, second)).toBe('n1@0 left n9@0 inside');
    expect(told(1, inside, second, first)).toBe('n1@0 left n9@0 inside');
  });

  it('of both kinds, and of several barriers', () => {
    const leaves = (at: number, barrier: string) => [
      stay('n1', [at, at + 1, at + 2, at + 3], { barrier }),
      stay('n2', [at, at + 1, at + 9], { barrier }),
    ];
    const enters = (at: number, barrier: string) => stay('n3', [at, at + 1], { barrier });
    expect(told(2, ...leaves(0, 'x'), enters(10, 'y'))).toBe('n1@0 left n2@0 inside');
    expect(told(2, enters(10, 'y'), ...leaves(0, 'x'))).toBe('n1@0 left n2@0 inside');
    expect(told(2, ...leaves(10, 'x'), enters(0, 'y'))).toBe('n3@0 entered');
    expect(told(2, ...leaves(20, 'x'), enters(0, 'x'))).toBe('n3@0 entered');
    expect(told(2, enters(0, 'y'), ...leaves(10, 'x'))).toBe('n3@0 entered');
    // n2 counts as a member until it leaves.
    expect(told(2, ...leaves(0, 'x'), enters(20, 'x'))).toBe('n1@0 left n2@0 inside');
    expect(told(2, enters(5, 'y'), enters(0, 'x'))).toBe('n3@0 entered');
  });

  it('and nothing is wrong where no node comes', () => {
    expect(told(2)).toBe('right');
  });
});
