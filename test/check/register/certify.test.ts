/** A violation of a register is reported only if the operations that it names are impossible by themselves. */
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../sim/check/check.js';
import { certified, registerType } from '../../../sim/check/register/certify.js';
import type { RegisterCall, RegisterOperation } from '../../../sim/check/register.js';
import { read, swap, write } from './operations.js';

/** What a checker could say of these operations. */
function violation(...operations: readonly string[]): Finding {
  return { verdict: 'violated', message: 'k went back', operations, revisions: [] };
}

function reasonOf(finding: Finding): string {
  if (finding.verdict !== 'inconclusive') throw new Error(`expected inconclusive, got ${finding.verdict}`);
  return finding.reason;
}

describe('a finding that needs no certificate', () => {
  it('stays unchanged', () => {
    const undecided: Finding = { verdict: 'inconclusive', reason: 'too many orders' };
    expect(certified(undecided, [])).toBe(undecided);
    const right: Finding = { verdict: 'satisfied' };
    expect(certified(right, [read('r1', 'never', 1, 2)])).toBe(right);
  });
});

describe('a violation', () => {
  it('stands if no order fits its operations', () => {
    const found = violation('w1', 'r1');
    expect(certified(found, [write('1', 1, 2), read('r1', null, 3, 4)])).toBe(found);
  });

  it('is taken back if an order fits its operations, with a reason that names the violation', () => {
    const reason = reasonOf(certified(violation('w1', 'r1'), [write('1', 1, 2), read('r1', '1', 3, 4)]));
    expect(reason).toContain('k went back');
    expect(reason).toMatch(/^bug in the checker\b/);
  });

  it('is taken back if there are too many orders to try, with another reason', () => {
    const writes = Array.from({ length: 30 }, (_, at) => write(`${at}`, 1, 100));
    const found = violation('r1', ...writes.map(({ id }) => id));
    const reason = reasonOf(certified(found, [...writes, read('r1', null, 101, 102)], 1_000));
    expect(reason).toContain('k went back');
    expect(reason).not.toMatch(/^bug in the checker\b/);
  });

  it('counts the writes that its reads saw, also where it does not name them', () => {
    const found = violation('r2', 'r1');
    const history = [write('1', 1, 2), write('2', 3, 4), read('r2', '2', 5, 6), read('r1', '1', 7, 8)];
    expect(certified(found, history)).toBe(found);
    // They may have happened at any time.
    expect(certified(found, [write('1', 1), write('2', 3), ...history.slice(2)]).verdict).toBe(
      'inconclusive',
    );
  });

  it('counts no other operations', () => {
    const history = [write('1', 1, 2), read('r1', '1', 3, 4), write('2', 5, 6), read('r2', null, 7, 8)];
    expect(certified(violation('w1', 'r1'), history).verdict).toBe('inconclusive');
    expect(certified(violation('w1', 'r2'), history).verdict).toBe('violated');
  });

  it('goes back through swaps to the write that they began with', () => {
    // Named are only the swap and a read that saw nothing: the write before them makes them impossible.
    const history = [write('1', 1, 2), swap('s2', '1', '2', 3, 4), read('r1', null, 5, 6)];
    const found = violation('s2', 'r1');
    expect(certified(found, history)).toBe(found);
  });
});

describe('a chain of swaps', () => {
  /** `count` swaps, each from the value before, all at the same time. */
  const chain = (count: number): RegisterOperation[] =>
    Array.from({ length: count }, (_, at) => swap(`s${at + 1}`, `${at}`, `${at + 1}`, 1, 1_000));

  it('is cut before the first swap that is named, which then counts as a write', () => {
    const swaps = chain(40);
    // If all of them were tried in all orders, it would give up: each also appears as the write of another.
    const history = [
      write('0', 1, 1_000),
      ...swaps,
      read('end', '40', 1_001, 1_002),
      read('r1', '39', 1_003, 1_004),
    ];
    const found = violation('end', 'r1', 's40');
    expect(certified(found, history)).toBe(found);
  });

  it('keeps a swap that a named read saw as well', () => {
    const history = [
      ...[write('0', 1, 2), swap('s1', '0', '1', 3, 4), swap('s2', '1', '2', 7, 8)],
      ...[read('r1', '1', 5, 6), read('again', '1', 9, 10)],
    ];
    const found = violation('s2', 'r1', 'again');
    expect(certified(found, history)).toBe(found);
    const possible = violation('s2', 'r1');
    expect(certified(possible, history).verdict).toBe('inconclusive');
  });

  it('keeps a write that two swaps have seen', () => {
    const history = [write('0', 1, 2), swap('s1', '0', '1', 3, 4), swap('s2', '0', '2', 5, 6)];
    const found = violation('s1', 's2');
    expect(certified(found, history)).toBe(found);
  });

  it('keeps a write that it names', () => {
    const history = [write('0', 5, 6), swap('s1', '0', '1', 1, 2)];
    const found = violation('w0', 's1');
    expect(certified(found, history)).toBe(found);
  });
});

describe('the register as a sequential type', () => {
  const read1: RegisterCall = { kind: 'read', key: 'k', value: '1' };

  it('tells no value from an empty one', () => {
    expect(registerType.textOf(null)).not.toBe(registerType.textOf(''));
    expect(registerType.textOf('1')).not.toBe(registerType.textOf('2'));
  });

  it('tells calls apart by what they do, and with which values', () => {
    const calls: readonly RegisterCall[] = [
      ...([read1, { ...read1, value: null }, { kind: 'write', key: 'k', value: '1' }] as const),
      { kind: 'swap', key: 'k', expected: '1', value: '1' },
      { kind: 'swap', key: 'k', expected: '2', value: '1' },
      { kind: 'swap', key: 'k', expected: '1', value: '2' },
    ];
    expect(new Set(calls.map((call) => registerType.textOfCall?.(call))).size).toBe(calls.length);
    expect(registerType.textOfCall?.({ ...read1 })).toBe(registerType.textOfCall?.(read1));
  });
});
