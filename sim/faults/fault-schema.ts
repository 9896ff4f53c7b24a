/**
 * What the schemas of faults share. A fault's schema is its type, what a repro of it is held against, and its part of
 * `docs/repro.schema.json`. Invariant: whatever a schema lets through can be run: times are whole microseconds, and
 * no number is so large that arithmetic with it is inexact or takes for ever.
 */
import * as v from 'valibot';
import { fields, meaning, numberFrom, text, whole } from '../input/schema.js';

/** As long as any run may take: eleven days. */
export const TIME_MAX_MS = 1_000_000_000;

/** What no sensible fault exceeds where the field is no time: bytes, revisions, places. */
export const COUNT_MAX = 1_000_000_000;

/** A time or a duration. */
const timeMs = v.pipe(
  numberFrom(0, TIME_MAX_MS),
  v.check(isWholeMicroseconds, 'a time in whole microseconds'),
);

/** A delay in whole milliseconds. */
export const delayMs = whole(0, TIME_MAX_MS);

/** Whom a fault is aimed at. */
export const aimedNode = text('the name of a node');
export const aimedMember = text('the name of a member');

/** The fields of every fault, with those of its kind. */
export function faultFields<const Kind extends string, const Entries extends v.ObjectEntries>(
  kind: Kind,
  entries: Entries,
) {
  return fields({
    kind: v.literal(kind),
    atMs: meaning(timeMs, 'Whole microseconds since the nodes started'),
    durationMs: timeMs,
    ...entries,
  });
}

/** The fields of a fault on the link between a node and a member. */
export function linkFaultFields<const Kind extends string, const Entries extends v.ObjectEntries>(
  kind: Kind,
  entries: Entries,
) {
  return faultFields(kind, { node: aimedNode, member: aimedMember, ...entries });
}

/** Virtual time has no smaller part. */
function isWholeMicroseconds(ms: number): boolean {
  const us = ms * 1000;
  return Math.abs(us - Math.round(us)) < 1e-3;
}
