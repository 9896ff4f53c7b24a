/**
 * Results as JSON for machines, on one line. Invariant: equal results give equal bytes, however they were built:
 * well-known fields come first in reading order, the rest alphabetically. Options and counters keep the order they
 * were declared and counted in, because that order means something to readers.
 */
import type { SweepResult } from '../explore/sweep-result.js';
import type { RunResult } from '../run/run-result.js';

/** The result as one line without a line break. */
export function formatJson(result: RunResult | SweepResult): string {
  return JSON.stringify(ordered(result), (name, value: unknown) =>
    isLeftOut(name, value) ? undefined : value,
  );
}

/** What only a repro needs; and what only the story is made from, which is long. A counter may have its name. */
function isLeftOut(name: string, value: unknown): boolean {
  return name === 'checkpoints' || ((name === 'calls' || name === 'incidents') && Array.isArray(value));
}

/** Fields that come first wherever they occur, in this order. */
const FIRST = [
  'version backend scenario seed verdict index kind check id node name type key value text message',
  'input invoke return outcome output error description',
]
  .join(' ')
  .split(' ');

/** Fields that come last: they are long. */
const LAST = ['plan', 'faults', 'operations', 'log', 'firstFailure', 'shrunk', 'nodes'];

const rankOf = new Map<string, number>([
  ...FIRST.map((name, index) => [name, index - FIRST.length] as const),
  ...LAST.map((name, index) => [name, index + 1] as const),
]);

const IN_THEIR_OWN_ORDER: ReadonlySet<string> = new Set(['options', 'counters']);

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(record).sort(compareNames);
  return Object.fromEntries(
    names.map((name) => [name, IN_THEIR_OWN_ORDER.has(name) ? record[name] : ordered(record[name])]),
  );
}

function compareNames(a: string, b: string): number {
  const difference = (rankOf.get(a) ?? 0) - (rankOf.get(b) ?? 0);
  if (difference !== 0) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}
