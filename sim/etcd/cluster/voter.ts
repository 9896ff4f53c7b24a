/**
 * One member as the cluster's consensus sees it: the leader it believes in, and the contents of its log. It
 * belongs to the member's disk as far as raft stores it there. Invariant: only {@link Leadership} and {@link
 * Consensus} set its fields.
 */
import type { StateMachine } from '../state-machine.js';
import type { Replica } from './replica.js';

/** Hears of changes of the voter. */
export interface VoterListener {
  /** It now knows a leader, or none. */
  onLeaderKnown(known: boolean): void;
  /** It reaches a leader that has a quorum; `elected` if that is a new reign. */
  onQuorum(elected: boolean): void;
  /** It leads with a quorum, newly elected. */
  onPromoted(): void;
  /** It leads no longer. */
  onDemoted(): void;
}

/** An entry proposed for the log. */
export interface Proposal {
  readonly proposer: Voter;
  readonly bytes: number;
  /** Applies it to one member's state; the waiting caller gets the result of the proposer's member. */
  readonly applyTo: (voter: Voter) => void;
}

export class Voter {
  /** False while its process is paused. */
  isRunning = true;
  isPaused = false;
  /** It gets the log and has no vote. */
  isLearner = false;
  /** It no longer belongs to the cluster: the others accept nothing from it, and send it nothing. */
  isRemoved = false;
  isLeader = false;
  term: number;
  /** Entries in its log that no quorum has, if it leads or led. */
  tail: readonly Proposal[] = [];
  /** When it last became leader; negative infinity before. */
  electedMs = -Infinity;
  /** When its process last stopped, started, paused or resumed; negative infinity before. */
  changedMs = -Infinity;
  /** Since when it has not heard from the leader it knows. */
  lostMs: number | undefined;
  #knownLeader: Voter | undefined;

  constructor(
    readonly name: string,
    readonly machine: StateMachine,
    readonly replica: Replica,
    readonly listener: VoterListener,
    term: number,
  ) {
    this.term = term;
  }

  /** Takes part: it runs and is not paused. */
  get isActive(): boolean {
    return this.isRunning && !this.isPaused;
  }

  /** The leader that it believes in, which may be gone already. */
  get knownLeader(): Voter | undefined {
    return this.#knownLeader;
  }

  set knownLeader(leader: Voter | undefined) {
    if (leader !== undefined && leader !== this.#knownLeader) this.machine.counts.leaderChanges++;
    this.#knownLeader = leader;
    this.listener.onLeaderKnown(leader !== undefined);
  }

  /** True if its log holds everything that the other's holds. */
  hasAllOf(other: Voter): boolean {
    const mine = this.replica.receivedIndex;
    const theirs = other.replica.receivedIndex;
    return mine === theirs ? this.tail.length >= other.tail.length : mine > theirs;
  }
}
