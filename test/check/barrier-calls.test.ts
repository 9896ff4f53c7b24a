/** Barriers by hand: which calls close one and open it, and which early wait is named with which hold. */
import { describe, expect, it } from 'vitest';
import { earlyPassOf, type BarrierCall } from '../../sim/check/barrier.js';

/** Such as `call('hold', 1, 2)`; without a return it may still happen. */
function call(
  kind: BarrierCall['kind'],
  invoke: number,
  returned = Infinity,
  more: Partial<BarrierCall> = {},
): BarrierCall {
  const happened = returned !== Infinity;
  return { id: `${kind}@${invoke}`, barrier: 'x', kind, invoke, return: returned, happened, ...more };
}

/** Such as `wait@3 passed hold@1`. */
function told(...calls: readonly BarrierCall[]): string {
  const found = earlyPassOf(calls);
  return found === undefined ? 'right' : `${found.wait.id} passed ${found.hold.id}`;
}

const hold = call('hold', 1, 2);

describe('a wait passes too early', () => {
  it('if a hold had ended when it came, and no release began before it passed', () => {
    expect(told()).toBe('right');
    expect(told(call('wait', 3, 6))).toBe('right');
    expect(told(hold, call('wait', 3, 6))).toBe('wait@3 passed hold@1');
    expect(told(hold, call('wait', 1.5, 6))).toBe('right');
    expect(told(hold, call('wait', 3, 6), call('release', 5, 8))).toBe('right');
    expect(told(hold, call('wait', 3, 6), call('release', 7, 8))).toBe('wait@3 passed hold@1');
  });

  it('not if the hold, or the wait itself, may not have happened', () => {
    expect(told(call('hold', 1), call('wait', 3, 6))).toBe('right');
    expect(told({ ...hold, happened: false }, call('wait', 3, 6))).toBe('right');
    expect(told({ ...hold, return: Infinity }, call('wait', 3, 6))).toBe('right');
    expect(told(hold, call('wait', 3))).toBe('right');
    expect(told(hold, call('wait', 3, 6, { happened: false }))).toBe('right');
    expect(told(hold, call('wait', 3, Infinity, { happened: true }))).toBe('right');
  });

  it('not if a release that may follow the hold may have happened', () => {
    expect(told(hold, call('release', 2.5), call('wait', 3, 6))).toBe('right');
    expect(told(hold, call('release', 2.5, 2.8, { happened: false }), call('wait', 3, 6))).toBe('right');
    // It overlaps the hold.
    expect(told(hold, call('release', 0, 1.5), call('wait', 3, 6))).toBe('right');
    expect(told(hold, call('release', 0, 0.5), call('wait', 3, 6))).toBe('wait@3 passed hold@1');
  });

  it('by the first of several releases that may follow the hold', () => {
    const releases = [call('release', 0, 0.5), call('release', 4, 9), call('release', 8, 8.5)];
    expect(told(hold, ...releases, call('wait', 3, 6))).toBe('right');
    expect(told(hold, ...releases, call('wait', 3, 3.5))).toBe('wait@3 passed hold@1');
    expect(told(hold, ...releases.toReversed(), call('wait', 3, 6))).toBe('right');
    expect(told(call('hold', 5, 6), ...releases, call('wait', 7, 7.5))).toBe('right');
    expect(told(call('hold', 8.6, 8.7), ...releases, call('wait', 8.8, 9))).toBe('right');
    expect(told(call('hold', 9.1, 9.2), ...releases, call('wait', 9.3, 9.4))).toBe(
      'wait@9.3 passed hold@9.1',
    );
  });

  it('by the hold that lasted longest of those before it', () => {
    const [first, second] = [call('hold', 1, 2), call('hold', 4, 5)];
    const released = call('release', 2.5, 3);
    expect(told(first, released, second, call('wait', 6, 7))).toBe('wait@6 passed hold@4');
    expect(told(second, released, first, call('wait', 6, 7))).toBe('wait@6 passed hold@4');
    expect(told(first, released, second, call('wait', 4.5, 7))).toBe('right');
    expect(told(first, second, call('wait', 6, 7))).toBe('wait@6 passed hold@1');
  });

  it('at its own barrier', () => {
    const other = { barrier: 'y' };
    expect(told(hold, call('wait', 3, 6, other))).toBe('right');
    expect(told(hold, call('wait', 3, 6), call('release', 4, 5, other))).toBe('wait@3 passed hold@1');
  });

  it('and the one that passed first is named, of one barrier and of all', () => {
    const [late, early] = [call('wait', 3, 9), call('wait', 4, 8)];
    expect(told(hold, late, early)).toBe('wait@4 passed hold@1');
    expect(told(hold, early, late)).toBe('wait@4 passed hold@1');
    const other = [call('hold', 1.2, 2, { barrier: 'y' }), call('wait', 5, 7, { barrier: 'y' })];
    expect(told(hold, early, ...other)).toBe('wait@5 passed hold@1.2');
    expect(told(...other, hold, early)).toBe('wait@5 passed hold@1.2');
  });
});
