/**
 * Transactions, strictly serializable: judged by their reads, their writes and etcd's log. Invariant: a logged write
 * that belongs to no known transaction was made by an unknown client, at any time. A read whose version cannot be
 * determined is no violation. Violations have the names of the literature, such as lost update or write skew.
 */
import * as v from 'valibot';
import type { History, LogEvent, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { readValue } from '../../input/schema.js';
import type { Check, Finding } from '../check.js';
import { checkTransactions, type TransactionRead, type TransactionRecord } from '../transactions.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { performed, storedTextOf, type Reader } from './reading.js';
import { inconclusive, readyCheck, violated } from './ready-check.js';

export interface StrictSerializableOptions extends ReadyOptions {
  readonly transaction: OperationNames;
  /**
   * What it read before it wrote: an object of keys and values, null where there was none, or a list of
   * `{ key, value?, modRevision? }`. By default the field `reads` of the output.
   */
  readonly reads?: Reader | undefined;
  /**
   * Its writes, in the same form. Needed to find a transaction that did not report its revision; this takes values that
   * no other operation writes. By default the field `writes` of the output, or of the input.
   */
  readonly writes?: Reader | undefined;
  /** The keys that transactions are about: what they begin with, or a function; all by default. */
  readonly keys?: string | ((key: string) => boolean) | undefined;
}

/** There is one order of all transactions that fits real time and in which each read what was written last. */
export function strictSerializable(options: StrictSerializableOptions): Check {
  expectOptions(
    'strictSerializable',
    {
      ...{ transaction: operationNames, reads: reader, writes: reader },
      keys: v.optional(v.union([v.string(), v.function()], 'a prefix of keys, or a function of a key')),
    },
    options,
  );
  return readyCheck({
    factory: 'strictSerializable',
    options,
    name: 'strict-serializable',
    description:
      'One order of all transactions explains every read: each returns the last write. It keeps the order of transactions that did not overlap.',
    roles: { transaction: options.transaction },
    judge: (history) => judge(history, options),
  });
}

function judge(history: History, options: StrictSerializableOptions): Finding {
  const book = new Book(history, options);
  const lost = book.lost();
  if (lost !== undefined) {
    return violated(`${lost.id} ended ok: expected its writes in the log, got none`, [lost]);
  }
  const all = book.records();
  const finding = checkTransactions(all.records);
  const known = new Set(history.operations.map(({ id }) => id));
  if (finding.verdict !== 'violated') return finding;
  // Which version a read saw that fits several is only the likeliest.
  const sure = all.hasDoubtful ? checkTransactions(book.records({ withoutDoubt: true }).records) : finding;
  if (sure.verdict !== 'violated') {
    return inconclusive(
      `values repeat, so the version read is unknown; if it was the latest: ${finding.message}`,
    );
  }
  return { ...sure, operations: sure.operations.filter((id) => known.has(id)) };
}

/** The log's writes of the keys, and who made them. */
class Book {
  readonly #history: History;
  readonly #options: StrictSerializableOptions;
  readonly #writes: ReadonlyMap<number, readonly LogEvent[]>;
  readonly #isOurs: (key: string) => boolean;
  /** By key and value: the revisions that put it. */
  readonly #puts = new Map<string, number[]>();

  constructor(history: History, options: StrictSerializableOptions) {
    const { keys = '' } = options;
    const isOurs = typeof keys === 'string' ? (key: string) => key.startsWith(keys) : keys;
    const log = history.log
      .map((entry) => ({ ...entry, events: entry.events.filter(({ key }) => isOurs(key)) }))
      .filter(({ events }) => events.length > 0);
    this.#isOurs = isOurs;
    this.#history = history;
    this.#options = options;
    this.#writes = new Map(log.map(({ revision, events }) => [revision, events]));
    for (const { revision, events } of log) {
      for (const { type, key, value } of events) {
        const place = canonicalJson([key, value]);
        if (type === 'put') this.#puts.set(place, [...(this.#puts.get(place) ?? []), revision]);
      }
    }
  }

  /** A record of each transaction that happened or may have, and of each revision that no known transaction made. */
  records({ withoutDoubt = false } = {}): {
    readonly records: TransactionRecord[];
    readonly hasDoubtful: boolean;
  } {
    const names = namesOf(this.#options.transaction);
    const explained = new Set<number>();
    let hasDoubtful = false;
    const records = this.#history.operations.flatMap((operation): TransactionRecord[] => {
      if (!names.includes(operation.name)) return [];
      const outcome = endOf(operation);
      const wrote = this.#revisionOf(operation);
      // One that says that it wrote nothing has told where it read.
      const isReader = this.#listed(operation, 'writes')?.length === 0;
      const events = wrote === undefined || isReader ? [] : (this.#writes.get(wrote) ?? []);
      // The log is complete: a transaction that is not in it wrote nothing.
      if (events.length === 0 && outcome !== 'ok') return [];
      if (wrote !== undefined && events.length > 0) explained.add(wrote);
      const reads = outcome === 'ok' ? this.#readsOf(operation, events.length > 0 ? wrote : undefined) : [];
      hasDoubtful ||= reads.some(({ isDoubtful }) => isDoubtful);
      return [
        {
          id: operation.id,
          outcome,
          invoke: operation.invoke.sequence,
          ...(operation.return === undefined ? {} : { return: operation.return.sequence }),
          revision: wrote,
          reads: reads.filter(({ isDoubtful }) => !(withoutDoubt && isDoubtful)).map(({ read }) => read),
          writes: writesOf(events),
        },
      ];
    });
    const others = [...this.#writes].flatMap(([revision, events]): TransactionRecord[] =>
      explained.has(revision)
        ? []
        : [
            {
              ...{ id: `revision ${revision}`, outcome: 'indefinite', invoke: -1, revision, reads: [] },
              writes: writesOf(events),
            },
          ],
    );
    return { records: [...others, ...records], hasDoubtful };
  }

  /** Where it wrote, or where it read if it told so: what it told, or where one of its values is. */
  #revisionOf(operation: Operation): number | undefined {
    const { outcome } = operation;
    if (outcome?.kind === 'ok' && outcome.revision !== undefined) return outcome.revision;
    for (const write of this.#listed(operation, 'writes') ?? []) {
      const revisions = this.#putsOf(write);
      if (revisions.length === 1) return revisions[0];
    }
    return undefined;
  }

  /** None for a deletion: it has no value to be found by. */
  #putsOf({ key, value }: Listed): readonly number[] {
    if (value === undefined) return [];
    return this.#puts.get(canonicalJson([key, value])) ?? [];
  }

  /** One that ended ok, and nothing of what it says that it wrote is in the log. */
  lost(): Operation | undefined {
    const names = namesOf(this.#options.transaction);
    return this.#history.operations.find((operation) => {
      if (!names.includes(operation.name) || endOf(operation) !== 'ok') return false;
      const puts = (this.#listed(operation, 'writes') ?? []).filter(({ value }) => value !== undefined);
      return puts.length > 0 && puts.every((write) => this.#putsOf(write).length === 0);
    });
  }

  /** @param wrote the revision that it made */
  #readsOf(
    operation: Operation,
    wrote: number | undefined,
  ): { readonly read: TransactionRead; readonly isDoubtful: boolean }[] {
    const { outcome } = operation;
    const snapshot = outcome?.kind === 'ok' ? outcome.revision : undefined;
    const reads = this.#listed(operation, 'reads') ?? [];
    return reads.map(({ key, value, modRevision }) => {
      const content = value === undefined ? {} : { value };
      if (modRevision !== undefined) return { read: { key, modRevision, ...content }, isDoubtful: false };
      if (value === undefined) return { read: { key, modRevision: 0 }, isDoubtful: false };
      const revisions = this.#putsOf({ key, value });
      // No revision has it if no call wrote it.
      const [first = Infinity] = revisions;
      const limit = wrote === undefined ? (snapshot ?? Infinity) : wrote - 1;
      const at = revisions.findLast((one) => one <= limit) ?? first;
      return { read: { key, modRevision: at, value }, isDoubtful: revisions.length > 1 };
    });
  }

  /** Undefined where it does not say. */
  #listed(operation: Operation, what: 'reads' | 'writes'): Listed[] | undefined {
    const given = this.#options[what];
    const one = performed(operation);
    // Of the input only what it is to write is of use: which keys it is to read does not say what it found.
    const byDefault = fieldOf(one.output, what) ?? (what === 'writes' ? fieldOf(one.input, what) : undefined);
    const list: unknown = given === undefined ? byDefault : given(one);
    if (list === undefined || list === null) return undefined;
    const listed = readList(list, `${what} of ${operation.id} (${operation.node})`);
    return listed.filter(({ key }) => this.#isOurs(key));
  }
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? (value as Readonly<Record<string, unknown>>)[field]
    : undefined;
}

interface Listed {
  readonly key: string;
  /** Undefined where there was none. */
  readonly value: string | undefined;
  readonly modRevision?: number | undefined;
}

const listSchema = v.array(
  v.object(
    {
      key: v.string('a key'),
      value: v.optional(v.unknown()),
      modRevision: v.optional(v.union([v.number(), v.string()], 'a revision')),
    },
    '{ key, value, modRevision }',
  ),
);

const objectSchema = v.record(
  v.string(),
  v.unknown(),
  'an object of keys and values, or a list of { key, value, modRevision }',
);

function readList(given: unknown, place: string): Listed[] {
  if (!Array.isArray(given)) {
    const read = readValue(objectSchema, given, place);
    if (read.kind === 'malformed') throw new Error(read.message);
    return Object.entries(read.value).map(([key, value]) => ({ key, value: storedTextOf(value) }));
  }
  const read = readValue(listSchema, given, place);
  if (read.kind === 'malformed') throw new Error(read.message);
  return read.value.map(({ key, value, modRevision }) => ({
    key,
    value: storedTextOf(value),
    ...(modRevision === undefined ? {} : { modRevision: Number(modRevision) }),
  }));
}

/** Of several changes of one key the last stays. */
function writesOf(events: readonly LogEvent[]): TransactionRecord['writes'] {
  const last = new Map(events.map((event) => [event.key, event]));
  return [...last.values()].map(({ key, type, value }) =>
    type === 'put' ? { key, kind: 'put', value } : { key, kind: 'delete' },
  );
}
