/**
 * Transactions that are applied at most once and whose outcome is known, even if messages are lost, resent or late. Each
 * transaction also puts a fresh id into a commit record and compares the record's revision. If its reply is lost, the
 * record tells whether it applied. Once the record has moved on, no late copy can apply. Invariant: `apply` resolves or
 * rejects definite only when no copy of its transaction can apply any more.
 */
import type { ICompare, IRequestOp, IResponseOp, ITxnRequest, ITxnResponse, Namespace } from 'etcd3';
import type { Effort } from '../effort.js';
import { DefiniteError, IndefiniteError, messageOf } from '../errors.js';
import { isFinal, modifiedAt, type Comparison } from './comparisons.js';
import { CommitRecords, recordLost, type CommitRecord, type Link } from './commit-records.js';

/** A put, delete or get builder of etcd3. */
export interface Operation {
  op(): Promise<IRequestOp>;
}

/** A transaction to be applied once. */
export interface Transaction {
  /** All must hold; keys without the client's namespace. */
  readonly compares: readonly Comparison[];
  readonly writes: readonly Operation[];
  /** Reads at the same revision, if a comparison does not hold. */
  readonly readings?: readonly Operation[];
}

/** How it ended. */
export type Applied =
  | { readonly kind: 'applied'; readonly revision: number }
  /** A comparison does not hold at this revision; nothing was written and nothing will be. */
  | { readonly kind: 'refused'; readonly revision: number; readonly responses: readonly IResponseOp[] };

export class ExactlyOnce {
  readonly #client: Namespace;
  readonly #records: CommitRecords;

  /**
   * @param recordPrefix where the commit records lie
   * @param lease id of the records' lease, in decimal
   */
  constructor(client: Namespace, recordPrefix: string, lease?: string) {
    this.#client = client;
    this.#records = new CommitRecords(client, recordPrefix, lease);
  }

  /**
   * Applies the transaction if all its comparisons hold.
   *
   * If the effort is aborted while the transaction is on its way, its fate is found out first. This takes no longer than
   * `requestTimeoutMs` plus 5 seconds. If it applied the call resolves, else it rejects with the signal's reason.
   *
   * Rejects with
   * - the signal's reason, or a `DefiniteError` if etcd refuses: nothing was applied and nothing will be;
   * - an `IndefiniteError` if etcd cannot be asked any more.
   */
  async apply(effort: Effort, transaction: Transaction): Promise<Applied> {
    const record = await this.#borrow(effort);
    try {
      return await this.#apply(effort, record, transaction);
    } finally {
      this.#records.giveBack(record);
    }
  }

  /** Deletes the commit records; transactions that are still under way can no longer apply. */
  async close(effort: Effort): Promise<void> {
    await this.#records.deleteAll(effort);
  }

  async #apply(effort: Effort, record: CommitRecord, transaction: Transaction): Promise<Applied> {
    const id = this.#records.newId();
    const request = await this.#request(record, id, transaction);
    record.settled = false;
    let reply: ITxnResponse;
    for (;;) {
      try {
        reply = await effort.send((options) => this.#client.kv.txn(request, options));
        break;
      } catch (error) {
        const ended = await effort.endAfter(error);
        if (ended === undefined) continue;
        const link = await this.#settle(effort, record, ended);
        if (link.id === id) return { kind: 'applied', revision: link.revision };
        effort.throwIfAborted();
        throw new DefiniteError(`cannot write: ${messageOf(ended)}`, { cause: ended });
      }
    }
    const revision = Number(reply.header.revision);
    if (reply.succeeded) {
      follow(record, revision);
      return { kind: 'applied', revision };
    }
    const [first, ...responses] = reply.responses as [IResponseOp, ...IResponseOp[]];
    const [found] = first.response_range.kvs;
    if (found === undefined) throw recordLost(record);
    // An earlier copy of this very request applied.
    if (found.value.toString() === id) {
      follow(record, Number(found.mod_revision));
      return { kind: 'applied', revision: record.revision };
    }
    // Another copy may still be under way, and must not find the comparisons true one day.
    if (!transaction.compares.every(isFinal)) {
      const link = await this.#settle(effort, record, undefined);
      if (link.id === id) return { kind: 'applied', revision: link.revision };
    }
    return { kind: 'refused', revision, responses };
  }

  async #borrow(effort: Effort): Promise<CommitRecord> {
    try {
      return await this.#records.borrow(effort);
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot write a commit record: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Finds out which id was put into the record last, and makes every copy under way harmless. */
  async #settle(effort: Effort, record: CommitRecord, cause: unknown): Promise<Link> {
    let link;
    try {
      link = await effort.lastResort((last) => this.#records.settle(record, last));
    } catch (error) {
      throw new IndefiniteError(`it may have been applied: ${messageOf(cause ?? error)}`, {
        cause: cause ?? error,
      });
    }
    if (link === undefined) throw recordLost(record, cause);
    return link;
  }

  async #request(record: CommitRecord, id: string, transaction: Transaction): Promise<ITxnRequest> {
    const opsOf = (operations: readonly Operation[]) =>
      Promise.all(operations.map((operation) => operation.op()));
    const same = modifiedAt(record.key, record.revision);
    return {
      compare: [same, ...transaction.compares].map((comparison) => this.#compareOf(comparison)),
      success: await opsOf([this.#records.link(record, id), ...transaction.writes]),
      failure: await opsOf([this.#client.get(record.key), ...(transaction.readings ?? [])]),
    };
  }

  #compareOf({ key, rangeEnd, target, result, value }: Comparison): ICompare {
    const bytes = (text: string) => Buffer.concat([this.#client.prefix, Buffer.from(text)]);
    return {
      key: bytes(key),
      ...(rangeEnd === undefined ? {} : { range_end: bytes(rangeEnd) }),
      target,
      result,
      [FIELDS[target]]: value,
    };
  }
}

/** The field of a comparison's value, by its target. */
const FIELDS = {
  Version: 'version',
  Create: 'create_revision',
  Mod: 'mod_revision',
  Lease: 'lease',
} as const;

function follow(record: CommitRecord, revision: number): void {
  record.revision = revision;
  record.settled = true;
}
