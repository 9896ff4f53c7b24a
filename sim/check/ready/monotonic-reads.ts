/**
 * Reads of one node never go back in time. Invariant: by the log a read goes back only where no version that had the
 * value that it found is as new as what an earlier read of the same node must have seen.
 */
import type { Operation } from '../../history/history.js';
import { versionsOf, type KeyVersion } from '../../history/key-versions.js';
import { endOf } from '../../history/operations.js';
import { canonicalJson } from '../../input/canonical-json.js';
import type { Check, Finding } from '../check.js';
import { numberOf } from './fencing.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, nodeOr, partOf, performed, storedTextOf, type Reader } from './reading.js';
import { inconclusive, readyCheck, violated } from './ready-check.js';
import { nothingIsNull } from './register.js';

export interface MonotonicReadsOptions extends ReadyOptions {
  readonly read: OperationNames;
  /** The key, without the run's prefix. By default the field `key` of the input. */
  readonly key?: Reader | undefined;
  /** What a read found, null for nothing. By default the field `value` or `found` of the output, or the output. */
  readonly found?: Reader | undefined;
  /** Which version it found, as a number that grows, such as a mod revision. Without it the log tells, by the value. */
  readonly version?: Reader | undefined;
  /** The session of a read: reads of one session are compared. By default the node. */
  readonly session?: Reader | undefined;
}

/** No read returns an older version than an earlier read of the same node. */
export function monotonicReads(options: MonotonicReadsOptions): Check {
  expectOptions(
    'monotonicReads',
    { read: operationNames, key: reader, found: reader, version: reader, session: reader },
    options,
  );
  const names = namesOf(options.read);
  return readyCheck({
    factory: 'monotonicReads',
    options,
    name: 'monotonic-reads',
    description: 'No read returns an older version than an earlier read of the same node.',
    roles: { read: options.read },
    judge(history) {
      const sessions = new Map<string, Operation[]>();
      for (const operation of history.operations) {
        if (!names.includes(operation.name) || endOf(operation) !== 'ok') continue;
        const session = nodeOr('session', options.session, operation);
        const place = canonicalJson([session, keyOf(options, operation)]);
        const own = sessions.get(place);
        if (own === undefined) sessions.set(place, [operation]);
        else own.push(operation);
      }
      const versions = versionsOf(history);
      for (const reads of sessions.values()) {
        const finding = wentBack(reads, options, versions);
        if (finding !== undefined) return finding;
      }
      return undefined;
    },
  });
}

function keyOf({ key }: MonotonicReadsOptions, operation: Operation): string {
  return partOf({ option: 'key', fields: ['key'] }, key, operation);
}

interface Seen {
  readonly operation: Operation;
  /** The read and all before it have seen this revision, or a newer one. */
  readonly version: number;
}

/** One key's reads of one session, by invocation. */
function wentBack(
  reads: readonly Operation[],
  options: MonotonicReadsOptions,
  versions: ReadonlyMap<string, readonly KeyVersion[]>,
): Finding | undefined {
  let newest: Seen | undefined;
  let overlapping: Seen[] = [];
  for (const operation of reads) {
    const begun = operation.invoke.sequence;
    for (const seen of overlapping) {
      if (returnOf(seen.operation) < begun && seen.version >= (newest?.version ?? 0)) newest = seen;
    }
    overlapping = overlapping.filter((seen) => returnOf(seen.operation) >= begun);
    const key = keyOf(options, operation);
    const atLeast = newest?.version ?? 0;
    const seen = seenBy(operation, options, { versions: versions.get(key) ?? [], atLeast });
    const what = `${operation.id} read ${seen.what}${key === '' ? '' : ` from ${key}`}`;
    if (seen.version === 'unknown') return inconclusive(`${what}, which is not in the log`);
    if (seen.version === 'older') {
      return violated(
        `${what} after ${newest?.operation.id} had read revision ${atLeast}: expected nothing older`,
        [newest?.operation, operation],
      );
    }
    overlapping.push({ operation, version: seen.version });
  }
  return undefined;
}

interface Sight {
  /** The oldest that it can have been and be no older than what was seen before. */
  readonly version: number | 'older' | 'unknown';
  readonly what: string;
}

function seenBy(
  operation: Operation,
  options: MonotonicReadsOptions,
  { versions, atLeast }: { readonly versions: readonly KeyVersion[]; readonly atLeast: number },
): Sight {
  if (options.version !== undefined) {
    const version = numberOf(options.version(performed(operation)), operation);
    return { version: version < atLeast ? 'older' : version, what: `version ${version}` };
  }
  const place = { option: 'found', in: 'output', fields: ['value', 'found'] } as const;
  const value = storedTextOf(found(place, nothingIsNull(options.found), operation));
  const what = value ?? 'nothing';
  if (versions.length === 0) return { version: value === undefined ? atLeast : 'unknown', what };
  let version: Sight['version'] = 'unknown';
  for (const [index, one] of versions.entries()) {
    if (one.value !== value) continue;
    const until = versions[index + 1]?.revision ?? Infinity;
    if (until > atLeast) return { version: Math.max(atLeast, one.revision), what };
    version = 'older';
  }
  return { version, what };
}

function returnOf({ return: end }: Operation): number {
  return end?.sequence ?? Infinity;
}
