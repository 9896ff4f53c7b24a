/**
 * A violation is the first that shows: compared with every prefix of small histories, each judged by trying
 * all orders.
 */
import { describe, expect, it } from 'vitest';
import { earliest } from '../../sim/check/earliest-violation.js';
import { checkFifoQueue } from '../../sim/check/fifo-queue.js';
import { checkPriorityQueue } from '../../sim/check/priority-queue.js';
import type { Finding } from '../../sim/check/check.js';
import type { QueueOperation } from '../../sim/check/queue/items.js';
import { checkRegisters, type RegisterOperation } from '../../sim/check/register.js';
import { drawCalls, someOrder } from './call-histories.js';
import { drawFrom, drawHistory } from './queue-histories.js';
import { registerShape, registerType } from './register-histories.js';
import { queueCalls, queueType } from './typed-queue.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3000);

interface InTime {
  readonly id: string;
  readonly invoke: number;
  readonly return?: number | undefined;
}

/** The finding for a whole history equals that for its shortest prefix that no order explains. */
function expectFirst<One extends InTime>(
  operations: readonly One[],
  check: (operations: readonly One[]) => Finding,
  open: (operation: One) => readonly One[],
  possible: (operations: readonly One[]) => boolean,
): boolean {
  const prefix = (moment: number) =>
    operations.flatMap((one) => ((one.return ?? Infinity) <= moment ? [one] : open(one)));
  const returns = operations.flatMap((one) => one.return ?? []).sort((a, b) => a - b);
  const first = returns.find((moment) => !possible(prefix(moment)));
  const finding = check(operations);
  const where = JSON.stringify(operations);
  expect(finding.verdict, where).toBe(first === undefined ? 'satisfied' : 'violated');
  if (first !== undefined) expect(finding, where).toEqual(check(prefix(first)));
  return first !== undefined;
}

describe('a violation is the first that shows', () => {
  it.each([
    ['of a queue', 1, checkFifoQueue],
    ['of a priority queue', 3, checkPriorityQueue],
  ])('%s', (_, priorities, check) => {
    let violations = 0;
    for (let seed = 0; seed < ROUNDS; seed++) {
      const shape = { enqueuesMax: 5, dequeuesMax: 6, priorities, oneUnresolvedOf: 4, overlap: 30 };
      const history = drawHistory(drawFrom(seed), shape);
      const open = ({ id, kind, value, priority, invoke }: QueueOperation): QueueOperation[] => [
        kind === 'enqueue' ? { id, kind, value, priority, invoke } : { id, kind, invoke },
      ];
      const possible = (some: readonly QueueOperation[]) => someOrder(queueType, queueCalls(some));
      if (expectFirst(history, check, open, possible)) violations += 1;
    }
    expect(violations).toBeGreaterThan(ROUNDS / 50);
  });

  it('of a register', () => {
    let violations = 0;
    for (let seed = 0; seed < ROUNDS; seed++) {
      const calls: RegisterOperation[] = drawCalls(drawFrom(seed), registerShape(seed % 2 === 0, 5));
      const open = ({ id, call, invoke }: RegisterOperation): RegisterOperation[] =>
        call.kind === 'read' ? [] : [{ id, call, invoke }];
      const possible = (some: readonly RegisterOperation[]) => someOrder(registerType, some);
      if (expectFirst(calls, checkRegisters, open, possible)) violations += 1;
    }
    expect(violations).toBeGreaterThan(ROUNDS / 10);
  });
});

describe('how often it judges', () => {
  /** Operation `at` ends at 2 * at + 1; some have not ended. */
  const operations: InTime[] = Array.from({ length: 1000 }, (_, at) =>
    at % 100 === 99 ? { id: `o${at}`, invoke: 2 * at } : { id: `o${at}`, invoke: 2 * at, return: 2 * at + 1 },
  );

  /**
   * Judges as wrong what has the return of `wrong`.
   *
   * @param named the operations that a violation names, of those given
   */
  function search(wrong: string, named: (given: readonly InTime[]) => readonly string[]) {
    let judged = 0;
    const finding = earliest<InTime>(
      operations,
      (given) => {
        judged += 1;
        if (given.find(({ id }) => id === wrong)?.return === undefined) return { verdict: 'satisfied' };
        return {
          ...{ verdict: 'violated', operations: named(given), revisions: [] },
          message: `of ${given.filter((one) => one.return !== undefined).length}`,
        };
      },
      ({ id, invoke }) => (id.endsWith('7') ? undefined : { id, invoke }),
    );
    return { judged, message: finding.verdict === 'violated' ? finding.message : finding.verdict };
  }

  it('three times if the first violation names the operation that shows it, last of all', () => {
    expect(search('o500', () => ['o498', 'o500', 'o3'])).toEqual({ judged: 3, message: 'of 496' });
    expect(search('o500', () => ['o500', 'o599'])).toEqual({ judged: 3, message: 'of 496' });
  });

  it('twice if there is one return, or if the very first is wrong', () => {
    expect(search('o0', () => ['o0'])).toEqual({ judged: 2, message: 'of 1' });
    expect(search('o0', () => [])).toMatchObject({ message: 'of 1' });
  });

  it('once if nothing is wrong', () => {
    expect(search('o99', () => ['o99'])).toEqual({ judged: 1, message: 'satisfied' });
  });

  it('six times more than halving needs, if violations name other operations', () => {
    const halvings = Math.ceil(Math.log2(990));
    const unnamed = search('o500', () => []);
    expect(unnamed.message).toBe('of 496');
    expect(unnamed.judged).toBeLessThanOrEqual(1 + halvings);
    expect(unnamed.judged).toBeGreaterThanOrEqual(halvings - 1);
    const lastEnded = (given: readonly InTime[]) => [
      given.findLast((one) => one.return !== undefined)?.id ?? '',
    ];
    const misled = search('o500', lastEnded);
    expect(misled.message).toBe('of 496');
    expect(misled.judged).toBeLessThanOrEqual(1 + 6 + halvings);
    expect(misled.judged).toBeGreaterThan(6 + halvings - 2);
  });

  it('as often as halving if violations name an operation that ended earlier', () => {
    const { judged, message } = search('o900', () => ['o100']);
    expect(message).toBe('of 892');
    expect(judged).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(990)));
  });
});
