/**
 * The versions of every key with their writers, from the transactions that surely happened and from those of
 * unknown fate with writes that were read. Invariant: an unanswered transaction is included only if a read or
 * a revision shows that it happened.
 */
import {
  violatedBy,
  type TransactionRead,
  type TransactionRecord,
  type TransactionsFinding,
  type TransactionWrite,
} from './transaction.js';

/** The versions of one key, ascending by revision. */
export interface KeyVersions {
  readonly key: string;
  readonly revisions: readonly number[];
  /** The writer of each, as a place among the transactions. */
  readonly writers: readonly number[];
  readonly writes: readonly TransactionWrite[];
}

/** A transaction that happened. */
export interface Committed {
  readonly record: TransactionRecord;
  /** The revision that it made, or that it read at; undefined if unknown. */
  readonly revision: number | undefined;
  /** Infinity if no client heard the end. */
  readonly return: number;
}

export type Versions =
  | {
      readonly kind: 'versions';
      readonly transactions: readonly Committed[];
      readonly keys: ReadonlyMap<string, KeyVersions>;
      /** Keys that may have been deleted: reading their absence proves nothing. */
      readonly perhapsDeleted: ReadonlySet<string>;
    }
  /** It cannot be judged, or is already wrong in any order. */
  | { readonly kind: 'finding'; readonly finding: TransactionsFinding };

/** Puts reads and writes together. */
export function readVersions(records: readonly TransactionRecord[]): Versions {
  const table = new VersionTable();
  const open: TransactionRecord[] = [];
  for (const record of records) {
    const wrote = record.writes.length > 0;
    if (record.revision === undefined && wrote && record.outcome !== 'failed') open.push(record);
    else if (record.outcome === 'failed' && (record.revision === undefined || !wrote)) continue;
    else if (record.outcome === 'indefinite' && !wrote) continue;
    else {
      const problem = table.add(record, record.revision);
      if (problem !== undefined) return problem;
    }
  }
  const resolver = new Resolver(records, open);
  // Transactions that turn out to have happened are appended, and their reads are visited in turn.
  for (let index = 0; index < table.transactions.length; index++) {
    const reader = table.transactions[index]?.record;
    for (const read of reader?.reads ?? []) {
      if (reader === undefined || read.modRevision === 0 || table.has(read)) continue;
      const writer = resolver.writerOf(reader, read);
      if (writer.kind === 'finding') return writer;
      const problem = table.add(writer.record, read.modRevision);
      if (problem !== undefined) return problem;
    }
  }
  const lost = resolver.left.find(({ outcome }) => outcome === 'ok');
  if (lost !== undefined) {
    return inconclusive(`${lost.id} is ok, but its revision is unknown`);
  }
  const deletes = resolver.left.flatMap(({ writes }) => writes.filter(({ kind }) => kind === 'delete'));
  return {
    kind: 'versions',
    transactions: table.transactions,
    keys: table.sorted(),
    perhapsDeleted: new Set(deletes.map(({ key }) => key)),
  };
}

interface Version {
  readonly writer: number;
  readonly write: TransactionWrite;
}

class VersionTable {
  readonly transactions: Committed[] = [];
  readonly #keys = new Map<string, Map<number, Version>>();

  has({ key, modRevision }: TransactionRead): boolean {
    return this.#keys.get(key)?.has(modRevision) === true;
  }

  add(record: TransactionRecord, revision: number | undefined): Versions | undefined {
    const writer = this.transactions.length;
    const returned = record.outcome === 'ok' ? record.return : undefined;
    this.transactions.push({ record, revision, return: returned ?? Infinity });
    if (revision === undefined) return undefined;
    for (const write of record.writes) {
      let versions = this.#keys.get(write.key);
      if (versions === undefined) this.#keys.set(write.key, (versions = new Map<number, Version>()));
      const other = versions.get(revision);
      if (other !== undefined) {
        const name = this.transactions[other.writer]?.record.id ?? '';
        return inconclusive(
          `${name} and ${record.id} both claim to have written ${write.key} at ${revision}`,
        );
      }
      versions.set(revision, { writer, write });
    }
    return undefined;
  }

  sorted(): Map<string, KeyVersions> {
    const keys = new Map<string, KeyVersions>();
    for (const [key, versions] of this.#keys) {
      const ascending = [...versions].sort(([a], [b]) => a - b);
      keys.set(key, {
        key,
        revisions: ascending.map(([revision]) => revision),
        writers: ascending.map(([, { writer }]) => writer),
        writes: ascending.map(([, { write }]) => write),
      });
    }
    return keys;
  }
}

/** Finds the writer of each version that was read, among the writes with unknown revisions. */
class Resolver {
  readonly #failed: readonly TransactionRecord[];
  readonly #all: readonly TransactionRecord[];
  readonly #open: Set<TransactionRecord>;
  #openByKey: Map<string, TransactionRecord[]> | undefined;

  constructor(records: readonly TransactionRecord[], open: readonly TransactionRecord[]) {
    this.#all = records;
    this.#failed = records.filter(({ outcome }) => outcome === 'failed');
    this.#open = new Set(open);
  }

  get left(): readonly TransactionRecord[] {
    return [...this.#open];
  }

  writerOf(
    reader: TransactionRecord,
    read: TransactionRead,
  ): { readonly kind: 'writer'; readonly record: TransactionRecord } | (Versions & { kind: 'finding' }) {
    const { key, modRevision, value } = read;
    const candidates = (this.#byKey().get(key) ?? []).filter(
      (record) =>
        this.#open.has(record) &&
        record !== reader &&
        record.writes.some((write) => write.key === key && write.kind === 'put' && mayBe(write, value)),
    );
    const [record, other] = candidates;
    if (record !== undefined && other !== undefined) {
      return inconclusive(
        `${reader.id} read ${key} of revision ${modRevision}, which ${record.id} or ${other.id} may have written`,
      );
    }
    if (record !== undefined) {
      this.#open.delete(record);
      return { kind: 'writer', record };
    }
    return { kind: 'finding', finding: this.#unexplained(reader, read) };
  }

  #byKey(): Map<string, TransactionRecord[]> {
    if (this.#openByKey !== undefined) return this.#openByKey;
    const byKey = new Map<string, TransactionRecord[]>();
    for (const record of this.#open) {
      for (const { key } of record.writes) {
        const others = byKey.get(key);
        if (others === undefined) byKey.set(key, [record]);
        else if (others.at(-1) !== record) others.push(record);
      }
    }
    return (this.#openByKey = byKey);
  }

  #unexplained(reader: TransactionRecord, { key, modRevision, value }: TransactionRead): TransactionsFinding {
    const what = value === undefined ? key : `${key} = ${value}`;
    const seen = `${reader.id} read ${what} of revision ${modRevision}`;
    const wrote = (record: TransactionRecord) =>
      record.writes.some((write) => write.key === key && value !== undefined && write.value === value);
    const aborted = this.#failed.find(wrote);
    if (aborted !== undefined) {
      return violatedBy(
        { code: 'G1a', name: 'aborted read', realTime: false },
        `${seen}, which ${aborted.id} wrote, but ${aborted.id} failed`,
        [aborted, reader],
      );
    }
    const between = this.#all.find((record) =>
      record.writes.some(
        (write) => write.key === key && value !== undefined && write.intermediate?.includes(value),
      ),
    );
    if (between !== undefined) {
      return violatedBy(
        { code: 'G1b', name: 'intermediate read', realTime: false },
        `${seen}, which ${between.id} overwrote itself`,
        [between, reader],
      );
    }
    return violatedBy(
      { code: 'phantom', name: 'phantom read', realTime: false },
      `${seen}, which nobody wrote`,
      [reader],
    );
  }
}

function mayBe(write: TransactionWrite, value: string | undefined): boolean {
  return value === undefined || write.value === undefined || write.value === value;
}

function inconclusive(reason: string): Versions & { kind: 'finding' } {
  return { kind: 'finding', finding: { verdict: 'inconclusive', reason } };
}
