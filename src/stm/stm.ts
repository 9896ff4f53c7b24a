/**
 * Software transactional memory over etcd, after `concurrency.NewSTM` of etcd's Go client. A function reads and writes
 * keys. One etcd transaction applies all its writes if the keys it depends on are unchanged; else the function is
 * executed again. Invariant: a run that reports success was applied exactly once. A run that reports a definite failure
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
  /** Gives the run up. If it rejects with the signal's reason, nothing was committed. */
  readonly signal?: AbortSignal | undefined;
  /** Keys that every execution reads: one request fetches them before the function is called. */
  readonly prefetch?: readonly string[];
}

/** The result of a run that committed. */
export interface RunResult<T> {
  /** The function's result in the execution that committed. */
  readonly value: T;
  /**
   * The revision it committed at. For a transaction that wrote nothing, a revision at which all its reads were current;
   * 0 if it read nothing either.
   */
  readonly revision: number;
  /** How often the function was executed again because other clients had changed keys it depends on. */
  readonly conflicts: number;
  /** Executions of the function, and requests that had to be sent again. */
  readonly attempts: number;
}

/**
 * A handle for software transactions. Make one per process or client and share it; its runs may overlap.
 *
 * Each commit that writes also puts a *commit record*, a key `<recordPrefix><random id>/<n>` of this handle. Commits in
 * flight at the same time have a record each, and records are reused. A record costs one more comparison and one more
 * put in the same request, and one more request when it is made.
 *
 * The record is needed because etcd3 silently resends a request whose reply was lost. etcd then answers that the
 * comparisons fail, which looks like a conflict; the record tells the two apart.
 *
 * Mind etcd's limit of operations per transaction (128 by default). A process that dies leaves its few records behind;
 * you may delete them. The transactions' own keys are written as Go's STM writes them, so Go processes may share them.
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
   * Executes `body` as a transaction, again after each conflict, until it commits.
   *
   * Rejects with
   * - the error that `body` throws: nothing was committed;
   * - a {@link ConflictError} after `maxAttempts`, or a `DefiniteError` if etcd refuses: nothing was committed;
   * - an `IndefiniteError` if a commit may have applied and etcd cannot be asked any more;
   * - the signal's reason: nothing was committed and nothing will be.
   *
   * If you give it up while a commit is on its way, it first finds out the commit's fate, and resolves if it applied.
   * This takes no longer than `requestTimeoutMs` plus 5 seconds.
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
   * Waits for the runs that are under way, then deletes the handle's commit records. The client stays open. Rejects with
   * etcd's error if they cannot be deleted, or with the signal's reason.
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

  /** Executes the function until it has committed. If this rejects, a commit may be under way. */
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
      // The first time it starts at once from the reads of the conflict. After a pause they would be outdated.
      carried = conflicts.count === 1 ? end.snapshot : undefined;
      if (conflicts.count > 1) await effort.pauseAfterConflict();
    }
  }

  /** Executes the function once and commits. If the snapshot is gone, that counts as a conflict. */
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
