/**
 * Whether calls of a sequential type have an order, by trying all orders one after the other (Wing and Gong
 * 1993), each combination of finished calls and state once. It certifies violations. Invariant: it shares
 * nothing with the checkers, and gives up in time.
 */
import type { SequentialType, TimedCall } from './sequential-type.js';

export type OrderAnswer = 'possible' | 'impossible' | 'gave up';

/** How many characters it may remember by default: some seconds of work. */
const TEXT_MAX = 4_000_000;

/** One place in an order: the state there, and the call to be tried next. */
interface Place<State> {
  readonly state: State;
  /** Calls that no remaining call has to precede. */
  readonly candidates: readonly number[];
  next: number;
  /** The call that led here; -1 at the beginning. */
  readonly by: number;
}

export function everyOrder<State, Call>(
  type: SequentialType<State, Call>,
  given: readonly TimedCall<Call>[],
  textMax = TEXT_MAX,
): OrderAnswer {
  const calls = [...given].sort((a, b) => a.invoke - b.invoke);
  const done = new Uint8Array(calls.length);
  const seen = new Set<string>();
  let remembered = 0;

  /** Undefined if everything that returned is done. */
  const candidates = (): readonly number[] | undefined => {
    let horizon = Infinity;
    let left = false;
    for (const [index, { invoke, return: end }] of calls.entries()) {
      if (invoke > horizon) break;
      if (done[index] === 1 || end === undefined) continue;
      left = true;
      horizon = Math.min(horizon, end);
    }
    if (!left) return undefined;
    const found: number[] = [];
    for (const [index, { invoke }] of calls.entries()) {
      if (invoke > horizon) break;
      if (done[index] !== 1) found.push(index);
    }
    return found;
  };

  const first = candidates();
  if (first === undefined) return 'possible';
  const path: Place<State>[] = [{ state: type.initial, candidates: first, next: 0, by: -1 }];
  for (let place = path.at(-1); place !== undefined; place = path.at(-1)) {
    const index = place.candidates[place.next++];
    const timed = calls[index ?? -1];
    if (index === undefined || timed === undefined) {
      if (place.by >= 0) done[place.by] = 0;
      path.pop();
      continue;
    }
    const state = type.apply(place.state, timed.call);
    if (state === undefined) continue;
    done[index] = 1;
    const following = candidates();
    if (following === undefined) return 'possible';
    const text = `${done.join('')} ${type.textOf(state)}`;
    if (seen.has(text)) {
      done[index] = 0;
      continue;
    }
    seen.add(text);
    remembered += text.length;
    if (remembered > textMax) return 'gave up';
    path.push({ state, candidates: following, next: 0, by: index });
  }
  return 'impossible';
}
