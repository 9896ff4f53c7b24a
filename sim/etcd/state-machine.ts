/**
 * Applies the log's entries to the replicated state of the cluster, from keys to members. Invariant: entries
 * are applied one at a time in log order, and each that changes keys notifies the watchers before any call is
 * answered. Refusals follow etcd's order: alarms, permissions, the request itself, and the quota last. The
 * quota comes too late: a request that exceeds it is done, and refused.
 */
import { AlarmStore, type Refusable } from './alarm/alarm-store.js';
import { AuthStore, type AuthEvent } from './auth/auth-store.js';
import { ERRORS } from './errors.js';
import type { Lease } from './lease/lease.js';
import { Lessor, type LeaseEvent } from './lease/lessor.js';
import { ClusterVersion } from './maintenance/cluster-version.js';
import { Membership, type Members } from './membership/membership.js';
import { Counts } from './metrics/counts.js';
import { COST_OF_GRANT, costOfPut, costOfTxn, Quota } from './quota/quota.js';
import { failed, ok, type Failure, type Result } from './result.js';
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
import { ALARM_ACTION, ALARM_TYPE, type AlarmMember, type AlarmRequest } from './wire/maintenance.js';

/** Hears the effects of applied entries. */
export interface StateListener {
  /** A revision was made: its changes in order, at least one. */
  onChanges(revision: number, changes: readonly Change[]): void;
  /** A lease was granted whose expiry may be the next. */
  onLease(): void;
  /** Hears of every lease, and changes nothing. */
  readonly observeLease?: ((event: LeaseEvent) => void) | undefined;
  /** An event that concerns the tokens of every member. */
  onAuth(event: AuthEvent): void;
  /** A member was added, removed or changed. */
  onMembership(): void;
}

/** The initial parts of a state. */
export interface StateOptions {
  readonly rules: VersionRules;
  readonly members: Members;
  /** As etcd's `--quota-backend-bytes`: 0 is the default, below 0 there is none. */
  readonly quotaBackendBytes: number;
}

/** Why the caller may not do it. */
export type Permission = () => Failure | undefined;

const granted: Permission = () => undefined;

/**
 * An entry of the log: its effect on the replicated state. Every member applies it to its own state, so it
 * may depend only on that state, its place in the log and the request it was made from.
 *
 * @param index its place in the log
 */
export type Entry<T> = (machine: StateMachine, index: number) => Result<T>;

export class StateMachine {
  readonly rules: VersionRules;
  readonly lessor: Lessor;
  readonly store: Store;
  readonly auth: AuthStore;
  readonly alarms: AlarmStore;
  readonly membership: Membership;
  readonly version: ClusterVersion;
  /** Belongs to this member's own database, which is not replicated. */
  readonly quota: Quota;
  /** Belongs to this member's own process. */
  readonly counts = new Counts();
  readonly #listener: StateListener;

  constructor({ rules, members, quotaBackendBytes }: StateOptions, listener: StateListener) {
    this.rules = rules;
    this.#listener = listener;
    this.lessor = new Lessor(() => listener.onLease(), this.counts, listener.observeLease);
    this.store = new Store(this.lessor, rules, this.counts);
    this.auth = new AuthStore(rules.auth, (event) => listener.onAuth(event));
    this.alarms = new AlarmStore(rules.maintenance.combinesAlarms);
    this.membership = new Membership(members, rules.maintenance.updatesKeepLearners, () =>
      listener.onMembership(),
    );
    this.version = new ClusterVersion(rules.version);
    this.quota = new Quota(quotaBackendBytes, this.store.size);
  }

  /**
   * Takes over the other's state, between two entries: the snapshot that a leader sends. This one must be
   * fresh.
   */
  copyFrom(other: StateMachine): void {
    this.store.copyFrom(other.store);
    this.lessor.copyFrom(other.lessor);
    this.auth.copyFrom(other.auth);
    this.alarms.copyFrom(other.alarms);
    this.membership.copyFrom(other.membership);
    this.version.copyFrom(other.version);
  }

  leaseExists(lease: bigint): boolean {
    return this.lessor.lookup(lease) !== undefined;
  }

  put(request: PutRequest, permission = granted): Result<PutResponse> {
    const refusal = this.#refusal('growth', permission);
    if (refusal !== undefined) return refusal;
    const fits = this.#fits(costOfPut(request));
    if (request.lease !== 0n && !this.leaseExists(request.lease)) return failed(ERRORS.leaseNotFound);
    const transaction = new WriteTransaction(this.store);
    const result = executePut(transaction, request);
    this.#end(transaction);
    return unlessExceeding(fits, result);
  }

  deleteRange(request: DeleteRangeRequest, permission = granted): Result<DeleteRangeResponse> {
    const refusal = this.#refusal('change', permission);
    if (refusal !== undefined) return refusal;
    const transaction = new WriteTransaction(this.store);
    const response = executeDeleteRange(transaction, request);
    this.#end(transaction);
    return ok(response);
  }

  txn(request: TxnRequest, permission = granted): Result<TxnResponse> {
    const cost = costOfTxn(request, this.rules.maintenance);
    const refusal = this.#refusal(cost > 0 ? 'growth' : 'change', permission);
    if (refusal !== undefined) return refusal;
    const fits = this.#fits(cost);
    const transaction = new WriteTransaction(this.store);
    const result = executeTxn(transaction, this.store, request, this);
    this.#end(transaction);
    return unlessExceeding(fits, result);
  }

  /** Returns the revision of the store. */
  compact(request: CompactionRequest, nowMs: number): Result<number> {
    const result = this.alarms.refusal('change') ?? this.store.compact(request.revision);
    if (result.kind === 'failed') return result;
    this.counts.compactedMs = nowMs;
    // etcd learns the revision from a range.
    this.counts.ranges++;
    return ok(this.store.revision);
  }

  leaseGrant(id: bigint, ttlSeconds: number, nowMs: number): Result<Lease> {
    const refusal = this.alarms.refusal('growth');
    if (refusal !== undefined) return refusal;
    const fits = this.#fits(COST_OF_GRANT);
    const result = this.lessor.grant(id, ttlSeconds, nowMs);
    if (result.kind === 'ok') this.store.size.addLease();
    return unlessExceeding(fits, result);
  }

  leaseRevoke(id: bigint, permission = granted): Result<undefined> {
    const refusal = this.#refusal('change', permission);
    if (refusal !== undefined) return refusal;
    const transaction = new WriteTransaction(this.store);
    const result = this.lessor.revoke(id, transaction);
    this.#end(transaction);
    if (result.kind === 'failed') return result;
    this.store.size.removeLease();
    result.value.settle();
    return ok(undefined);
  }

  /**
   * Returns the alarms that were listed, raised or disarmed. As in etcd, an alarm without a type cannot be
   * raised (which may end a real 3.4), and member 0 is a member like any other. An unknown action ends a real
   * etcd; here it does nothing.
   */
  alarm({ action, memberID, alarm }: AlarmRequest): readonly AlarmMember[] {
    if (action === ALARM_ACTION.get) return this.alarms.list(alarm);
    if (action === ALARM_ACTION.activate) {
      if (alarm === ALARM_TYPE.none) return [];
      const raised = this.alarms.activate(memberID, alarm);
      this.counts.onAlarm(raised, 1);
      return [raised];
    }
    const disarmed = action === ALARM_ACTION.deactivate ? this.alarms.deactivate(memberID, alarm) : undefined;
    if (disarmed === undefined) return [];
    this.counts.onAlarm(disarmed, -1);
    return [disarmed];
  }

  #refusal(entry: Refusable, permission: Permission): Failure | undefined {
    return this.alarms.refusal(entry) ?? (this.alarms.isAllThatRefuses ? undefined : permission());
  }

  #fits(costBytes: number): boolean {
    return this.alarms.isAllThatRefuses || this.quota.fitsApplied(costBytes);
  }

  #end(transaction: WriteTransaction): void {
    const changes = transaction.end();
    if (changes.length > 0) this.#listener.onChanges(this.store.revision, changes);
  }
}

function unlessExceeding<T>(fits: boolean, result: Result<T>): Result<T> {
  return fits || result.kind === 'failed' ? result : failed(ERRORS.noSpace);
}
