/** The helpers for your own checks: states after revisions, operations by name, calls. */
import { expect, it } from 'vitest';
import { KeyLives } from '../../sim/history/key-lives.js';
import { placeAt, versionsOf } from '../../sim/history/key-versions.js';
import type { Call } from '../../sim/history/calls.js';
import { callsOf, endOf, happenedBefore, operationsNamed } from '../../sim/history/operations.js';
import { stateAt, statesOf } from '../../sim/history/states.js';
import { historyOf, logOf, op } from '../check/ready/histories.js';

const log = logOf({ a: '1' }, { a: '2', b: '1' }, { a: null });

it('a state results from all changes up to a revision', () => {
  expect(stateAt({ log }, 1)).toEqual(new Map());
  expect(stateAt({ log }, 3)).toEqual(
    new Map([
      ['a', '2'],
      ['b', '1'],
    ]),
  );
  expect(stateAt({ log })).toEqual(new Map([['b', '1']]));
  expect(stateAt({ log: [] })).toEqual(new Map());
});

it('every revision comes with the state after it', () => {
  const states = [...statesOf({ log })].map(({ revision, events }) => [revision, events.length]);
  expect(states).toEqual([
    [2, 1],
    [3, 2],
    [4, 1],
  ]);
  const seen: unknown[] = [];
  for (const { state } of statesOf({ log })) seen.push(Object.fromEntries(state));
  expect(seen).toEqual([{ a: '1' }, { a: '2', b: '1' }, { b: '1' }]);
});

it('a key has a version from each revision that changed it on', () => {
  const versions = versionsOf({ log }).get('a') ?? [];
  expect(versions.map(({ revision, value }) => [revision, value])).toEqual([
    [0, undefined],
    [2, '1'],
    [3, '2'],
    [4, undefined],
  ]);
  expect([-1, 0, 1, 2, 3, 9].map((revision) => placeAt(versions, revision))).toEqual([-1, 0, 0, 1, 2, 3]);
  const [first, second] = logOf({ a: '1' }, { a: '2' });
  const both = { revision: 2, events: [...(first?.events ?? []), ...(second?.events ?? [])] };
  expect(versionsOf({ log: [both] }).get('a')).toEqual([
    { revision: 0, value: undefined },
    { revision: 2, value: '2' },
  ]);
});

it('a key lives from its creation to its deletion', () => {
  const lives = new KeyLives(log);
  expect([1, 2, 3, 4].map((at) => lives.isThere('a', at))).toEqual([false, true, true, false]);
  expect(lives.exists('a', 2, 3)).toBe(true);
  expect(lives.exists('a', 3, 3)).toBe(false);
});

it('operations are found by name, with their outcomes and their order', () => {
  const [put, get, again] = [op('a put', [1, 2]), op('b get', [2.5]), op('a put', [3, 4], { end: 'failed' })];
  const history = historyOf([put, get, again]);
  expect(operationsNamed(history, 'put')).toEqual([put, again]);
  expect(operationsNamed(history, 'get', 'look')).toEqual([get]);
  expect([put, get, again].map(endOf)).toEqual(['ok', 'indefinite', 'failed']);
  expect(happenedBefore(put, get)).toBe(true);
  expect(happenedBefore(get, again)).toBe(false);
  const calls = ['put@1', 'other', 'put@1'].map((operation) => ({ operation }) as Call);
  expect(callsOf({ ...history, calls }, put)).toHaveLength(2);
  expect(callsOf(history, put)).toEqual([]);
});
