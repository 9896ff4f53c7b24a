/**
 * Decides leadership as raft does with pre-votes and quorum checks, without the messages: what a member hears
 * follows from which members run and reach each other. A leader without a quorum steps down after an election
 * timeout. A member that hears of no leader forgets it after one, and is elected if a quorum can vote for it.
 * Invariant: a timer exists only for an event that can happen in the current state, so a cluster without a
 * quorum is quiet.
 */
import type { EtcdHost } from '../service.js';
import type { PeerLinks } from './peer-links.js';
import { ELECTION_TIMEOUT_MS } from './timing.js';
import type { Voter } from './voter.js';

/** Hears of changes of leadership. */
export interface LeadershipListener {
  /** The voter was elected: every voter that it reaches now has its log. */
  onElected(leader: Voter): void;
  /** The leader regained its quorum before it stepped down. */
  onQuorumBack(leader: Voter): void;
  /** The voter hears of a leader that has a quorum. */
  onJoined(voter: Voter, leader: Voter, elected: boolean): void;
}

export interface LeadershipParts {
  readonly host: EtcdHost;
  readonly voters: readonly Voter[];
  /** Members that follow without a vote. */
  readonly learners: readonly Voter[];
  readonly links: PeerLinks;
  /** Whether members first ask for pre-votes before they begin a new term. */
  readonly preVote: boolean;
  readonly listener: LeadershipListener;
}

export class Leadership {
  readonly #parts: LeadershipParts;
  /** Election timeouts and quorum checks that are running. */
  readonly #timers = new Map<Voter, () => void>();

  /** All voters run and reach one another, and one of them leads. */
  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    const { host, voters } = parts;
    const leader = voters[host.randomUint32('leader') % voters.length];
    if (leader === undefined) throw new Error('a cluster needs at least one member');
    leader.isLeader = true;
    for (const voter of voters) voter.knownLeader = leader;
  }

  /** The leader that has a quorum. */
  get reigning(): Voter | undefined {
    return this.#parts.voters.find((voter) => this.leads(voter));
  }

  /** True if the voter leads with a quorum. */
  leads(voter: Voter): boolean {
    return voter.isLeader && voter.isActive && this.#hasQuorum(voter);
  }

  /** True if both take part and reach one another. */
  reaches(left: Voter, right: Voter): boolean {
    return !left.isRemoved && !right.isRemoved && this.#connects(left, right);
  }

  /**
   * The leader that gets the voter's questions about leases, which bypass the log; undefined if they reach
   * none. A leader also answers a removed member.
   */
  leaderReachedBy(voter: Voter): Voter | undefined {
    const leader = voter.isLeader ? voter : voter.knownLeader;
    return leader?.isLeader === true && this.#connects(voter, leader) ? leader : undefined;
  }

  /** The voter's process has stopped, started, been paused or resumed. */
  onVoterChanged(voter: Voter): void {
    voter.changedMs = this.#parts.host.nowMs();
    if (!voter.isActive) {
      this.#setTimer(voter, undefined);
      voter.lostMs ??= voter.changedMs;
    }
    if (!voter.isRunning) {
      this.#stepDown(voter);
      voter.knownLeader = undefined;
      voter.lostMs = undefined;
    }
    this.reconsider();
  }

  /** Members have started or stopped, or their links have changed. */
  reconsider(): void {
    const active = this.#parts.voters.filter((voter) => voter.isActive);
    for (const voter of active) if (voter.isLeader) this.#reconsiderLeader(voter);
    for (const voter of active) if (!voter.isLeader) this.#reconsiderFollower(voter);
    for (const learner of this.#parts.learners) if (learner.isActive) this.#reconsiderFollower(learner);
  }

  /**
   * The leader hands over to another member that it reaches and that has its whole log; false if it cannot.
   */
  transfer(to: Voter): boolean {
    const leader = this.reigning;
    if (leader === undefined || !this.reaches(leader, to) || !this.#hasQuorum(to)) return false;
    if (to.isLearner || to.replica.isBlank) return false;
    if (leader !== to) this.#elect(to);
    return true;
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #connects(left: Voter, right: Voter): boolean {
    return left.isActive && right.isActive && this.#parts.links.connects(left.name, right.name);
  }

  #reconsiderLeader(leader: Voter): void {
    const { voters, host } = this.#parts;
    if (voters.some((other) => this.reaches(leader, other) && other.term > leader.term)) {
      this.#stepDown(leader);
      leader.knownLeader = undefined;
    } else if (this.#hasQuorum(leader)) {
      if (leader.lostMs === undefined) return;
      leader.lostMs = undefined;
      this.#setTimer(leader, undefined);
      this.#parts.listener.onQuorumBack(leader);
    } else if (leader.lostMs === undefined) {
      leader.lostMs = host.nowMs();
      this.#setTimer(leader, this.#timeoutMs(), () => {
        this.#stepDown(leader);
        leader.knownLeader = undefined;
        this.reconsider();
      });
    } else if (!this.#timers.has(leader)) {
      // It was paused when its timer ran out.
      leader.lostMs = undefined;
      this.#reconsiderLeader(leader);
    }
  }

  #reconsiderFollower(voter: Voter): void {
    const leader = this.#heardBy(voter);
    if (leader !== undefined) this.#follow(voter, leader);
    else if (voter.knownLeader !== undefined) {
      if (this.#timers.has(voter)) return;
      voter.lostMs = this.#parts.host.nowMs();
      this.#setTimer(voter, this.#timeoutMs(), () => this.#campaign(voter));
    } else if (!this.#canBeElected(voter, 'some day')) this.#setTimer(voter, undefined);
    else if (!this.#timers.has(voter)) {
      const delayMs = 1 + (this.#parts.host.randomUint32('election') % ELECTION_TIMEOUT_MS);
      this.#setTimer(voter, delayMs, () => this.#campaign(voter));
    }
  }

  #follow(voter: Voter, leader: Voter): void {
    this.#setTimer(voter, undefined);
    const elected = voter.knownLeader !== leader || voter.term !== leader.term;
    const wasLost = voter.lostMs !== undefined;
    voter.lostMs = undefined;
    voter.term = leader.term;
    if (elected) {
      voter.tail = [];
      voter.knownLeader = leader;
    }
    if ((elected || wasLost) && this.leads(leader)) this.#parts.listener.onJoined(voter, leader, elected);
  }

  /** The voter's election timeout is over. */
  #campaign(voter: Voter): void {
    voter.knownLeader = undefined;
    voter.lostMs = undefined;
    if (this.#canBeElected(voter, 'now')) {
      this.#elect(voter);
      return;
    }
    if (!this.#parts.preVote && !voter.isLearner) voter.term++;
    this.reconsider();
  }

  #elect(winner: Voter): void {
    const { voters, host, listener } = this.#parts;
    const reached = voters.filter((voter) => this.reaches(winner, voter));
    const term = Math.max(...reached.map((voter) => voter.term)) + 1;
    for (const voter of reached) {
      this.#setTimer(voter, undefined);
      if (voter !== winner) {
        this.#stepDown(voter);
        voter.tail = [];
      }
      voter.term = term;
      voter.lostMs = undefined;
      voter.knownLeader = winner;
    }
    winner.isLeader = true;
    winner.electedMs = host.nowMs();
    listener.onElected(winner);
    for (const voter of reached) if (voter !== winner) listener.onJoined(voter, winner, true);
    this.reconsider();
  }

  #stepDown(voter: Voter): void {
    if (!voter.isLeader) return;
    voter.isLeader = false;
    voter.lostMs = undefined;
    this.#setTimer(voter, undefined);
    voter.listener.onDemoted();
  }

  /** The leader whose heartbeats get through; the one of the newest term if there are several. */
  #heardBy(voter: Voter): Voter | undefined {
    let heard: Voter | undefined;
    for (const other of this.#parts.voters) {
      if (!other.isLeader || other.term < voter.term || !this.reaches(voter, other)) continue;
      if (heard === undefined || other.term > heard.term) heard = other;
    }
    return heard;
  }

  #hasQuorum(leader: Voter): boolean {
    return this.#isQuorum(
      (voter) => voter === leader || (this.reaches(leader, voter) && voter.term <= leader.term),
    );
  }

  /** Whether a quorum would vote for the candidate: `now`, or `some day` in the current state. */
  #canBeElected(candidate: Voter, when: 'now' | 'some day'): boolean {
    // A member that starts with nothing cannot stand for election before it has the log.
    if (candidate.isLearner || candidate.replica.isBlank) return false;
    return this.#isQuorum((voter) => {
      if (!this.reaches(candidate, voter) || !candidate.hasAllOf(voter)) return false;
      return voter === candidate || !this.#isLoyal(voter, when);
    });
  }

  /** A voter that has heard of a leader within an election timeout votes for no other. */
  #isLoyal(voter: Voter, when: 'now' | 'some day'): boolean {
    if (voter.isLeader || this.#heardBy(voter) !== undefined) return true;
    if (when === 'some day' || voter.knownLeader === undefined || voter.lostMs === undefined) return false;
    return this.#parts.host.nowMs() - voter.lostMs < ELECTION_TIMEOUT_MS;
  }

  #isQuorum(votes: (voter: Voter) => boolean): boolean {
    const { voters } = this.#parts;
    let count = 0;
    for (const voter of voters) if (votes(voter)) count++;
    return count > voters.length / 2;
  }

  /** Raft's election timeouts: between one and two of the configured ones. */
  #timeoutMs(): number {
    return ELECTION_TIMEOUT_MS + (this.#parts.host.randomUint32('election') % ELECTION_TIMEOUT_MS);
  }

  #setTimer(voter: Voter, delayMs: number, action: () => void): void;
  #setTimer(voter: Voter, none: undefined): void;
  #setTimer(voter: Voter, delayMs: number | undefined, action?: () => void): void {
    this.#timers.get(voter)?.();
    this.#timers.delete(voter);
    if (delayMs === undefined) return;
    const cancel = this.#parts.host.schedule(delayMs, () => {
      this.#timers.delete(voter);
      action?.();
    });
    this.#timers.set(voter, cancel);
  }
}
