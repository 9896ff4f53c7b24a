/**
 * The in-memory etcd: members that each apply one totally ordered log to a state of their own. It is a cluster, not
 * raft: what clients can observe of elections, lost quorums, partitions, pauses and restarts, without the messages
 * between members. Invariant: everything it does follows from its calls and from what its host says, and from
 * nothing else.
 */
import { Consensus } from './cluster/consensus.js';
import { Electorate } from './cluster/electorate.js';
import { idOf } from './cluster/identity.js';
import { Filling } from './cluster/filling.js';
import { Log } from './cluster/log.js';
import { Member } from './cluster/member.js';
import { PeerLinks } from './cluster/peer-links.js';
import type { ClusterParts } from './cluster/process.js';
import type { Voter } from './cluster/voter.js';
import { ok } from './result.js';
import type { AlarmName, EtcdCluster, EtcdHost } from './service.js';
import type { Entry } from './state-machine.js';
import { DEFAULT_ETCD_VERSION, VERSIONS, type EtcdVersion, type VersionRules } from './version.js';
import { ALARM_TYPE } from './wire/maintenance.js';

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
}

/** A cluster whose members all run, with a leader drawn from the host's randomness. */
export function createCluster(options: ClusterOptions): EtcdCluster {
  return new Cluster(options);
}

class Cluster implements EtcdCluster {
  readonly members: readonly Member[];
  readonly #host: EtcdHost;
  readonly #links = new PeerLinks();
  readonly #parts: ClusterParts;
  readonly #electorate: Electorate;
  readonly #filling: Filling;

  constructor({
    members: names,
    host,
    version = DEFAULT_ETCD_VERSION,
    clientUrls = {},
    quotaBackendBytes = 0,
  }: ClusterOptions) {
    const rules = typeof version === 'string' ? VERSIONS[version] : version;
    const clientUrlsOf = (name: string): readonly string[] => clientUrls[name] ?? [`http://${name}:2379`];
    const members = names.map((name) => ({
      ID: idOf(`member ${name}`),
      name,
      // Members do not speak to each other over a network, so that these lead nowhere.
      peerURLs: [`http://${name}:2380`],
      clientURLs: clientUrlsOf(name),
      isLearner: false,
    }));
    // One configuration change a member, the leader's empty entry, and what members publish about themselves.
    const log = new Log<Voter>(2 * names.length + 2, () =>
      Math.min(...this.members.map(({ voter }) => voter.replica.appliedIndex)),
    );
    this.#host = host;
    this.members = names.map(
      (name) =>
        new Member({
          name,
          id: idOf(`member ${name}`),
          clientUrls: clientUrlsOf(name),
          host,
          state: { rules, members, quotaBackendBytes },
          log,
          onMembership: () => this.#electorate.follow(this.#find(name).voter.machine.membership),
        }),
    );
    const voters = this.members.map(({ voter }) => voter);
    this.#electorate = new Electorate({
      host,
      voters,
      votersById: new Map(this.members.map(({ id, voter }) => [id, voter])),
      onChanged: () => this.#parts.consensus.leadership.reconsider(),
      onGone: ({ name }) => this.stopMember(name),
    });
    const consensus = new Consensus({ host, voters, links: this.#links, log, preVote: rules.preVote });
    const id = idOf(`cluster ${[...names].sort().join(' ')}`);
    this.#parts = { id, host, consensus, members: this.members };
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
    const member = this.#find(name);
    if (member.voter.isRunning || member.voter.machine.membership.isRemoved(member.id)) return;
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
        return ok(machine.alarms.activate(id, TYPE_OF[alarm]));
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
    const { id } = member;
    this.#filling.end(member);
    return this.#commit((machine) => ok(machine.alarms.deactivate(id, TYPE_OF[alarm])));
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

  /** Puts the entry into the log at once; false where nobody leads. */
  #commit<T>(entry: Entry<T>): boolean {
    const leader = this.members.find(({ name }) => name === this.leader);
    leader?.process?.propose(entry, () => undefined);
    return leader !== undefined;
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
