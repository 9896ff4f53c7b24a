/** How long the checkers take for long histories: correct ones, and some with a violation at the very end. */
import { checkFifoQueue } from '../sim/check/fifo-queue.js';
import type { Finding } from '../sim/check/check.js';
import { checkPriorityQueue } from '../sim/check/priority-queue.js';
import { checkRegisters } from '../sim/check/register.js';
import { checkTransactions } from '../sim/check/transactions.js';
import { heapBytes } from './heap.js';
import { queueHistory, registerHistory, transactionHistory, type HistoryShape } from './long-histories.js';
import { measureRatio, type Ratio } from './ratio.js';

interface CheckerSize {
  readonly name: string;
  readonly operations: number;
  readonly clients: number;
  readonly open: number;
  readonly seconds: number;
  readonly pairs: number;
  readonly prepare: (shape: HistoryShape) => () => Finding;
}

const fifo = (shape: HistoryShape) => {
  const history = queueHistory(shape);
  return () => checkFifoQueue(history);
};
const priority = (shape: HistoryShape) => {
  const history = queueHistory(shape, 10);
  return () => checkPriorityQueue(history);
};
const register = (shape: HistoryShape) => {
  const history = registerHistory(shape);
  return () => checkRegisters(history);
};
const transactions = (shape: HistoryShape) => {
  const history = transactionHistory(shape);
  return () => checkTransactions(history);
};

const few = { clients: 20, open: 0.02, pairs: 5 };
const sizes: readonly CheckerSize[] = [
  { name: 'fifo-queue', ...few, operations: 100_000, seconds: 1, prepare: fifo },
  { name: 'fifo-queue', ...few, operations: 1_000_000, pairs: 1, seconds: 15, prepare: fifo },
  { name: 'priority-queue', ...few, operations: 100_000, seconds: 1, prepare: priority },
  { name: 'priority-queue', ...few, operations: 1_000_000, pairs: 1, seconds: 15, prepare: priority },
  { name: 'register', ...few, operations: 10_000, clients: 10, seconds: 1, prepare: register },
  { name: 'register', ...few, operations: 1_000_000, clients: 10, pairs: 1, seconds: 15, prepare: register },
  { name: 'transactions', ...few, operations: 100_000, seconds: 1, prepare: transactions },
  { name: 'transactions', ...few, operations: 1_000_000, pairs: 1, seconds: 15, prepare: transactions },
];

export async function checkers(): Promise<readonly Ratio[]> {
  const ratios: Ratio[] = [];
  for (const size of sizes) {
    for (const spoilt of [false, true]) ratios.push(await measureChecker(size, spoilt));
  }
  return ratios;
}

async function measureChecker(size: CheckerSize, spoilt: boolean): Promise<Ratio> {
  const { name, operations, clients, open, seconds, pairs, prepare } = size;
  const judge = prepare({ operations, clients, open, spoilt });
  const before = heapBytes();
  let taken = 0;
  return measureRatio({
    name: `time allowed / taken to check ${operations.toLocaleString('en')} operations, ${name}${spoilt ? ', wrong at the end' : ''}`,
    pairs,
    wanted: 1,
    above: () => Promise.resolve(seconds),
    below: () => {
      const started = performance.now();
      const { verdict } = judge();
      const tookSeconds = (performance.now() - started) / 1000;
      const expected = spoilt ? 'violated' : 'satisfied';
      if (verdict !== expected)
        throw new Error(`${name}: the history is ${expected}, and was found ${verdict}`);
      // Measured before any collection: more than what is alive, but less than everything ever allocated.
      taken = Math.max(taken, process.memoryUsage().heapUsed - before);
      return Promise.resolve(tookSeconds);
    },
    detail: (_, took) =>
      `${Math.round(took * 1000)} ms, ${Math.round(taken / 2 ** 20)} MiB of heap besides the history of ${Math.round(before / 2 ** 20)} MiB (${clients} clients, ${open * 100} % without an answer)`,
  });
}
