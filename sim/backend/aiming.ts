/**
 * Finds what aimed faults are aimed at. Invariant: a fault finds its aim once, at the first moment at which there is
 * one, and not after its search has ended.
 */
import { isMeeting, type Aim } from '../faults/aim.js';
import type { Sight } from '../faults/acting.js';
import { aimsOf, type Fault } from '../faults/index.js';
import type { CallEnds, UnderWay } from './under-way.js';

export interface AimingParts {
  readonly underWay: UnderWay;
  /** The member that leads, if one does and that is known. */
  leader(): string | undefined | Promise<string | undefined>;
}

/** A fault that looks out, by its index in the plan. */
interface Seeker {
  readonly index: number;
  readonly aim: Aim;
  /** A draw of its own, from 0 to this number. */
  draw(max: number): number;
  found(sight: Sight): void;
}

export class Aiming {
  readonly #parts: AimingParts;
  readonly #acting = new Map<number, Fault>();
  readonly #meetings = new Set<(at: 'during' | 'after', fault: Fault, index: number) => void>();

  constructor(parts: AimingParts) {
    this.#parts = parts;
  }

  /** The fault looks out from now on. The returned function ends that. */
  seek(seeker: Seeker): () => void {
    const { aim } = seeker;
    let isOver = false;
    let leave = (): void => undefined;
    const once: Seeker = {
      ...seeker,
      found(sight) {
        if (isOver) return;
        isOver = true;
        leave();
        seeker.found(sight);
      },
    };
    if (isMeeting(aim.at)) leave = this.#seekFault(once);
    else if (aim.at === 'leader') this.#seekLeader(once);
    else leave = this.#seekNode(once);
    if (isOver) leave();
    return () => {
      isOver = true;
      leave();
    };
  }

  /** A fault acts from now on, with its target. */
  began(index: number, fault: Fault): void {
    this.#acting.set(index, fault);
    for (const met of [...this.#meetings]) met('during', fault, index);
  }

  ended(index: number): void {
    const fault = this.#acting.get(index);
    if (fault === undefined) return;
    this.#acting.delete(index);
    for (const met of [...this.#meetings]) met('after', fault, index);
  }

  #seekFault({ index, aim, found }: Seeker): () => void {
    const met = (at: 'during' | 'after', fault: Fault, other: number): void => {
      if (at === aim.at && fault.kind === aim.fault && other !== index) found(sightOf(at, fault));
    };
    this.#meetings.add(met);
    for (const [other, fault] of [...this.#acting]) met('during', fault, other);
    return () => void this.#meetings.delete(met);
  }

  #seekLeader({ found }: Seeker): void {
    const leads = (member: string | undefined) =>
      found(member === undefined ? { text: '' } : { member, text: `${member} leads` });
    const leader = this.#parts.leader();
    if (leader instanceof Promise) void leader.catch(() => undefined).then(leads);
    else leads(leader);
  }

  #seekNode({ aim, draw, found }: Seeker): () => void {
    const { underWay } = this.#parts;
    const { holders } = underWay;
    if (aim.at === 'lease' && holders.length > 0) {
      const holder = holders[draw(holders.length - 1)];
      if (holder !== undefined) found({ ...holder, text: textOf('lease', holder) });
      return () => undefined;
    }
    return underWay.look((what, ends) => {
      if (what === aim.at) found({ ...ends, text: textOf(what, ends) });
    });
  }
}

function textOf(what: 'lease' | 'write' | 'reply', { node, member }: CallEnds): string {
  if (what === 'lease') return `${node} holds a lease`;
  return what === 'write' ? `${node} has sent a write to ${member}` : `${node} has got a reply of ${member}`;
}

/** The target of a fault that was met. */
function sightOf(at: 'during' | 'after', fault: Fault): Sight {
  const { nodes, members } = aimsOf(fault);
  return { node: nodes[0], member: members[0], text: `${at} the ${fault.kind}` };
}
