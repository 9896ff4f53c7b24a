import { describe, expect, it } from 'vitest';
import { checkLinearizable, type SequentialType, type TimedCall } from '../../sim/check/linearizable.js';
import { drawCalls, someOrder, type CallShape } from './call-histories.js';
import { drawFrom } from './queue-histories.js';

/** Values repeat, unlike in the registers that have a checker of their own. */
type CellCall =
  | { readonly kind: 'put'; readonly value: number }
  | { readonly kind: 'get'; readonly value: number }
  | { readonly kind: 'swap'; readonly from: number; readonly to: number; readonly done: boolean };

const cell: SequentialType<number, CellCall> = {
  initial: 0,
  apply(state, call) {
    switch (call.kind) {
      case 'put':
        return call.value;
      case 'get':
        return state === call.value ? state : undefined;
      case 'swap':
        if ((state === call.from) !== call.done) return undefined;
        return call.done ? call.to : state;
    }
  },
  textOf: String,
};

const cells: CallShape<number, CellCall> = {
  type: cell,
  drawCall(draw, state) {
    const from = draw(3);
    return [
      { kind: 'put', value: draw(3) } as const,
      { kind: 'get', value: state } as const,
      { kind: 'swap', from, to: draw(3), done: from === state } as const,
    ][draw(3)] as CellCall;
  },
  spoil: (draw, call) => (call.kind === 'swap' ? { ...call, done: !call.done } : { ...call, value: draw(3) }),
  callsMax: 7,
  overlap: 8,
  oneOpenOf: 4,
};

type StackCall = { readonly kind: 'push' | 'pop'; readonly value: number | undefined };

const stack: SequentialType<readonly number[], StackCall> = {
  initial: [],
  apply(state, { kind, value }) {
    if (kind === 'push') return [...state, value ?? 0];
    return state.at(-1) === value ? state.slice(0, -1) : undefined;
  },
  textOf: (state) => state.join(),
};

const stacks: CallShape<readonly number[], StackCall> = {
  type: stack,
  drawCall: (draw, state, index) =>
    draw(2) === 0 ? { kind: 'push', value: index } : { kind: 'pop', value: state.at(-1) },
  spoil: (draw, call, all) => ({ kind: call.kind, value: all[draw(all.length)]?.value }),
  callsMax: 7,
  overlap: 8,
  oneOpenOf: 5,
};

const judge = <State, Call>(type: SequentialType<State, Call>, calls: readonly TimedCall<Call>[]) =>
  checkLinearizable({ type, calls, describe: (call) => JSON.stringify(call) });

/** Compares the search with all orders, over many histories; returns how many of them were possible. */
function compare<State, Call>(shape: CallShape<State, Call>, histories: number) {
  let possible = 0;
  for (let seed = 0; seed < histories; seed++) {
    const calls = drawCalls(drawFrom(seed), shape);
    const expected = someOrder(shape.type, calls);
    if (expected) possible += 1;
    const { verdict } = judge(shape.type, calls);
    expect(verdict, `seed ${seed}: ${JSON.stringify(calls)}`).toBe(expected ? 'satisfied' : 'violated');
  }
  return possible;
}

describe('the search through orders', () => {
  it('gives the same answer as trying all orders, for a cell with repeated values', () => {
    const possible = compare(cells, 6_000);
    expect(possible).toBeGreaterThan(2_000);
    expect(possible).toBeLessThan(5_500);
  });

  it('gives the same answer as trying all orders, for a stack', () => {
    const possible = compare(stacks, 4_000);
    expect(possible).toBeGreaterThan(1_000);
    expect(possible).toBeLessThan(3_500);
  });

  it('names the call that does not fit, those before it and those under way', () => {
    const calls: TimedCall<CellCall>[] = [
      { id: 'a', call: { kind: 'put', value: 1 }, invoke: 1, return: 2 },
      { id: 'b', call: { kind: 'put', value: 2 }, invoke: 3, return: 4 },
      { id: 'c', call: { kind: 'get', value: 1 }, invoke: 5, return: 7 },
      { id: 'd', call: { kind: 'put', value: 3 }, invoke: 6, return: 8 },
    ];
    expect(judge(cell, calls)).toEqual({
      verdict: 'violated',
      message: 'c ({"kind":"get","value":1}) fits into no order',
      operations: ['a', 'b', 'd', 'c'],
      revisions: [],
    });
  });

  it('judges parts separately: each key was used in order, but all together need not be', () => {
    const puts = (value: number, from: number): TimedCall<CellCall>[] => [
      { id: `put ${value}`, call: { kind: 'put', value }, invoke: from, return: from + 1 },
      { id: `get ${value}`, call: { kind: 'get', value }, invoke: from + 4, return: from + 5 },
    ];
    const calls = [...puts(1, 0), ...puts(2, 2)];
    const request = { type: cell, calls, describe: ({ kind }: CellCall) => kind };
    const partOf = (call: CellCall) => ('value' in call ? `${call.value}` : call.kind);
    expect(checkLinearizable({ ...request, partOf })).toEqual({ verdict: 'satisfied' });
    expect(checkLinearizable(request)).toMatchObject({ verdict: 'violated' });
  });

  it('reports that it would exceed its budget', () => {
    const open = Array.from({ length: 40 }, (_, index): TimedCall<StackCall> => {
      return { id: `p${index}`, call: { kind: 'push', value: index }, invoke: 0, return: 10 };
    });
    const calls = [...open, { id: 'pop', call: { kind: 'pop', value: -1 } as const, invoke: 0, return: 5 }];
    const request = { type: stack, calls, describe: () => 'pop' };
    expect(checkLinearizable({ ...request, budget: { configurationsMax: 500 } })).toEqual({
      verdict: 'inconclusive',
      reason: 'the search through the orders needs more than 500 configurations at once',
    });
    expect(checkLinearizable({ ...request, budget: { stepsMax: 500 } })).toEqual({
      verdict: 'inconclusive',
      reason: 'the search through the orders takes more than 500 steps',
    });
  });

  it('counts its memory, so that large states do not fill it', () => {
    const calls = Array.from({ length: 16 }, (_, index): TimedCall<StackCall> => {
      return { id: `p${index}`, call: { kind: 'push', value: 10 ** 6 + index }, invoke: index, return: 100 };
    });
    const request = { type: stack, calls, describe: () => 'push' };
    expect(checkLinearizable({ ...request, budget: { memoryMaxBytes: 2 ** 20 } })).toEqual({
      verdict: 'inconclusive',
      reason: 'the search through the orders needs more than 1048576 bytes',
    });
  });

  it('counts comparisons among unanswered calls, so that it ends in time', () => {
    const sets = Array.from({ length: 60 }, (_, index): TimedCall<CellCall> => {
      return { id: `w${index}`, call: { kind: 'put', value: index % 3 }, invoke: index };
    });
    const reads = Array.from({ length: 60 }, (_, index): TimedCall<CellCall> => {
      const at = 100 + 2 * index;
      return { id: `r${index}`, call: { kind: 'get', value: index % 2 }, invoke: at, return: at + 1 };
    });
    const request = { type: cell, calls: [...sets, ...reads], describe: () => 'call' };
    expect(checkLinearizable({ ...request, budget: { stepsMax: 200_000 } })).toEqual({
      verdict: 'inconclusive',
      reason: 'the search through the orders takes more than 200000 steps',
    });
    // Equal calls stand for one another.
    const alike = { ...cell, textOfCall: (call: CellCall) => JSON.stringify(call) };
    const budget = { stepsMax: 200_000 };
    expect(checkLinearizable({ ...request, type: alike, budget }).verdict).toBe('violated');
  });

  it('gives the same answer if similar calls stand for one another', () => {
    const alike = { ...cell, textOfCall: (call: CellCall) => JSON.stringify(call) };
    compare({ ...cells, type: alike, oneOpenOf: 2 }, 4_000);
  });

  it('copes with many unanswered calls', () => {
    const open = Array.from({ length: 100 }, (_, index): TimedCall<CellCall> => {
      return { id: `w${index}`, call: { kind: 'put', value: index }, invoke: index };
    });
    const reads = Array.from({ length: 100 }, (_, index): TimedCall<CellCall> => {
      const at = 1_000 + 2 * index;
      return { id: `r${index}`, call: { kind: 'get', value: index }, invoke: at, return: at + 1 };
    });
    expect(judge(cell, [...open, ...reads])).toEqual({ verdict: 'satisfied' });
    const again: TimedCall<CellCall> = {
      id: 'again',
      call: { kind: 'get', value: 7 },
      invoke: 2_000,
      return: 2_001,
    };
    expect(judge(cell, [...open, ...reads, again])).toMatchObject({ verdict: 'violated' });
  });
});
