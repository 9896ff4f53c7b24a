/** Values of users' code as the history keeps them. */
import { describeValue } from '../../../input/describe-value.js';
import { whereNotJson, type Json } from '../../../input/json.js';

/**
 * A copy as JSON has it: a date is its text, a field without a value is not there, and nothing is null. What JSON cannot
 * have, such as a circle, is its description.
 */
export function jsonOf(value: unknown): Json {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return null;
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value, withBigInts) ?? 'null');
    return whereNotJson(copy, 'value') === undefined ? (copy as Json) : String(copy);
  } catch {
    return describeValue(value);
  }
}

function withBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
