/**
 * One run of a member's process: its watchers, its waiting reads, its calls. Invariant: while it is paused it
 * does nothing, and when it resumes it does everything that waited. Once it has stopped it sends nothing
 * more, and no timer of it is left.
 */
import { NOBODY } from '../auth/auth-store.js';
import { refuseLeaseChange } from '../auth/permit.js';
import { createTokens, type TokenOptions } from '../auth/create-tokens.js';
import type { Tokens } from '../auth/tokens.js';
import { counted } from '../metrics/counted.js';
import type { MemberMetrics } from '../metrics/member-metrics.js';
import { metricsOf } from '../metrics/metrics-of.js';
import { HEALTH_INTERVAL_MS, type PeerHealth } from '../membership/reconfiguration.js';
import { ERRORS, statusOf } from '../errors.js';
import { ENDED_CALL } from '../rpc/streaming.js';
import { methodOf } from '../rpc/dispatch.js';
import type { MemberInfo, MemberServer, Primary } from '../rpc/server.js';
import type { Result } from '../result.js';
import { type CallMetadata, type CallSink, type EtcdHost, type ServerCall, bound } from '../service.js';
import type { Entry, StateMachine } from '../state-machine.js';
import type { VersionRules } from '../version.js';
import { WatchHub } from '../watch/watch-hub.js';
import type { ResponseHeader } from '../wire/header.js';
import { UNANSWERED, type Consensus } from './consensus.js';
import { DeferredCall } from './deferred-call.js';
import { ExpiryClock } from './expiry-clock.js';
import { Gate } from './gate.js';
import { RequestIds } from './identity.js';
import { LeaderWatches } from './leader-watches.js';
import { OpenCall } from './open-call.js';
import { ProcessHost } from './process-host.js';
import { ReadLoop } from './read-loop.js';
import { ELECTION_TIMEOUT_MS } from './timing.js';
import type { Voter } from './voter.js';

/** The parts of a member that outlive a process: its own member and each of the others. */
export interface MemberRecord {
  readonly name: string;
  readonly id: bigint;
  readonly clientUrls: readonly string[];
  readonly voter: Voter;
  /** The running process; undefined if there is none. */
  readonly process: MemberServer | undefined;
  /** Calls back once the paused process resumes or ends; returns how to give up. */
  whenAnswering(action: () => void): () => void;
}

/** What all members share. */
export interface ClusterParts {
  readonly id: bigint;
  readonly host: EtcdHost;
  readonly consensus: Consensus;
  readonly tokens: TokenOptions;
  readonly members: readonly MemberRecord[];
}

/** The methods that a learner answers; of ranges only the serializable ones. */
const SERVED_BY_LEARNERS: ReadonlySet<string> = new Set([
  '/etcdserverpb.KV/Range',
  '/etcdserverpb.Maintenance/Status',
  '/etcdserverpb.Maintenance/Snapshot',
]);

export class Process implements MemberServer {
  readonly host: EtcdHost;
  readonly machine: StateMachine;
  readonly hub: WatchHub;
  readonly reads: ReadLoop;
  readonly leaderWatches: LeaderWatches;
  readonly tokens: Tokens;
  readonly expiryClock: ExpiryClock;
  readonly #gate: Gate;
  readonly #cluster: ClusterParts;
  readonly #member: MemberRecord;
  readonly #requestIds: RequestIds;
  readonly #calls = new Set<OpenCall>();
  /** Proposals without an outcome. */
  #proposals = 0;
  /** Calls that arrived before the member had joined the cluster; undefined once it has. */
  #deferred: (() => void)[] | undefined = [];

  constructor(cluster: ClusterParts, member: MemberRecord, startsBefore: number) {
    const { consensus } = cluster;
    const { voter } = member;
    this.#cluster = cluster;
    this.#member = member;
    this.machine = voter.machine;
    this.#gate = new Gate(cluster.host);
    this.host = new ProcessHost(cluster.host, this.#gate);
    const startedMs = this.host.nowMs();
    this.#requestIds = new RequestIds(member.id, startedMs, startsBefore);
    this.hub = new WatchHub(this.machine.store, this.host, startedMs);
    this.reads = new ReadLoop({
      host: this.host,
      counts: this.machine.counts,
      readIndex: () => consensus.readIndex(voter),
      appliedIndex: () => voter.replica.appliedIndex,
      whenApplied: (index, action) => voter.replica.whenApplied(index, action),
    });
    this.leaderWatches = new LeaderWatches(this.host, startedMs);
    this.expiryClock = new ExpiryClock(this.host, this.machine.lessor, (lease) => this.#revoke(lease));
    if (consensus.readIndex(voter) !== undefined) this.onQuorum(false);
    this.tokens = createTokens(cluster.tokens, () => this.host.nowMs());
  }

  open(path: string, metadata: CallMetadata, sink: CallSink): ServerCall {
    if (this.#deferred === undefined && !this.#gate.isShut) return this.#begin(path, metadata, sink);
    const call = new DeferredCall(() => this.#begin(path, metadata, sink));
    this.#whenServing(this.#bound(() => call.begin()));
    return call;
  }

  measure(tell: (metrics: MemberMetrics) => void): void {
    this.#whenServing(
      this.#bound(() => {
        const heldBack = this.#cluster.consensus.heldBack(this.#member.voter);
        tell(metricsOf(this, this.#proposals - heldBack));
      }),
    );
  }

  /** The member reaches a leader with a quorum, and has all committed entries from it. */
  onQuorum(elected: boolean): void {
    if (this.#member.voter.replica.isBlank) return;
    if (this.#deferred !== undefined) this.#member.voter.replica.catchUp();
    const deferred = this.#deferred ?? [];
    this.#deferred = undefined;
    this.reads.onLeading(elected);
    for (const begin of deferred) this.#gate.pass(begin);
  }

  /** Under a new leader leases begin anew, one election timeout longer than their TTL. */
  onPromoted(): void {
    const nowMs = this.host.nowMs();
    this.machine.lessor.promote(nowMs, ELECTION_TIMEOUT_MS);
    this.expiryClock.restart(nowMs);
  }

  onDemoted(): void {
    this.machine.lessor.demote();
    this.expiryClock.close();
  }

  pause(): void {
    this.#gate.shut();
  }

  resume(): void {
    this.#gate.open();
  }

  stop(): void {
    for (const call of [...this.#calls]) call.drop();
    this.#calls.clear();
    this.#deferred = [];
    this.onDemoted();
    this.hub.close();
    this.reads.close();
    this.leaderWatches.close();
    this.#gate.close();
  }

  #whenServing(action: () => void): void {
    if (this.#deferred === undefined) this.#gate.pass(action);
    else this.#deferred.push(action);
  }

  #begin(path: string, metadata: CallMetadata, sink: CallSink): ServerCall {
    if (this.isLearner && !SERVED_BY_LEARNERS.has(path)) {
      sink.begun?.('turned away by a learner');
      sink.status(statusOf(ERRORS.notSupportedForLearner));
      return ENDED_CALL;
    }
    const open = new OpenCall(this.#calls, this.#gate, sink);
    open.begin(methodOf(path, this.rules)({ server: this, metadata, sink: open.sink }));
    return open;
  }

  get isLearner(): boolean {
    return this.machine.membership.find(this.id)?.isLearner === true;
  }

  get name(): string {
    return this.#member.name;
  }

  get id(): bigint {
    return this.#member.id;
  }

  get clientUrls(): readonly string[] {
    return this.#member.clientUrls;
  }

  get rules(): VersionRules {
    return this.machine.rules;
  }

  get isRunning(): boolean {
    return this.#member.process === this;
  }

  get members(): readonly MemberInfo[] {
    return this.#cluster.members;
  }

  get revision(): number {
    return this.machine.store.revision;
  }

  get term(): number {
    return this.#member.voter.term;
  }

  get committedIndex(): number {
    return this.#member.voter.replica.receivedIndex;
  }

  get appliedIndex(): number {
    return this.#member.voter.replica.appliedIndex;
  }

  get knownLeader(): MemberInfo | undefined {
    const leader = this.#member.voter.knownLeader;
    return leader === undefined ? undefined : this.#cluster.members.find(({ voter }) => voter === leader);
  }

  get primary(): Primary | undefined {
    const { consensus, members } = this.#cluster;
    const { voter } = this.#member;
    const still = consensus.leaderStandingStill(voter);
    const leader = still ?? consensus.leadership.leaderReachedBy(voter);
    if (leader === undefined) return undefined;
    const { machine, replica } = leader;
    const asked = still === undefined ? undefined : members.find((member) => member.voter === still);
    return {
      lessor: machine.lessor,
      counts: machine.counts,
      isHere: leader === voter,
      whenAnswering: asked && ((action) => asked.whenAnswering(this.#passing(action))),
      whenCaughtUp: (action) => replica.whenApplied(replica.receivedIndex, this.#passing(action)),
    };
  }

  header(revision = 0): ResponseHeader {
    return {
      clusterId: this.#cluster.id,
      memberId: this.#member.id,
      revision: revision === 0 ? this.revision : revision,
      raftTerm: this.term,
    };
  }

  nextRequestId(): bigint {
    return this.#requestIds.next();
  }

  whenApplied(index: number, action: () => void): () => void {
    return this.#member.voter.replica.whenApplied(index, this.#passing(action));
  }

  watchLeader(onNoLeader: () => void): () => void {
    return this.leaderWatches.add(this.#bound(onNoLeader));
  }

  propose<T>(entry: Entry<T>, done: (result: Result<T>) => void, bytes?: number): () => void {
    const { consensus } = this.#cluster;
    const passOn = this.#bound(done);
    let isPending = true;
    this.#proposals++;
    const settle = (isLost: boolean): void => {
      if (!isPending) return;
      isPending = false;
      this.#proposals--;
      if (isLost && this.isRunning) this.machine.counts.proposalsFailed++;
    };
    const giveUp = consensus.propose(
      this.#member.voter,
      entry,
      (result) => {
        settle(result.kind === 'failed' && UNANSWERED.has(result.error));
        this.#gate.pass(() => passOn(result));
      },
      bytes,
    );
    return () => {
      settle(true);
      giveUp();
    };
  }

  moveLeader(target: bigint): boolean {
    const { members, consensus } = this.#cluster;
    const to = members.find(({ id }) => id === target);
    return to !== undefined && consensus.transfer(to.voter);
  }

  get peerHealth(): PeerHealth {
    const { members, consensus, host } = this.#cluster;
    const { voter } = this.#member;
    const isConnectedSince = (id: bigint, sinceMs: number): boolean => {
      const other = members.find((member) => member.id === id);
      return other !== undefined && consensus.areConnectedSince(voter, other.voter, sinceMs);
    };
    return {
      self: this.id,
      isConnected: (id) => isConnectedSince(id, host.nowMs() - HEALTH_INTERVAL_MS),
      isActive: (id) => isConnectedSince(id, Infinity),
      isCaughtUp: (id) => consensus.isCaughtUp(members.find((member) => member.id === id)?.voter),
    };
  }

  linearizableRead(done: (result: Result<undefined>) => void): () => void {
    return this.reads.request(this.#bound(done));
  }

  /** The action on behalf of its waiting call, once the process is not paused. */
  #passing(action: () => void): () => void {
    const passOn = this.#bound(action);
    return () => this.#gate.pass(passOn);
  }

  #bound<A extends readonly unknown[]>(callback: (...given: A) => void): (...given: A) => void {
    return bound(this.#cluster.host, callback, undefined);
  }

  /**
   * The leader proposes the revocation of expired leases; no caller waits for the outcome. etcd does so as
   * root, with a token that it issues itself. If it cannot issue one it acts as no user, and with
   * authentication on it may revoke only what others may.
   */
  #revoke(lease: bigint): void {
    const isRoot = this.tokens.gives;
    if (!isRoot && this.machine.auth.enabled && this.rules.auth.guardsAllMethods) return;
    this.propose(
      counted(
        'LeaseRevoke',
        (machine) =>
          (isRoot ? undefined : refuseLeaseChange(machine, NOBODY, lease)) ?? machine.leaseRevoke(lease),
      ),
      ({ kind }) => {
        if (kind === 'ok') this.machine.counts.leasesExpired++;
      },
    );
  }
}
