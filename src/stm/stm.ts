/**
 * Software transactional memory over etcd, after `concurrency.NewSTM` of etcd's Go client: a function reads and
 * writes keys, and all it wrote is applied in one etcd transaction if nothing it depends on has changed, else it is
 * executed again. Invariant: what a run reports as committed was applied exactly once, what it reports as failed
 * was not applied and never will be.
 */
import type { Namespace } from 'etcd3';
import { Effort, type EffortOptions } from '../effort.js';
import { ConflictError, DefiniteError } from '../errors.js';
import { Attempt, type Snapshot } from './attempt.js';
import { CommitRecords } from '../commit/commit-records.js';
import { Committer, type CommitResult } from './committer.js';
import { isolationRules, type Isolation, type IsolationRules } from './isolation.js';
import type { Transaction } from './transaction.js';

export interface StmOptions extends EffortOptions {
  /** Default `SerializableSnapshot`. */
  readonly isolation?: Isolation;
  /** Where commit records are kept; default `stm-commits/`. */
  readonly recordPrefix?: string;
}

export interface RunOptions {
  /** Gives the run up: it rejects with the signal's reason, and then nothing was committed. */
  readonly signal?: AbortSignal | undefined;
  /** Keys that every execution reads: fetched in one request before the function is called. */
  readonly prefetch?: readonly string[];
}

/** What a run that committed tells. */
export interface RunResult<T> {
  /** What the function returned in the execution that committed. */
  readonly value: T;
  /**
   * The revision it committed at. For a transaction that wrote nothing: a revision at which all it read was
   * current, 0 where it read nothing either.
   */
  readonly revision: number;
  /** How often the function was executed again because others had changed what it depends on. */
  readonly conflicts: number;
  /** Executions of the function, and requests that had to be sent again. */
  readonly attempts: number;
}

/**
 * A handle for software transactions. Make one per process or client and share it; its runs may overlap.
 *
 * Each commit that writes also writes a *commit record*, a key `<recordPrefix><random id>/<n>` of this handle, one
 * for every commit in flight at the same time and reused: one more comparison and one more put in the same request,
 * and one more request when a record is first needed. etcd3 resends a request whose reply was lost without telling,
 * and etcd then answers that the transaction's comparisons fail; the record is what tells this from a conflict.
 * Keep etcd's limit of operations per transaction (128 unless configured) in mind. A process that dies leaves its
 * few records behind; they may be deleted. The keys of the transactions themselves are written as Go's STM does, and
 * Go processes may share them.
 */
export class STM {
  readonly #client: Namespace;
  readonly #options: StmOptions;
  readonly #rules: IsolationRules;
  readonly #records: CommitRecords;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  /** @param client an `Etcd3`, or a `Namespace` of one: then all keys, the commit records' too, are inside it */
  constructor(client: Namespace, options: StmOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#rules = isolationRules[options.isolation ?? 'SerializableSnapshot'];
    this.#records = new CommitRecords(client, options.recordPrefix ?? 'stm-commits/');
  }

  /**
   * Executes `body` as a transaction, again after each conflict, until it has committed.
   *
   * Rejects with
   * - what `body` throws: nothing was committed;
   * - a {@link ConflictError} after `maxAttempts`, a `DefiniteError` where etcd refuses: nothing was committed;
   * - an `IndefiniteError` where a commit may have applied and etcd cannot be asked any more;
   * - the signal's reason: nothing was committed and nothing will be.
   *
   * Given up while etcd is being asked to commit, it first finds out what became of that (for no longer than
   * `requestTimeoutMs` and 5 seconds), and resolves if it was committed.
   */
  async run<T>(
    body: (transaction: Transaction) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<RunResult<T>> {
    if (this.#closed) throw new DefiniteError('the STM is closed');
    const running = this.#run(body, options);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Waits for the runs that are under way, then deletes the handle's commit records. The client stays open.
   * Rejects with etcd's error where they cannot be deleted, or with the signal's reason.
   */
  async close(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#closed = true;
    const effort = new Effort(this.#options, options.signal);
    await effort.unlessAborted(Promise.allSettled(this.#running));
    await this.#records.deleteAll(effort);
  }

  async #run<T>(
    body: (transaction: Transaction) => T | PromiseLike<T>,
    options: RunOptions,
  ): Promise<RunResult<T>> {
    const effort = new Effort(this.#options, options.signal);
    const committer = new Committer<T>(this.#client, effort, this.#rules, this.#records);
    const conflicts = { count: 0 };
    try {
      const { value, revision } = await this.#untilCommitted(
        effort,
        committer,
        body,
        options,
        conflicts,
      ).catch((error: unknown) => committer.fail(error));
      return { value, revision, conflicts: conflicts.count, attempts: effort.attempts };
    } finally {
      committer.release();
    }
  }

  /** Executes the function until it has committed. Where this rejects, a commit may be under way. */
  async #untilCommitted<T>(
    effort: Effort,
    committer: Committer<T>,
    body: (transaction: Transaction) => T | PromiseLike<T>,
    { prefetch = [] }: RunOptions,
    conflicts: { count: number },
  ): Promise<CommitResult<T> & { kind: 'committed' }> {
    let carried: Snapshot | undefined;
    for (;;) {
      effort.begin();
      const attempt = new Attempt(this.#client, effort, this.#rules, carried);
      const end = await this.#execute(attempt, effort, committer, body, prefetch);
      if (end.kind === 'committed') return end;
      conflicts.count += 1;
      if (!effort.mayTry) throw new ConflictError(`gave up after ${conflicts.count} conflicts`);
      // The first time it starts at once from what the conflict has read. After a pause that would be outdated.
      carried = conflicts.count === 1 ? end.snapshot : undefined;
      if (conflicts.count > 1) await effort.pauseAfterConflict();
    }
  }

  /** Executes the function once and commits. An execution whose snapshot is gone ends as a conflict. */
  async #execute<T>(
    attempt: Attempt,
    effort: Effort,
    committer: Committer<T>,
    body: (transaction: Transaction) => T | PromiseLike<T>,
    prefetch: readonly string[],
  ): Promise<CommitResult<T> | { readonly kind: 'conflict'; readonly snapshot?: undefined }> {
    let value: T;
    try {
      await attempt.read(prefetch);
      value = await effort.unlessAborted(Promise.resolve(body(attempt)));
      if (attempt.failure !== undefined) throw attempt.failure;
    } catch (error) {
      effort.throwIfAborted();
      if (attempt.compacted) return { kind: 'conflict' };
      throw attempt.failure ?? error;
    } finally {
      attempt.close();
    }
    return committer.commit(attempt, value);
  }
}
