/**
 * Operations that are adjacent in every order: a write, the reads of its value, the swap that replaced that
 * value, the reads of the swap's value, and so on. Invariant: with unique values a register goes through
 * whole blocks, one after the other. Inside a block the order is known, except for reads of one value.
 */
import type { Finding } from '../check.js';
import { foundValue, whatIt, type RegisterOperation, type ResolvedOperation } from './operations.js';

/** One place in a block: the write or swap that left a value, or all its readers. */
export interface Block {
  /**
   * In order; operations of one place may come in any order. The first place of the initial block is empty.
   */
  readonly places: readonly (readonly ResolvedOperation[])[];
  /** Whether it begins with the register's initial state, in which it has no value. */
  readonly initial: boolean;
}

/** The blocks, or why there cannot be an order. Every value that was found was written by one operation. */
export function blocksOf(operations: readonly ResolvedOperation[]): readonly Block[] | Finding {
  const readers = new Map<string | null, ResolvedOperation[]>();
  const swaps = new Map<string | null, ResolvedOperation>();
  const heads: ResolvedOperation[] = [];
  for (const operation of operations) {
    const { call } = operation;
    if (call.kind === 'write') heads.push(operation);
    if (call.kind === 'read') {
      const own = readers.get(call.value);
      if (own === undefined) readers.set(call.value, [operation]);
      else own.push(operation);
    }
    if (call.kind !== 'swap') continue;
    const other = swaps.get(call.expected);
    if (other !== undefined) {
      const what = call.expected ?? call.initial ?? 'no value';
      return violated(`${other.id} and ${operation.id} both found ${what} in ${call.key} and replaced it`, [
        ...[other, other.shownBy, operation, operation.shownBy],
      ]);
    }
    swaps.set(call.expected, operation);
  }
  const blocks: Block[] = [];
  for (const head of [undefined, ...heads]) {
    const places: (readonly ResolvedOperation[])[] = [];
    for (
      let next: ResolvedOperation | undefined = head, first = true;
      first || next !== undefined;
      first = false
    ) {
      const value: string | null = next?.call.value ?? null;
      places.push(next === undefined ? [] : [next], readers.get(value) ?? []);
      next = swaps.get(value);
      swaps.delete(value);
    }
    blocks.push({ places, initial: head === undefined });
  }
  // The remaining swaps follow one another in a circle.
  const [circular] = swaps.values();
  if (circular === undefined) return blocks;
  return violated(
    `${circular.id} found ${foundValue(circular.call) ?? circular.call.initial ?? 'no value'} in ${circular.call.key}, which can only result from its own write`,
    [...swaps.values()].flatMap((swap) => [swap, swap.shownBy]),
  );
}

/** An operation that was done before one began that comes earlier in the block. */
export function findDisorder({ places }: Block): Finding | undefined {
  /** Of the places so far, the operation that began last, and its place. */
  let latest: ResolvedOperation | undefined;
  let latestPlace = 0;
  for (const [place, here] of places.entries()) {
    for (const operation of here) {
      if (latest === undefined || !(operation.return < latest.invoke)) continue;
      return violated(
        `${latest.id} ${whatIt(latest.call)} after ${operation.shownBy.id} had ended, which shows that the later ${valueOf(operation)} was already there`,
        [latest, latest.shownBy, operation.shownBy, ...changesBetween(places, latestPlace, place)],
      );
    }
    for (const operation of here) {
      if (latest !== undefined && operation.invoke <= latest.invoke) continue;
      latest = operation;
      latestPlace = place;
    }
  }
  return undefined;
}

const CHANGES_NAMED_MAX = 6;

/** The swaps that lead from one place to another; of a long chain only the first few. */
export function changesBetween(
  places: Block['places'],
  from: number,
  to: number,
): readonly ResolvedOperation[] {
  const [low, high] = from < to ? [from, to] : [to, from];
  return places
    .slice(low, high + 1)
    .flat()
    .filter(({ call }) => call.kind !== 'read')
    .slice(0, CHANGES_NAMED_MAX);
}

function valueOf({ call }: RegisterOperation): string {
  return call.value ?? call.initial ?? 'nothing';
}

function violated(message: string, operations: readonly RegisterOperation[]): Finding {
  return {
    verdict: 'violated',
    message,
    operations: [...new Set(operations.map(({ id }) => id))],
    revisions: [],
  };
}
