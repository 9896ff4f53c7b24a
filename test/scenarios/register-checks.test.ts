import { describe, expect, it } from 'vitest';
import { registerChecks } from '../../scenarios/register/checks.js';
import type { LogEntry } from '../../sim/history/history.js';
import { changed, complaints, created, history, type Told } from './hand-written.js';

function read(client: string, at: number, output: string | null, more: Partial<Told> = {}): Told {
  return { id: `${client}.read`, at, input: { key: 'r1', afterMs: 0 }, output, ...more };
}

function write(client: string, at: number, more: Partial<Told> = {}): Told {
  return { id: `${client}.write`, at, input: { key: 'r1', afterMs: 0 }, ...more };
}

/** A swap that found the expected value, unless it reports another. */
function swap(
  client: string,
  at: number,
  expected: string | null,
  { found, ...more }: Partial<Told> & { readonly found?: string } = {},
): Told {
  const output = { found: found ?? expected, swapped: found === undefined };
  return { id: `${client}.swap`, at, input: { key: 'r1', afterMs: 0, expected }, output, ...more };
}

const found = (operations: readonly Told[], log: readonly LogEntry[]) =>
  complaints(registerChecks, history(operations, log));

describe('the checks of registers', () => {
  it('accept one operation after the other, even unanswered ones', () => {
    const operations = [
      read('c1-1', 10, null),
      write('c1-2', 20, { revision: 2 }),
      swap('c2-1', 30, 'c1-2.write', { revision: 3 }),
      swap('c3-1', 40, 'c1-2.write', { found: 'c2-1.swap' }),
      write('c4-1', 50, { until: null }),
      write('c4-2', 51, { failed: 'indefinite' }),
      write('c4-3', 52, { failed: 'failed' }),
      read('c1-3', 60, 'c2-1.swap'),
      read('c1-4', 70, 'c4-1.write'),
    ];
    const log = [
      created(2, 'r1', 'c1-2.write'),
      changed(3, 'r1', 'c2-1.swap', 2),
      changed(4, 'r1', 'c4-1.write', 2),
    ];
    expect(found(operations, log)).toEqual({});
  });

  it('name a write that happened twice, not at all, elsewhere or although it had failed', () => {
    const once = (operation: Told, ...revisions: readonly number[]) =>
      found(
        [operation],
        revisions.map((revision) => created(revision, 'r1', operation.id)),
      )['once'];
    expect(once(write('c1-1', 10, { revision: 2 }), 2, 3)).toMatchObject({
      message: 'c1-1.write was written 2 times',
      operations: ['c1-1.write'],
      revisions: [2, 3],
    });
    expect(once(write('c1-1', 10))).toMatchObject({
      message: 'c1-1.write was reported ok, but is not in the log',
    });
    expect(once(write('c1-1', 10, { revision: 3 }), 2)).toMatchObject({
      message: 'c1-1.write was reported ok at revision 3, but is in the log at 2',
    });
    expect(once(write('c1-1', 10, { failed: 'failed' }), 2)).toMatchObject({
      message: 'c1-1.write was reported failed (refused), but is in the log',
    });
    expect(once(swap('c1-1', 10, null, { found: 'x' }), 2)).toMatchObject({
      message: 'c1-1.swap was refused because another value was there, but is in the log',
    });
  });

  it('name a read, and a swap, that found an overwritten value', () => {
    const log = [created(2, 'r1', 'c1-1.write'), changed(3, 'r1', 'c1-2.write', 2)];
    const writes = [write('c1-1', 10, { revision: 2 }), write('c1-2', 20, { revision: 3 })];
    expect(found([...writes, read('c2-1', 30, 'c1-1.write')], log)).toMatchObject({
      linearizable: { operations: ['c1-1.write', 'c2-1.read', 'c1-2.write'] },
    });
    expect(found([...writes, read('c2-1', 15, 'c1-1.write', { until: 40 })], log)).toEqual({});
    expect(found([...writes, swap('c2-1', 30, 'x', { found: 'c1-1.write' })], log)).toHaveProperty(
      'linearizable',
    );
  });
});
