/** How late a node heard, and which of two believers heard too late. */
import { describe, expect, it } from 'vitest';
import { lateLossOf, type Belief } from '../../sim/check/late-losses.js';
import { lateness } from '../../sim/check/lateness.js';
import type { History } from '../../sim/history/history.js';

const quiet: History = { operations: [], log: [] };
const seconds = (count: number) => count * 1_000_000;
const span = (node: string, from: number, until: number) => ({
  node,
  fromUs: seconds(from),
  untilUs: seconds(until),
});

describe('a node hears late', () => {
  const late = (from: number, told: number, within: number, history = quiet) =>
    lateness(history, { node: 'n', fromUs: seconds(from), toldUs: seconds(told), withinSeconds: within });

  it('a second after the time that it has', () => {
    expect(late(5, 8, 2)).toBeUndefined();
    expect(late(5, 8.001, 2)).toMatch(/\b3001 ms\b/);
    expect(late(5, 20.0004, 0)).toMatch(/\b15000 ms\b/);
    expect(late(5, Infinity, 2)).toMatch(/never/);
    expect(late(5, 5, 0)).toBeUndefined();
  });

  it('not counting the time for which it was paused', () => {
    const paused = (...standstills: History['standstills'] & object) => ({ ...quiet, standstills });
    expect(late(5, 10, 2, paused(span('n', 6, 8)))).toBeUndefined();
    expect(late(5, 10, 2, paused(span('m', 6, 8)))).toMatch(/\b5000 ms\b/);
    expect(late(5, 12, 2, paused(span('n', 6, 8)))).toMatch(/\b5000 ms\b/);
    // Pauses that began before or ended after count in part, and overlapping ones once.
    expect(late(5, 12, 2, paused(span('n', 0, 6), span('n', 11, 30)))).toMatch(/\b5000 ms\b/);
    expect(late(5, 12, 2, paused(span('n', 6, 8), span('n', 7, 9)))).toMatch(/\b4000 ms\b/);
    expect(late(5, 12, 2, paused(span('n', 0, 30)))).toBeUndefined();
    expect(late(5, 12, 2, paused(span('n', 0, 4), span('n', 13, 30)))).toMatch(/\b7000 ms\b/);
  });

  it('by its own clock if that is slow, and not if it is fast', () => {
    const drift = (perMille: number, from: number, until: number) => ({
      ...quiet,
      drifts: [{ ...span('n', from, until), perMille }],
    });
    expect(late(5, 15, 2, drift(-500, 5, 15))).toMatch(/\b5000 ms\b/);
    expect(late(5, 15, 2, drift(-500, 7, 11))).toMatch(/\b8000 ms\b/);
    expect(late(5, 15, 2, drift(500, 5, 15))).toMatch(/\b10000 ms\b/);
    expect(late(5, 11, 2, drift(-500, 0, 30))).toBeUndefined();
    // What the clock loses during a pause is lost anyway.
    const both = { ...drift(-500, 7, 11), standstills: [span('n', 9, 13)] };
    expect(late(5, 15, 2, both)).toMatch(/\b5000 ms\b/);
  });
});

describe('of two that believed that they had the same', () => {
  function belief(node: string, [start, end]: readonly [number, number], granted: number): Belief {
    return {
      ...{ id: `${node}@${start}`, node, lock: 'x', mode: 'write', granted, start, end },
      ...{ startUs: seconds(start), endUs: seconds(end) },
    };
  }
  const told = (within: number, beliefs: readonly Belief[], history = quiet) => {
    const found = lateLossOf(history, beliefs, within);
    return found === undefined ? 'right' : `${found.loser.id} lost to ${found.other.id} ${found.late}`;
  };
  const old = belief('a', [1, 9], 3);
  const young = belief('b', [4, 20], 5);

  it('the one that got it first has to hear soon after the other believed it', () => {
    expect(told(4, [old, young])).toBe('right');
    expect(told(3, [old, young])).toMatch(/^a@1 lost to b@4\b.* 5000 ms\b/);
    expect(told(3, [young, old])).toMatch(/^a@1 lost to b@4\b/);
    expect(told(3, [old])).toBe('right');
  });

  it('which may be the one that heard later that it had it', () => {
    const slow = { ...young, granted: 2 };
    expect(told(3, [old, slow])).toMatch(/^b@4 lost to a@1\b.* 16000 ms\b/);
    expect(told(16, [old, slow])).toBe('right');
  });

  it('only if both believed it at one moment, and one excludes the other', () => {
    expect(told(0, [{ ...old, end: 4, endUs: seconds(4) }, young])).toBe('right');
    expect(told(0, [old, { ...young, lock: 'y' }])).toBe('right');
    const readers = [old, young].map((one): Belief => ({ ...one, mode: 'read' }));
    expect(told(0, readers)).toBe('right');
    expect(told(0, [old, { ...young, mode: 'read' }])).toMatch(/^a@1 lost to b@4\b/);
    expect(told(0, [{ ...old, mode: 'read' }, young])).toMatch(/^a@1 lost to b@4\b/);
  });

  it('not because of a third that excludes neither, or had ended before', () => {
    const elsewhere = { ...belief('c', [0, 30], 2), lock: 'y' };
    expect(told(4, [elsewhere, old, young])).toBe('right');
    const reader = { ...young, mode: 'read' } as const;
    expect(told(4, [{ ...belief('c', [0, 30], 2), mode: 'read' }, old, reader])).toMatch(
      /^c@0 lost to a@1\b/,
    );
    expect(told(8, [{ ...belief('c', [3, 30], 4), mode: 'read' }, old, reader])).toBe('right');
    // It got its own later, and lost it before the others met.
    expect(told(5, [belief('c', [0, 2], 9), { ...old, start: 3 }, young])).toBe('right');
    expect(told(4, [belief('c', [0, 4], 9), { ...old, start: 3, startUs: seconds(3) }, young])).toMatch(
      /^a@1 lost to c@0\b/,
    );
  });

  it('also if a third believed it for longer, which was paused', () => {
    const long = belief('c', [0, 30], 2);
    const history = { ...quiet, standstills: [span('c', 2, 30)] };
    expect(told(3, [long, young], history)).toBe('right');
    expect(told(3, [long, old, young], history)).toMatch(/^a@1 lost to b@4\b/);
  });
});
