/** What each ready-made sequential type makes of each call: the state after it, or that its result cannot be. */
import { describe, expect, it } from 'vitest';
import {
  cellType,
  counterType,
  setType,
  type CellCall,
  type CounterCall,
  type SetCall,
} from '../../../sim/check/linearizable/models.js';
import { typeOfModel, type Asked } from '../../../sim/check/linearizable/model.js';
import type { SequentialType } from '../../../sim/check/linearizable.js';
import { canonicalJson } from '../../../sim/input/canonical-json.js';

/** The state after a call; undefined if its result cannot be. */
function after<State, Call>(
  { apply }: SequentialType<State, Call>,
  state: State,
  call: Call,
): State | undefined {
  return apply(state, call);
}

describe('a counter', () => {
  const counter = counterType(5);
  const cases: readonly [string, CounterCall, number | undefined][] = [
    ['adds', { kind: 'add', by: 3 }, 8],
    ['subtracts', { kind: 'add', by: -6 }, -1],
    ['tells the count after an addition', { kind: 'add', by: 3, told: 8 }, 8],
    ['does not tell the count before it', { kind: 'add', by: 3, told: 5 }, undefined],
    ['is read', { kind: 'read', told: 5 }, 5],
    ['is not read as another number', { kind: 'read', told: 6 }, undefined],
    ['may be read by a client that never heard the answer', { kind: 'read' }, 5],
  ];

  it('begins with the number that is given', () => {
    expect(counter.initial).toBe(5);
  });

  it.each(cases)('%s', (_, call, expected) => {
    expect(after(counter, 5, call)).toBe(expected);
  });

  it('has a text for each count and each call', () => {
    expect(counter.textOf(5)).not.toBe(counter.textOf(6));
    const calls: readonly CounterCall[] = [{ kind: 'add', by: 1 }, { kind: 'add', by: 2 }, { kind: 'read' }];
    expect(new Set(calls.map((call) => counter.textOfCall?.(call))).size).toBe(3);
  });
});

describe('a set', () => {
  const set = setType(['b', 'a', 'b']);
  const ab = ['a', 'b'];
  const cases: readonly [string, SetCall, readonly string[] | undefined][] = [
    ['gets a new member, in order', { kind: 'add', item: 'aa', told: true }, ['a', 'aa', 'b']],
    ['keeps a member that is there', { kind: 'add', item: 'a', told: false }, ab],
    ['keeps it, too, if nobody heard', { kind: 'add', item: 'a' }, ab],
    ['does not get a member twice', { kind: 'add', item: 'a', told: true }, undefined],
    ['does not refuse a new member', { kind: 'add', item: 'c', told: false }, undefined],
    ['loses a member', { kind: 'remove', item: 'a', told: true }, ['b']],
    ['loses nothing else', { kind: 'remove', item: 'c', told: false }, ab],
    ['does not lose what is not there', { kind: 'remove', item: 'c', told: true }, undefined],
    ['does not keep what it loses', { kind: 'remove', item: 'a', told: false }, undefined],
    ['has a member', { kind: 'has', item: 'a', told: true }, ab],
    ['does not have another', { kind: 'has', item: 'c', told: false }, ab],
    ['is not without its member', { kind: 'has', item: 'a', told: false }, undefined],
    ['is not with another', { kind: 'has', item: 'c', told: true }, undefined],
    ['may be asked by a client that never heard', { kind: 'has', item: 'c' }, ab],
    ['lists its members', { kind: 'list', told: ab }, ab],
    ['does not list fewer', { kind: 'list', told: ['a'] }, undefined],
    ['does not list one that is made of two', { kind: 'list', told: ['ab'] }, undefined],
    ['does not list them in another order', { kind: 'list', told: ['b', 'a'] }, undefined],
    ['may be listed for a client that never heard', { kind: 'list' }, ab],
  ];

  it('begins with what is given, in order, each once', () => {
    expect(set.initial).toEqual(ab);
  });

  it.each(cases)('%s', (_, call, expected) => {
    expect(after(set, ab, call)).toEqual(expected);
  });

  it('has a text for each state and each call', () => {
    expect(set.textOf(ab)).not.toBe(set.textOf(['ab']));
    expect(set.textOf([])).not.toBe(set.textOf(['']));
    const calls: readonly SetCall[] = [
      ...([
        { kind: 'add', item: 'a' },
        { kind: 'remove', item: 'a' },
        { kind: 'has', item: 'a' },
      ] as const),
      { kind: 'add', item: 'b' },
      { kind: 'list' },
    ];
    expect(new Set(calls.map((call) => set.textOfCall?.(call))).size).toBe(calls.length);
    expect(set.textOfCall?.({ kind: 'list' })).toBe('list');
  });
});

describe('a register that may be deleted', () => {
  const cell = cellType('1');
  const key = 'k';
  const swap = (
    expected: string | null,
    swapped: boolean | undefined,
    found?: string | null,
    value: string | null = '9',
  ): CellCall => ({ kind: 'swap', key, expected, value, swapped, found });
  const cases: readonly [string, CellCall, string | null | undefined][] = [
    ['is read', { kind: 'read', key, value: '1' }, '1'],
    ['is not read as another value', { kind: 'read', key, value: '2' }, undefined],
    ['is not read as deleted', { kind: 'read', key, value: null }, undefined],
    ['is written', { kind: 'write', key, value: '2' }, '2'],
    ['is deleted', { kind: 'write', key, value: null }, null],
    ['is swapped', swap('1', true), '9'],
    ['is swapped for no value', swap('1', true, undefined, null), null],
    ['is swapped for a client that never heard', swap('1', undefined), '9'],
    ['is not swapped for another value', swap('2', true), undefined],
    ['stays if it has another value', swap('2', false), '1'],
    ['stays for a client that never heard', swap('2', undefined), '1'],
    ['does not stay if it has the value', swap('1', false), undefined],
    ['tells the value that was there instead', swap('2', false, '1'), '1'],
    ['does not tell another value', swap('2', false, '3'), undefined],
    ['does not tell that there was none', swap('2', false, null), undefined],
    ['ignores a value that is told beside a swap', swap('1', true, '3'), '9'],
  ];

  it('begins with the value that is given', () => {
    expect(cell.initial).toBe('1');
    expect(cellType(null).initial).toBeNull();
  });

  it.each(cases)('%s', (_, call, expected) => {
    expect(after(cell, '1', call)).toBe(expected);
  });

  it('without a value is read as none, and swapped from none', () => {
    expect(after(cell, null, { kind: 'read', key, value: null })).toBeNull();
    expect(after(cell, null, swap(null, true))).toBe('9');
    expect(after(cell, null, swap('1', false, null))).toBeNull();
  });

  it('has a text for each state and each call', () => {
    expect(new Set([null, '', '1', '='].map((state) => cell.textOf(state))).size).toBe(4);
    expect(cell.textOfCall?.(swap('1', true))).not.toBe(cell.textOfCall?.(swap('2', true)));
    expect(cell.textOfCall?.(swap('1', true))).toBe(cell.textOfCall?.({ ...swap('1', true) }));
  });
});

describe('a model of your own', () => {
  const log = typeOfModel<
    { readonly items: readonly string[] },
    { readonly output: unknown; readonly item: string }
  >(
    {
      initial: { items: [] },
      next: ({ items }, { item }) => [
        { items: [...items, item] },
        items.length === 0 ? undefined : items.length,
      ],
    },
    canonicalJson,
  );

  it('fits an operation whose output is the model’s, or is not known', () => {
    const one = { items: ['a'] };
    expect(log.apply(one, { item: 'b', output: 1 })).toEqual({ items: ['a', 'b'] });
    expect(log.apply(one, { item: 'b', output: 2 })).toBeUndefined();
    expect(log.apply(one, { item: 'b', output: undefined })).toEqual({ items: ['a', 'b'] });
  });

  it('takes no output for null', () => {
    expect(log.apply({ items: [] }, { item: 'a', output: null })).toEqual({ items: ['a'] });
    expect(log.apply({ items: [] }, { item: 'a', output: 0 })).toBeUndefined();
  });

  it('tells states apart by their JSON, or by the text that the model has', () => {
    expect(log.textOf({ items: ['a'] })).not.toBe(log.textOf({ items: ['b'] }));
    const blind = typeOfModel(
      { initial: 1, next: (state) => [state, state], textOf: () => 'same' },
      canonicalJson,
    );
    expect(blind.textOf(1)).toBe('same');
  });

  it('cannot change a state that it has received', () => {
    const initial = { deep: { items: [] as string[] } };
    const type = typeOfModel(
      { initial, next: (state) => [{ deep: { items: [...state.deep.items, 'x'] } }, null] },
      canonicalJson,
    );
    expect(() => type.initial.deep.items.push('x')).toThrow(TypeError);
    const next = type.apply(type.initial, { output: undefined });
    expect(() => next?.deep.items.push('y')).toThrow(TypeError);
  });

  it('may have a state that is no object', () => {
    const type = typeOfModel<string | null, Asked>({ initial: null, next: () => ['a', null] }, canonicalJson);
    expect(type.initial).toBeNull();
    expect(after(type, null, { output: null })).toBe('a');
  });
});
