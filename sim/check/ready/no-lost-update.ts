/**
 * Updates that read and then write: none overwrites a value that it has not read. Invariant: an update is checked
 * against the log at the revision that it reported. If it reported none, only the total, or two updates that read the
 * same version, can show a violation.
 */
import type { History, Operation } from '../../history/history.js';
import { placeAt, versionsOf, type KeyVersion } from '../../history/key-versions.js';
import { endOf } from '../../history/operations.js';
import * as v from 'valibot';
import { suggestion } from '../../input/parsed.js';
import { text } from '../../input/schema.js';
import type { Check, Finding } from '../check.js';
import { writersOf } from './conserved-sum.js';
import { decimalOf, unitsOf } from './decimal.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, foundStored, performed, storedTextOf, type Reader } from './reading.js';
import { nothingIsNull } from './register.js';
import { inconclusive, readyCheck, violated } from './ready-check.js';

export interface NoLostUpdateOptions extends ReadyOptions {
  /** The operations that update the key, all of them. */
  readonly update: OperationNames;
  /** The key, without the run's prefix, or where it lies. By default the field `key` of the input. */
  readonly key?: string | Reader | undefined;
  /** The value that an update read before it wrote, null for nothing. Without it updates are taken for additions. */
  readonly read?: Reader | undefined;
  /** How much an addition adds. By default the field `by` of the input, or the input where it is a number, or 1. */
  readonly by?: Reader | undefined;
}

/** No update overwrites a value that it has not read. */
export function noLostUpdate(options: NoLostUpdateOptions): Check {
  const key = v.optional(v.union([text(), v.function()], 'a key, or a function of an operation'));
  expectOptions('noLostUpdate', { update: operationNames, key, read: reader, by: reader }, options);
  const names = namesOf(options.update);
  return readyCheck({
    factory: 'noLostUpdate',
    options,
    name: 'no-lost-update',
    description: 'No update overwrites a value that it has not read.',
    roles: { update: options.update },
    judge(history) {
      const byKey = new Map<string, Operation[]>();
      for (const operation of history.operations) {
        if (!names.includes(operation.name) || endOf(operation) === 'failed') continue;
        const own = byKey.get(keyOf(options, operation));
        if (own === undefined) byKey.set(keyOf(options, operation), [operation]);
        else own.push(operation);
      }
      const versions = versionsOf(history);
      for (const [place, updates] of byKey) {
        const ofKey = versions.get(place);
        if (ofKey === undefined) {
          if (updates.every((operation) => endOf(operation) !== 'ok')) continue;
          return inconclusive(
            `expected ${place} in the log, got none${suggestion(place, [...versions.keys()])}`,
          );
        }
        const own = { key: place, updates, versions: ofKey };
        const finding =
          options.read === undefined
            ? judgeAdditions(history, own, options.by)
            : judgeReads(history, own, options.read);
        if (finding !== undefined) return finding;
      }
      return undefined;
    },
  });
}

function keyOf({ key }: NoLostUpdateOptions, operation: Operation): string {
  if (typeof key === 'string') return key;
  return foundStored({ option: 'key', in: 'input', fields: ['key'] }, key, operation);
}

interface Updates {
  readonly key: string;
  /** Those that happened or may have happened. */
  readonly updates: readonly Operation[];
  readonly versions: readonly KeyVersion[];
}

/** Each update that told its revision found what was there just before it; of the others no two saw one version. */
function judgeReads(
  history: History,
  { key, updates, versions }: Updates,
  read: Reader,
): Finding | undefined {
  const writers = writersOf(history);
  const readers = new Map<string | undefined, Operation>();
  for (const operation of updates) {
    if (endOf(operation) !== 'ok') continue;
    const place = { option: 'read', in: 'output', fields: [] } as const;
    const seen = storedTextOf(found(place, nothingIsNull(read), operation));
    const revision = revisionOf(operation);
    const before = revision === undefined ? undefined : versions[placeAt(versions, revision - 1)];
    if (revision !== undefined && before !== undefined && before.value !== seen) {
      const lost = writers.get(before.revision);
      const whose = lost === undefined ? '' : `, which ${lost.id} had written`;
      return violated(
        `${operation.id} read ${seen ?? 'nothing'} from ${key} and overwrote ${before.value ?? 'nothing'} at revision ${revision}${whose}: expected it to have read that`,
        [lost, operation],
        [before.revision, revision].filter((one) => one > 0),
      );
    }
    // A value that was there more than once does not say which version it was.
    if (versions.filter(({ value }) => value === seen).length !== 1) continue;
    const other = readers.get(seen);
    if (other !== undefined) {
      return violated(
        `${other.id} and ${operation.id} both read ${seen ?? 'nothing'} from ${key} and wrote: expected the second to read what the first wrote`,
        [other, operation],
      );
    }
    readers.set(seen, operation);
  }
  return undefined;
}

/** Each addition that told its revision has grown the value by what it adds; and so have all of them together. */
function judgeAdditions(
  history: History,
  { key, updates, versions }: Updates,
  by: Reader | undefined,
): Finding | undefined {
  const writers = writersOf(history);
  let [least, most] = [0n, 0n];
  for (const operation of updates) {
    const adds = unitsOf(addedBy(operation, by));
    if (adds === undefined)
      throw new Error(`expected by to be a decimal for ${operation.id} (${operation.node})`);
    const isOk = endOf(operation) === 'ok';
    if (isOk || adds < 0n) least += adds;
    if (isOk || adds > 0n) most += adds;
    const revision = revisionOf(operation);
    const place = revision === undefined ? -1 : placeAt(versions, revision);
    const after = versions[place];
    if (revision === undefined || after?.revision !== revision) continue;
    const before = versions[place - 1];
    const [from, to] = [unitsOf(before?.value ?? '0'), unitsOf(after.value)];
    if (from !== undefined && to === from + adds) continue;
    const lost = before === undefined ? undefined : writers.get(before.revision);
    const whose = lost === undefined ? '' : `, which ${lost.id} had written`;
    return violated(
      `${operation.id} added ${decimalOf(adds)} to ${key} at revision ${revision} and made it ${after.value ?? 'nothing'} from ${before?.value ?? 'nothing'}${whose}: expected ${from === undefined ? 'a decimal' : decimalOf(from + adds)}`,
      [lost, operation],
      [before?.revision ?? 0, revision].filter((one) => one > 0),
    );
  }
  return judgeTotal(history, { key, updates, versions }, { least, most }, by);
}

/** All additions together have grown the value by what they add. */
function judgeTotal(
  history: History,
  { key, updates, versions }: Updates,
  { least, most }: { readonly least: bigint; readonly most: bigint },
  by: Reader | undefined,
): Finding | undefined {
  const ended = unitsOf(versions.at(-1)?.value ?? '0');
  const beginnings = beginningsOf(history, { key, updates, versions }, by);
  const fits = beginnings.some(
    (begun) => ended !== undefined && begun !== undefined && ended >= begun + least && ended <= begun + most,
  );
  if (fits) return undefined;
  const oks = updates.filter((operation) => endOf(operation) === 'ok');
  const open = updates.length - oks.length;
  const range = least === most ? decimalOf(least) : `${decimalOf(least)} to ${decimalOf(most)}`;
  const perhaps = open === 0 ? '' : ` and ${open} that may have happened`;
  return violated(
    `${key} ends at ${versions.at(-1)?.value ?? 'nothing'} after ${oks.length} additions${perhaps}: expected ${range} more than at first`,
    updates.slice(0, WITNESSES_MAX),
    versions.slice(-1).map(({ revision }) => revision),
  );
}

/**
 * The values that there may have been before all additions: the last version that was committed before the first began.
 * Without one, the key was absent, or its first version was no addition. A run that does not know the times of commits
 * leaves both open.
 */
function beginningsOf(
  { commits }: History,
  { updates, versions }: Updates,
  by: Reader | undefined,
): readonly (bigint | undefined)[] {
  const [, first] = versions;
  const either = [0n, unitsOf(first?.value ?? '0')];
  if (commits === undefined || first === undefined) return either;
  const times = new Map(commits.map(({ revision, timeUs }) => [revision, timeUs]));
  const begunUs = Math.min(...updates.map(({ invoke }) => invoke.timeUs));
  const before = versions.findLast(({ revision }) => (times.get(revision) ?? Infinity) < begunUs);
  if (before !== undefined) return [unitsOf(before.value ?? '0')];
  const firstUs = times.get(first.revision);
  if (firstUs === undefined) return either;
  const isAddition = updates.some(
    (operation) =>
      operation.invoke.timeUs <= firstUs &&
      firstUs <= (operation.return?.timeUs ?? Infinity) &&
      unitsOf(addedBy(operation, by)) === unitsOf(first.value ?? '0'),
  );
  return isAddition ? [0n] : either;
}

/** A total has no few operations that show it. */
const WITNESSES_MAX = 4;

function addedBy(operation: Operation, by: Reader | undefined): unknown {
  if (by !== undefined) return by(performed(operation));
  const { input } = operation;
  return typeof input === 'number' ? input : ((Object(input) as { by?: unknown }).by ?? 1);
}

function revisionOf({ outcome }: Operation): number | undefined {
  return outcome?.kind === 'ok' ? outcome.revision : undefined;
}
