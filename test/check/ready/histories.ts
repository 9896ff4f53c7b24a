/** Histories written by hand, an operation a line. A step of the order is a second of the run. */
import type { Check } from '../../../sim/check/check.js';
import type { History, LogEntry, LogEvent, Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import type { Moment } from '../../../sim/history/moment.js';

export interface Told {
  readonly input?: Json;
  readonly output?: Json;
  readonly revision?: number;
  readonly end?: 'ok' | 'failed' | 'indefinite';
}

export function moment(sequence: number): Moment {
  return { sequence, timeUs: sequence * 1_000_000 };
}

/**
 * Such as `op('c1 push', [1, 2], { input: 'a' })`; its id is `push@1`, which does not tell the node. Without a second
 * moment it never came back.
 */
export function op(
  who: string,
  [from, to]: readonly [number, number?],
  { input = null, output = null, revision, end = 'ok' }: Told = {},
): Operation {
  const [node = '', name = ''] = who.split(' ');
  const error = { name: 'Error', message: 'lost' };
  const outcome =
    end === 'ok'
      ? { kind: end, output, ...(revision === undefined ? {} : { revision }) }
      : { kind: end, error };
  return {
    ...{ id: `${name}@${from}`, node, name, input, invoke: moment(from) },
    ...(to === undefined ? {} : { return: moment(to), outcome }),
  };
}

/** One revision a line, such as `{ a: '1', b: null }`; null deletes. The first is revision 2, as in a new etcd. */
export function logOf(...changes: readonly Readonly<Record<string, string | null>>[]): LogEntry[] {
  const created = new Map<string, { revision: number; version: number }>();
  return changes.map((change, index) => {
    const revision = index + 2;
    const events = Object.entries(change).map(([key, value]): LogEvent => {
      const known = created.get(key);
      const life = known === undefined ? { revision, version: 1 } : { ...known, version: known.version + 1 };
      if (value === null) created.delete(key);
      else created.set(key, life);
      return {
        ...{ type: value === null ? 'delete' : 'put', key, value: value ?? '' },
        ...{ createRevision: life.revision, version: value === null ? 0 : life.version },
      };
    });
    return { revision, events };
  });
}

export function historyOf(operations: readonly Operation[], rest: Partial<History> = {}): History {
  const byInvocation = [...operations].sort((one, other) => one.invoke.sequence - other.invoke.sequence);
  return { log: [], ...rest, operations: byInvocation };
}

/** The revisions that show a violation. */
export function revisionsOf(check: Check, operations: readonly Operation[], rest: Partial<History> = {}) {
  const finding = check.check(historyOf(operations, rest));
  return finding.verdict === 'violated' ? finding.revisions : undefined;
}

/** What the check says in one text, and whom it names. */
export function verdictOf(check: Check, operations: readonly Operation[], rest: Partial<History> = {}) {
  const finding = check.check(historyOf(operations, rest));
  switch (finding.verdict) {
    case 'satisfied':
      return 'satisfied';
    case 'violated':
      return `violated by ${finding.operations.join(', ')}: ${finding.message}`;
    case 'inconclusive':
      return `inconclusive: ${finding.reason}`;
  }
}
