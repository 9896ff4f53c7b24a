/**
 * The in-memory etcd: members that each apply one totally ordered log to a state of their own. It is a cluster, not
 * raft: what clients can observe of elections, lost quorums, partitions, pauses and restarts, without the messages
 * between members. Invariant: everything it does follows from its calls and from what its host says, and from
 * nothing else.
 */
import type { TokenOptions } from './auth/create-tokens.js';
import { Consensus } from './cluster/consensus.js';
import { Electorate } from './cluster/electorate.js';
import { idOf } from './cluster/identity.js';
import type { ClusterMember } from './membership/membership.js';
import { Filling } from './cluster/filling.js';
import { Log } from './cluster/log.js';
import { Member } from './cluster/member.js';
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

/** What a cluster is made of. */
export interface ClusterOptions {
  /** Names of the members, all different; an odd number makes sense. */
  readonly members: readonly string[];
  readonly host: EtcdHost;
  /** Which etcd the members are; 3.6 where none is named. */
  readonly version?: EtcdVersion | VersionRules | undefined;
  /** The URLs at which members say that clients reach them; those of the simulated network by default. */
  readonly clientUrls?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * How large each member's database may become, by the model's estimate, before puts are refused; as etcd's
   * `--quota-backend-bytes`: 0 is the default of 2 GiB, below 0 there is no quota.
   */
  readonly quotaBackendBytes?: number | undefined;
  /** How members give tokens and know them again; each remembers those that were given by default. */
  readonly tokens?: TokenOptions | undefined;
  /** Told by every member of each revision that it makes, in order; members that were behind tell late. */
  readonly onChanges?: StateListener['onChanges'] | undefined;
  /** Told of a member whose process has ended because it was removed. */
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
  /** Makes a member that is one of the cluster's, or about to be. */
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
    // One configuration change a member, the leader's empty entry, and what members publish about themselves.
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
        // Whatever filled a database has done so before this.
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
      // Alarms stay where the member that raised them was removed.
      const lowered = member.everyId.map((memberID) => ({ action, memberID, alarm: TYPE_OF[alarm] }));
      const result = ok(lowered.flatMap((one) => machine.alarm(one)));
      // An alarm may be lost with the leader that took it; the databases are not full for ever because of that.
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

  /** Makes the member that was added, with nothing of the log; in the place of the one that has the name. */
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

  /** Who was added and never started: the one at this place, or the only one. */
  #addedAs(name: string): ClusterMember | undefined {
    const { members } = this.#newest.machine.membership;
    const added = members.filter(({ ID }) => !this.#votersById.has(ID));
    const isAt = (url: string): boolean => hostOf(url) === name;
    return added.find(({ peerURLs }) => peerURLs.some(isAt)) ?? (added.length === 1 ? added[0] : undefined);
  }

  /** Who knows most of who belongs to the cluster. */
  get #newest(): Voter {
    const voters = this.members.map(({ voter }) => voter);
    return voters.reduce((newest, voter) =>
      voter.machine.membership.changes > newest.machine.membership.changes ? voter : newest,
    );
  }

  /** True where the voter needs no entries of the log: it has left, or gets a snapshot. */
  #isOut(voter: Voter): boolean {
    return voter.replica.isBlank || (!voter.isRunning && voter.isRemoved);
  }

  /** Puts the entry into the log at once; false where nobody leads. */
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

/** Of a URL such as `http://m4:2380`. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^:/]*)/.exec(url)?.[1] ?? '';
}
