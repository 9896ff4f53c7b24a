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

/** How often a long outage is met, for each time that a short one is. */
const LONG_MET = 3;
/** Two round trips of a calm network. */
const SOON_US = 8000;
/** How long after another fault has begun, or ended. */
const MEETING_MAX_MS = [5, 100, 3000] as const;
/** An outage of this duration is long also where no node has a lease. */
const LONG_MS = 1000;

/** The faults with their aims, in their order. */
export function withAims(faults: readonly Fault[]): fc.Arbitrary<readonly Fault[]> {
  return fc.tuple(...faults.map(aimed)).chain((aimedFaults) => meeting(aimedFaults));
}

function aimed(fault: Fault): fc.Arbitrary<Fault> {
  const { aims = [], isOutage = false } = kindOf(fault);
  const aim =
    aims.length === 0 ? fc.constant(undefined) : oneIn(AIMED_IN, fc.constantFrom(...aims).chain(soon));
  const ttls = isOutage ? oneIn(LONG_IN, lifetimes) : fc.constant(undefined);
  return fc.tuple(aim, ttls).map(([aim, ttls]) => ({
    ...fault,
    ...(ttls === undefined ? {} : { ttls }),
    ...(aim === undefined ? {} : { aim }),
  }));
}

/** Times the longest TTL: a lease is gone for sure after one and a half. */
const lifetimes = fc.integer({ min: 15, max: 30 }).map((tenths) => tenths / 10);

function soon(at: AimAt): fc.Arbitrary<Aim> {
  const us = at === 'lease' || at === 'leader' ? fc.constant(0) : fc.oneof(fc.constant(0), fc.nat(SOON_US));
  return us.map((us) => ({ at, afterMs: us / 1000 }));
}

/** Some of them begin during an outage of the same plan, or shortly after its end. */
function meeting(faults: readonly Fault[]): fc.Arbitrary<readonly Fault[]> {
  const outages = faults.filter((fault) => kindOf(fault).isOutage === true);
  const draws = faults.map((fault) => {
    const others = outages.filter((other) => other.kind !== fault.kind);
    // What holds for long, such as a slow link, meets others anyway.
    if (others.length === 0 || kindOf(fault).aims === undefined) return fc.constant(undefined);
    const met = others.map((other) => ({
      weight: other.ttls === undefined && other.durationMs < LONG_MS ? 1 : LONG_MET,
      arbitrary: fc.constant(other),
    }));
    const how = fc.constantFrom('during' as const, 'after' as const);
    const afterMs = fc.constantFrom(...MEETING_MAX_MS).chain((max) => fc.integer({ min: 0, max }));
    return oneIn(MEETING_IN, fc.tuple(fc.oneof(...met), how, afterMs));
  });
  return fc.tuple(...draws).map((drawn) => {
    /** Those that others wait for must not wait for others. */
    const met = new Set<Fault['kind']>();
    const meets = new Set<Fault['kind']>();
    return faults.map((fault, index) => {
      const [other, at, afterMs] = drawn[index] ?? [];
      if (other === undefined || at === undefined || afterMs === undefined) return fault;
      if (met.has(fault.kind) || meets.has(other.kind)) return fault;
      met.add(other.kind);
      meets.add(fault.kind);
      // It looks out from just before the other begins.
      const atMs = Math.max(0, other.atMs - 1);
      return { ...fault, atMs, aim: { at, fault: other.kind, afterMs } };
    });
  });
}

function oneIn<T>(count: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: count - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}
