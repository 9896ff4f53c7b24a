/**
 * A fault of the plan as it acts: with the target that it has seen, and for as long as the leases of the run ask for.
 * Invariant: a fault without an aim and without `ttls` acts unchanged.
 */
import { describeAim } from './aim.js';
import { kindOf, type Fault } from './index.js';

/** What an aimed fault has seen. */
export interface Sight {
  readonly node?: string | undefined;
  readonly member?: string | undefined;
  /** In words, such as `w1 holds a lease`; empty if there was nothing to see. */
  readonly text: string;
}

/**
 * The fault with the target that it has seen; it keeps its own where that says nothing, or makes no sense.
 *
 * @param members names of the members; a link may lead to another node as well
 */
export function aimedAt(fault: Fault, sight: Sight, members: readonly string[]): Fault {
  const own = fault as {
    readonly node?: string;
    readonly member?: string;
    readonly lost?: readonly string[];
  };
  const { node } = sight;
  const isEnd = own.node !== undefined || members.includes(sight.member ?? '');
  const member = isEnd ? sight.member : undefined;
  const target = {
    ...(own.node === undefined ? {} : { node: node ?? own.node }),
    ...(own.member === undefined ? {} : { member: member ?? own.member }),
  };
  if (target.node !== undefined && target.node === target.member) return fault;
  const isSpared = own.lost !== undefined && member !== undefined && !own.lost.includes(member);
  const lost = isSpared ? { lost: [member, ...(own.lost ?? []).slice(1)].sort() } : {};
  return { ...fault, ...target, ...lost };
}

/** Longer than any lease that a run outlives. */
const OUTAGE_MAX_MS = 120_000;

/** The fault with the duration that it has. @param longestTtlMs that a node was granted so far; 0 without any */
export function lasting(fault: Fault, longestTtlMs: number): Fault {
  const { ttls } = fault;
  if (ttls === undefined || longestTtlMs === 0) return fault;
  return { ...fault, durationMs: Math.min(OUTAGE_MAX_MS, Math.round(ttls * longestTtlMs)) };
}

/** For its record: the fault as it acts, if it says more than the plan. */
export function actedOf(acted: Fault): { readonly acted?: Fault } {
  return looksAtRun([acted]) ? { acted } : {};
}

/** Whether a fault depends on what the run has under way. */
export function looksAtRun(faults: readonly Fault[]): boolean {
  return faults.some(({ aim, ttls }) => aim !== undefined || ttls !== undefined);
}

/** In one short phrase, with what it has seen. @param sight undefined before it begins */
export function describeActing(fault: Fault, sight: Sight | undefined): string {
  const { aim } = fault;
  const text = kindOf(fault).describe(fault);
  if (aim === undefined) return text;
  const seen = sight === undefined ? describeAim(aim) : sight.text;
  return seen === '' ? text : `${text} (${seen})`;
}
