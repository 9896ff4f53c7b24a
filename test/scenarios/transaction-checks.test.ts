import { describe, expect, it } from 'vitest';
import { transactionChecks } from '../../scenarios/transactions/checks.js';
import type { LogEntry } from '../../sim/history/history.js';
import { complaints, history, type Told } from './hand-written.js';

interface Transacted extends Partial<Told> {
  readonly reads?: Readonly<Record<string, string | null>>;
  readonly writes?: readonly string[];
}

function transact(id: string, at: number, { reads = {}, writes = [], ...more }: Transacted = {}): Told {
  return {
    ...{ id, name: 'transact', at, until: at + 50 },
    input: { reads: Object.keys(reads), writes, afterMs: 0, pauseMs: 0 },
    output: { values: Object.values(reads) },
    ...more,
  };
}

function written(revision: number, value: string, ...keys: readonly string[]): LogEntry {
  return {
    revision,
    events: keys.map((key) => ({ type: 'put', key, value, createRevision: revision, version: 1 })),
  };
}

const found = (operations: readonly Told[], log: readonly LogEntry[]) =>
  complaints(transactionChecks, history(operations, log));

describe('the checks of transactions', () => {
  it('accept one transaction after the other, even unanswered ones', () => {
    const operations = [
      transact('w1-1', 10, { writes: ['k1', 'k2'], revision: 2 }),
      transact('w2-1', 20, { reads: { k1: 'w1-1', k2: 'w1-1' }, writes: ['k1'], revision: 4 }),
      transact('w3-1', 15, { writes: ['k3'], until: null }),
      transact('w3-2', 16, { reads: { k3: null }, writes: ['k3'], failed: 'indefinite' }),
      transact('w4-1', 100, { reads: { k1: 'w2-1', k3: 'w3-1' }, revision: 4 }),
    ];
    const log = [written(2, 'w1-1', 'k1', 'k2'), written(3, 'w3-1', 'k3'), written(4, 'w2-1', 'k1')];
    // All other keys under the prefix are the recipe's own.
    const records = { revision: 5, events: [{ ...written(5, 'x', 'stm-commits/1').events[0] }] } as LogEntry;
    expect(found(operations, [...log, records])).toEqual({});
  });

  it('name a write that happened twice, in part, not at all or although it had failed', () => {
    const one = (more: Transacted = {}) => [transact('w1-1', 10, { writes: ['k1', 'k2'], ...more })];
    const whole = written(2, 'w1-1', 'k1', 'k2');
    expect(found(one(), [whole, written(3, 'w1-1', 'k1', 'k2')])).toMatchObject({
      once: { message: 'w1-1 was written 2 times', revisions: [2, 3] },
    });
    expect(found(one(), [written(2, 'w1-1', 'k1')])).toMatchObject({
      once: { message: 'w1-1 wrote k1 instead of k1, k2' },
    });
    expect(found(one(), [])).toMatchObject({
      once: { message: 'w1-1 was reported ok, but is not in the log' },
    });
    expect(found(one({ failed: 'failed' }), [whole])).toMatchObject({
      once: { message: 'w1-1 was reported failed (refused), but is in the log' },
    });
    expect(found(one({ revision: 3 }), [whole])).toMatchObject({
      once: { message: 'w1-1 was reported ok at revision 3, but is in the log at 2' },
    });
    expect(found(one({ failed: 'indefinite' }), [whole])).toEqual({});
  });

  it('name the anomaly', () => {
    const setup = transact('w0-1', 0, { writes: ['k1', 'k2'], until: 1 });
    const log = [
      written(2, 'w0-1', 'k1', 'k2'),
      written(3, 'w1-1', 'k1'),
      written(4, 'w2-1', 'k1'),
      written(5, 'w3-1', 'k2'),
    ];
    const lost = [
      transact('w1-1', 10, { reads: { k1: 'w0-1' }, writes: ['k1'] }),
      transact('w2-1', 10, { reads: { k1: 'w0-1' }, writes: ['k1'] }),
    ];
    expect(found([setup, ...lost], log)).toMatchObject({
      'strictly-serializable': {
        message:
          'lost update (G-single): w2-1 read k1 as it was before w1-1 wrote it, and w1-1 wrote k1 before w2-1 did',
        operations: ['w1-1', 'w2-1'],
      },
    });
    const skewed = [
      transact('w1-1', 10, { reads: { k2: 'w0-1' }, writes: ['k1'] }),
      transact('w2-1', 200, { reads: { k1: 'w1-1' }, writes: ['k1'] }),
      transact('w3-1', 10, { reads: { k1: 'w0-1' }, writes: ['k2'] }),
    ];
    expect(found([setup, ...skewed], log)).toMatchObject({
      'strictly-serializable': { message: expect.stringContaining('write skew (G2-item): ') as string },
    });
    const stale = [
      transact('w1-1', 10, { writes: ['k1'] }),
      transact('w4-1', 100, { reads: { k1: 'w0-1' }, revision: 2 }),
    ];
    expect(found([setup, ...stale], log)).toMatchObject({
      'strictly-serializable': {
        message: expect.stringContaining('stale read (G-single, in real time)') as string,
      },
    });
  });
});
