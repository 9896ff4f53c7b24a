/** What a report shows of an error that a node threw. */
import { describeDifference } from './describe-difference.js';
import { stackOf, summarizeThrown } from '../input/describe-thrown.js';

/** What may have held up the code that threw it. The error itself is the user's, and stays unchanged. */
const reasonsOf = new WeakMap<object, readonly string[]>();

export function giveReasons(error: unknown, reasons: readonly string[]): void {
  if (reasons.length > 0 && typeof error === 'object' && error !== null) reasonsOf.set(error, reasons);
}

export function errorParts(error: unknown) {
  const difference = describeDifference(error);
  const { name, message } = summarizeThrown(error);
  const [first = message] = message.split('\n');
  const reasons = typeof error === 'object' && error !== null ? reasonsOf.get(error) : undefined;
  return {
    // Its other lines are below.
    error: { name, message: difference === undefined ? message : first },
    ...(difference === undefined ? {} : { difference }),
    stack: stackOf(error),
    ...(reasons === undefined ? {} : { reasons }),
  };
}
