/** The arguments of `npm run bench`. Invariant: invalid ones are refused in one line. */
import { parseArgs } from 'node:util';

export interface BenchRequest<Name extends string> {
  readonly names: readonly Name[];
  /** Whether docs/benchmarks.md gets the tables. */
  readonly write: boolean;
}

/** @throws Error */
export function parseRequest<Name extends string>(
  words: readonly string[],
  known: readonly Name[],
): BenchRequest<Name> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((word) => !known.some((name) => name === word));
  if (unknown.length > 0) throw new Error(`expected ${known.join(' or ')}, got ${unknown.join(', ')}`);
  const names = known.filter((name) => positionals.length === 0 || positionals.includes(name));
  return { names, write: values.write };
}
