/** Lets two observers watch every call. */
import type { CallObserver, ObserveCall } from './call-observer.js';

/** Undefined if there is none. */
export function eachOf(
  one: ObserveCall | undefined,
  other: ObserveCall | undefined,
): ObserveCall | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (call) => {
    const [first, second] = [one(call), other(call)];
    return first === undefined || second === undefined ? (first ?? second) : both(first, second);
  };
}

function both(first: CallObserver, second: CallObserver): CallObserver {
  return {
    sent(bytes) {
      first.sent(bytes);
      second.sent(bytes);
    },
    answered(bytes) {
      first.answered(bytes);
      second.answered(bytes);
    },
    received(bytes) {
      first.received(bytes);
      second.received(bytes);
    },
    forgotten() {
      first.forgotten();
      second.forgotten();
    },
    ended(how, status) {
      first.ended(how, status);
      second.ended(how, status);
    },
  };
}
