/** The check of barriers against a search for an order in which every call makes sense. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { earlyPassOf, type BarrierCall } from '../../sim/check/barrier.js';

/**
 * Whether some order lets every wait pass an open barrier, and keeps calls in order if one ended before the
 * other began.
 */
function makesSense(calls: readonly BarrierCall[], held = false): boolean {
  if (calls.every(({ kind, happened }) => kind !== 'wait' || !happened)) return true;
  const nextReturn = Math.min(...calls.map((call) => call.return));
  return calls.some((call) => {
    const rest = calls.filter((other) => other !== call);
    if (!call.happened && makesSense(rest, held)) return true;
    // A call that begins after another has ended follows it.
    if (call.invoke > nextReturn) return false;
    switch (call.kind) {
      case 'hold':
        return makesSense(rest, true);
      case 'release':
        return makesSense(rest, false);
      case 'wait':
        return !held && makesSense(rest, held);
    }
  });
}

const moments = fc
  .array(
    fc.record({
      kind: fc.constantFrom('hold' as const, 'release' as const, 'wait' as const),
      from: fc.nat(12),
      length: fc.oneof({ weight: 6, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.constant(Infinity) }),
      happened: fc.nat(4).map((drawn) => drawn > 0),
    }),
    { maxLength: 7 },
  )
  .map((drawn) =>
    drawn.map(({ kind, from, length, happened }, index): BarrierCall => {
      // All moments differ, as they do in a run.
      const invoke = from * 100 + index;
      const isOver = length !== Infinity;
      return {
        ...{ id: `o${index}`, barrier: 'a', kind, invoke },
        return: isOver ? invoke + length * 100 + 50 : Infinity,
        happened: happened && isOver,
      };
    }),
  );

it('no order of the calls explains a reported early wait', () => {
  let early = 0;
  fc.assert(
    fc.property(moments, (calls) => {
      const found = earlyPassOf(calls);
      if (found === undefined) return;
      early += 1;
      expect(makesSense(calls)).toBe(false);
    }),
    { numRuns: 20_000 },
  );
  expect(early).toBeGreaterThan(300);
});

it('with one holder, which holds and releases in turn, everything that no order explains is reported', () => {
  const turns = fc
    .tuple(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 4, maxLength: 12 }),
      fc.array(fc.record({ from: fc.nat(40), length: fc.nat(20) }), { minLength: 1, maxLength: 4 }),
    )
    .map(([gaps, waits]) => {
      let clock = 0;
      const calls: BarrierCall[] = [];
      for (let at = 0; at + 1 < gaps.length; at += 2) {
        const invoke = (clock += gaps[at] ?? 1);
        clock += gaps[at + 1] ?? 1;
        const kind = calls.length % 2 === 0 ? 'hold' : 'release';
        calls.push({ id: `h${at}`, barrier: 'a', kind, invoke, return: clock, happened: true });
      }
      return [
        ...calls,
        ...waits.map(({ from, length }, index): BarrierCall => {
          const invoke = from + 0.1 + index / 100;
          const end = invoke + length + 0.5;
          return { id: `w${index}`, barrier: 'a', kind: 'wait', invoke, return: end, happened: true };
        }),
      ];
    });
  const seen = { early: 0, late: 0 };
  fc.assert(
    fc.property(turns, (calls) => {
      const found = earlyPassOf(calls);
      expect(found === undefined).toBe(makesSense(calls));
      seen[found === undefined ? 'late' : 'early'] += 1;
    }),
    { numRuns: 5000 },
  );
  expect(seen.early).toBeGreaterThan(500);
  expect(seen.late).toBeGreaterThan(500);
});

it('barriers are independent, and the first early wait is named', () => {
  const call = (id: string, kind: BarrierCall['kind'], barrier: string, invoke: number): BarrierCall => {
    return { id, kind, barrier, invoke, return: invoke + 1, happened: true };
  };
  const hold = call('h', 'hold', 'a', 0);
  expect(earlyPassOf([hold, call('w', 'wait', 'b', 5)])).toBeUndefined();
  const [late, early] = [call('w1', 'wait', 'a', 20), call('w2', 'wait', 'a', 10)];
  expect(earlyPassOf([hold, late, early])).toEqual({ hold, wait: early });
  expect(earlyPassOf([hold, call('r', 'release', 'a', 10.5), early])).toBeUndefined();
});

it('checks a hundred thousand waits', () => {
  const calls = Array.from({ length: 50_000 }, (_, index): BarrierCall[] => {
    const at = index * 10;
    const of = (kind: BarrierCall['kind'], invoke: number, end: number): BarrierCall => {
      return { id: `${kind}${index}`, barrier: 'a', kind, invoke, return: end, happened: true };
    };
    return [of('hold', at, at + 1), of('release', at + 4, at + 5), of('wait', at + 2, at + 6)];
  }).flat();
  expect(earlyPassOf(calls)).toBeUndefined();
});
