/**
 * The input of the check of transactions: the versions that each transaction read, and the keys that it
 * wrote. A version is named by the revision that wrote it, as in etcd. Invariant: the records contain
 * everything that may have written the keys they name.
 */
import type { Finding } from '../check.js';

/** One key as a transaction saw it, before its own writes. */
export interface TransactionRead {
  readonly key: string;
  /** The revision that had written what it read; 0 if there was no such key. */
  readonly modRevision: number;
  /** The value it read, if known. */
  readonly value?: string | undefined;
  /**
   * The revision in the header of the reply. It shows which absence was read if a key was deleted and created
   * more than once.
   */
  readonly snapshot?: number | undefined;
}

/** Keys that a transaction read together, with the existing ones among them: absences are read, too. */
export interface RangeRead {
  matches(key: string): boolean;
  readonly found: readonly TransactionRead[];
  /** The revision in the header of the reply. */
  readonly snapshot?: number | undefined;
}

/** A transaction's effect on one key. */
export interface TransactionWrite {
  readonly key: string;
  readonly kind: 'put' | 'delete';
  /** The final value, if known. */
  readonly value?: string | undefined;
  /** Values that it overwrote itself: no other transaction may ever read them. */
  readonly intermediate?: readonly string[] | undefined;
}

/** One transaction. */
export interface TransactionRecord {
  readonly id: string;
  /** `failed` did not happen; `indefinite` may have happened, at any time after its invocation. */
  readonly outcome: 'ok' | 'failed' | 'indefinite';
  /** Place in the run's order of events. */
  readonly invoke: number;
  /** It counts only for a transaction that is ok. */
  readonly return?: number | undefined;
  /** For a write, the revision that it made; for a read, the revision in the header of the reply. */
  readonly revision?: number | undefined;
  readonly reads: readonly TransactionRead[];
  readonly ranges?: readonly RangeRead[] | undefined;
  readonly writes: readonly TransactionWrite[];
}

/** Adya's names, and two for reads in a broken history. */
export type AnomalyCode =
  | 'G0'
  | 'G1a'
  | 'G1b'
  | 'G1c'
  | 'G-single'
  /** Several anti-dependencies, each on a key that was read by its name. */
  | 'G2-item'
  /** Several anti-dependencies, at least one of them on a key that a range did not contain. */
  | 'G2'
  /** A read of a value that was never written. */
  | 'phantom'
  /** A read that differs from what was written at that revision. */
  | 'garbage';

export interface Anomaly {
  readonly code: AnomalyCode;
  /** The common name, such as `lost update`. */
  readonly name: string;
  /** Whether real time is needed to show it. */
  readonly realTime: boolean;
}

export type TransactionsFinding =
  | Exclude<Finding, { readonly verdict: 'violated' }>
  | (Extract<Finding, { readonly verdict: 'violated' }> & { readonly anomaly: Anomaly });

/** A violation by these transactions, each named once, in the given order. */
export function violatedBy(
  anomaly: Anomaly,
  message: string,
  records: readonly TransactionRecord[],
): TransactionsFinding {
  const revisions = records.flatMap(({ revision, writes }) =>
    revision === undefined || writes.length === 0 ? [] : [revision],
  );
  return {
    verdict: 'violated',
    anomaly,
    message: `${anomaly.name} (${anomaly.code}${anomaly.realTime ? ', in real time' : ''}): ${message}`,
    operations: [...new Set(records.map(({ id }) => id))],
    revisions: [...new Set(revisions)].sort((a, b) => a - b),
  };
}
