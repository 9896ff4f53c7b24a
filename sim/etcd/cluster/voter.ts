/**
 * One member as the cluster's agreement knows it: what it believes about who leads, and what its log holds. It is
 * part of the member's disk as far as raft keeps it there. Invariant: its fields are set by {@link Leadership} and
 * {@link Consensus} alone.
 */
import type { StateMachine } from '../state-machine.js';
import type { Replica } from './replica.js';

/** Hears what becomes of the voter. */
export interface VoterListener {
  /** It knows a leader now, or none. */
  onLeaderKnown(known: boolean): void;
  /** It reaches a leader that has a quorum; `elected` where that is another reign than before. */
  onQuorum(elected: boolean): void;
  /** It leads with a quorum, elected anew. */
  onPromoted(): void;
  /** It leads no longer. */
  onDemoted(): void;
}

/** An entry that somebody wants in the log. */
export interface Proposal {
  readonly proposer: Voter;
  readonly bytes: number;
  /** Applies it to one member's state; the proposer's result is told to who waits for it. */
  readonly applyTo: (voter: Voter) => void;
}

export class Voter {
  /** False while its process stands still. */
  isRunning = true;
  isPaused = false;
  /** It gets the log and has no vote. */
  isLearner = false;
  /** It belongs to the cluster no longer: those who do take nothing from it, and send it nothing. */
  isRemoved = false;
  isLeader = false;
  term: number;
  /** Entries in its log that no quorum has, where it leads or led. */
  tail: readonly Proposal[] = [];
  /** When it became leader last; negative infinity before. */
  electedMs = -Infinity;
  /** When its process last stopped, started, paused or resumed; negative infinity before. */
  changedMs = -Infinity;
  /** Since when it has not heard of the leader it knows. */
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

  /** Takes part: it runs and does not stand still. */
  get isActive(): boolean {
    return this.isRunning && !this.isPaused;
  }

  /** Whom it takes for the leader, who may be gone already. */
  get knownLeader(): Voter | undefined {
    return this.#knownLeader;
  }

  set knownLeader(leader: Voter | undefined) {
    if (leader !== undefined && leader !== this.#knownLeader) this.machine.counts.leaderChanges++;
    this.#knownLeader = leader;
    this.listener.onLeaderKnown(leader !== undefined);
  }

  /** True where the other's log holds nothing that this one's lacks. */
  hasAllOf(other: Voter): boolean {
    const mine = this.replica.receivedIndex;
    const theirs = other.replica.receivedIndex;
    return mine === theirs ? this.tail.length >= other.tail.length : mine > theirs;
  }
}
