/** Registers, and linearizability of ready-made types and of types of one's own. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checks, type Performed } from '../../../sim/check/ready/index.js';
import { cellType, counterType, setType, type CellCall } from '../../../sim/check/linearizable/models.js';
import type { SequentialModel } from '../../../sim/check/linearizable/model.js';
import type { Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { drawCalls, someOrder, type CallShape } from '../call-histories.js';
import { drawFrom } from '../queue-histories.js';
import { op, verdictOf } from './histories.js';

const unsure = { end: 'indefinite' } as const;
const failed = { end: 'failed' } as const;

describe('a register', () => {
  const check = checks.register({ read: 'get', write: 'put', cas: 'cas' });
  const get = (times: readonly [number, number], output: Json) => op('a get', times, { output });
  const put = (times: readonly [number, number?], input: Json, rest = {}) =>
    op('b put', times, { input, ...rest });
  const cas = (times: readonly [number, number?], expected: Json, value: Json, output: Json, rest = {}) =>
    op('c cas', times, { input: { expected, value }, output, ...rest });

  it('gives what was written last', () => {
    expect(verdictOf(check, [get([1, 2], null), put([3, 4], 'x'), get([5, 6], 'x')])).toBe('satisfied');
    expect(verdictOf(check, [put([1, 2], 'x'), put([3, 4], 'y'), get([5, 6], 'x')])).toMatch(
      /^violated by put@1, get@5, put@3: the register must have held x from put@1 to get@5/,
    );
    expect(verdictOf(check, [put([1, 2], 'x'), get([5, 6], 'z')])).toMatch(
      /^violated by get@5: .*z.*nobody wrote/,
    );
  });

  it('may have been written by a write that has no answer, at any later time, and not by one that failed', () => {
    const reads = [get([3, 4], null), get([5, 6], 'x')];
    expect(verdictOf(check, [put([1, 2], 'x', unsure), ...reads])).toBe('satisfied');
    expect(verdictOf(check, [put([1], 'x'), ...reads])).toBe('satisfied');
    expect(verdictOf(check, [put([1, 2], 'x', failed), ...reads])).toMatch(/^violated/);
    expect(verdictOf(check, [put([1, 2], 'x', unsure), get([3, 4], 'x'), get([5, 6], null)])).toMatch(
      /^violated/,
    );
  });

  it('swaps only what is expected', () => {
    expect(
      verdictOf(check, [
        cas([1, 2], null, 'x', true),
        cas([3, 4], 'x', 'y', { swapped: true }),
        get([5, 6], 'y'),
      ]),
    ).toBe('satisfied');
    expect(verdictOf(check, [put([1, 2], 'x'), cas([3, 4], 'z', 'y', true)])).toMatch(/^violated/);
    expect(verdictOf(check, [put([1, 2], 'x'), cas([3, 4], 'x', 'y', false)])).toMatch(
      /cas@3 \(did not swap x for y in the register because it found something else\) fits into no order/,
    );
    expect(verdictOf(check, [put([1, 2], 'x'), cas([3, 4], 'z', 'y', false)])).toBe('satisfied');
    const found = (instead: string) => ({ swapped: false, found: instead });
    expect(verdictOf(check, [put([1, 2], 'x'), cas([3, 4], 'z', 'y', found('x'))])).toBe('satisfied');
    expect(verdictOf(check, [put([1, 2], 'x'), cas([3, 4], 'z', 'y', found('w'))])).toMatch(/^violated/);
    expect(verdictOf(check, [cas([1, 2], null, 'x', null, unsure), get([5, 6], 'x')])).toBe('satisfied');
    expect(() => verdictOf(check, [cas([3, 4], 'z', 'y', 'yes')])).toThrow(/swapped.*cas@3 \(c\), got "yes"/);
  });

  it('may be there from the beginning, come back, and be deleted', () => {
    const from0 = checks.register({ read: 'get', write: 'put', cas: 'cas', initial: 0 });
    expect(verdictOf(from0, [get([1, 2], '0'), put([3, 4], 1), get([5, 6], 1)])).toBe('satisfied');
    expect(verdictOf(from0, [put([3, 4], 1), get([5, 6], 0)])).toMatch(/^violated/);
    expect(verdictOf(from0, [put([3, 4], 1), put([5, 6], 0), get([7, 8], '0')])).toBe('satisfied');
    expect(verdictOf(from0, [put([3, 4], 1), put([5, 6], 0), get([7, 8], 1)])).toMatch(/^violated/);
    expect(verdictOf(check, [put([1, 2], 'x'), put([3, 4], null), get([5, 6], null)])).toBe('satisfied');
    expect(verdictOf(check, [put([1, 2], 'x'), put([3, 4], null), get([5, 6], 'x')])).toMatch(/^violated/);
    expect(verdictOf(from0, [put([1, 2], null), get([3, 4], 0)])).toMatch(/^violated/);
  });

  it('names the value of the beginning where an operation found it', () => {
    const from0 = checks.register({ read: 'get', write: 'put', cas: 'cas', initial: 0 });
    const stale = verdictOf(from0, [put([3, 4], 1), get([5, 6], 0)]);
    expect(stale).toMatch(/^violated/);
    expect(stale).toContain('get@5');
    expect(stale).not.toContain('nothing');
    const twice = verdictOf(from0, [cas([1, 2], 0, 1, true), cas([3, 4], 0, 2, true)]);
    expect(twice).toMatch(/^violated.*both found 0 in the register/);
    const early = verdictOf(from0, [cas([1, 2], 0, 1, true), get([3, 4], 0)]);
    expect(early).toMatch(/^violated.*read 0 from the register/);
  });

  it('is one of several, and things lie where the options say', () => {
    const own = checks.register({
      ...{ read: 'get', write: 'put' },
      key: ({ input }) => input.at,
      value: ({ id }) => id,
      found: ({ output }) => output.was,
    });
    const at = (place: string, was?: string) => ({
      input: { at: place },
      output: was === undefined ? null : { was },
    });
    expect(verdictOf(own, [op('a put', [1, 2], at('x')), op('a get', [3, 4], at('x', 'put@1'))])).toBe(
      'satisfied',
    );
    expect(verdictOf(own, [op('a put', [1, 2], at('x')), op('a get', [3, 4], at('y', 'put@1'))])).toMatch(
      /^violated/,
    );
  });

  it('judges as a search through all orders does', () => {
    const values = [null, 'a', 'b'];
    const initials = [null, 'a'];
    const seen = { satisfied: 0, violated: 0 };
    const arbitrary = fc.record({ seed: fc.nat(2 ** 31), initial: fc.constantFrom(...initials) });
    fc.assert(
      fc.property(arbitrary, ({ seed, initial }) => {
        const type = cellType(initial);
        const draw = drawFrom(seed);
        const value = () => values[draw(3)] ?? null;
        const shape: CallShape<string | null, CellCall> = {
          type,
          ...{ callsMax: 6, overlap: 12, oneOpenOf: 4 },
          drawCall(_draw, state) {
            if (draw(3) === 0) return { kind: 'read', key: '', value: state };
            if (draw(2) === 0) return { kind: 'write', key: '', value: value() };
            const expected = value();
            return { kind: 'swap', key: '', expected, value: value(), swapped: expected === state };
          },
          spoil: (_draw, call) =>
            call.kind === 'swap' ? { ...call, swapped: call.swapped !== true } : { ...call, value: value() },
        };
        const calls = drawCalls(draw, shape).map((one) =>
          one.return === undefined && one.call.kind === 'swap'
            ? { ...one, call: { ...one.call, swapped: undefined } }
            : one,
        );
        const operations = calls.map(({ id, call, invoke, return: end }): Operation => {
          const times: [number, number?] = end === undefined ? [invoke] : [invoke, end];
          const made =
            call.kind === 'read'
              ? op('n get', times, { output: call.value })
              : call.kind === 'write'
                ? op('n put', times, { input: call.value })
                : op('n cas', times, {
                    input: { expected: call.expected, value: call.value },
                    output: call.swapped ?? null,
                  });
          return { ...made, id };
        });
        const known = calls.filter(({ call, return: end }) => call.kind !== 'read' || end !== undefined);
        const expected = someOrder(type, known) ? 'satisfied' : 'violated';
        const own = checks.register({ read: 'get', write: 'put', cas: 'cas', initial });
        expect(verdictOf(own, operations)).toMatch(expected);
        seen[expected] += 1;
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.satisfied, seen.violated)).toBeGreaterThan(250);
  });
});

describe('a counter', () => {
  const check = checks.linearizable({ type: 'counter', operations: { add: 'add', read: 'get' } });
  const add = (times: readonly [number, number?], input: Json, rest = {}) =>
    op('a add', times, { input, ...rest });
  const get = (times: readonly [number, number], output: Json) => op('b get', times, { output });

  it('counts what was added', () => {
    expect(
      verdictOf(check, [add([1, 2], null), add([3, 4], 2), add([5, 6], { by: 4 }), get([7, 8], 7)]),
    ).toBe('satisfied');
    expect(verdictOf(check, [add([1, 2], 1), add([3, 4], 1), get([7, 8], 1)])).toMatch(
      /get@7 \(read 1\) fits into no order/,
    );
  });

  it('may have been added to by what has no answer, once', () => {
    expect(verdictOf(check, [add([1, 2], 1, unsure), get([7, 8], 1)])).toBe('satisfied');
    expect(verdictOf(check, [add([1, 2], 1, unsure), get([7, 8], 0)])).toBe('satisfied');
    expect(verdictOf(check, [add([1], 1), get([7, 8], 2)])).toMatch(/^violated/);
    expect(verdictOf(check, [add([1, 2], 1, failed), get([7, 8], 1)])).toMatch(/^violated/);
  });

  it('checks the count that an addition reports only if the options read it', () => {
    const operations = [add([1, 2], 1, { output: 17 }), get([7, 8], 1)];
    expect(verdictOf(check, operations)).toBe('satisfied');
    const told = checks.linearizable({
      type: 'counter',
      operations: { add: 'add', read: 'get' },
      count: ({ output }) => output,
      initial: 16,
    });
    expect(verdictOf(told, [add([1, 2], 1, { output: 17 }), get([7, 8], 17)])).toBe('satisfied');
    expect(verdictOf(told, [add([1, 2], 1, { output: 18 })])).toMatch(/added 1 and got 18/);
  });

  it('is one of several', () => {
    const on = (key: string) => ({ key });
    expect(
      verdictOf(check, [add([1, 2], on('x')), op('b get', [3, 4], { input: on('y'), output: 1 })]),
    ).toMatch(/fits into no order of y/);
  });

  it('starts at its initial count', () => {
    expect(counterType(5).apply(5, { kind: 'read', told: 5 })).toBe(5);
  });
});

describe('a set', () => {
  const check = checks.linearizable({
    type: 'set',
    operations: { add: 'add', remove: 'drop', has: 'has', list: 'all' },
    initial: ['z'],
  });
  const does = (
    name: string,
    times: readonly [number, number?],
    input: Json,
    output: Json = null,
    rest = {},
  ) => op(`a ${name}`, times, { input, output, ...rest });

  it('has what was added and not removed', () => {
    const operations = [does('add', [1, 2], 'x'), does('drop', [3, 4], 'z')];
    expect(
      verdictOf(check, [...operations, does('has', [5, 6], 'x', true), does('all', [7, 8], null, ['x'])]),
    ).toBe('satisfied');
    expect(verdictOf(check, [...operations, does('has', [5, 6], 'z', true)])).toMatch(
      /has z gave true\) fits into no order/,
    );
    expect(verdictOf(check, [...operations, does('all', [5, 6], null, ['z', 'x'])])).toMatch(
      /list returned x, z/,
    );
  });

  it('may have what may have been added', () => {
    const one = does('add', [1, 2], 'x', null, unsure);
    expect(verdictOf(check, [one, does('has', [3, 4], 'x', false), does('has', [5, 6], 'x', true)])).toBe(
      'satisfied',
    );
    expect(verdictOf(check, [one, does('has', [3, 4], 'x', true), does('has', [5, 6], 'x', false)])).toMatch(
      /^violated/,
    );
  });

  it('checks whether an add changed anything only if the options read it', () => {
    const twice = [does('add', [1, 2], 'x', true), does('add', [3, 4], 'x', true)];
    expect(verdictOf(check, twice)).toBe('satisfied');
    const told = checks.linearizable({
      type: 'set',
      operations: { add: 'add' },
      changed: ({ output }) => output,
    });
    expect(verdictOf(told, twice)).toMatch(/add x gave true/);
    expect(verdictOf(told, [twice[0] ?? does('add', [1, 2], 'x'), does('add', [3], 'y')])).toBe('satisfied');
  });

  it('is in order, even if it grew in another order', () => {
    const type = setType(['b', 'a', 'b']);
    expect(type.textOf(type.initial)).toBe('["a","b"]');
    expect(type.apply(['a', 'b'], { kind: 'add', item: 'aa' })).toEqual(['a', 'aa', 'b']);
  });
});

describe('a type of one’s own', () => {
  const stack: SequentialModel<readonly Json[], Performed> = {
    initial: [],
    next: (state, { name, input }) =>
      name === 'push' ? [[...state, input], null] : [state.slice(0, -1), state.at(-1) ?? null],
  };
  const check = checks.linearizable({ type: stack, operations: ['push', 'pop'] });
  const push = (times: readonly [number, number?], input: Json, rest = {}) =>
    op('a push', times, { input, ...rest });
  const pop = (times: readonly [number, number?], output: Json, rest = {}) =>
    op('b pop', times, { output, ...rest });

  it('is a model that gives the next state and the output', () => {
    expect(
      verdictOf(check, [
        push([1, 2], 'x'),
        push([3, 4], 'y'),
        pop([5, 6], 'y'),
        pop([7, 8], 'x'),
        pop([9, 10], null),
      ]),
    ).toBe('satisfied');
    expect(verdictOf(check, [push([1, 2], 'x'), push([3, 4], 'y'), pop([5, 6], 'x')])).toMatch(
      /pop@5 \(pop gave "x"\) fits into no order/,
    );
  });

  it('does not say what an operation without an answer gave', () => {
    const two = [push([1, 2], 'x'), push([3, 4], 'y')];
    expect(verdictOf(check, [...two, pop([5, 6], null, unsure), pop([7, 8], 'x')])).toBe('satisfied');
    expect(verdictOf(check, [...two, pop([5], null), pop([7, 8], 'y')])).toBe('satisfied');
    expect(verdictOf(check, [...two, pop([5, 6], null, failed), pop([7, 8], 'x')])).toMatch(/^violated/);
  });

  it('may be one that says which results a state allows', () => {
    const bag = checks.linearizable({
      type: {
        initial: '',
        apply: (state: string, { name, input, output }: Performed) => {
          if (name === 'push') return [...state, input].sort().join('');
          if (output === undefined) return state;
          return state.includes(output) ? state.replace(output, '') : undefined;
        },
        textOf: (state: string) => state,
      },
      operations: ['push', 'pop'],
    });
    expect(verdictOf(bag, [push([1, 2], 'x'), push([3, 4], 'y'), pop([5, 6], 'x')])).toBe('satisfied');
    expect(verdictOf(bag, [push([1, 2], 'x'), pop([5, 6], 'x'), pop([7, 8], 'x')])).toMatch(/^violated/);
  });

  it('that changes its state in place is found out', () => {
    const wrong: SequentialModel<Json[], Performed> = {
      initial: [],
      next(state, { input }) {
        state.push(input);
        return [state, null];
      },
    };
    const spoilt = checks.linearizable({ type: wrong, operations: 'push' });
    expect(() => verdictOf(spoilt, [push([1, 2], 'x')])).toThrow(TypeError);
  });
});
