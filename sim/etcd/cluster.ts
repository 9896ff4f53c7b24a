/**
 * The in-memory etcd: members that serve one replicated state over one totally ordered log. It is a cluster, not
 * raft: what clients can observe of elections, lost quorums and restarts, without the messages between members.
 * Invariant: everything it does follows from its calls and from what its host says, and from nothing else.
 */
import { Consensus } from './cluster/consensus.js';
import { ExpiryClock } from './cluster/expiry-clock.js';
import { idOf } from './cluster/identity.js';
import { Member } from './cluster/member.js';
import type { ClusterParts } from './cluster/process.js';
import { ELECTION_TIMEOUT_MS } from './cluster/timing.js';
import type { EtcdCluster, EtcdHost } from './service.js';
import { StateMachine } from './state-machine.js';
import { DEFAULT_ETCD_VERSION, VERSIONS, type EtcdVersion } from './version.js';

/** What a cluster is made of. */
export interface ClusterOptions {
  /** Names of the members, all different; an odd number makes sense. */
  readonly members: readonly string[];
  readonly host: EtcdHost;
  /** Which etcd the members are; 3.6 where none is named. */
  readonly version?: EtcdVersion | undefined;
  /** The URLs at which members say that clients reach them; those of the simulated network by default. */
  readonly clientUrls?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A cluster whose members all run, with a leader drawn from the host's randomness. */
export function createCluster(options: ClusterOptions): EtcdCluster {
  return new Cluster(options);
}

class Cluster implements EtcdCluster {
  readonly members: readonly Member[];
  readonly #parts: ClusterParts;
  readonly #clock: ExpiryClock;

  constructor({ members: names, host, version = DEFAULT_ETCD_VERSION, clientUrls = {} }: ClusterOptions) {
    this.members = names.map(
      (name) => new Member(name, idOf(`member ${name}`), clientUrls[name] ?? [`http://${name}:2379`]),
    );
    const machine = new StateMachine(VERSIONS[version], {
      onChanges: (revision, changes) => {
        for (const { process } of this.members) process?.hub.notify(revision, changes);
      },
      onLease: () => this.#clock.onLeasesChanged(),
      onAuth: (event) => {
        for (const { process } of this.members) process?.tokens.onEvent(event);
      },
    });
    const consensus = new Consensus(host, this.members, {
      onLeading: (_leader, elected) => this.#onLeading(elected),
      onLeaderLost: () => {
        machine.lessor.demote();
        this.#clock.close();
      },
    });
    const id = idOf(`cluster ${[...names].sort().join(' ')}`);
    this.#parts = { id, host, machine, consensus, members: this.members };
    this.#clock = new ExpiryClock(host, machine.lessor, (lease) => this.#revoke(lease));
    for (const member of this.members) member.start(this.#parts);
    this.#promote();
  }

  stopMember(name: string): void {
    const member = this.#find(name);
    if (!member.isRunning) return;
    member.stop();
    this.#parts.consensus.onVoterChanged(member);
  }

  startMember(name: string): void {
    const member = this.#find(name);
    if (member.isRunning) return;
    member.start(this.#parts);
    this.#parts.consensus.onVoterChanged(member);
  }

  isRunning(name: string): boolean {
    return this.#find(name).isRunning;
  }

  close(): void {
    for (const member of this.members) member.stop();
    this.#parts.consensus.close();
    this.#clock.close();
  }

  #onLeading(elected: boolean): void {
    if (elected) this.#promote();
    for (const { process } of this.members) process?.onLeading(elected);
  }

  /** Leases begin anew with a new leader, one election timeout longer than they are. */
  #promote(): void {
    const { host, machine } = this.#parts;
    const nowMs = host.nowMs();
    machine.lessor.promote(nowMs, ELECTION_TIMEOUT_MS);
    this.#clock.restart(nowMs);
  }

  /** The leader proposes what its clock found; nobody waits for the outcome. */
  #revoke(lease: bigint): void {
    const { consensus, machine } = this.#parts;
    const leader = consensus.runningLeader;
    if (leader === undefined) return;
    consensus.propose(
      leader,
      () => machine.leaseRevoke(lease),
      () => undefined,
    );
  }

  #find(name: string): Member {
    const member = this.members.find((candidate) => candidate.name === name);
    if (member === undefined) {
      throw new Error(
        `expected one of the members ${this.members.map((one) => one.name).join(', ')}, got ${name}`,
      );
    }
    return member;
  }
}
