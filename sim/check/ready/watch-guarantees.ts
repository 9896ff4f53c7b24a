/**
 * etcd's promises to watchers, for every watch that an operation reports. Invariant: a watch is checked against the log
 * alone. One that has no answer reports nothing.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { readValue } from '../../input/schema.js';
import type { Check } from '../check.js';
import { checkWatch, type Bookmark, type ToldEvent } from '../watch.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, performed, type Reader } from './reading.js';
import { numberOf } from './fencing.js';
import { readyCheck } from './ready-check.js';

export interface WatchGuaranteesOptions extends ReadyOptions {
  /** Operations that end when a watch ends, and return what it received. */
  readonly watch: OperationNames;
  /**
   * What it watched: a prefix of keys, or a function that says of a key whether it is watched. By default the field
   * `prefix` of the input, or the one key in the field `key`.
   */
  readonly watched?: Reader<string | ((key: string) => boolean)> | undefined;
  /**
   * The events that it received, as `{ type, key, value, revision, previous? }`: as a list, or as a list of batches. By
   * default the field `events` of the output, or the output.
   */
  readonly events?: Reader | undefined;
  /** The first revision that it asked for; undefined or null for what was to come. By default the field `from` of the input. */
  readonly from?: Reader | undefined;
  /** Whether it left deletions out; by default it did not. */
  readonly onlyPuts?: Reader<boolean> | undefined;
  /** The progress reports that it received, each with the number of batches before it. None by default. */
  readonly bookmarks?: Reader<readonly Bookmark[] | undefined> | undefined;
  /** Before which of those that came together its stream was opened anew; by default it never was. */
  readonly resumedBefore?: Reader<readonly number[] | undefined> | undefined;
}

/** A watch receives every change from its start: in order, once, and all changes of a revision together. */
export function watchGuarantees(options: WatchGuaranteesOptions): Check {
  expectOptions(
    'watchGuarantees',
    {
      watch: operationNames,
      ...{ watched: reader, events: reader, from: reader },
      ...{ onlyPuts: reader, bookmarks: reader, resumedBefore: reader },
    },
    options,
  );
  const names = namesOf(options.watch);
  return readyCheck({
    factory: 'watchGuarantees',
    options,
    name: 'watch-guarantees',
    description:
      'A watch delivers every change from its start: in order, once, whole revisions at a time, with the right previous value. A progress notification means that everything up to its revision was delivered.',
    roles: { watch: options.watch },
    judge({ operations, log, compactions = [] }: History) {
      for (const operation of operations) {
        if (!names.includes(operation.name) || endOf(operation) !== 'ok') continue;
        const one = performed(operation);
        const from = startOf(options, operation);
        const finding = checkWatch(log, {
          id: operation.id,
          matches: watchedBy(options, operation),
          onlyPuts: options.onlyPuts?.(one) ?? false,
          start: from === undefined ? { kind: 'now' } : { kind: 'from', revision: from },
          compactedTo: compactions.at(-1) ?? 0,
          batches: batchesOf(options, operation),
          bookmarks: options.bookmarks?.(one),
          resumedBefore: options.resumedBefore?.(one),
        });
        if (finding.verdict !== 'satisfied') return finding;
      }
      return undefined;
    },
  });
}

function startOf({ from }: WatchGuaranteesOptions, operation: Operation): number | undefined {
  const { input } = operation;
  const given: unknown =
    from === undefined ? (Object(input) as { from?: unknown }).from : from(performed(operation));
  return given === undefined || given === null ? undefined : numberOf(given, operation);
}

function watchedBy({ watched }: WatchGuaranteesOptions, operation: Operation): (key: string) => boolean {
  const { prefix, key } = Object(operation.input) as { prefix?: unknown; key?: unknown };
  if (watched === undefined && prefix === undefined && typeof key === 'string') return (one) => one === key;
  const place = { option: 'watched', in: 'input', fields: ['prefix'] } as const;
  const given = found(place, watched, operation);
  if (typeof given === 'function') return given as (key: string) => boolean;
  return (one) => one.startsWith(String(given));
}

const eventSchema = v.object({
  type: v.picklist(['put', 'delete']),
  key: v.string(),
  value: v.optional(v.string(), ''),
  revision: v.pipe(v.number(), v.integer()),
  previous: v.optional(v.nullable(v.string())),
});
const eventsSchema = v.union(
  [v.array(v.array(eventSchema)), v.array(eventSchema)],
  'a list of events { type, key, value, revision }',
);

/** Flat lists came a revision at a time. */
function batchesOf({ events }: WatchGuaranteesOptions, operation: Operation): ToldEvent[][] {
  const given = found({ option: 'events', in: 'output', fields: ['events'] }, events, operation);
  const read = readValue(eventsSchema, given, `the events of ${operation.id} (${operation.node})`);
  if (read.kind === 'malformed') throw new Error(read.message);
  const batches: ToldEvent[][] = [];
  for (const one of read.value) {
    if (Array.isArray(one)) {
      batches.push(one.map(asTold));
      continue;
    }
    const last = batches.at(-1);
    if (last?.[0]?.revision === one.revision) last.push(asTold(one));
    else batches.push([asTold(one)]);
  }
  return batches;
}

function asTold({ previous, ...event }: v.InferOutput<typeof eventSchema>): ToldEvent {
  return { ...event, ...(previous === undefined ? {} : { previous }) };
}
