/**
 * Reads the part of EDN in which Jepsen stores histories: maps, vectors, lists, sets, keywords, strings,
 * numbers, nil, booleans, and tagged values without their tags. A map becomes an object with its keys as
 * names.
 */

export type Edn = null | boolean | number | string | readonly Edn[] | { readonly [name: string]: Edn };

/** Every value of a text, one after the other. */
export function readEdn(text: string): Edn[] {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|#?[{}]|[()[\]]|[^\s,()[\]{}"]+/g) ?? [];
  let next = 0;
  const until = (end: string): Edn[] => {
    const values: Edn[] = [];
    while (tokens[next] !== end) values.push(value());
    next += 1;
    return values;
  };
  const value = (): Edn => {
    const token = tokens[next++];
    if (token === undefined) throw new Error('the EDN ends in the midst of a value');
    if (token === '[') return until(']');
    if (token === '(') return until(')');
    if (token === '#{') return until('}');
    if (token === '{') return mapOf(until('}'));
    // A tag describes the value that follows.
    if (token.startsWith('#')) return value();
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token.startsWith(':')) return token.slice(1);
    if (token === 'nil') return null;
    if (token === 'true' || token === 'false') return token === 'true';
    const number = Number(token.replace(/[NM]$/, ''));
    return Number.isNaN(number) ? token : number;
  };
  const values: Edn[] = [];
  while (next < tokens.length) values.push(value());
  return values;
}

/** A keyword, a string or a number as text; anything else as JSON. */
export function textOf(value: Edn): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function mapOf(entries: readonly Edn[]): Edn {
  const map: Record<string, Edn> = {};
  for (let index = 0; index < entries.length; index += 2)
    map[textOf(entries[index] ?? null)] = entries[index + 1] ?? null;
  return map;
}
