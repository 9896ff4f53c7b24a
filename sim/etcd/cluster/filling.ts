/**
 * Databases that something else fills, as a fault has it. For a while leaders write to slow disks and requests are let
 * in as ever; then the databases are full, so that those requests are applied and refused, and right after them a member
 * raises the alarm. Invariant: each filling ends with its alarm, or without where nobody leads or the member is gone.
 */
import type { EtcdHost } from '../service.js';
import type { Consensus } from './consensus.js';
import type { Member } from './member.js';

export interface FillingParts {
  readonly host: EtcdHost;
  readonly members: () => readonly Member[];
  readonly consensus: () => Consensus;
  /** The member raises the alarm; false where it cannot. */
  raise(member: Member): boolean;
}

export class Filling {
  readonly #parts: FillingParts;
  /** How to end what is under way, by member. */
  readonly #ends = new Map<Member, () => void>();

  constructor(parts: FillingParts) {
    this.#parts = parts;
  }

  /** @param letInMs how long requests are let in that turn out not to fit */
  begin(member: Member, letInMs: number): void {
    if (this.#ends.has(member)) return;
    const { host } = this.#parts;
    const consensus = this.#parts.consensus();
    consensus.hold();
    const cancel = host.schedule(letInMs, () => this.#finish(member));
    this.#ends.set(member, () => {
      cancel();
      this.#ends.delete(member);
      consensus.release();
    });
  }

  /** Ends it before it is full; does nothing where nothing is under way. */
  end(member: Member): void {
    this.#ends.get(member)?.();
  }

  close(): void {
    for (const end of [...this.#ends.values()]) end();
  }

  #finish(member: Member): void {
    const isHeard = member.voter.isRunning && this.#parts.consensus().leadership.reigning !== undefined;
    if (isHeard) for (const { voter } of this.#parts.members()) voter.machine.quota.isExhausted = true;
    this.end(member);
    if (isHeard) this.#parts.raise(member);
  }
}
