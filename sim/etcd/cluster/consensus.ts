/**
 * The totally ordered log, as far as clients can tell: who leads, whether a quorum runs, and what becomes of
 * proposals. Members run or do not; there are no messages between them. Invariant: an entry is applied at most once,
 * in one order for all, and only while a leader runs with a quorum.
 *
 * A proposal meets one of four fates. With leader and quorum it is applied at once. With a leader but no quorum it
 * lies in that leader's log, and is applied later if that leader gets its quorum back or wins the next election, even
 * after its client was told of a timeout. Where the member knows no leader it waits for one. Where the member still
 * believes in a leader that is gone, it is lost.
 */
import type { Result } from '../result.js';
import { failed } from '../result.js';
import type { EtcdHost } from '../service.js';
import { ERRORS, type ErrorEntry } from '../errors.js';
import type { Voter } from './voter.js';
import { ELECTION_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './timing.js';

/** Hears of changes of leadership. */
export interface LeadershipListener {
  /** A leader has its quorum, `elected` anew or again after it was without. */
  onLeading(leader: Voter, elected: boolean): void;
  /** No one leads for now. */
  onLeaderLost(): void;
}

type Phase =
  /** The leader runs with a quorum. */
  | 'leading'
  /** The leader runs without one and has not stepped down yet. */
  | 'stalled'
  /** The leader is gone, and the others have not noticed yet. */
  | 'orphaned'
  /** Everyone knows that there is no leader. */
  | 'leaderless';

interface Proposal {
  readonly voter: Voter;
  readonly apply: () => void;
}

const nothingToCancel = (): void => undefined;

export class Consensus {
  readonly #host: EtcdHost;
  readonly #voters: readonly Voter[];
  readonly #listener: LeadershipListener;
  #phase: Phase = 'leading';
  /** Who leads or led last; the one whose log holds the tail. */
  #leader: Voter;
  #term = 2;
  #index: number;
  /** Entries in the leader's log that no quorum has. */
  #tail: Proposal[] = [];
  /** Proposals at members that know no leader, in order of arrival. */
  #waiting = new Set<Proposal>();
  #cancelTimer = nothingToCancel;

  /** All voters run, and one of them leads. */
  constructor(host: EtcdHost, voters: readonly Voter[], listener: LeadershipListener) {
    this.#host = host;
    this.#voters = voters;
    this.#listener = listener;
    this.#leader = this.#draw(voters);
    // One configuration change a member, the leader's empty entry, and what members publish about themselves.
    this.#index = 2 * voters.length + 2;
    for (const voter of voters) voter.knownLeader = this.#leader;
  }

  get term(): number {
    return this.#term;
  }

  /** Of the newest entry that a quorum has. */
  get committedIndex(): number {
    return this.#index;
  }

  /** The leader's process, as long as it runs and believes to lead. */
  get runningLeader(): Voter | undefined {
    return this.#phase === 'leading' || this.#phase === 'stalled' ? this.#leader : undefined;
  }

  /** True while entries are applied at once. */
  get isLeading(): boolean {
    return this.#phase === 'leading';
  }

  /**
   * Puts an entry into the log through a member.
   *
   * @param entry applies it
   * @param done hears the outcome, before this returns where the entry is applied at once
   * @returns gives up waiting for the outcome, without a word to `done`; the entry may still be applied
   */
  propose<T>(voter: Voter, entry: () => Result<T>, done: (result: Result<T>) => void): () => void {
    if (this.#phase === 'leading') {
      this.#index++;
      done(entry());
      return nothingToCancel;
    }
    let finish: ((result: Result<T>) => void) | undefined = done;
    const startedMs = this.#host.nowMs();
    const proposal: Proposal = {
      voter,
      apply: () => {
        const result = entry();
        settle(result);
      },
    };
    const cancelTimer = this.#host.schedule(REQUEST_TIMEOUT_MS, () => {
      const neverLeft = this.#waiting.delete(proposal);
      settle(failed(neverLeft ? ERRORS.proposalTimeout : this.#timeoutError(voter, startedMs)));
    });
    const settle = (result: Result<T>): void => {
      cancelTimer();
      const tell = finish;
      finish = undefined;
      tell?.(result);
    };
    if (this.#phase === 'stalled') this.#tail.push(proposal);
    else if (voter.knownLeader === undefined) this.#waiting.add(proposal);
    return () => {
      cancelTimer();
      finish = undefined;
      this.#waiting.delete(proposal);
    };
  }

  /** A voter has stopped or started; its `isRunning` tells which. */
  onVoterChanged(voter: Voter): void {
    voter.changedMs = this.#host.nowMs();
    voter.knownLeader = voter.isRunning ? this.runningLeader : undefined;
    switch (this.#phase) {
      case 'leading':
        if (!this.#leader.isRunning) this.#orphan();
        else if (!this.#hasQuorum()) this.#stall();
        break;
      case 'stalled':
        if (!this.#leader.isRunning) this.#orphan();
        else if (this.#hasQuorum()) this.#lead(false);
        break;
      case 'orphaned':
        break;
      case 'leaderless':
        this.#electLater();
        break;
      default:
        this.#phase satisfies never;
    }
  }

  close(): void {
    this.#cancelTimer();
  }

  #hasQuorum(): boolean {
    return this.#running().length > this.#voters.length / 2;
  }

  #running(): readonly Voter[] {
    return this.#voters.filter((voter) => voter.isRunning);
  }

  /** The leader without a quorum steps down at the end of the election timeout in which it notices. */
  #stall(): void {
    this.#phase = 'stalled';
    this.#setTimer(this.#drawTimeoutMs(), () => {
      this.#becomeLeaderless();
      this.#listener.onLeaderLost();
      this.#electLater();
    });
  }

  /** The others notice at the end of their election timeouts, and then one of them is elected. */
  #orphan(): void {
    this.#phase = 'orphaned';
    this.#listener.onLeaderLost();
    if (this.#running().length === 0) {
      this.#becomeLeaderless();
      return;
    }
    this.#setTimer(this.#drawTimeoutMs(), () => {
      this.#becomeLeaderless();
      if (this.#hasQuorum()) this.#elect();
    });
  }

  #becomeLeaderless(): void {
    this.#cancelTimer();
    this.#cancelTimer = nothingToCancel;
    this.#phase = 'leaderless';
    for (const voter of this.#voters) voter.knownLeader = undefined;
  }

  /** Someone's election timeout ends within one more, and is an election where a quorum runs. */
  #electLater(): void {
    if (!this.#hasQuorum() || this.#cancelTimer !== nothingToCancel) return;
    this.#setTimer(1 + (this.#host.randomUint32('election') % ELECTION_TIMEOUT_MS), () => {
      if (this.#hasQuorum()) this.#elect();
    });
  }

  #elect(): void {
    const running = this.#running();
    const holder = this.#tail.length > 0 && this.#leader.isRunning ? this.#leader : undefined;
    // Without the holder's vote there is no majority, and it votes for none whose log is shorter than its own.
    const mustBeHolder = holder !== undefined && running.length === Math.floor(this.#voters.length / 2) + 1;
    const winner = mustBeHolder ? holder : this.#draw(running);
    if (winner !== holder) this.#tail = [];
    this.#leader = winner;
    this.#term++;
    this.#index++;
    winner.electedMs = this.#host.nowMs();
    this.#lead(true);
  }

  #lead(elected: boolean): void {
    this.#cancelTimer();
    this.#cancelTimer = nothingToCancel;
    this.#phase = 'leading';
    for (const voter of this.#running()) voter.knownLeader = this.#leader;
    const tail = this.#tail;
    this.#tail = [];
    for (const proposal of tail) this.#apply(proposal);
    this.#listener.onLeading(this.#leader, elected);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const proposal of waiting) this.#apply(proposal);
  }

  #apply(proposal: Proposal): void {
    this.#index++;
    proposal.apply();
  }

  /** How etcd words a timeout: by what the member can tell of its leader. */
  #timeoutError(voter: Voter, startedMs: number): ErrorEntry {
    const { electedMs, knownLeader } = voter;
    if (startedMs > electedMs - 2 * ELECTION_TIMEOUT_MS && startedMs < electedMs) {
      return ERRORS.timeoutDueToLeaderFail;
    }
    if (knownLeader === undefined) return ERRORS.timeout;
    const connected =
      knownLeader === voter
        ? this.#running().filter((other) => other.changedMs <= startedMs).length > this.#voters.length / 2
        : knownLeader.isRunning && knownLeader.changedMs <= startedMs;
    return connected ? ERRORS.timeout : ERRORS.timeoutDueToConnectionLost;
  }

  #draw(voters: readonly Voter[]): Voter {
    const drawn = voters[this.#host.randomUint32('leader') % voters.length];
    if (drawn === undefined) throw new Error('a cluster needs at least one member');
    return drawn;
  }

  /** Raft's election timeouts: between one and two of the configured. */
  #drawTimeoutMs(): number {
    return ELECTION_TIMEOUT_MS + (this.#host.randomUint32('election') % ELECTION_TIMEOUT_MS);
  }

  #setTimer(delayMs: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#host.schedule(delayMs, () => {
      this.#cancelTimer = nothingToCancel;
      action();
    });
  }
}
