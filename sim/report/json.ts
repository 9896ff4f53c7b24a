/**
 * Results as JSON for machines, on one line. Invariant: equal results give equal bytes, however they were
 * built. Well-known fields come first in reading order, then the rest alphabetically. Options and counters
 * keep the order of declaration and counting, which readers need.
 */
import type { SweepResult } from '../explore/sweep-result.js';
import type { RunResult } from '../run/run-result.js';

/** The result as one line without a line break. */
export function formatJson(result: RunResult | SweepResult): string {
  return JSON.stringify(ordered(result), (name, value: unknown) =>
    isLeftOut(name, value) ? undefined : value,
  );
}

/**
 * Fields that only a repro needs, and the long ones that only the story and the page use. A counter may have the same
 * name.
 */
function isLeftOut(name: string, value: unknown): boolean {
  if (name === 'recording') return typeof value === 'object';
  return name === 'checkpoints' || (LONG.has(name) && Array.isArray(value));
}

const LONG = new Set(['calls', 'testReads', 'incidents']);

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
