/**
 * The in-memory etcd: members that each apply one totally ordered log to their own state. It is a cluster,
 * not raft: it shows clients elections, lost quorums, partitions, pauses and restarts, without the messages
 * between members. Invariant: everything it does follows only from its calls and its host.
 */
import type { TokenOptions } from './auth/create-tokens.js';
import { Consensus } from './cluster/consensus.js';
import { Electorate } from './cluster/electorate.js';
import { idOf } from './cluster/identity.js';
import type { ClusterMember } from './membership/membership.js';
import { Filling } from './cluster/filling.js';
import { Log } from './cluster/log.js';
import { Member, type MemberOptions } from './cluster/member.js';
import { MemberChanges, peerUrlOf } from './cluster/member-changes.js';
import { PeerLinks } from './cluster/peer-links.js';
import type { ClusterParts } from './cluster/process.js';
import type { Voter } from './cluster/voter.js';
import { ok } from './result.js';
import type { AlarmName, EtcdCluster, EtcdHost } from './service.js';
import type { Entry, StateListener } from './state-machine.js';
import { DEFAULT_ETCD_VERSION, VERSIONS, type EtcdVersion, type VersionRules } from './version.js';
import { ALARM_ACTION, ALARM_TYPE } from './wire/maintenance.js';

const TYPE_OF = { NOSPACE: ALARM_TYPE.noSpace, CORRUPT: ALARM_TYPE.corrupt } as const;

/** The parts of a cluster. */
export interface ClusterOptions {
  /** Names of the members, all different; an odd number makes sense. */
  readonly members: readonly string[];
  readonly host: EtcdHost;
  /** The members' version of etcd; 3.6 by default. */
  readonly version?: EtcdVersion | VersionRules | undefined;
  /** The client URLs that members advertise; those of the simulated network by default. */
  readonly clientUrls?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * The largest size of each member's database, by the model's estimate, before puts are refused. As etcd's
   * `--quota-backend-bytes`: 0 is the default of 2 GiB, below 0 there is no quota.
   */
  readonly quotaBackendBytes?: number | undefined;
  /** How members issue tokens and recognise them later; by default each remembers those that were issued. */
  readonly tokens?: TokenOptions | undefined;
  /**
   * Called by every member for each revision that it makes, in order; members that were behind report late.
   */
  readonly onChanges?: StateListener['onChanges'] | undefined;
  /** Hears of every lease at every member, and changes nothing. */
  readonly observeLease?: MemberOptions['observeLease'];
  /** Called for a member whose process has ended because it was removed. */
  readonly onEnded?: ((name: string) => void) | undefined;
}

/** A cluster whose members all run, with a leader drawn from the host's randomness. */
export function createCluster(options: ClusterOptions): EtcdCluster {
  return new Cluster(options);
}

class Cluster implements EtcdCluster {
  readonly members: Member[];
  readonly #host: EtcdHost;
  readonly #votersById: Map<bigint, Voter>;
  /** Creates a member of the cluster, or one about to join. */
  readonly #make: (name: string, id: bigint) => Member;
  readonly #links = new PeerLinks();
  readonly #parts: ClusterParts;
  readonly #electorate: Electorate;
  readonly #filling: Filling;
  readonly #changes = new MemberChanges({
    leader: () => this.#leading?.process,
    addedInPlaceOf: (name) => this.#addedAs(name),
  });

  constructor({
    members: names,
    host,
    version = DEFAULT_ETCD_VERSION,
    clientUrls = {},
    quotaBackendBytes = 0,
    tokens = { kind: 'simple' },
    onChanges,
    observeLease,
    onEnded = () => undefined,
  }: ClusterOptions) {
    const rules = typeof version === 'string' ? VERSIONS[version] : version;
    const clientUrlsOf = (name: string): readonly string[] => clientUrls[name] ?? [`http://${name}:2379`];
    const members = names.map((name) => ({
      ID: idOf(`member ${name}`),
      name,
      peerURLs: [peerUrlOf(name)],
      clientURLs: clientUrlsOf(name),
      isLearner: false,
    }));
    // One configuration change per member, the leader's empty entry, and one published record per member.
    const log = new Log<Voter>(2 * names.length + 2, () =>
      Math.min(
        ...this.members
          .map(({ voter }) => voter)
          .filter((voter) => !this.#isOut(voter))
          .map(({ replica }) => replica.appliedIndex),
      ),
    );
    this.#host = host;
    this.#make = (name, id) =>
      new Member({
        name,
        id,
        clientUrls: clientUrlsOf(name),
        host,
        state: { rules, members, quotaBackendBytes },
        log,
        onChanges,
        observeLease,
        onMembership: ({ machine }) => this.#electorate.follow(machine.membership),
      });
    this.members = names.map((name) => this.#make(name, idOf(`member ${name}`)));
    const voters = this.members.map(({ voter }) => voter);
    const learners: Voter[] = [];
    this.#votersById = new Map(this.members.map(({ id, voter }) => [id, voter]));
    this.#electorate = new Electorate({
      host,
      voters,
      learners,
      votersById: this.#votersById,
      onChanged: () => this.#parts.consensus.leadership.reconsider(),
      onGone: (voter) => {
        const member = this.members.find((one) => one.voter === voter);
        if (member?.voter.isRunning !== true) return;
        this.stopMember(member.name);
        onEnded(member.name);
      },
    });
    const consensus = new Consensus({
      host,
      voters,
      learners,
      links: this.#links,
      log,
      preVote: rules.preVote,
    });
    const id = idOf(`cluster ${[...names].sort().join(' ')}`);
    this.#parts = { id, host, consensus, tokens, members: this.members };
    this.#filling = new Filling({
      host,
      members: () => this.members,
      consensus: () => consensus,
      raise: ({ name }) => this.raiseAlarm(name, 'NOSPACE'),
    });
    for (const member of this.members) member.start(this.#parts);
    consensus.leadership.reigning?.listener.onPromoted();
  }

  get leader(): string | undefined {
    return this.#parts.consensus.leadership.reigning?.name;
  }

  stopMember(name: string): void {
    const member = this.#find(name);
    if (!member.voter.isRunning) return;
    member.stop();
    this.#parts.consensus.onVoterChanged(member.voter);
  }

  startMember(name: string): void {
    const known = this.members.find((one) => one.name === name);
    const isTaken = known !== undefined && (known.voter.isRunning || !known.voter.isRemoved);
    const added = isTaken ? undefined : this.#addedAs(name);
    const member = added === undefined ? this.#find(name) : this.#join(name, added.ID);
    if (member.voter.isRunning || member.voter.isRemoved) return;
    member.start(this.#parts);
    this.#parts.consensus.onVoterChanged(member.voter);
  }

  pauseMember(name: string): void {
    const member = this.#find(name);
    if (!member.voter.isActive) return;
    member.pause();
    this.#parts.consensus.onVoterChanged(member.voter);
  }

  resumeMember(name: string): void {
    const member = this.#find(name);
    if (!member.voter.isPaused) return;
    member.resume(() => this.#parts.consensus.onVoterChanged(member.voter));
  }

  isRunning(name: string): boolean {
    return this.#find(name).voter.isRunning;
  }

  disconnectMembers(left: string, right: string): void {
    this.#links.cut(this.#find(left).name, this.#find(right).name, this.#host.nowMs());
    this.#parts.consensus.leadership.reconsider();
  }

  reconnectMembers(left: string, right: string): void {
    this.#links.mend(this.#find(left).name, this.#find(right).name, this.#host.nowMs());
    this.#parts.consensus.leadership.reconsider();
  }

  slowMember(name: string, byMs: number): void {
    this.#find(name).voter.replica.slownessMs = byMs;
  }

  moveLeader(name: string): boolean {
    return this.#parts.consensus.transfer(this.#find(name).voter);
  }

  raiseAlarm(name: string, alarm: AlarmName): boolean {
    const { id, voter } = this.#find(name);
    return (
      voter.isRunning &&
      this.#commit((machine) => {
        // A database is filled before this moment, if at all.
        machine.quota.isExhausted = false;
        return ok(machine.alarm({ action: ALARM_ACTION.activate, memberID: id, alarm: TYPE_OF[alarm] }));
      })
    );
  }

  fillDatabase(name: string, letInMs: number): boolean {
    const member = this.#find(name);
    if (!member.voter.isRunning || this.leader === undefined) return false;
    this.#filling.begin(member, letInMs);
    return true;
  }

  lowerAlarm(name: string, alarm: AlarmName): boolean {
    const member = this.#find(name);
    this.#filling.end(member);
    const action = ALARM_ACTION.deactivate;
    return this.#commit((machine) => {
      // Alarms stay when the member that raised them is removed.
      const lowered = member.everyId.map((memberID) => ({ action, memberID, alarm: TYPE_OF[alarm] }));
      const result = ok(lowered.flatMap((one) => machine.alarm(one)));
      // An alarm may be lost with the leader that accepted it; the databases must not stay full because of
      // that.
      if (machine.alarms.list(ALARM_TYPE.noSpace).length === 0) machine.quota.isExhausted = false;
      return result;
    });
  }

  close(): void {
    this.#electorate.close();
    this.#filling.close();
    for (const member of this.members) {
      member.stop();
      member.voter.replica.halt();
    }
    this.#parts.consensus.close();
  }

  removeMember(name: string): boolean {
    return this.#changes.remove(this.#find(name));
  }

  addMember(name: string, isLearner: boolean): boolean {
    const member = this.#find(name);
    return member.voter.isRemoved && this.#changes.add(member, isLearner);
  }

  promoteMember(name: string): boolean {
    return this.#changes.promote(this.#find(name));
  }

  /** Creates the member that was added, with an empty log. It replaces a member of the same name. */
  #join(name: string, id: bigint): Member {
    const known = this.members.find((one) => one.name === name);
    known?.become(id);
    const member = known ?? this.#make(name, id);
    member.voter.isRunning = false;
    this.#votersById.set(id, member.voter);
    if (known === undefined) this.members.push(member);
    member.beginBlank(this.#parts);
    this.#electorate.admit(id, member.voter);
    return member;
  }

  /** The member that was added and never started: the one at this host, or the only one. */
  #addedAs(name: string): ClusterMember | undefined {
    const { members } = this.#newest.machine.membership;
    const added = members.filter(({ ID }) => !this.#votersById.has(ID));
    const isAt = (url: string): boolean => hostOf(url) === name;
    return added.find(({ peerURLs }) => peerURLs.some(isAt)) ?? (added.length === 1 ? added[0] : undefined);
  }

  /** The voter with the newest membership. */
  get #newest(): Voter {
    const voters = this.members.map(({ voter }) => voter);
    return voters.reduce((newest, voter) =>
      voter.machine.membership.changes > newest.machine.membership.changes ? voter : newest,
    );
  }

  /** True if the voter needs no entries of the log: it has left, or gets a snapshot. */
  #isOut(voter: Voter): boolean {
    return voter.replica.isBlank || (!voter.isRunning && voter.isRemoved);
  }

  /** Adds the entry to the log at once; false if there is no leader. */
  #commit<T>(entry: Entry<T>): boolean {
    const leader = this.#leading;
    leader?.process?.propose(entry, () => undefined);
    return leader !== undefined;
  }

  get #leading(): Member | undefined {
    return this.members.find(({ name }) => name === this.leader);
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

/** The host of a URL such as `http://m4:2380`. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^:/]*)/.exec(url)?.[1] ?? '';
}
