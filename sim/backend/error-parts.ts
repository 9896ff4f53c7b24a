/** What a report shows of an error that a node threw. */
import { describeDifference } from './describe-difference.js';
import { stackOf, summarizeThrown } from '../input/describe-thrown.js';

export function errorParts(error: unknown) {
  const difference = describeDifference(error);
  const { name, message } = summarizeThrown(error);
  const [first = message] = message.split('\n');
  return {
    // Its other lines are below.
    error: { name, message: difference === undefined ? message : first },
    ...(difference === undefined ? {} : { difference }),
    stack: stackOf(error),
  };
}
