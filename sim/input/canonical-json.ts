/**
 * The one way to make a text from a value, for keys and for comparisons. Invariant: equal values have equal texts,
 * different values have different texts, and a value that JSON would change is refused by name.
 */
import { describeValue } from './describe-value.js';
import { whereNotJson } from './json.js';
import { InputError } from './parsed.js';

/**
 * JSON whose objects have their fields in order. A field without a value is left out, and -0 is 0.
 *
 * @throws InputError where a part is no JSON: NaN, undefined, a BigInt, a Date, a Map, a cycle
 */
export function canonicalJson(value: unknown): string {
  const wrong = whereNotJson(value, 'value');
  if (wrong === undefined) return textOfJson(value);
  const what = wrong.isCycle ? 'a value within itself' : describeValue(wrong.value);
  const where = wrong.place === 'value' ? '' : ` at ${wrong.place}`;
  throw new InputError(`expected JSON, got ${what}${where}`);
}

function textOfJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOfJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${textOfJson(field)}`);
  return `{${fields.join(',')}}`;
}

/**
 * As {@link canonicalJson}, for people: a string stands without quotes, unless it reads like another value. The number 1
 * is `1`, and the string is `"1"`.
 */
export function canonicalText(value: unknown): string {
  return typeof value === 'string' && !readsLikeJson(value) ? value : canonicalJson(value);
}

function readsLikeJson(text: string): boolean {
  if (text.startsWith('"')) return true;
  if (!/^[-\d[{tfn]/.test(text)) return false;
  try {
    const value: unknown = JSON.parse(text);
    return whereNotJson(value, 'value') === undefined && textOfJson(value) === text;
  } catch {
    return false;
  }
}
