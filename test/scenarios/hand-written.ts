/** Hand-written histories: operations in the order in which they are listed, and a log of single events. */
import type { Check, Finding } from '../../sim/check/check.js';
import type { History, LogEntry, Operation } from '../../sim/history/history.js';
import type { Json } from '../../sim/input/json.js';

/** An operation with outcome ok by default; `at` and `until` are milliseconds. */
export interface Told {
  readonly id: string;
  /** The part of the id after its dot, by default. */
  readonly name?: string;
  readonly at: number;
  /** Null if it never returned. */
  readonly until?: number | null;
  readonly input: Json;
  readonly output?: Json;
  readonly revision?: number;
  readonly failed?: 'failed' | 'indefinite';
}

/** `u1-2.lock` is node u1's operation `lock`. */
export function operation({
  id,
  name,
  at,
  until = at + 1,
  input,
  output,
  revision,
  failed,
}: Told): Operation {
  const moment = (ms: number) => ({ sequence: ms, timeUs: ms * 1000 });
  const base: Operation = {
    id,
    node: id.slice(0, id.indexOf('-')),
    name: name ?? id.slice(id.indexOf('.') + 1).replace(/\d+$/, ''),
    input,
    invoke: moment(at),
  };
  if (until === null) return base;
  const error = { name: 'Error', message: 'refused' };
  return {
    ...base,
    return: moment(until),
    outcome:
      failed === undefined
        ? { kind: 'ok', output: output ?? null, ...(revision === undefined ? {} : { revision }) }
        : { kind: failed, error },
  };
}

export function history(
  operations: readonly Told[],
  log: readonly LogEntry[],
  more: Partial<History> = {},
): History {
  const all = operations.map(operation);
  return {
    operations: all.sort((left, right) => left.invoke.sequence - right.invoke.sequence),
    log,
    ...more,
  };
}

/** A key that is created at this revision. */
export function created(revision: number, key: string, value = ''): LogEntry {
  return { revision, events: [{ type: 'put', key, value, createRevision: revision, version: 1 }] };
}

/** A key that is written again. */
export function changed(revision: number, key: string, value: string, createRevision: number): LogEntry {
  return { revision, events: [{ type: 'put', key, value, createRevision, version: 2 }] };
}

export function deleted(revision: number, key: string): LogEntry {
  return { revision, events: [{ type: 'delete', key, value: '', createRevision: 0, version: 0 }] };
}

/** The findings of all checks that are not satisfied. */
export function complaints(checks: readonly Check[], told: History): Record<string, Finding> {
  return Object.fromEntries(
    checks.flatMap((check) => {
      const finding = check.check(told);
      return finding.verdict === 'satisfied' ? [] : [[check.name, finding]];
    }),
  );
}
