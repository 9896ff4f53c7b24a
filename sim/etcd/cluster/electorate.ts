/**
 * The voters, kept in step with the agreed membership. Invariant: a change takes effect for all when the
 * first member has applied it, and only once.
 *
 * A member that was added but not started counts towards the quorum without casting a vote, unless it is a
 * learner. A removed member continues for a second, as in etcd, and then its process ends for good.
 */
import type { Membership } from '../membership/membership.js';
import type { EtcdHost } from '../service.js';
import { Replica } from './replica.js';
import { Voter } from './voter.js';

/** How long etcd keeps a removed member running. */
export const REMOVED_STOPS_AFTER_MS = 1_000;

export interface ElectorateParts {
  readonly host: EtcdHost;
  /** The voters; only this class changes them. */
  readonly voters: Voter[];
  /** The voters by the ids of their members. */
  readonly votersById: ReadonlyMap<bigint, Voter>;
  /** Learners that have been started; only this class changes them. */
  readonly learners: Voter[];
  /** The quorum has changed. */
  onChanged(): void;
  /** The removed member's second is over. */
  onGone(voter: Voter): void;
}

const nothing = (): void => undefined;

export class Electorate {
  readonly #parts: ElectorateParts;
  readonly #neverStarted = new Map<bigint, Voter>();
  readonly #cancels = new Set<() => void>();
  #changes = 0;

  constructor(parts: ElectorateParts) {
    this.#parts = parts;
  }

  /** A member has applied a change. */
  follow(membership: Membership): void {
    if (membership.changes <= this.#changes) return;
    this.#changes = membership.changes;
    const { voters, learners, votersById, onGone } = this.#parts;
    const before = [...voters, ...learners];
    const now = membership.electors.map(({ ID }) => votersById.get(ID) ?? this.#strangerOf(ID));
    const learning = membership.members
      .map(({ ID }) => votersById.get(ID))
      .filter((voter) => voter !== undefined && !now.includes(voter)) as Voter[];
    const removed = before.filter((voter) => !now.includes(voter) && !learning.includes(voter));
    const gone = removed.filter(({ isRunning }) => isRunning);
    voters.splice(0, voters.length, ...now);
    learners.splice(0, learners.length, ...learning);
    for (const voter of removed) voter.isRemoved = true;
    for (const voter of voters) voter.isLearner = false;
    for (const voter of learners) voter.isLearner = true;
    // The members that apply this entry are still busy with it.
    this.#later(0, () => this.#parts.onChanged());
    for (const voter of gone) this.#later(REMOVED_STOPS_AFTER_MS, () => onGone(voter));
  }

  /** A member that was added is about to start: it takes the place that was kept for it. */
  admit(id: bigint, voter: Voter): void {
    const { voters, learners } = this.#parts;
    const kept = this.#neverStarted.get(id);
    const place = kept === undefined ? -1 : voters.indexOf(kept);
    this.#neverStarted.delete(id);
    voter.isLearner = place === -1;
    if (place === -1) learners.push(voter);
    else voters.splice(place, 1, voter);
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #later(delayMs: number, action: () => void): void {
    const cancel = this.#parts.host.schedule(delayMs, () => {
      this.#cancels.delete(cancel);
      action();
    });
    this.#cancels.add(cancel);
  }

  /** It does not run, so it only counts towards the quorum. */
  #strangerOf(id: bigint): Voter {
    const found = this.#neverStarted.get(id);
    if (found !== undefined) return found;
    const name = `never started ${id}`;
    const [{ machine }] = this.#parts.voters as [Voter, ...Voter[]];
    const voter = new Voter(
      name,
      machine,
      new Replica(this.#parts.host, name, 0, nothing),
      { onLeaderKnown: nothing, onQuorum: nothing, onPromoted: nothing, onDemoted: nothing },
      0,
    );
    voter.isRunning = false;
    this.#neverStarted.set(id, voter);
    return voter;
  }
}
