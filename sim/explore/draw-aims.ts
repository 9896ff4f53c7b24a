/**
 * Draws what the faults of a plan are aimed at, which outages last as long as leases, and which faults meet.
 * Invariant: it adds to faults and changes nothing else, so a seed keeps its other draws. No two faults wait for one
 * another.
 */
import fc from 'fast-check';
import type { Aim, AimAt } from '../faults/aim.js';
import { kindOf, type Fault } from '../faults/index.js';

/** One in this many faults is aimed. */
export const AIMED_IN = 4;
/** One in this many outages lasts as long as leases. */
export const LONG_IN = 4;
/** One in this many faults meets an outage. */
export const MEETING_IN = 3;

/** Two round trips of a calm network. */
const SOON_US = 8000;
/** How long after another fault has begun, or ended. */
const MEETING_MAX_MS = [5, 100, 3000] as const;
/** The TTL that a run without any lease assumes: nodes give up on etcd after seconds. */
const USUAL_TTL_MS = 5000;

/** The faults with their aims, in their order. */
export function withAims(faults: readonly Fault[]): fc.Arbitrary<readonly Fault[]> {
  return fc.tuple(...faults.map(aimed)).chain((aimedFaults) => meeting(aimedFaults));
}

function aimed(fault: Fault): fc.Arbitrary<Fault> {
  const { aims = [] } = kindOf(fault);
  const aim =
    aims.length === 0 ? fc.constant(undefined) : oneIn(AIMED_IN, fc.constantFrom(...aims).chain(soon));
  const ttls = isOutage(fault) ? oneIn(LONG_IN, lifetimes) : fc.constant(undefined);
  return fc
    .tuple(aim, ttls)
    .map(([aim, ttls]) => ({ ...long(fault, ttls), ...(aim === undefined ? {} : { aim }) }));
}

/** Times the longest TTL: a lease is gone for sure after one and a half. */
const lifetimes = fc.integer({ min: 15, max: 30 }).map((tenths) => tenths / 10);

function soon(at: AimAt): fc.Arbitrary<Aim> {
  const us = at === 'lease' || at === 'leader' ? fc.constant(0) : fc.oneof(fc.constant(0), fc.nat(SOON_US));
  return us.map((us) => ({ at, afterMs: us / 1000 }));
}

/** Some of them begin during an outage of the same plan, or shortly after its end. */
function meeting(faults: readonly Fault[]): fc.Arbitrary<readonly Fault[]> {
  const outages = [...faults.keys()].filter((index) => isOutage(faults[index]));
  const draws = faults.map((fault) => {
    const others = outages.filter((index) => faults[index]?.kind !== fault.kind);
    // What holds for long, such as a slow link, meets others anyway.
    if (others.length === 0 || kindOf(fault).aims === undefined) return fc.constant(undefined);
    const afterMs = fc.constantFrom(...MEETING_MAX_MS).chain((max) => fc.integer({ min: 0, max }));
    const ttls = fc.oneof(fc.constant(undefined), lifetimes);
    const at = fc.constantFrom('during' as const, 'after' as const);
    return oneIn(MEETING_IN, fc.record({ other: fc.constantFrom(...others), at, afterMs, ttls }));
  });
  return fc.tuple(...draws).map((drawn) => {
    /** Those that others wait for must not wait for others. */
    const met = new Set<Fault['kind']>();
    const meets = new Set<Fault['kind']>();
    const result = [...faults];
    for (const [index, meetingDrawn] of drawn.entries()) {
      const [fault, other] = [result[index], result[meetingDrawn?.other ?? -1]];
      if (meetingDrawn === undefined || fault === undefined || other === undefined) continue;
      if (met.has(fault.kind) || meets.has(other.kind)) continue;
      met.add(other.kind);
      meets.add(fault.kind);
      const { at, afterMs, ttls } = meetingDrawn;
      // It looks out from just before the other begins.
      const atMs = Math.max(0, other.atMs - 1);
      result[index] = { ...fault, atMs, aim: { at, fault: other.kind, afterMs } };
      result[meetingDrawn.other] = long(other, other.ttls ?? ttls);
    }
    return result;
  });
}

function isOutage(fault: Fault | undefined): boolean {
  return fault !== undefined && kindOf(fault).isOutage === true;
}

/** Lasts so many times the longest TTL. One that hits a node is long without any lease, too. */
function long(fault: Fault, ttls: number | undefined): Fault {
  if (ttls === undefined) return fault;
  return { ...fault, ttls, ...('node' in fault ? { durationMs: ttls * USUAL_TTL_MS } : {}) };
}

function oneIn<T>(count: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: count - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}
