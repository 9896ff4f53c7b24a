/** Random small histories of transactions, about half of them possible, and a search that tries all orders. */
import fc from 'fast-check';
import type { TransactionRead, TransactionRecord, TransactionWrite } from '../../sim/check/transactions.js';

export interface TransactionShape {
  readonly transactionsMax: number;
  readonly keys: number;
  readonly deletes: boolean;
  /** Whether absent keys are read with the revision in the reply's header. */
  readonly snapshots: boolean;
  /** Whether transactions may be unanswered, or have failed. */
  readonly fates: boolean;
}

interface Draft {
  readonly reads: readonly boolean[];
  readonly writes: readonly ('no' | 'put' | 'delete')[];
  readonly invoke: number;
  readonly length: number;
  /** When it happens, as a share of its length. */
  readonly point: number;
  readonly fate: 'ok' | 'told' | 'indefinite' | 'lost' | 'failed';
}

/**
 * What may make a history wrong: a read sees another version, an answer arrives earlier or a request later.
 */
interface Spoil {
  readonly transaction: number;
  readonly read: number;
  readonly version: number;
  readonly kind: 'read' | 'time';
}

export function transactionHistories(shape: TransactionShape): fc.Arbitrary<TransactionRecord[]> {
  const perKey = { minLength: shape.keys, maxLength: shape.keys };
  const draft: fc.Arbitrary<Draft> = fc.record({
    reads: fc.array(fc.boolean(), perKey),
    writes: fc.array(fc.constantFrom('no', 'no', 'put', shape.deletes ? 'delete' : 'put'), perKey),
    invoke: fc.nat(40),
    length: fc.integer({ min: 1, max: 30 }),
    point: fc.nat(99),
    fate: shape.fates
      ? fc.constantFrom('ok', 'ok', 'ok', 'told', 'indefinite', 'lost', 'failed')
      : fc.constant('ok'),
  });
  const spoil: fc.Arbitrary<Spoil> = fc.record({
    transaction: fc.nat(shape.transactionsMax),
    read: fc.nat(shape.keys),
    version: fc.nat(shape.transactionsMax),
    kind: fc.constantFrom('read', 'read', 'time'),
  });
  return fc
    .tuple(
      fc.array(draft, { minLength: 1, maxLength: shape.transactionsMax }),
      fc.array(spoil, { maxLength: 3 }),
    )
    .map(([drafts, spoils]) => build(shape, drafts, spoils));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function build(
  shape: TransactionShape,
  drafts: readonly Draft[],
  spoils: readonly Spoil[],
): TransactionRecord[] {
  const names = Array.from({ length: shape.keys }, (_, index) => 'abcdef'.charAt(index));
  const records: Mutable<TransactionRecord>[] = [];
  const store = new Map<string, { revision: number; value: string | undefined }>();
  let revision = 1;
  /** For every key, each value that ever existed, including those of failed writes. */
  const seen = new Map<string, TransactionRead[]>(names.map((key) => [key, [{ key, modRevision: 0 }]]));
  const ordered = [...drafts.entries()].sort(
    ([, a], [, b]) => a.invoke + (a.length * a.point) / 100 - b.invoke - (b.length * b.point) / 100,
  );
  for (const [place, draft] of ordered) {
    const id = `t${place}`;
    const reads = names.flatMap((key, index): TransactionRead[] => {
      if (draft.reads[index] !== true) return [];
      const at = store.get(key);
      if (at?.value !== undefined) return [{ key, modRevision: at.revision, value: at.value }];
      return [{ key, modRevision: 0, ...(shape.snapshots ? { snapshot: revision } : {}) }];
    });
    const writes = names.flatMap((key, index): TransactionWrite[] => {
      const kind = draft.writes[index] ?? 'no';
      if (kind === 'no') return [];
      // A missing key cannot be deleted.
      if (kind === 'delete') return store.get(key)?.value === undefined ? [] : [{ key, kind }];
      return [{ key, kind, value: `${id}${key}` }];
    });
    const happens = draft.fate !== 'failed' && draft.fate !== 'lost';
    if (happens && writes.length > 0) revision += 1;
    for (const { key, value } of writes) {
      if (happens) store.set(key, { revision, value });
      if (value !== undefined)
        seen.get(key)?.push({ key, modRevision: happens ? revision : revision + 100 + place, value });
    }
    const outcome = draft.fate === 'failed' ? 'failed' : draft.fate === 'ok' ? 'ok' : 'indefinite';
    const knows = draft.fate === 'ok' || draft.fate === 'told';
    records.push({
      id,
      outcome,
      invoke: draft.invoke + place / 100,
      return: draft.invoke + draft.length + place / 100 + 0.005,
      ...(knows ? { revision } : {}),
      reads,
      writes,
    });
  }
  for (const { transaction, read, version, kind } of spoils) {
    const record = records[transaction % records.length];
    if (record === undefined) continue;
    if (kind === 'time') {
      record.invoke = 50 + transaction / 100;
      record.return = 51 + transaction / 100;
      continue;
    }
    const index = read % Math.max(1, record.reads.length);
    const versions = seen.get(record.reads[index]?.key ?? '') ?? [];
    const other = versions[version % Math.max(1, versions.length)];
    if (
      other === undefined ||
      record.writes.some(({ value }) => value !== undefined && value === other.value)
    )
      continue;
    const snapshot = record.reads[index]?.snapshot;
    record.reads = record.reads.map((one, place) =>
      place !== index
        ? one
        : other.modRevision === 0 && snapshot !== undefined
          ? { ...other, snapshot }
          : other,
    );
  }
  return records.sort((a, b) => a.invoke - b.invoke);
}

/**
 * Whether there is an order, by trying all. It runs the transactions against a store and compares their reads
 * by value. It knows revisions only as the order of the versions of a key.
 */
export function searchTransactions(records: readonly TransactionRecord[]): boolean {
  const order: TransactionRecord[] = [];
  const left = new Set(records.filter(({ outcome }) => outcome !== 'failed'));
  const search = (): boolean => {
    if (![...left].some(happened) && isExplained(order)) return true;
    let horizon = Infinity;
    for (const record of left)
      if (record.outcome === 'ok') horizon = Math.min(horizon, record.return ?? Infinity);
    for (const record of [...left]) {
      if (record.invoke > horizon || !readsMatch(order, record)) continue;
      left.delete(record);
      order.push(record);
      if (search()) return true;
      order.pop();
      left.add(record);
    }
    return false;
  };
  return search();
}

/** Whether it must be in the order: it was answered, or its revision shows it. */
function happened({ outcome, revision, writes }: TransactionRecord): boolean {
  return outcome === 'ok' || (revision !== undefined && writes.length > 0);
}

function lastWrite(order: readonly TransactionRecord[], key: string) {
  for (let index = order.length - 1; index >= 0; index--) {
    const record = order[index];
    const write = record?.writes.find((one) => one.key === key);
    if (write !== undefined && record !== undefined) return { record, write };
  }
  return undefined;
}

function readsMatch(order: readonly TransactionRecord[], { reads }: TransactionRecord): boolean {
  return reads.every(({ key, value }) => lastWrite(order, key)?.write.value === value);
}

/** Whether revisions, including those that reads report, order the versions of each key as the order does. */
function isExplained(order: readonly TransactionRecord[]): boolean {
  const revisions = new Map<TransactionRecord, number>();
  for (const record of order) if (record.revision !== undefined) revisions.set(record, record.revision);
  for (const [index, record] of order.entries()) {
    for (const { key, modRevision } of record.reads) {
      const last = lastWrite(order.slice(0, index), key);
      if (modRevision === 0 || last === undefined) continue;
      const known = revisions.get(last.record);
      if (known !== undefined && known !== modRevision) return false;
      revisions.set(last.record, modRevision);
    }
  }
  const latest = new Map<string, number>();
  for (const [index, record] of order.entries()) {
    for (const { key, modRevision, snapshot } of record.reads) {
      if (modRevision !== 0 || snapshot === undefined) continue;
      const writes = order.filter(
        (other) => other !== record && other.writes.some((write) => write.key === key),
      );
      const at = Math.max(
        0,
        ...writes.map((other) => revisions.get(other) ?? 0).filter((other) => other <= snapshot),
      );
      const last = lastWrite(order.slice(0, index), key);
      if (at !== (last === undefined ? 0 : revisions.get(last.record))) return false;
    }
    const revision = revisions.get(record);
    if (revision === undefined) continue;
    for (const { key } of record.writes) {
      if ((latest.get(key) ?? 0) >= revision) return false;
      latest.set(key, revision);
    }
  }
  return true;
}
