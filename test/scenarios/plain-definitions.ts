/**
 * The common part of the plain definitions of scenarios' checks. Invariant: nothing here uses a part of a
 * check. Every question is answered by looking at every revision, every operation and every tick of a clock.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Check } from '../../sim/check/check.js';
import type { History, LogEvent, Operation } from '../../sim/history/history.js';
import type { Moment } from '../../sim/history/moment.js';

/** Whether the promise of the check with this name holds for a history. */
export type Definitions = Readonly<Record<string, (history: History) => boolean>>;

/** How often each check found a history correct, and wrong. */
export type Tally = Map<string, { satisfied: number; violated: number }>;

/** Compares every check with its definition. */
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

/** Far below the drawn number, so that chance does not matter. */
export function expectBothOften(tally: Tally, checks: readonly Check[], atLeast: number): void {
  for (const { name } of checks) {
    const { satisfied, violated } = tally.get(name) ?? { satisfied: 0, violated: 0 };
    expect({ name, isOften: Math.min(satisfied, violated) >= atLeast }).toEqual({ name, isOften: true });
  }
}

/** How many histories are drawn: by default few; the environment can request more. */
export function runsOr(count: number): number {
  return Number(process.env['ROUNDS'] ?? count);
}

/** Clocks tick ten times a second; no two things happen in the same tick. */
const TICK_US = 100_000;
export const TICKS_PER_SECOND = 10;

export function moment(tick: number): Moment {
  return { sequence: tick, timeUs: tick * TICK_US };
}

/** The last change of the key by then; undefined if there was none, or it was a deletion. */
export function presentAt({ log }: History, key: string, revision: number): LogEvent | undefined {
  let last: LogEvent | undefined;
  for (const entry of log) {
    if (entry.revision > revision) continue;
    for (const event of entry.events) if (event.key === key) last = event;
  }
  return last?.type === 'put' ? last : undefined;
}

/** All revisions that may matter: from the one before the log to the one after it. */
export function revisionsOf({ log }: History): readonly number[] {
  const last = log.at(-1)?.revision ?? 0;
  return Array.from({ length: last + 2 }, (_, revision) => revision);
}

/**
 * The revisions at which etcd may have been during the operation. None is older than a revision reported by
 * an operation that ended before, and none is as new as a write by an operation that began after.
 */
export function possibleRevisions(history: History, operation: Operation): readonly number[] {
  const { operations } = history;
  const newest = newestRevision(history, operation);
  return revisionsOf(history).filter((revision) => {
    const isTooOld = operations.some((other) => {
      const told = toldRevision(other);
      return told !== undefined && isBefore(other.return, operation.invoke) && revision < told;
    });
    return !isTooOld && revision <= newest;
  });
}

/** The newest revision at which etcd may have been when the operation returned. */
export function newestRevision(history: History, { return: returned }: Operation): number {
  const later = history.operations.flatMap(({ id, invoke }) => (isBefore(returned, invoke) ? [id] : []));
  const possible = revisionsOf(history).filter((revision) =>
    history.log.every(
      (entry) =>
        entry.revision > revision ||
        entry.events.every(({ type, value }) => type !== 'put' || !later.includes(value)),
    ),
  );
  return possible.at(-1) ?? 0;
}

function toldRevision({ outcome }: Operation): number | undefined {
  if (outcome?.kind !== 'ok') return undefined;
  const elected = (outcome.output as { readonly elected?: number | null } | null)?.elected;
  return outcome.revision ?? elected ?? undefined;
}

/** An event that never happened precedes nothing. */
export function isBefore(one: Moment | undefined, other: Moment): boolean {
  return one !== undefined && one.sequence < other.sequence;
}

/** The time of a message on a busy machine. */
const SLACK_SECONDS = 1;

/**
 * Whether the node heard in time, tick by tick. Only ticks without a pause count, each as much as the node's
 * clocks did, and in total no more than the real time.
 */
export function isToldInTime(
  history: History,
  { node, from, told, seconds }: { node: string; from: Moment; told: Moment | undefined; seconds: number },
): boolean {
  if (told === undefined) return false;
  const awake = ticksBetween(from, told).filter((us) => !(history.standstills ?? []).some(isAt(node, us)));
  const own = sum(awake.map((us) => clockOf(history, node, us)));
  return Math.min(awake.length * 1000, own) <= (seconds + SLACK_SECONDS) * TICKS_PER_SECOND * 1000;
}

/** How many ticks the node's own clocks counted. */
export function ownTicks(history: History, node: string, span: { from: Moment; until: Moment }): number {
  return sum(ticksBetween(span.from, span.until).map((us) => clockOf(history, node, us))) / 1000;
}

function ticksBetween(from: Moment, until: Moment): readonly number[] {
  const ticks: number[] = [];
  for (let us = from.timeUs; us < until.timeUs; us += TICK_US) ticks.push(us);
  return ticks;
}

/** How many thousandths of a tick the node's clocks count in the tick that begins there. */
function clockOf({ drifts = [] }: History, node: string, us: number): number {
  return 1000 + sum(drifts.filter(isAt(node, us)).map(({ perMille }) => perMille));
}

function isAt(node: string, us: number) {
  return (one: { readonly node: string; readonly fromUs: number; readonly untilUs: number }) =>
    one.node === node && one.fromUs <= us && us < one.untilUs;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Pauses and wrong clocks, each of whole ticks. */
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

/**
 * When things happen in a correct run: an operation begins or ends, or etcd's data changes. Each has a tick
 * of its own, an even one.
 */
export class Schedule {
  readonly #ticks = new Map<string, number>();

  /** At this tick, or at the next free one; an event without a time does not happen. */
  place(happening: string, wanted: number): number {
    if (wanted === Infinity) return Infinity;
    const taken = [...this.#ticks.values()];
    let tick = wanted + (wanted % 2);
    while (taken.includes(tick)) tick += 2;
    this.#ticks.set(happening, tick);
    return tick;
  }

  at(happening: string): number | undefined {
    return this.#ticks.get(happening);
  }

  inOrder(): readonly string[] {
    return [...this.#ticks].sort(([, one], [, other]) => one - other).map(([happening]) => happening);
  }

  /** From one to the other; without the second if that does not happen. */
  span(from: string, until: string): Pick<Operation, 'invoke' | 'return'> {
    const [begins, ends] = [moment(this.at(from) ?? 0), this.at(until)];
    return ends === undefined ? { invoke: begins } : { invoke: begins, return: moment(ends) };
  }
}

/** The first tick from there on in which nothing begins and nothing ends. */
export function freeTick({ operations }: History, wanted: number): number {
  const taken = operations.flatMap(({ invoke, return: returned }) => [invoke.sequence, returned?.sequence]);
  let tick = wanted;
  while (taken.includes(tick)) tick += 1;
  return tick;
}

/** The operation with another end or beginning, or without an end; unchanged if that is impossible. */
export function withEndEdited(
  history: History,
  operation: Operation,
  kind: 'returns' | 'begins' | 'never',
  tick: number,
): Operation {
  const { return: returned, outcome: _, ...begun } = operation;
  if (kind === 'never') return begun;
  if (kind === 'begins') {
    const begins = freeTick(history, Math.min(tick, (returned?.sequence ?? Infinity) - 1));
    const isBehind = begins > (returned?.sequence ?? Infinity);
    return isBehind ? operation : { ...operation, invoke: moment(begins) };
  }
  if (returned === undefined) return operation;
  return { ...operation, return: moment(freeTick(history, Math.max(tick, operation.invoke.sequence + 1))) };
}

/** As a history lists them. */
export function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return [...operations].sort((one, other) => one.invoke.sequence - other.invoke.sequence);
}
