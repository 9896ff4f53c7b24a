/** The name and the description of a cycle: Adya's code, its common name, and a clause for each step. */
import type { Step } from './cycle.js';
import type { Anomaly, TransactionRecord } from './transaction.js';

export function anomalyOf(cycle: readonly Step[]): Anomaly {
  const realTime = cycle.some(({ kind }) => kind === 'real-time');
  const antiDependencies = cycle.filter(({ kind }) => kind === 'rw');
  const [first, second] = antiDependencies;
  if (first === undefined) {
    const read = cycle.some(({ kind }) => kind === 'wr');
    if (!read) return { code: 'G0', name: 'dirty write', realTime };
    return { code: 'G1c', name: 'circular information flow', realTime };
  }
  if (second === undefined) {
    if (realTime) return { code: 'G-single', name: 'stale read', realTime };
    const overwrites = cycle.every(({ kind, key }) => kind === 'rw' || (kind === 'ww' && key === first.key));
    return { code: 'G-single', name: overwrites ? 'lost update' : 'read skew', realTime };
  }
  const skew = cycle.length === 2 && first.key !== second.key;
  const code = antiDependencies.some(({ isOfRange }) => isOfRange === true) ? 'G2' : 'G2-item';
  return { code, name: skew ? 'write skew' : 'cycle of anti-dependencies', realTime };
}

/** Such as `t1 read a as it was before t2 wrote it, and t2 wrote a before t1 did`. */
export function tell(cycle: readonly Step[], nameOf: (transaction: number) => string): string {
  return cycle.map((step) => clause(step, nameOf(step.from), nameOf(step.to))).join(', and ');
}

function clause({ kind, key, isOfRange = false }: Step, from: string, to: string): string {
  switch (kind) {
    case 'ww':
      return `${from} wrote ${key} before ${to} did`;
    case 'wr':
      return `${to} read what ${from} had written to ${key}`;
    case 'rw':
      return isOfRange
        ? `${from} read a range without ${key} before ${to} wrote it`
        : `${from} read ${key} as it was before ${to} wrote it`;
    case 'real-time':
      return `${from} had returned before ${to} was invoked`;
    default:
      return kind satisfies never;
  }
}

/** One transaction of a witness, with the revisions that it read by key. */
export interface Witness {
  readonly record: TransactionRecord;
  readonly revision: number | undefined;
  readonly return: number;
  readonly reads: readonly { readonly key: string; readonly revision: number }[];
}

/**
 * Whether these few transactions alone contradict each other. It compares each with each, and removes those
 * that need no earlier one. It shares nothing with the search for the cycle.
 */
export function contradicts(witnesses: readonly Witness[]): boolean {
  let left = [...witnesses];
  for (;;) {
    const rest = left.filter((one) => left.some((other) => other !== one && precedes(other, one)));
    if (rest.length === left.length) return left.length > 0;
    left = rest;
  }
}

function precedes(one: Witness, other: Witness): boolean {
  if (one.return < other.record.invoke) return true;
  for (const { key } of one.record.writes) {
    if (one.revision === undefined) continue;
    const overwritten = other.record.writes.some((write) => write.key === key);
    if (overwritten && other.revision !== undefined && one.revision < other.revision) return true;
    const { revision } = one;
    if (other.reads.some((read) => read.key === key && revision <= read.revision)) return true;
  }
  for (const { key } of other.record.writes) {
    const { revision } = other;
    if (revision === undefined) continue;
    if (one.reads.some((read) => read.key === key && read.revision < revision)) return true;
  }
  return false;
}
