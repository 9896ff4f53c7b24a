/** Random small histories of any sequential type, about half of them possible, and all their orders tried. */
import type { SequentialType, TimedCall } from '../../sim/check/linearizable.js';
import type { Draw } from './queue-histories.js';

export interface CallShape<State, Call> {
  readonly type: SequentialType<State, Call>;
  /** A call with its result in this state. */
  drawCall(draw: Draw, state: State, index: number): Call;
  /** The same call with another result, or another call. */
  spoil(draw: Draw, call: Call, all: readonly Call[]): Call;
  readonly callsMax: number;
  /** Calls overlap more the larger it is. */
  readonly overlap: number;
  /** One of this many calls stays unanswered; 0 for none. */
  readonly oneOpenOf: number;
}

/** Draws a possible history, and then changes one or two calls in some. */
export function drawCalls<State, Call>(draw: Draw, shape: CallShape<State, Call>): TimedCall<Call>[] {
  const count = 1 + draw(shape.callsMax);
  const spans = Array.from({ length: count }, () => {
    const invoke = draw(count * 4);
    const end = invoke + 1 + draw(shape.overlap);
    return { invoke, end, point: invoke + draw(end - invoke + 1) };
  }).sort((a, b) => a.point - b.point);
  let state = shape.type.initial;
  const calls = spans.map(({ invoke, end }, index): TimedCall<Call> => {
    const call = shape.drawCall(draw, state, index);
    const open = shape.oneOpenOf > 0 && draw(shape.oneOpenOf) === 0;
    if (!open || draw(2) === 0) state = shape.type.apply(state, call) ?? state;
    return { id: `o${index}`, call, invoke, ...(open ? {} : { return: end }) };
  });
  if (draw(4) === 0) return calls;
  const all = calls.map(({ call }) => call);
  const spoilt = new Set([draw(calls.length), draw(calls.length)]);
  return calls.map((one, index) =>
    spoilt.has(index) ? { ...one, call: shape.spoil(draw, one.call, all) } : one,
  );
}

/** Tries every order of every choice of the unanswered calls. */
export function someOrder<State, Call>(
  type: SequentialType<State, Call>,
  calls: readonly TimedCall<Call>[],
): boolean {
  const left = new Set(calls);
  const search = (state: State): boolean => {
    if ([...left].every((one) => one.return === undefined)) return true;
    for (const one of [...left]) {
      if ([...left].some((other) => (other.return ?? Infinity) < one.invoke)) continue;
      const after = type.apply(state, one.call);
      if (after === undefined) continue;
      left.delete(one);
      if (search(after)) return true;
      left.add(one);
    }
    return false;
  };
  return search(type.initial);
}
