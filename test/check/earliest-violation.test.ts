/**
 * A violation is the first that shows: compared with every prefix of small histories, each judged by trying
 * all orders.
 */
import { describe, expect, it } from 'vitest';
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
