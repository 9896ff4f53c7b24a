/**
 * Whether transactions are strictly serializable: whether one order of them respects real time, each
 * transaction reads what the last one before it wrote, and the versions of every key have the order of their
 * revisions. After Adya, "Weak Consistency" (1999), and Kingsbury and Alvaro, "Elle" (2020); etcd gives the
 * order of versions for free. O(n log n), plus for each range the number of existing keys. Invariant: a
 * violation names transactions that contradict each other even without any others.
 */
import { anomalyOf, contradicts, tell, type Witness } from './transactions/anomaly.js';
import { findCycle, type Step } from './transactions/cycle.js';
import { isOrderedByRevision } from './transactions/fast-path.js';
import { buildGraph } from './transactions/graph.js';
import { resolveReads, withFoundInRanges, type VersionRead } from './transactions/reads.js';
import { violatedBy, type TransactionRecord, type TransactionsFinding } from './transactions/transaction.js';
import { readVersions, type Committed, type KeyVersions } from './transactions/versions.js';

export type {
  Anomaly,
  RangeRead,
  TransactionRead,
  TransactionRecord,
  TransactionsFinding,
  TransactionWrite,
} from './transactions/transaction.js';

/** How many graphs may be tried if it is unknown which absence of a key was read. */
const TRIALS_MAX = 256;

/** Judges the transactions of a whole history. */
export function checkTransactions(records: readonly TransactionRecord[]): TransactionsFinding {
  const history = readVersions(records.map(withFoundInRanges));
  if (history.kind === 'finding') return history.finding;
  const { transactions, keys, perhapsDeleted } = history;
  const finding = judge(transactions, keys, new Set());
  if (finding.verdict !== 'violated' || perhapsDeleted.size === 0) return finding;
  // It must still be wrong without the doubtful reads; otherwise it is undecided.
  const withoutDoubt = judge(transactions, keys, perhapsDeleted);
  if (withoutDoubt.verdict === 'violated') return withoutDoubt;
  const names = [...perhapsDeleted].join(', ');
  return {
    verdict: 'inconclusive',
    reason: `it is unknown whether ${names} was deleted; if not: ${finding.message}`,
  };
}

function judge(
  transactions: readonly Committed[],
  keys: ReadonlyMap<string, KeyVersions>,
  doubted: ReadonlySet<string>,
): TransactionsFinding {
  const resolved = resolveReads(transactions, keys, doubted);
  if (resolved.kind === 'finding') return resolved.finding;
  if (isOrderedByRevision(transactions, resolved.reads)) return { verdict: 'satisfied' };
  return new Trials(transactions, keys, resolved.reads).judge();
}

/** The absences that a read may have seen, if there are several: as places among the versions of its key. */
type Choices = ReadonlyMap<VersionRead, readonly number[]>;

class Trials {
  readonly #transactions: readonly Committed[];
  readonly #keys: ReadonlyMap<string, KeyVersions>;
  readonly #reads: readonly VersionRead[];
  readonly #positions: Float64Array;
  #left = TRIALS_MAX;
  #violation: TransactionsFinding | undefined;

  constructor(
    transactions: readonly Committed[],
    keys: ReadonlyMap<string, KeyVersions>,
    reads: readonly VersionRead[],
  ) {
    this.#transactions = transactions;
    this.#keys = keys;
    this.#reads = reads;
    this.#positions = positionsOf(transactions);
  }

  judge(): TransactionsFinding {
    const open = this.#reads.filter(({ others }) => others.length > 0);
    const choices = new Map(open.map((read) => [read, [read.version, ...read.others]]));
    const answer = this.#try(choices);
    if (answer === 'possible') return { verdict: 'satisfied' };
    if (answer === 'gave up' || this.#violation === undefined) {
      const reason = `${open.length} reads found no key, and ${TRIALS_MAX} graphs did not show which absence each one read`;
      return { verdict: 'inconclusive', reason };
    }
    return this.#violation;
  }

  /**
   * A cycle refutes the choices for the open reads in it; each of them is then chosen differently, in turn.
   */
  #try(choices: Choices): 'possible' | 'impossible' | 'gave up' {
    if (this.#left === 0) return 'gave up';
    this.#left -= 1;
    for (const [read, [version = -1]] of choices) read.version = version;
    const cycle = findCycle(buildGraph(this.#transactions, this.#keys, this.#reads), this.#positions);
    if (cycle === undefined) return 'possible';
    this.#violation ??= this.#report(cycle);
    const refuted = [...choices].filter(([read, open]) => open.length > 1 && isIn(read, cycle));
    const narrowed = new Map(choices);
    for (const [read, [chosen = -1, ...others]] of refuted) {
      const answer = this.#try(new Map(narrowed).set(read, others));
      if (answer !== 'impossible') return answer;
      narrowed.set(read, [chosen]);
    }
    return 'impossible';
  }

  #report(cycle: readonly Step[]): TransactionsFinding {
    const members = new Set(cycle.map(({ from }) => from));
    const witnesses = [...members].flatMap((member) => this.#witness(member));
    const nameOf = (member: number) => this.#transactions[member]?.record.id ?? '';
    const told = cycle.map((step) => ({ ...step, isOfRange: this.#isOfRange(step) }));
    const message = tell(told, nameOf);
    if (!contradicts(witnesses)) {
      return {
        verdict: 'inconclusive',
        reason: `bug in the checker: ${message} is not a cycle`,
      };
    }
    const byInvocation = witnesses.sort(
      (a, b) => a.record.invoke - b.record.invoke || (a.record.id < b.record.id ? -1 : 1),
    );
    const records = byInvocation.map(({ record, revision }) =>
      revision === undefined ? record : { ...record, revision },
    );
    return violatedBy(anomalyOf(told), message, records);
  }

  /** Whether the key was not read by its name. */
  #isOfRange({ from, kind, key }: Step): boolean {
    if (kind !== 'rw') return false;
    const own = this.#reads.filter(({ reader, versions }) => reader === from && versions.key === key);
    return own.every(({ isAbsentFromRange }) => isAbsentFromRange);
  }

  #witness(member: number): Witness[] {
    const transaction = this.#transactions[member];
    if (transaction === undefined) return [];
    const reads = this.#reads
      .filter(({ reader }) => reader === member)
      .map(({ versions, version }) => ({ key: versions.key, revision: versions.revisions[version] ?? 0 }));
    return [{ ...transaction, reads }];
  }
}

function isIn({ reader, versions }: VersionRead, cycle: readonly Step[]): boolean {
  return cycle.some(
    ({ from, to, kind, key }) =>
      key === versions.key && ((kind === 'rw' && from === reader) || (kind === 'wr' && to === reader)),
  );
}

/** In the order of revisions. A transaction that only read and has no revision comes after what it read. */
function positionsOf(transactions: readonly Committed[]): Float64Array {
  return Float64Array.from(transactions, ({ record, revision }) => {
    if (revision !== undefined) return record.writes.length > 0 ? 2 * revision : 2 * revision + 1;
    return 2 * record.reads.reduce((last, { modRevision }) => Math.max(last, modRevision), 0) + 1;
  });
}
