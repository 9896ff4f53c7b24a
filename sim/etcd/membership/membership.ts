/**
 * The members of the cluster, part of the replicated state, and every way to change them. Invariant: a
 * removed id never comes back, and no two members share a peer URL when one of them gets it.
 */
import { ERRORS } from '../errors.js';
import { failed, ok, type Result } from '../result.js';

/** One member in the cluster's records. */
export interface ClusterMember {
  readonly ID: bigint;
  /** Empty until the member has been started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  /** Gets the log and has no vote. */
  readonly isLearner: boolean;
}

/** All members after a change, in order of their ids. */
export type Members = readonly ClusterMember[];

/** etcd's `--max-learners`. */
const LEARNERS_MAX = 1;

const NOT_FOUND = failed(ERRORS.memberNotFound);

export class Membership {
  #members: Members;
  /** Members without a vote, even if the list calls them otherwise. */
  #learners: ReadonlySet<bigint>;
  readonly #updatesKeepLearners: boolean;
  readonly #removed = new Set<bigint>();
  readonly #onChanged: () => void;
  /** How many changes there have been. */
  #changes = 0;

  /** @param updatesKeepLearners whether a learner is still listed as one after an update */
  constructor(members: Members, updatesKeepLearners: boolean, onChanged: () => void) {
    this.#members = inOrder(members);
    this.#learners = new Set(members.filter(({ isLearner }) => isLearner).map(({ ID }) => ID));
    this.#updatesKeepLearners = updatesKeepLearners;
    this.#onChanged = onChanged;
  }

  get members(): Members {
    return this.#members;
  }

  /** Members that the list does not call learners. */
  get voters(): Members {
    return this.#members.filter(({ isLearner }) => !isLearner);
  }

  /** Members that form the quorum. */
  get electors(): Members {
    return this.#members.filter(({ ID }) => !this.#learners.has(ID));
  }

  get changes(): number {
    return this.#changes;
  }

  find(id: bigint): ClusterMember | undefined {
    return this.#members.find(({ ID }) => ID === id);
  }

  isRemoved(id: bigint): boolean {
    return this.#removed.has(id);
  }

  copyFrom(other: Membership): void {
    this.#members = other.#members;
    this.#learners = other.#learners;
    for (const id of other.#removed) this.#removed.add(id);
    this.#changes = other.#changes;
  }

  /** A started member publishes its name and its client URLs. */
  publish(id: bigint, name: string, clientURLs: readonly string[]): Result<Members> {
    const member = this.find(id);
    return member === undefined ? NOT_FOUND : this.#replace(member, { ...member, name, clientURLs });
  }

  add(member: ClusterMember): Result<Members> {
    if (this.#removed.has(member.ID)) return NOT_FOUND;
    if (this.find(member.ID) !== undefined) return failed(ERRORS.memberExists);
    if (this.#isTaken(member.peerURLs, member.ID)) return failed(ERRORS.peerUrlExists);
    const learners = this.#members.filter(({ isLearner }) => isLearner).length;
    if (member.isLearner && learners >= LEARNERS_MAX) return failed(ERRORS.tooManyLearners);
    if (member.isLearner) this.#learners = new Set([...this.#learners, member.ID]);
    return this.#set([...this.#members, member]);
  }

  remove(id: bigint): Result<Members> {
    if (this.find(id) === undefined) return NOT_FOUND;
    this.#removed.add(id);
    return this.#set(this.#members.filter(({ ID }) => ID !== id));
  }

  update(id: bigint, peerURLs: readonly string[]): Result<Members> {
    const member = this.find(id);
    if (member === undefined) return NOT_FOUND;
    if (this.#isTaken(peerURLs, id)) return failed(ERRORS.peerUrlExists);
    const isLearner = member.isLearner && this.#updatesKeepLearners;
    return this.#replace(member, { ...member, peerURLs, isLearner });
  }

  promote(id: bigint): Result<Members> {
    const member = this.find(id);
    if (member === undefined) return NOT_FOUND;
    if (!member.isLearner) return failed(ERRORS.memberNotLearner);
    this.#learners = new Set([...this.#learners].filter((learner) => learner !== id));
    return this.#replace(member, { ...member, isLearner: false });
  }

  #isTaken(urls: readonly string[], except: bigint): boolean {
    return this.#members.some(
      ({ ID, peerURLs }) => ID !== except && peerURLs.some((url) => urls.includes(url)),
    );
  }

  #replace(before: ClusterMember, after: ClusterMember): Result<Members> {
    return this.#set(this.#members.map((member) => (member === before ? after : member)));
  }

  #set(members: Members): Result<Members> {
    this.#members = inOrder(members);
    this.#changes++;
    this.#onChanged();
    return ok(this.#members);
  }
}

function inOrder(members: Members): Members {
  return [...members].sort((left, right) => (left.ID < right.ID ? -1 : left.ID > right.ID ? 1 : 0));
}
