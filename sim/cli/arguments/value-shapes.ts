/** The values that flags take besides numbers and names: ranges of seeds, assignments, URLs, paths, switches. */
import { expected, malformed, ok, parseInteger, quote, type Parsed } from '../../input/parsed.js';
import { parseAddress } from '../../serve/address.js';

/** Seeds are unsigned 32-bit integers. */
export const seedRange = { min: 0, max: 2 ** 32 - 1 } as const;

/** How many seeds to run, or exactly which. */
export type SeedsValue =
  | { readonly kind: 'count'; readonly count: number }
  /** Both ends included. */
  | { readonly kind: 'range'; readonly first: number; readonly last: number };

/** Reads `50` or `100..199`. */
export function parseSeeds(text: string): Parsed<SeedsValue> {
  const what = `a count from 1 to ${seedRange.max + 1} or a range of seeds A..B`;
  const [firstText = '', lastText, ...rest] = text.split('..');
  if (lastText === undefined) {
    const count = parseInteger(text, { min: 1, max: seedRange.max + 1 });
    return count.kind === 'ok' ? ok({ kind: 'count', count: count.value }) : expected(what, text);
  }
  const first = parseInteger(firstText, seedRange);
  const last = parseInteger(lastText, seedRange);
  if (first.kind !== 'ok' || last.kind !== 'ok' || rest.length > 0) {
    return expected(`${what} with A and B up to ${seedRange.max}`, text);
  }
  if (first.value > last.value) return expected('a range A..B with A not above B', text);
  return ok({ kind: 'range', first: first.value, last: last.value });
}

/** Texts by name, as `--set` collects them. */
export type Assignments = Readonly<Record<string, string>>;

/** Reads `name=value`, or several of them separated by commas. */
export function parseAssignments(text: string): Parsed<Assignments> {
  const assignments: [string, string][] = [];
  for (const part of text.split(',')) {
    const separator = part.indexOf('=');
    if (separator < 1) return expected('option=value', text);
    const name = part.slice(0, separator);
    if (assignments.some(([other]) => other === name))
      return malformed(`option ${quote(name)} is given twice`);
    assignments.push([name, part.slice(separator + 1)]);
  }
  return ok(Object.fromEntries(assignments));
}

/** Both together; a name in both is a mistake. */
export function joinAssignments(first: Assignments, second: Assignments): Parsed<Assignments> {
  const twice = Object.keys(second).find((name) => Object.hasOwn(first, name));
  if (twice !== undefined) return malformed(`option ${quote(twice)} is given twice`);
  return ok(Object.fromEntries([...Object.entries(first), ...Object.entries(second)]));
}

/** Reads `http://host:port` as the user wrote it; nothing but scheme, host and port may be there. */
export function parseUrl(text: string): Parsed<string> {
  const what = 'a URL such as http://127.0.0.1:2379';
  if (!/^https?:\/\/[^\s/?#@,]+\/?$/.test(text) || !URL.canParse(text)) return expected(what, text);
  return ok(text.replace(/\/$/, ''));
}

/** Reads URLs separated by commas. */
export function parseUrls(text: string): Parsed<readonly string[]> {
  const urls: string[] = [];
  for (const part of text.split(',')) {
    const url = parseUrl(part);
    if (url.kind === 'malformed') return url;
    if (urls.includes(url.value)) return expected('different URLs', text);
    urls.push(url.value);
  }
  return ok(urls);
}

/** Reads `HOST:PORT`, an IPv6 address in brackets. */
export function parseListen(text: string): Parsed<string> {
  const isAddress = (part: string): boolean => parseAddress(part) !== undefined;
  return text.split(',').every(isAddress) ? ok(text) : expected('HOST:PORT such as 127.0.0.1:2379', text);
}

/** Reads a path: anything but nothing. */
export function parsePath(what: string): (text: string) => Parsed<string> {
  return (text) => (text === '' || text.includes('\0') ? expected(what, text) : ok(text));
}

/** Reads a switch, as environment variables and config files spell it. */
export function parseSwitch(text: string): Parsed<boolean> {
  if (text === 'true' || text === '1') return ok(true);
  if (text === 'false' || text === '0') return ok(false);
  return expected('true, false, 1 or 0', text);
}
