/**
 * What the log's entries do: the replicated state of the cluster, keys, leases and users, and every way to change it.
 * Invariant: entries are applied one at a time in log order, and each that changes keys tells the watchers before
 * anyone is answered.
 */
import { AuthStore, type AuthEvent } from './auth/auth-store.js';
import { ERRORS } from './errors.js';
import type { Lease } from './lease/lease.js';
import { Lessor } from './lease/lessor.js';
import { failed, ok, type Result } from './result.js';
import type { Change } from './store/change.js';
import { Store } from './store/store.js';
import { WriteTransaction } from './store/write-transaction.js';
import { executeTxn } from './txn/txn.js';
import { executeDeleteRange, executePut } from './txn/write.js';
import type { VersionRules } from './version.js';
import type {
  CompactionRequest,
  DeleteRangeRequest,
  DeleteRangeResponse,
  PutRequest,
  PutResponse,
  TxnRequest,
  TxnResponse,
} from './wire/kv.js';

/** Hears what applying entries brings about. */
export interface StateListener {
  /** A revision was made: its changes in order, at least one. */
  onChanges(revision: number, changes: readonly Change[]): void;
  /** A lease was granted whose expiry may be the next. */
  onLease(): void;
  /** Something that concerns the tokens of every member. */
  onAuth(event: AuthEvent): void;
}

/**
 * An entry of the log: what it does to the replicated state. Every member applies it to a state of its own, so it
 * must depend on nothing but that state, its place in the log and the request it was made from.
 *
 * @param index its place in the log
 */
export type Entry<T> = (machine: StateMachine, index: number) => Result<T>;

export class StateMachine {
  readonly rules: VersionRules;
  readonly lessor: Lessor;
  readonly store: Store;
  readonly auth: AuthStore;
  readonly #listener: StateListener;

  constructor(rules: VersionRules, listener: StateListener) {
    this.rules = rules;
    this.#listener = listener;
    this.lessor = new Lessor(() => listener.onLease());
    this.store = new Store(this.lessor, rules);
    this.auth = new AuthStore(rules.auth, (event) => listener.onAuth(event));
  }

  leaseExists(lease: bigint): boolean {
    return this.lessor.lookup(lease) !== undefined;
  }

  put(request: PutRequest): Result<PutResponse> {
    if (request.lease !== 0n && !this.leaseExists(request.lease)) return failed(ERRORS.leaseNotFound);
    const transaction = new WriteTransaction(this.store);
    const result = executePut(transaction, request);
    this.#end(transaction);
    return result;
  }

  deleteRange(request: DeleteRangeRequest): Result<DeleteRangeResponse> {
    const transaction = new WriteTransaction(this.store);
    const response = executeDeleteRange(transaction, request);
    this.#end(transaction);
    return ok(response);
  }

  txn(request: TxnRequest): Result<TxnResponse> {
    const transaction = new WriteTransaction(this.store);
    const result = executeTxn(transaction, this.store, request, this);
    this.#end(transaction);
    return result;
  }

  /** Returns the revision of the store. */
  compact(request: CompactionRequest): Result<number> {
    const result = this.store.compact(request.revision);
    return result.kind === 'failed' ? result : ok(this.store.revision);
  }

  leaseGrant(id: bigint, ttlSeconds: number, nowMs: number): Result<Lease> {
    return this.lessor.grant(id, ttlSeconds, nowMs);
  }

  leaseRevoke(id: bigint): Result<undefined> {
    const transaction = new WriteTransaction(this.store);
    const result = this.lessor.revoke(id, transaction);
    this.#end(transaction);
    if (result.kind === 'failed') return result;
    result.value.settle();
    return ok(undefined);
  }

  #end(transaction: WriteTransaction): void {
    const changes = transaction.end();
    if (changes.length > 0) this.#listener.onChanges(this.store.revision, changes);
  }
}
