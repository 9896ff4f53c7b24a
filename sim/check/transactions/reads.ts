/**
 * Which version each read saw. If a key was absent more than once, revision 0 does not show which absence was
 * read. The revision in the reply's header decides; if it does not, every absence stays open. Invariant: a
 * read at a revision returns what was written at it, or that is the finding.
 */
import {
  violatedBy,
  type TransactionRead,
  type TransactionRecord,
  type TransactionsFinding,
} from './transaction.js';
import type { Committed, KeyVersions } from './versions.js';

/** One read, by the place of the version among those of its key; -1 is the absence before the first. */
export interface VersionRead {
  /** The reader, as a place among the transactions. */
  readonly reader: number;
  readonly versions: KeyVersions;
  version: number;
  /** Whether it concerns a key that a range did not contain. */
  readonly isAbsentFromRange: boolean;
  /** Other absences that it may have seen. */
  readonly others: readonly number[];
}

export type VersionReads =
  | { readonly kind: 'reads'; readonly reads: VersionRead[] }
  | { readonly kind: 'finding'; readonly finding: TransactionsFinding };

/** @param doubted keys whose absence in a read proves nothing */
export function resolveReads(
  transactions: readonly Committed[],
  keys: ReadonlyMap<string, KeyVersions>,
  doubted: ReadonlySet<string>,
): VersionReads {
  const reads: VersionRead[] = [];
  for (const [reader, transaction] of transactions.entries()) {
    for (const read of transaction.record.reads) {
      const versions = keys.get(read.key);
      // The key was never written: it was absent, which orders nothing.
      if (versions === undefined) continue;
      if (read.modRevision === 0) {
        if (doubted.has(read.key)) continue;
        const absence = absenceOf(reader, transaction, read, versions, transactions);
        if ('verdict' in absence) return { kind: 'finding', finding: absence };
        reads.push(absence);
        continue;
      }
      const version = lastUpTo(versions.revisions, read.modRevision);
      const writer = versions.writers[version] ?? -1;
      if (writer === reader) continue;
      const problem = contentProblem(transaction.record, read, versions, version, transactions[writer]);
      if (problem !== undefined) return { kind: 'finding', finding: problem };
      reads.push({ reader, versions, version, isAbsentFromRange: false, others: [] });
    }
    for (const range of transaction.record.ranges ?? []) {
      const found = new Set(range.found.map(({ key }) => key));
      for (const [key, versions] of keys) {
        if (found.has(key) || doubted.has(key) || !range.matches(key)) continue;
        const read = { key, modRevision: 0, snapshot: range.snapshot };
        const absence = absenceOf(reader, transaction, read, versions, transactions);
        if ('verdict' in absence) return { kind: 'finding', finding: absence };
        reads.push({ ...absence, isAbsentFromRange: true });
      }
    }
  }
  return { kind: 'reads', reads };
}

/** A key found in a range is read like any other; the missing ones are known when all keys are. */
export function withFoundInRanges(record: TransactionRecord): TransactionRecord {
  const found = record.ranges?.flatMap((range) => range.found) ?? [];
  return found.length === 0 ? record : { ...record, reads: [...record.reads, ...found] };
}

/** The last of the ascending numbers that is not above the limit, or -1. */
function lastUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function contentProblem(
  reader: TransactionRecord,
  { key, modRevision, value }: TransactionRead,
  versions: KeyVersions,
  version: number,
  writer: Committed | undefined,
): TransactionsFinding | undefined {
  const write = versions.writes[version];
  if (write === undefined || writer === undefined) return undefined;
  const { record } = writer;
  const seen = `${reader.id} read ${value === undefined ? key : `${key} = ${value}`} of revision ${modRevision}`;
  if (record.outcome === 'failed') {
    const anomaly = { code: 'G1a', name: 'aborted read', realTime: false } as const;
    return violatedBy(anomaly, `${seen}, which ${record.id} wrote, but ${record.id} failed`, [
      record,
      reader,
    ]);
  }
  if (value !== undefined && write.intermediate?.includes(value) === true && write.value !== value) {
    const anomaly = { code: 'G1b', name: 'intermediate read', realTime: false } as const;
    return violatedBy(anomaly, `${seen}, which ${record.id} overwrote itself`, [record, reader]);
  }
  const garbage = { code: 'garbage', name: 'garbage read', realTime: false } as const;
  if (write.kind === 'delete') {
    return violatedBy(garbage, `${seen}, where ${record.id} had deleted it`, [record, reader]);
  }
  if (value !== undefined && write.value !== undefined && write.value !== value) {
    return violatedBy(garbage, `${seen}, where ${record.id} had put ${write.value}`, [record, reader]);
  }
  return undefined;
}

function absenceOf(
  reader: number,
  transaction: Committed,
  { key, snapshot }: TransactionRead,
  versions: KeyVersions,
  transactions: readonly Committed[],
): VersionRead | TransactionsFinding {
  if (snapshot !== undefined) {
    let version = lastUpTo(versions.revisions, snapshot);
    // The header of a transaction has the store's revision after its own writes.
    if (versions.writers[version] === reader) version -= 1;
    const write = versions.writes[version];
    if (write === undefined || write.kind === 'delete') {
      return { reader, versions, version, isAbsentFromRange: false, others: [] };
    }
    const writer = transactions[versions.writers[version] ?? -1]?.record;
    return violatedBy(
      { code: 'garbage', name: 'garbage read', realTime: false },
      `${transaction.record.id} found no ${key} at revision ${snapshot}, although it existed since revision ${versions.revisions[version]}`,
      writer === undefined ? [transaction.record] : [writer, transaction.record],
    );
  }
  const absences = [-1];
  for (const [version, write] of versions.writes.entries()) {
    // A transaction does not see its own deletion.
    if (write.kind === 'delete' && versions.writers[version] !== reader) absences.push(version);
  }
  const { revision = Infinity } = transaction;
  const before = absences.filter((version) => (versions.revisions[version] ?? 0) <= revision);
  // It is most likely the last before the transaction.
  const likely = before.at(-1) ?? -1;
  const others = absences.filter((version) => version !== likely);
  return { reader, versions, version: likely, isAbsentFromRange: false, others };
}
