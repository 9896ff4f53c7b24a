/**
 * One run of a member's process: its watchers, its waiting reads, its calls. Invariant: once it has stopped it says
 * nothing more, and nothing of it is left in any timer.
 */
import type { Lessor } from '../lease/lessor.js';
import { methodOf } from '../rpc/dispatch.js';
import type { MemberInfo, MemberServer } from '../rpc/server.js';
import type { Result } from '../result.js';
import type { CallMetadata, CallSink, EtcdHost, ServerCall } from '../service.js';
import type { Entry, StateMachine } from '../state-machine.js';
import type { VersionRules } from '../version.js';
import { WatchHub } from '../watch/watch-hub.js';
import type { ResponseHeader } from '../wire/header.js';
import type { Consensus } from './consensus.js';
import { RequestIds } from './identity.js';
import { LeaderWatches } from './leader-watches.js';
import type { Member } from './member.js';
import { ReadLoop } from './read-loop.js';
import { DeferredCall } from './deferred-call.js';
import { OpenCall } from './open-call.js';

/** What all members share. */
export interface ClusterParts {
  readonly id: bigint;
  readonly host: EtcdHost;
  readonly machine: StateMachine;
  readonly consensus: Consensus;
  readonly members: readonly Member[];
}

export class Process implements MemberServer {
  readonly hub: WatchHub;
  readonly reads: ReadLoop;
  readonly leaderWatches: LeaderWatches;
  readonly #cluster: ClusterParts;
  readonly #member: Member;
  readonly #requestIds: RequestIds;
  readonly #calls = new Set<ServerCall>();
  /** Calls that came before the member had joined the cluster; undefined once it has. */
  #deferred: DeferredCall[] | undefined;

  constructor(cluster: ClusterParts, member: Member, startsBefore: number) {
    const { host, machine, consensus } = cluster;
    const startedMs = host.nowMs();
    this.#cluster = cluster;
    this.#member = member;
    this.#requestIds = new RequestIds(member.id, startedMs, startsBefore);
    this.#deferred = consensus.isLeading ? undefined : [];
    this.hub = new WatchHub(machine.store, host, startedMs);
    this.reads = new ReadLoop(host, () => consensus.isLeading);
    this.leaderWatches = new LeaderWatches(host, startedMs);
  }

  open(path: string, metadata: CallMetadata, sink: CallSink): ServerCall {
    if (this.#deferred !== undefined) {
      const call = new DeferredCall(() => this.#begin(path, metadata, sink));
      this.#deferred.push(call);
      return call;
    }
    return this.#begin(path, metadata, sink);
  }

  /** The cluster has a leader with a quorum. */
  onLeading(elected: boolean): void {
    const deferred = this.#deferred ?? [];
    this.#deferred = undefined;
    this.reads.onLeading(elected);
    for (const call of deferred) call.begin();
  }

  stop(): void {
    for (const call of [...this.#calls]) call.cancel();
    this.#calls.clear();
    this.#deferred = [];
    this.hub.close();
    this.reads.close();
    this.leaderWatches.close();
  }

  #begin(path: string, metadata: CallMetadata, sink: CallSink): ServerCall {
    const open = new OpenCall(this.#calls, sink);
    open.begin(methodOf(path)({ server: this, metadata, sink: open.sink }));
    return open;
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

  get isRunning(): boolean {
    return this.#member.isRunning && this.#member.process === this;
  }

  get host(): EtcdHost {
    return this.#cluster.host;
  }

  get members(): readonly MemberInfo[] {
    return this.#cluster.members;
  }

  get rules(): VersionRules {
    return this.#cluster.machine.rules;
  }

  get machine(): StateMachine {
    return this.#cluster.machine;
  }

  get revision(): number {
    return this.#cluster.machine.store.revision;
  }

  get term(): number {
    return this.#cluster.consensus.term;
  }

  get committedIndex(): number {
    return this.#cluster.consensus.committedIndex;
  }

  get knownLeader(): MemberInfo | undefined {
    const leader = this.#member.knownLeader;
    return leader === undefined ? undefined : this.#cluster.members.find(({ name }) => name === leader.name);
  }

  get primaryLessor(): Lessor | undefined {
    const { consensus, machine } = this.#cluster;
    const leader = consensus.runningLeader;
    return leader !== undefined && this.#member.knownLeader === leader ? machine.lessor : undefined;
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

  watchLeader(onNoLeader: () => void): () => void {
    return this.leaderWatches.add(onNoLeader);
  }

  propose<T>(entry: Entry<T>, done: (result: Result<T>) => void): () => void {
    const { consensus, machine } = this.#cluster;
    return consensus.propose(this.#member, () => entry(machine), done);
  }

  linearizableRead(done: (result: Result<undefined>) => void): () => void {
    return this.reads.request(done);
  }
}
