import { describe, expect, it } from 'vitest';
import { bankChecks } from '../../scenarios/bank/checks.js';
import {
  asked,
  askedFirst,
  askedSecond,
  failed,
  first,
  indefinite,
  judge,
  ok,
  opening,
  put,
  revision,
  second,
} from './bank-histories.js';

describe('the bank finds nothing wrong', () => {
  it('with transfers that are in the log as they were reported', () => {
    expect(judge({ operations: [askedFirst, askedSecond], log: [opening, first, second] })).toEqual({});
  });

  it('with unused accounts', () => {
    expect(judge({ operations: [], log: [opening] })).toEqual({});
  });

  it('with revisions that touch other keys of the run', () => {
    const record = { revision: 3, events: [put('bank/commits/1', '7', 3)] };
    const log = [
      opening,
      record,
      revision(4, { acc1: 50, acc2: 150 }, { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 50 }),
    ];
    expect(judge({ operations: [asked('w1-1', 'acc1', 'acc2', ok(50, 4))], log })).toEqual({});
  });

  it('with a transfer that is ok and did not report its revision', () => {
    expect(judge({ operations: [asked('w1-1', 'acc1', 'acc2', ok(50))], log: [opening, first] })).toEqual({});
  });

  it.each([
    ['indefinite', indefinite],
    ['without an end', undefined],
  ])('with a transfer that is %s, whether or not it is in the log', (_what, outcome) => {
    const operations = [asked('w1-1', 'acc1', 'acc2', outcome)];
    expect(judge({ operations, log: [opening, first] })).toEqual({});
    expect(judge({ operations, log: [opening] })).toEqual({});
  });

  it('with a failed transfer that is not in the log', () => {
    expect(judge({ operations: [asked('w1-1', 'acc1', 'acc2', failed)], log: [opening] })).toEqual({});
  });

  it('with a transfer from an account to itself, which is not in the log', () => {
    expect(judge({ operations: [asked('w1-1', 'acc1', 'acc1', ok(0))], log: [opening] })).toEqual({});
  });

  it('with half of one, which is nothing', () => {
    const log = [
      revision(2, { acc1: 1, acc2: 299 }),
      revision(3, { acc1: 1, acc2: 299 }, { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 0 }),
    ];
    expect(judge({ operations: [asked('w1-1', 'acc1', 'acc2', ok(0, 3))], log })).toEqual({});
  });
});

describe('the bank is inconclusive', () => {
  it('in every rule without a log', () => {
    const findings = Object.values(judge({ operations: [askedFirst], log: [] }));
    expect(findings).toHaveLength(bankChecks({ accounts: 3, balance: 100 }).length);
    for (const finding of findings) {
      expect(finding).toEqual({ verdict: 'inconclusive', reason: 'the log of revisions is empty' });
    }
  });
});

describe('the bank reports', () => {
  it('a sum that changes, with the transfer that did it and the one it overlooked', () => {
    const stale = revision(4, { acc2: 50, acc3: 150 }, { id: 'w2-1', from: 'acc2', to: 'acc3', amount: 50 });
    const operations = [askedFirst, asked('w2-1', 'acc2', 'acc3', ok(50, 4))];
    const findings = judge({ operations, log: [opening, first, stale] });
    expect(findings['sum-conserved']).toEqual({
      verdict: 'violated',
      message: 'the sum is 250 at revision 4, after w2-1 moved 50 from acc2 to acc3, overlooking w1-1',
      operations: ['w1-1', 'w2-1'],
      revisions: [4],
    });
    expect(Object.keys(findings)).toEqual(['sum-conserved', 'ok-exactly-once', 'half-moves']);
  });

  it('a sum that is wrong at only one revision', () => {
    const dip = revision(3, { acc1: 50 }, { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 50 });
    const findings = judge({
      operations: [asked('w1-1', 'acc1', 'acc2', indefinite)],
      log: [opening, dip, revision(4, { acc2: 150 })],
    });
    expect(findings['sum-conserved']).toMatchObject({
      message: 'the sum is 250 at revision 3, after w1-1 moved 50 from acc1 to acc2',
      revisions: [3],
    });
  });

  it('accounts that are opened with the wrong sum', () => {
    expect(judge({ operations: [], log: [revision(2, { acc1: 100, acc2: 99 })] }, 2)).toMatchObject({
      'sum-conserved': {
        message: 'the sum is 199 at revision 2, after acc1 was set to 100 and acc2 was set to 99',
      },
    });
  });

  it('an account that is deleted', () => {
    const gone = {
      revision: 3,
      events: [
        { type: 'delete' as const, key: 'bank/accounts/acc1', value: '', createRevision: 0, version: 0 },
      ],
    };
    expect(judge({ operations: [], log: [opening, gone] })).toMatchObject({
      'sum-conserved': { verdict: 'violated', revisions: [3] },
      'no-negative-balance': { message: 'acc1 has no balance at revision 3, after acc1 was set to NaN' },
    });
  });

  it('a balance below 0', () => {
    const log = [
      opening,
      revision(3, { acc1: -50, acc2: 250 }, { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 150 }),
    ];
    const findings = judge({ operations: [asked('w1-1', 'acc1', 'acc2', ok(150, 3))], log });
    expect(findings['no-negative-balance']).toEqual({
      verdict: 'violated',
      message: 'the balance of acc1 is -50 at revision 3, after w1-1 moved 150 from acc1 to acc2',
      operations: ['w1-1'],
      revisions: [3],
    });
    expect(findings['half-moves']).toMatchObject({
      message: 'w1-1 moved 150 from acc1 to acc2 at revision 3, but acc1 held 100 just before',
    });
  });

  it.each([
    [
      'is not in the log',
      asked('w9-1', 'acc1', 'acc2', ok(50, 3)),
      'w9-1 was reported ok, but it is not in the log',
    ],
    [
      'is at another revision',
      asked('w1-1', 'acc1', 'acc2', ok(50, 7)),
      'w1-1 was reported ok, but the log has it at revision 3 instead of 7',
    ],
    [
      'moved another amount',
      asked('w1-1', 'acc1', 'acc2', ok(49, 3)),
      'w1-1 was reported ok, but its receipt says 50 instead of 49',
    ],
    [
      'was to move nothing',
      asked('w1-1', 'acc1', 'acc1', ok(0)),
      'w1-1 was reported ok, but it has a receipt although there was nothing to move',
    ],
  ])('a transfer reported ok that %s', (_what, operation, message) => {
    const findings = judge({ operations: [operation], log: [opening, first] });
    expect(findings['ok-exactly-once']).toMatchObject({
      verdict: 'violated',
      message,
      operations: [operation.id],
    });
  });

  it('a transfer reported ok that happened twice', () => {
    const again = revision(
      4,
      { acc1: 25, acc2: 175 },
      { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 25, version: 2 },
    );
    expect(judge({ operations: [askedFirst], log: [opening, first, again] })).toEqual({
      'ok-exactly-once': {
        verdict: 'violated',
        message: 'w1-1 was reported ok, but it is in the log 2 times, at revision 3 and 4',
        operations: ['w1-1'],
        revisions: [3, 4],
      },
      'at-most-once': {
        verdict: 'violated',
        message: 'w1-1 happened twice: it moved 50 at revision 3 and 25 at revision 4',
        operations: ['w1-1'],
        revisions: [3, 4],
      },
    });
  });

  it('a transfer reported ok whose receipt is not the first', () => {
    const late = revision(
      3,
      { acc1: 50, acc2: 150 },
      { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 50, version: 2 },
    );
    expect(judge({ operations: [askedFirst], log: [opening, late] })['ok-exactly-once']).toMatchObject({
      message: 'w1-1 was reported ok, but its receipt at revision 3 is not the first',
    });
  });

  it.each([
    ['another amount', { acc1: 60, acc2: 140 }],
    ['only what one account shows', { acc1: 50 }],
    ['a third account too', { acc1: 50, acc2: 150, acc3: 100 }],
  ])('a transfer reported ok whose revision moved %s', (_what, balances) => {
    const log = [opening, revision(3, balances, { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 50 })];
    expect(judge({ operations: [askedFirst], log })['ok-exactly-once']).toMatchObject({
      message: 'w1-1 was reported ok, but at revision 3 50 did not move from acc1 to acc2',
      revisions: [3],
    });
  });

  it('a transfer reported failed that happened', () => {
    const operations = [asked('w1-1', 'acc1', 'acc2', failed)];
    expect(judge({ operations, log: [opening, first] })).toEqual({
      'failed-never': {
        verdict: 'violated',
        message: 'w1-1 was reported failed (refused), but is in the log at revision 3',
        operations: ['w1-1'],
        revisions: [3],
      },
    });
  });

  it('an indefinite transfer that happened twice', () => {
    const again = revision(
      4,
      { acc1: 25, acc2: 175 },
      { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 25, version: 2 },
    );
    const operations = [asked('w1-1', 'acc1', 'acc2', indefinite)];
    expect(Object.keys(judge({ operations, log: [opening, first, again] }))).toEqual(['at-most-once']);
  });

  it('a receipt without a request', () => {
    expect(judge({ operations: [], log: [opening, first] })).toEqual({
      'at-most-once': {
        verdict: 'violated',
        message: 'no node requested w1-1 moved 50 from acc1 to acc2, which has a receipt at revision 3',
        operations: [],
        revisions: [3],
      },
    });
  });

  it('a receipt for other accounts than requested', () => {
    const operations = [asked('w1-1', 'acc1', 'acc3', indefinite)];
    expect(judge({ operations, log: [opening, first] })['at-most-once']).toMatchObject({
      operations: ['w1-1'],
    });
  });

  it('an unreadable receipt', () => {
    const log = [opening, { revision: 3, events: [put('bank/receipts/w1-1', 'not JSON', 3)] }];
    const operations = [asked('w1-1', 'acc1', 'acc2', indefinite)];
    expect(judge({ operations, log })['at-most-once']).toMatchObject({ verdict: 'violated', revisions: [3] });
  });

  it('accounts that change without a receipt', () => {
    expect(judge({ operations: [], log: [opening, revision(3, { acc1: 50, acc2: 150 })] })).toEqual({
      'at-most-once': {
        verdict: 'violated',
        message: 'acc1 was set to 50 and acc2 was set to 150 at revision 3 without a receipt',
        operations: [],
        revisions: [3],
      },
    });
  });

  it('a transfer based on an old balance of its source', () => {
    const log = [
      opening,
      first,
      revision(4, { acc1: 0, acc3: 150 }, { id: 'w2-1', from: 'acc1', to: 'acc3', amount: 50 }),
    ];
    const operations = [askedFirst, asked('w2-1', 'acc1', 'acc3', ok(50, 4))];
    expect(judge({ operations, log })).toEqual({
      'half-moves': {
        verdict: 'violated',
        message:
          'w2-1 moved 50 from acc1 to acc3 at revision 4, but acc1 held 50 just before, overlooking w1-1',
        operations: ['w1-1', 'w2-1'],
        revisions: [4],
      },
    });
  });

  it('a log that contradicts the order in which transfers were invoked and returned', () => {
    const operations = [
      asked('w2-1', 'acc2', 'acc3', ok(75, 4), [1, 2]),
      asked('w1-1', 'acc1', 'acc2', ok(50, 3), [3, 4]),
    ];
    expect(judge({ operations, log: [opening, first, second] })).toEqual({
      'real-time-order': {
        verdict: 'violated',
        message: 'w2-1 returned before w1-1 began, but comes after it in the log',
        operations: ['w2-1', 'w1-1'],
        revisions: [3, 4],
      },
    });
  });

  it.each([
    ['in the order of asking', ['w1-1', 'w2-1']],
    ['in the other order', ['w2-1', 'w1-1']],
  ])('a revision with a transfer and one that was invoked after it, %s', (_what, ids) => {
    const receipt = JSON.stringify({ from: 'acc1', to: 'acc2', amount: 50 });
    const both = { revision: 3, events: ids.map((id) => put(`bank/receipts/${id}`, receipt, 3)) };
    const operations = [
      asked('w1-1', 'acc1', 'acc2', ok(50, 3), [1, 2]),
      asked('w2-1', 'acc1', 'acc2', ok(50, 3), [3, 4]),
    ];
    expect(judge({ operations, log: [opening, both] })['real-time-order']).toEqual({
      verdict: 'violated',
      message: 'w1-1 returned before w2-1 began, but comes after it in the log',
      operations: ['w1-1', 'w2-1'],
      revisions: [3],
    });
  });

  it('no order if the later one in the log was indefinite', () => {
    const operations = [
      asked('w2-1', 'acc2', 'acc3', indefinite, [1, 2]),
      asked('w1-1', 'acc1', 'acc2', ok(50, 3), [3, 4]),
    ];
    expect(judge({ operations, log: [opening, first, second] })).toEqual({});
  });
});
