/**
 * What the check of transactions looks at: for each transaction which versions it read and which keys it wrote. A
 * version is named by the revision that wrote it, as etcd does. Invariant: the records are all that may have written the
 * keys they name.
 */
import type { Finding } from '../check.js';

/** One key as a transaction saw it, before it wrote anything itself. */
export interface TransactionRead {
  readonly key: string;
  /** The revision that had written what it read; 0 where there was no such key. */
  readonly modRevision: number;
  /** What it read, where known. */
  readonly value?: string | undefined;
  /**
   * The revision in the header of the reply. It tells which absence was read where a key was deleted and created more
   * than once.
   */
  readonly snapshot?: number | undefined;
}

/** Keys that a transaction read together, and what it found among them: that a key was not there is read, too. */
export interface RangeRead {
  matches(key: string): boolean;
  readonly found: readonly TransactionRead[];
  /** The revision in the header of the reply. */
  readonly snapshot?: number | undefined;
}

/** What a transaction did to one key. */
export interface TransactionWrite {
  readonly key: string;
  readonly kind: 'put' | 'delete';
  /** The value in the end, where known. */
  readonly value?: string | undefined;
  /** Values that it overwrote itself: nobody else may ever read them. */
  readonly intermediate?: readonly string[] | undefined;
}

/** One transaction. */
export interface TransactionRecord {
  readonly id: string;
  /** `failed` did not happen; `indefinite` may have happened, at any time after its invocation. */
  readonly outcome: 'ok' | 'failed' | 'indefinite';
  /** Place in the run's order of events. */
  readonly invoke: number;
  /** Only that of a transaction that is ok counts. */
  readonly return?: number | undefined;
  /** Where it wrote: the revision that it made. Where it only read: the revision in the header of the reply. */
  readonly revision?: number | undefined;
  readonly reads: readonly TransactionRead[];
  readonly ranges?: readonly RangeRead[] | undefined;
  readonly writes: readonly TransactionWrite[];
}

/** Adya's names, and two for what cannot be told from a broken history. */
export type AnomalyCode =
  | 'G0'
  | 'G1a'
  | 'G1b'
  | 'G1c'
  | 'G-single'
  /** Several anti-dependencies, each of a key that was read by its name. */
  | 'G2-item'
  /** Several anti-dependencies, of which one at least is of a key that a range did not have. */
  | 'G2'
  /** Somebody read what nobody wrote. */
  | 'phantom'
  /** Somebody read other than what was written at that revision. */
  | 'garbage';

export interface Anomaly {
  readonly code: AnomalyCode;
  /** In people's words, such as `lost update`. */
  readonly name: string;
  /** Whether the order in real time is needed to show it. */
  readonly realTime: boolean;
}

export type TransactionsFinding =
  | Exclude<Finding, { readonly verdict: 'violated' }>
  | (Extract<Finding, { readonly verdict: 'violated' }> & { readonly anomaly: Anomaly });

/** A violation by these transactions, each named once, in the order given. */
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
