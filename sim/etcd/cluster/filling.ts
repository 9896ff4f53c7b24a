/**
 * Fills databases for a fault. For a while leaders write to slow disks and accept requests as usual. Then the
 * databases are full: those requests are applied and refused, and right afterwards a member raises the alarm.
 * Invariant: each filling ends with its alarm, or without one if there is no leader or the member is gone.
 */
import type { EtcdHost } from '../service.js';
import type { Consensus } from './consensus.js';
import type { Member } from './member.js';

export interface FillingParts {
  readonly host: EtcdHost;
  readonly members: () => readonly Member[];
  readonly consensus: () => Consensus;
  /** The member raises the alarm; false if it cannot. */
  raise(member: Member): boolean;
}

export class Filling {
  readonly #parts: FillingParts;
  /** How to end the filling of each member. */
  readonly #ends = new Map<Member, () => void>();

  constructor(parts: FillingParts) {
    this.#parts = parts;
  }

  /** @param letInMs how long requests are accepted that will not fit */
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

  /** Ends it before it is full; does nothing if no filling is under way. */
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
