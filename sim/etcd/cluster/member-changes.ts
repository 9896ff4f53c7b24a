/**
 * How an operator replaces a member through the leader: remove it, add another in its place, promote that
 * one. Invariant: a change that etcd would refuse, because the cluster might not survive it, does not happen.
 * Each verb may be repeated until it has had its effect; then it does nothing.
 */
import type { ClusterMember, Members } from '../membership/membership.js';
import { newcomer } from '../membership/newcomer.js';
import { refuseAdd, refusePromote, refuseRemove } from '../membership/reconfiguration.js';
import { ERRORS } from '../errors.js';
import { failed, type Failure } from '../result.js';
import type { Entry } from '../state-machine.js';
import type { Member } from './member.js';
import type { Process } from './process.js';

export interface MemberChangesParts {
  /** The process that leads with a quorum; undefined if none does. */
  leader(): Process | undefined;
  /** The member that was added in place of this one and has never been started. */
  addedInPlaceOf(name: string): ClusterMember | undefined;
}

export class MemberChanges {
  readonly #parts: MemberChangesParts;

  constructor(parts: MemberChangesParts) {
    this.#parts = parts;
  }

  /** True once it is out. */
  remove({ id, voter }: Member): boolean {
    return this.#change(
      () => voter.isRemoved,
      ({ machine, peerHealth }) => refuseRemove(machine.membership, id, peerHealth),
      () =>
        ({ membership }) =>
          membership.remove(id),
    );
  }

  /** True once another may be started in its place. */
  add({ name }: Member, isLearner: boolean): boolean {
    return this.#change(
      () => this.#parts.addedInPlaceOf(name) !== undefined,
      ({ machine, peerHealth, rules }) =>
        refuseAdd(machine.membership, isLearner, peerHealth, rules.maintenance.addNeedsAllPeers),
      ({ host }) => {
        const added = newcomer([peerUrlOf(name)], isLearner, host.nowMs());
        return ({ membership }) => membership.add(added);
      },
    );
  }

  /** True once it has a vote. */
  promote({ id, voter }: Member): boolean {
    return this.#change(
      // The one that was removed has had a vote: it does not count.
      () => !voter.isRemoved && !voter.isLearner,
      ({ machine, peerHealth }) =>
        peerHealth.isCaughtUp(id) ? refusePromote(machine.membership) : failed(ERRORS.learnerNotReady),
      () =>
        ({ membership }) =>
          membership.promote(id),
    );
  }

  #change(
    isDone: () => boolean,
    refusal: (leader: Process) => Failure | undefined,
    entryOf: (leader: Process) => Entry<Members>,
  ): boolean {
    const leader = this.#parts.leader();
    if (isDone() || leader === undefined || refusal(leader) !== undefined) return isDone();
    leader.propose(entryOf(leader), () => undefined);
    return isDone();
  }
}

/** A placeholder address, because members do not speak to each other over a network. */
export function peerUrlOf(name: string): string {
  return `http://${name}:2380`;
}
