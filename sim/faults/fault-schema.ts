/**
 * Shared parts of the faults' schemas. A fault's schema is its type, the validation of its repros, and its
 * part of `docs/repro.schema.json`. Invariant: every value that a schema accepts can be run. Times are whole
 * microseconds, and no number is so large that arithmetic becomes inexact or takes for ever.
 */
import * as v from 'valibot';
import { fields, meaning, numberFrom, text, whole } from '../input/schema.js';
import { aimSchema } from './aim.js';

/** The longest a run may take: eleven days. */
export const TIME_MAX_MS = 1_000_000_000;

/** A limit that no sensible fault exceeds, for fields that are no time: bytes, revisions, places. */
export const COUNT_MAX = 1_000_000_000;

/** A time or a duration. */
const timeMs = v.pipe(
  numberFrom(0, TIME_MAX_MS),
  v.check(isWholeMicroseconds, 'a time in whole microseconds'),
);

/** A delay in whole milliseconds. */
export const delayMs = whole(0, TIME_MAX_MS);

/** An outage of this many lease times is long for every lease. */
const TTLS_MAX = 100;
const ttls = meaning(
  numberFrom(0, TTLS_MAX),
  'It lasts this many times the longest TTL that a node was granted until it begins; absent, or without any: its duration',
);

/** The target of a fault. */
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
    ttls: v.exactOptional(ttls),
    aim: v.exactOptional(
      meaning(aimSchema, 'Begins with its aim, from its time on; absent means at its time'),
    ),
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

/** The smallest unit of virtual time. */
function isWholeMicroseconds(ms: number): boolean {
  const us = ms * 1000;
  return Math.abs(us - Math.round(us)) < 1e-3;
}
