/**
 * What the plain definitions of scenarios' checks share. Invariant: nothing here uses a part of a check; every
 * question is answered by looking at every revision, every operation and every while in which a clock ticks.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Check } from '../../sim/check/check.js';
import type { History, LogEvent, Moment, Operation } from '../../sim/history/history.js';

/** Whether what the check of this name promises holds of a history. */
export type Definitions = Readonly<Record<string, (history: History) => boolean>>;

/** How often each check found a history right, and wrong. */
export type Tally = Map<string, { satisfied: number; violated: number }>;

/** Holds every check against its definition. */
export function expectAsDefined(
  checks: readonly Check[],
  definitions: Definitions,
  { history, tally }: { readonly history: History; readonly tally: Tally },
): void {
  const verdicts = checks.map((check) => [check.name, check.check(history).verdict] as const);
  const expected = checks.map(({ name }) => {
    return [name, definitions[name]?.(history) === true ? 'satisfied' : 'violated'] as const;
  });
  expect(Object.fromEntries(verdicts)).toEqual(Object.fromEntries(expected));
  for (const [name, verdict] of expected) {
    const count = tally.get(name) ?? { satisfied: 0, violated: 0 };
    tally.set(name, count);
    count[verdict] += 1;
  }
}

/** Far below what is drawn, so that it says nothing about chance. */
export function expectBothOften(tally: Tally, checks: readonly Check[], atLeast: number): void {
  for (const { name } of checks) {
    const { satisfied, violated } = tally.get(name) ?? { satisfied: 0, violated: 0 };
    expect({ name, isOften: Math.min(satisfied, violated) >= atLeast }).toEqual({ name, isOften: true });
  }
}

/** How many histories are drawn: in one that is asked for by hand, as many as the environment says. */
export function runsOr(count: number): number {
  return Number(process.env['ROUNDS'] ?? count);
}

/** Clocks tick ten times a second; no two things happen in the same tick. */
export const TICK_US = 100_000;
export const TICKS_PER_SECOND = 10;

export function moment(tick: number): Moment {
  return { sequence: tick, timeUs: tick * TICK_US };
}

/** The last change of the key by then; undefined where there was none, or it was a deletion. */
export function presentAt({ log }: History, key: string, revision: number): LogEvent | undefined {
  const last = log
    .filter((entry) => entry.revision <= revision)
    .flatMap(({ events }) => events)
    .filter((event) => event.key === key)
    .at(-1);
  return last?.type === 'put' ? last : undefined;
}

/** All revisions that may matter: from the one before the log to the one after it. */
export function revisionsOf({ log }: History): readonly number[] {
  const last = log.at(-1)?.revision ?? 0;
  return Array.from({ length: last + 2 }, (_, revision) => revision);
}

/**
 * The revisions at which etcd may have been while the operation was under way: at each that is no older than what some
 * operation had told that was over before, and older than what some operation wrote that was begun after.
 */
export function possibleRevisions(
  history: History,
  { invoke, return: returned }: Operation,
): readonly number[] {
  const { operations, log } = history;
  return revisionsOf(history).filter((revision) => {
    const isTooOld = operations.some((other) => {
      const told = toldRevision(other);
      return told !== undefined && isBefore(other.return, invoke) && revision < told;
    });
    const isTooNew = operations.some(
      (other) =>
        isBefore(returned, other.invoke) &&
        log.some(
          (entry) =>
            entry.revision <= revision &&
            entry.events.some(({ type, value }) => type === 'put' && value === other.id),
        ),
    );
    return !isTooOld && !isTooNew;
  });
}

function toldRevision({ outcome }: Operation): number | undefined {
  if (outcome?.kind !== 'ok') return undefined;
  const elected = (outcome.output as { readonly elected?: number | null } | null)?.elected;
  return outcome.revision ?? elected ?? undefined;
}

/** What never happened is before nothing. */
export function isBefore(one: Moment | undefined, other: Moment): boolean {
  return one !== undefined && one.sequence < other.sequence;
}

/** What a message takes on a busy machine. */
const SLACK_SECONDS = 1;

/**
 * Whether the node was told in time, tick by tick: those count in which it did not stand still, and as much of each as
 * its clocks did, in all no more than there was.
 */
export function isToldInTime(
  history: History,
  { node, from, told, seconds }: { node: string; from: Moment; told: Moment | undefined; seconds: number },
): boolean {
  if (told === undefined) return false;
  let [ticks, thousandths] = [0, 0];
  for (let us = from.timeUs; us < told.timeUs; us += TICK_US) {
    const isNow = (one: { node: string; fromUs: number; untilUs: number }) =>
      one.node === node && one.fromUs <= us && us < one.untilUs;
    if ((history.standstills ?? []).some(isNow)) continue;
    ticks += 1;
    thousandths += 1000 + sum((history.drifts ?? []).filter(isNow).map(({ perMille }) => perMille));
  }
  return Math.min(ticks * 1000, thousandths) <= (seconds + SLACK_SECONDS) * TICKS_PER_SECOND * 1000;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Standstills and clocks that run wrong, each of whole ticks. */
export function troublesOf(nodes: readonly string[]) {
  const span = { node: fc.constantFrom(...nodes), from: fc.nat(120), ticks: fc.integer({ min: 1, max: 60 }) };
  const spanOf = ({ node, from, ticks }: { node: string; from: number; ticks: number }) => {
    return { node, fromUs: from * TICK_US, untilUs: (from + ticks) * TICK_US };
  };
  return fc.record({
    standstills: fc.array(fc.record(span).map(spanOf), { maxLength: 2 }),
    drifts: fc.array(
      fc
        .record({ ...span, perMille: fc.constantFrom(-400, -200, 100, 500) })
        .map(({ perMille, ...rest }) => ({ ...spanOf(rest), perMille })),
      { maxLength: 2 },
    ),
  });
}

/** Something that happens in a right run: where it is the beginning or the end of an operation, or a change in etcd. */
export interface Happening {
  /** Where two are of the same time, that which is listed first comes first. */
  readonly time: number;
  readonly of: string;
}

/** Gives every happening a tick of its own, an even one, in their order. */
export function ticksOf(happenings: readonly Happening[]): ReadonlyMap<string, number> {
  let tick = 0;
  const sorted = [...happenings].sort((one, other) => one.time - other.time);
  return new Map(sorted.map(({ time, of }) => [of, (tick = Math.max(tick + 2, time * 2))] as const));
}

/** The first tick from there on in which nothing begins and nothing ends. */
export function freeTick({ operations }: History, wanted: number): number {
  const taken = operations.flatMap(({ invoke, return: returned }) => [invoke.sequence, returned?.sequence]);
  let tick = wanted;
  while (taken.includes(tick)) tick += 1;
  return tick;
}

/** As a history lists them. */
export function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return [...operations].sort((one, other) => one.invoke.sequence - other.invoke.sequence);
}
