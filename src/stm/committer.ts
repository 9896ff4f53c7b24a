/**
 * Commits of one run. Each is applied at most once, even if the client or the network resends it. Every commit that
 * writes also puts a fresh id into a commit record and compares the record's revision. When etcd answers "not
 * succeeded", the record tells an earlier send that applied from a conflict. Invariant: a run ends definite only when no
 * commit it ever sent can still apply.
 */
import type { ComparatorBuilder, IRequestOp, ITxnResponse, Namespace } from 'etcd3';
import type { Effort } from '../effort.js';
import { DefiniteError, IndefiniteError, messageOf } from '../errors.js';
import { readOf, type Attempt, type Read, type Snapshot } from './attempt.js';
import { recordLost, type CommitRecord, type CommitRecords, type Link } from '../commit/commit-records.js';
import type { IsolationRules } from './isolation.js';

/** How a commit ended. */
export type CommitResult<T> =
  /** It applied, or an earlier commit of the same run did: `value` is that execution's. */
  | { readonly kind: 'committed'; readonly value: T; readonly revision: number }
  /** A key that it read or writes has changed; `snapshot` has the present state of what it read. */
  | { readonly kind: 'conflict'; readonly snapshot: Snapshot };

export class Committer<T> {
  readonly #client: Namespace;
  readonly #effort: Effort;
  readonly #rules: IsolationRules;
  readonly #records: CommitRecords;
  /** The result of each commit's execution, by the commit's id. */
  readonly #values = new Map<string, T>();
  #record: CommitRecord | undefined;

  constructor(client: Namespace, effort: Effort, rules: IsolationRules, records: CommitRecords) {
    this.#client = client;
    this.#effort = effort;
    this.#rules = rules;
    this.#records = records;
  }

  /**
   * Commits the attempt's writes, or confirms its reads if it wrote nothing. If it rejects, call {@link fail} to find
   * out the fate of earlier commits.
   */
  async commit(attempt: Attempt, value: T): Promise<CommitResult<T>> {
    // Once a commit was sent, the last one needs a record even if it writes nothing: it fences the earlier ones.
    if (attempt.writes.size > 0 || this.#record !== undefined) return this.#commitWrites(attempt, value);
    if (!this.#rules.checksReads || attempt.reads.size === 0) {
      return { kind: 'committed', value, revision: attempt.revision };
    }
    let reply: ITxnResponse;
    try {
      reply = await this.#effort.repeat((options) =>
        this.#comparing(attempt, undefined)
          .else(...this.#readAgain(attempt))
          .options(options)
          .commit(),
      );
    } catch (error) {
      this.#effort.throwIfAborted();
      throw new DefiniteError(`cannot confirm the reads: ${messageOf(error)}`, { cause: error });
    }
    const revision = Number(reply.header.revision);
    return reply.succeeded ? { kind: 'committed', value, revision } : conflictOf(attempt, reply, 0);
  }

  /**
   * Ends a run that is about to fail with this error. Resolves if an earlier commit turns out to have applied. Throws
   * the error once it is certain that nothing was committed or will be, and an `IndefiniteError` if that cannot be found
   * out.
   */
  async fail(error: unknown): Promise<CommitResult<T> & { kind: 'committed' }> {
    const record = this.#record;
    if (record === undefined || record.settled) throw error;
    const link = await this.#settle(record, error);
    if (link === undefined) {
      this.#record = undefined;
      throw recordLost(record, error);
    }
    if (!this.#values.has(link.id)) throw error;
    return { kind: 'committed', value: this.#values.get(link.id) as T, revision: link.revision };
  }

  /** Ends the run's hold on its commit record. */
  release(): void {
    if (this.#record !== undefined) this.#records.giveBack(this.#record);
    this.#record = undefined;
  }

  /** Finds out which id was put into the record last, and makes every copy under way harmless. */
  async #settle(record: CommitRecord, error: unknown): Promise<Link | undefined> {
    try {
      return await this.#records.settle(record, this.#effort);
    } catch {
      // Given up, or out of attempts: a commit that was sent may still apply.
    }
    try {
      return await this.#effort.lastResort((last) => this.#records.settle(record, last));
    } catch {
      throw new IndefiniteError(`the transaction may have committed: ${messageOf(error)}`, { cause: error });
    }
  }

  async #commitWrites(attempt: Attempt, value: T): Promise<CommitResult<T>> {
    const record = (this.#record ??= await this.#borrowRecord());
    const id = this.#records.newId();
    this.#values.set(id, value);
    const operations = [this.#records.link(record, id), ...this.#writesOf(attempt)];
    const readings = [this.#client.get(record.key), ...this.#readAgain(attempt)];
    record.settled = false;
    let reply: ITxnResponse;
    for (;;) {
      try {
        reply = await this.#effort.send((options) =>
          this.#comparing(attempt, record)
            .then(...operations)
            .else(...readings)
            .options(options)
            .commit(),
        );
        break;
      } catch (error) {
        if (await this.#effort.mayRepeatAfter(error)) continue;
        throw new DefiniteError(`cannot commit: ${messageOf(error)}`, { cause: error });
      }
    }
    if (reply.succeeded) return this.#committed(record, value, Number(reply.header.revision));
    const found = reply.responses[0]?.response_range.kvs[0];
    if (found === undefined) {
      this.#record = undefined;
      throw recordLost(record);
    }
    const revision = Number(found.mod_revision);
    if (revision === record.revision) return conflictOf(attempt, reply, 1);
    const winner = found.value.toString();
    if (this.#values.has(winner)) return this.#committed(record, this.#values.get(winner) as T, revision);
    throw new IndefiniteError(`another client wrote the commit record ${record.key}`);
  }

  async #borrowRecord(): Promise<CommitRecord> {
    try {
      return await this.#records.borrow(this.#effort);
    } catch (error) {
      this.#effort.throwIfAborted();
      throw new DefiniteError(`cannot write a commit record: ${messageOf(error)}`, { cause: error });
    }
  }

  #committed(record: CommitRecord, value: T, revision: number): CommitResult<T> {
    record.revision = revision;
    record.settled = true;
    return { kind: 'committed', value, revision };
  }

  /** A transaction that succeeds only if nothing conflicts. */
  #comparing(attempt: Attempt, record: CommitRecord | undefined): ComparatorBuilder {
    const compares: Compare[] = [];
    if (record !== undefined) compares.push([record.key, '==', record.revision]);
    if (this.#rules.checksReads) {
      for (const [key, read] of attempt.reads) compares.push([key, '==', read.modRevision]);
    }
    if (this.#rules.checksWrites && attempt.reads.size > 0) {
      for (const key of attempt.writes.keys()) {
        if (!attempt.reads.has(key)) compares.push([key, '<', attempt.revision + 1]);
      }
    }
    const [first, ...others] = compares;
    if (first === undefined) throw new Error('a commit compares at least its record or one read');
    const builder = this.#client.if(first[0], 'Mod', first[1], first[2]);
    for (const [key, comparator, modRevision] of others) builder.and(key, 'Mod', comparator, modRevision);
    return builder;
  }

  #writesOf(attempt: Attempt): Operation[] {
    return [...attempt.writes].map(([key, { value, options }]) => {
      if (value === null) return this.#client.delete().key(key);
      const put = this.#client.put(key).value(value);
      return options.lease === undefined ? put : put.lease(options.lease);
    });
  }

  /** Linearizable reads of the read set: a conflict reports them, and the next execution starts from them. */
  #readAgain(attempt: Attempt): Operation[] {
    return this.#rules.checksReads ? [...attempt.reads.keys()].map((key) => this.#client.get(key)) : [];
  }
}

interface Operation {
  op(): Promise<IRequestOp>;
}

type Compare = readonly [key: string, comparator: '==' | '<', modRevision: number];

/** @param skip number of responses before those of the read set */
function conflictOf<T>(attempt: Attempt, reply: ITxnResponse, skip: number): CommitResult<T> {
  const reads = new Map<string, Read>();
  [...attempt.reads.keys()].forEach((key, index) => {
    const response = reply.responses[index + skip];
    if (response !== undefined) reads.set(key, readOf(response.response_range.kvs));
  });
  return { kind: 'conflict', snapshot: { revision: Number(reply.header.revision), reads } };
}
