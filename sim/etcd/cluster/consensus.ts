/**
 * The fate of proposals, as far as clients can tell. Invariant: an entry is committed at most once, in one
 * order for all, and only by a leader with a quorum.
 *
 * A proposal meets one of five fates. With a leader and a quorum it is committed at once, or after a slow
 * write of the leader's disk. It is answered when the member it came through has applied it. With a leader
 * but no quorum it stays in that leader's log. It is committed later if that leader regains its quorum or
 * wins the next election, even after its client saw a timeout. If the member knows no leader, the proposal
 * waits for one. If the leader's process is paused, it waits until that resumes. If the member still believes
 * in a leader that is gone or out of reach, it is lost.
 */
import { ERRORS, type ErrorEntry } from '../errors.js';
import { failed, type Result } from '../result.js';
import { type EtcdHost, bound } from '../service.js';
import type { Entry } from '../state-machine.js';
import { Leadership } from './leadership.js';
import type { Log } from './log.js';
import type { PeerLinks } from './peer-links.js';
import {
  APPLY_GAP_MAX,
  ELECTION_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  WRITE_BATCH_BYTES,
  WRITE_MIN_MS,
  WRITTEN_BYTES_PER_MS,
} from './timing.js';
import type { Proposal, Voter } from './voter.js';

export interface ConsensusParts {
  readonly host: EtcdHost;
  readonly voters: readonly Voter[];
  /** Members that follow without a vote. */
  readonly learners: readonly Voter[];
  readonly links: PeerLinks;
  readonly log: Log<Voter>;
  readonly preVote: boolean;
}

/** The errors for a proposal that found no quorum. */
export const UNANSWERED: ReadonlySet<ErrorEntry> = new Set([
  ERRORS.timeout,
  ERRORS.timeoutDueToLeaderFail,
  ERRORS.timeoutDueToConnectionLost,
  ERRORS.proposalTimeout,
]);

const nothingToCancel = (): void => undefined;

export class Consensus {
  readonly leadership: Leadership;
  readonly #parts: ConsensusParts;
  /** Proposals and the voter at which each waits, in order of arrival. */
  readonly #waiting = new Map<Proposal, Voter>();
  /** How to cancel the timeouts of proposals without an outcome, and writes to a disk. */
  readonly #timers = new Set<() => void>();
  /** How many callers hold up the disks of leaders. */
  #holds = 0;

  /** All voters run and reach one another, and one of them leads. */
  constructor(parts: ConsensusParts) {
    this.#parts = parts;
    this.leadership = new Leadership({
      ...parts,
      listener: {
        onElected: (leader) => {
          parts.log.append();
          this.#commitTail(leader);
          leader.listener.onPromoted();
          leader.listener.onQuorum(true);
          this.#routeWaitingAt(leader);
        },
        onQuorumBack: (leader) => {
          this.#commitTail(leader);
          for (const voter of this.#followers) {
            if (this.#follows(voter, leader)) voter.listener.onQuorum(false);
          }
        },
        onJoined: (voter, leader, elected) => {
          this.#send(leader, voter);
          voter.listener.onQuorum(elected);
          this.#routeWaitingAt(voter);
        },
      },
    });
  }

  /**
   * Adds an entry to the log through a member.
   *
   * @param done hears the outcome; called before this returns if the member applies the entry at once
   * @param bytes the size of the entry, as far as it matters
   * @returns stops waiting for the outcome, without calling `done`; the entry may still be applied
   */
  propose<T>(voter: Voter, entry: Entry<T>, done: (result: Result<T>) => void, bytes = 0): () => void {
    const { replica } = voter;
    if (replica.receivedIndex - replica.appliedIndex > APPLY_GAP_MAX) {
      done(failed(ERRORS.tooManyRequests));
      return nothingToCancel;
    }
    const { host } = this.#parts;
    const startedMs = host.nowMs();
    let finish: ((result: Result<T>) => void) | undefined = done;
    let cancelTimer = nothingToCancel;
    const settle = (result: Result<T>): void => {
      const tell = finish;
      finish = undefined;
      cancelTimer();
      tell?.(result);
    };
    const applyTo = (applier: Voter): void => {
      const result = entry(applier.machine, applier.replica.appliedIndex + 1);
      if (applier === voter) settle(result);
    };
    const proposal: Proposal = { proposer: voter, bytes, applyTo: bound(host, applyTo, undefined) };
    this.#route(voter, proposal);
    if (isSettled()) return nothingToCancel;
    const cancel = host.schedule(REQUEST_TIMEOUT_MS, () => {
      this.#timers.delete(cancelTimer);
      const neverLeft = this.#waiting.get(proposal) === voter && this.#waiting.delete(proposal);
      settle(failed(neverLeft ? ERRORS.proposalTimeout : this.#timeoutError(voter, startedMs)));
    });
    cancelTimer = () => {
      this.#timers.delete(cancelTimer);
      cancel();
    };
    this.#timers.add(cancelTimer);
    return () => {
      cancelTimer();
      finish = undefined;
      if (this.#waiting.get(proposal) === voter) this.#waiting.delete(proposal);
    };

    function isSettled(): boolean {
      return finish === undefined;
    }
  }

  /** How many proposals wait at the voter because it knows no leader. */
  heldBack(voter: Voter): number {
    let count = 0;
    for (const waitsAt of this.#waiting.values()) if (waitsAt === voter) count++;
    return count;
  }

  /**
   * The index that a linearizable read through the voter has to wait for; undefined if no quorum would
   * answer.
   */
  readIndex(voter: Voter): number | undefined {
    const leader = this.leadership.leaderReachedBy(voter);
    const isTold = leader !== undefined && this.leadership.leads(leader) && !voter.isRemoved;
    return isTold ? this.#parts.log.index : undefined;
  }

  /** The leader that the voter believes in and reaches, although its process is paused. */
  leaderStandingStill(voter: Voter): Voter | undefined {
    const leader = voter.knownLeader;
    const isHeld = leader?.isPaused === true && this.#parts.links.connects(voter.name, leader.name);
    return isHeld ? leader : undefined;
  }

  /** The voter's process has stopped, started, been paused or resumed. */
  onVoterChanged(voter: Voter): void {
    if (voter.isActive) voter.replica.proceed();
    else voter.replica.halt();
    if (!voter.isRunning) this.#forgetWaitingAt(voter);
    this.leadership.onVoterChanged(voter);
    if (voter.isActive) this.#routeWaitingAt(voter);
  }

  /** A member that started with nothing now has the leader's state. */
  onRestored(voter: Voter): void {
    const leader = this.leadership.leaderReachedBy(voter);
    if (leader === undefined || !this.leadership.leads(leader)) return;
    this.#send(leader, voter);
    voter.listener.onQuorum(true);
    this.#routeWaitingAt(voter);
  }

  /** From here on `to` leads; false if it cannot. */
  transfer(to: Voter): boolean {
    const leader = this.leadership.reigning;
    // The leader hands over once the other member has its whole log.
    if (leader !== undefined && leader.tail.length > 0 && this.leadership.reaches(leader, to)) {
      this.#commitTail(leader);
    }
    return this.leadership.transfer(to);
  }

  /** True if the other is the voter itself, or both have been connected without a break since then. */
  areConnectedSince(voter: Voter, other: Voter, sinceMs: number): boolean {
    const { links } = this.#parts;
    if (other === voter) return true;
    const changedMs = Math.max(other.changedMs, links.changedMs(voter.name, other.name));
    return other.isRunning && links.connects(voter.name, other.name) && changedMs <= sinceMs;
  }

  /** True if the voter has nine tenths of the committed entries; one that was never started has none. */
  isCaughtUp(voter: Voter | undefined): boolean {
    return voter !== undefined && voter.replica.receivedIndex * 10 >= this.#parts.log.index * 9;
  }

  /**
   * Disks of leaders are slow until {@link release}: proposals made in between are committed then, all at
   * once.
   */
  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    const leader = this.leadership.reigning;
    if (leader !== undefined && this.#holds === 0) this.#commitTail(leader);
  }

  close(): void {
    for (const cancel of this.#timers) cancel();
    this.leadership.close();
  }

  #route(through: Voter, proposal: Proposal, isForwarded = false): void {
    const leader = through.isLeader ? through : through.knownLeader;
    if (leader === undefined) this.#waiting.set(proposal, through);
    else if (through !== leader && (through.isRemoved || leader.isRemoved)) return;
    else if (!this.#parts.links.connects(through.name, leader.name) || !leader.isRunning) return;
    else if (leader.isPaused) this.#waiting.set(proposal, leader);
    else if (!leader.isLeader) {
      if (!isForwarded) this.#route(leader, proposal, true);
    } else if (this.leadership.leads(leader)) this.#commit(leader, proposal);
    else leader.tail = [...leader.tail, proposal];
  }

  #commit(leader: Voter, proposal: Proposal): void {
    const isBusy = leader.tail.length > 0 || this.#holds > 0;
    if (isBusy || leader.machine.quota.isNear) {
      leader.tail = [...leader.tail, proposal];
      if (!isBusy) this.#write(leader);
      return;
    }
    this.#parts.log.append((voter) => proposal.applyTo(voter));
    this.#replicate(leader);
  }

  /**
   * The leader writes the next proposals, as many as fit into one batch; they are committed after the write.
   */
  #write(leader: Voter): void {
    let bytes = 0;
    let count = 0;
    for (const proposal of leader.tail) {
      if (count > 0 && bytes + proposal.bytes > WRITE_BATCH_BYTES) break;
      bytes += proposal.bytes;
      count++;
    }
    this.#later(WRITE_MIN_MS + Math.trunc(bytes / WRITTEN_BYTES_PER_MS), () => {
      if (this.#holds > 0 || !this.leadership.leads(leader)) return;
      this.#commitTail(leader, count);
      if (leader.tail.length > 0) this.#write(leader);
    });
  }

  #later(delayMs: number, action: () => void): void {
    const cancel = this.#parts.host.schedule(delayMs, () => {
      this.#timers.delete(cancel);
      action();
    });
    this.#timers.add(cancel);
  }

  /** @param count how many of its proposals; all by default */
  #commitTail(leader: Voter, count = leader.tail.length): void {
    const committed = leader.tail.slice(0, count);
    leader.tail = leader.tail.slice(count);
    for (const proposal of committed) this.#parts.log.append((voter) => proposal.applyTo(voter));
    this.#replicate(leader);
  }

  #replicate(leader: Voter): void {
    for (const voter of this.#followers) if (this.#follows(voter, leader)) this.#send(leader, voter);
    leader.replica.receive(this.#parts.log.index, 'at once');
  }

  /** Every member that gets the log, including the leader. */
  get #followers(): readonly Voter[] {
    const { voters, learners } = this.#parts;
    return learners.length === 0 ? voters : [...voters, ...learners];
  }

  #send(leader: Voter, voter: Voter): void {
    if (voter !== leader) voter.replica.receive(this.#parts.log.index, 'later');
  }

  #follows(voter: Voter, leader: Voter): boolean {
    return voter === leader || (voter.knownLeader === leader && this.leadership.reaches(voter, leader));
  }

  #routeWaitingAt(voter: Voter): void {
    for (const [proposal, waitsAt] of [...this.#waiting]) {
      if (waitsAt !== voter || !this.#waiting.delete(proposal)) continue;
      this.#route(voter, proposal);
    }
  }

  #forgetWaitingAt(voter: Voter): void {
    for (const [proposal, waitsAt] of [...this.#waiting])
      if (waitsAt === voter) this.#waiting.delete(proposal);
  }

  /** etcd's error for a timeout, depending on what the member knows about its leader. */
  #timeoutError(voter: Voter, startedMs: number): ErrorEntry {
    const { electedMs, knownLeader } = voter;
    if (startedMs > electedMs - 2 * ELECTION_TIMEOUT_MS && startedMs < electedMs) {
      return ERRORS.timeoutDueToLeaderFail;
    }
    if (knownLeader === undefined) return ERRORS.timeout;
    return this.#areConnectedSince(voter, knownLeader, startedMs)
      ? ERRORS.timeout
      : ERRORS.timeoutDueToConnectionLost;
  }

  /** Whether it is connected to its leader; for a leader, to a quorum. */
  #areConnectedSince(voter: Voter, leader: Voter, sinceMs: number): boolean {
    const connected = (other: Voter): boolean => this.areConnectedSince(voter, other, sinceMs);
    if (leader !== voter) return connected(leader);
    const { voters } = this.#parts;
    return voters.filter(connected).length > voters.length / 2;
  }
}
