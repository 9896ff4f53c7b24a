/**
 * Finds out why a run fails: its causal past, and the moment that decides it. Invariant: the same failing run
 * gives the same explanation; an interrupted explanation holds everything known by then.
 */
import type { EventObserver, HappenedEvent } from '../../engine/steps.js';
import type { Operation } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import { type Plan, describeSize } from '../../plan/plan.js';
import { signaturesOf } from '../../run/signature.js';
import { firstMessage } from '../../run/first-finding.js';
import { unlessAborted } from '../unless-aborted.js';
import { findTurn, type Turn } from './decisive-moment.js';
import type { Decisive, EventText, Explanation, FutureCount, MomentFutures } from '../../run/explanation.js';
import { describeEvent } from './event-text.js';
import { findFaultByHand } from './fault-by-hand.js';
import { foldPast } from './fold.js';
import { busyEventsOf, futureOf, type KnownRun } from './future.js';
import { pastOfRun } from './past-of-run.js';
import { witnessOf } from './witness-of.js';

export interface ExplainRequest {
  /** A failing run in simulation. */
  readonly failure: RunResult;
  /**
   * Runs a plan; may reject when the signal is aborted.
   *
   * @param withoutByHand indices of faults by hand to leave out
   */
  run(plan: Plan, onEvent?: EventObserver, withoutByHand?: readonly number[]): Promise<RunResult>;
  /** How many runs may be under way at once; one by default. */
  atOnce?(): number;
  /** It ends after this many runs. */
  readonly maxRuns: number;
  /** Called after every run. */
  progress?(runs: number): void;
  readonly signal: AbortSignal;
}

const AROUND = 3;

export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { failure, signal } = request;
  const witness = witnessOf(failure);
  const steps = pastOfRun(failure, witness)?.steps;
  const past = steps && foldPast(steps);
  const basis = {
    size: sizeOf(failure),
    sentence: firstMessage(failure),
    witness: witness.operations,
    ...(past === undefined ? {} : { past }),
    events: failure.trace?.events ?? 0,
  };
  const known = await observe(request);
  const [signature] = signaturesOf(failure);
  const interruption = () => (signal.aborted ? { interrupted: true as const } : {});
  if (known === undefined || signature === undefined) {
    return { ...basis, moments: [], ...interruption(), runs: 0 };
  }
  const { counts, turn, runs } = await findTurn({
    events: known.events.length,
    busyEvents: busyEventsOf(known),
    async fails(afterEvents, future) {
      const plan = futureOf(known, afterEvents, future);
      const result = await unlessAborted(signal, () => request.run(plan));
      return result === undefined ? undefined : signaturesOf(result).includes(signature);
    },
    runsMax: request.maxRuns - 1,
    ...(request.atOnce === undefined ? {} : { atOnce: request.atOnce }),
    ...(request.progress === undefined ? {} : { progress: request.progress }),
  });
  const moments = counts.map((count) => atTime(count, known));
  let decisive = turn === undefined ? undefined : decisiveOf(turn, moments, known);
  let byHandRuns = 0;
  if (decisive?.kind === 'from-start') {
    const found = await findFaultByHand({
      result: failure,
      runsMax: request.maxRuns - 1 - runs,
      async fails(future, withoutByHand) {
        const plan = futureOf(known, 0, future);
        const result = await unlessAborted(signal, () => request.run(plan, undefined, withoutByHand));
        return result === undefined ? undefined : signaturesOf(result).includes(signature);
      },
    });
    byHandRuns = found.runs;
    if (found.decisive !== undefined)
      decisive = { kind: 'by-hand', start: decisive.start, ...found.decisive };
  }
  return {
    ...basis,
    moments: runs === 0 ? [] : moments,
    ...(decisive === undefined ? interruption() : { decisive }),
    runs: runs + byHandRuns + 1,
  };
}

/** The size of the run; faults by hand are not in its plan. */
function sizeOf({ plan, faults }: RunResult): string {
  const byHand = faults.filter((fault) => fault.byHand === true).length;
  const size = describeSize(plan);
  if (byHand === 0) return size;
  const words = `${byHand} ${byHand === 1 ? 'fault' : 'faults'} by hand`;
  return size.replace(/(\d+) faults?(?=, )/, (drawn, count) =>
    count === '0' ? words : `${drawn} and ${words}`,
  );
}

/** Repeats the failing run, with its events; undefined if it was interrupted, or differs. */
async function observe({ failure, run, signal, maxRuns }: ExplainRequest): Promise<KnownRun | undefined> {
  if (maxRuns < 2 || failure.trace === undefined) return undefined;
  const events: HappenedEvent[] = [];
  const again = await unlessAborted(signal, () => run(failure.plan, (event) => events.push(event)));
  return again?.trace?.hash === failure.trace.hash ? { result: failure, events } : undefined;
}

function decisiveOf(turn: Turn, moments: readonly MomentFutures[], known: KnownRun): Decisive | undefined {
  switch (turn.kind) {
    case 'from-start': {
      const [start] = moments;
      const faults = known.result.faults.length;
      return start && { kind: 'from-start', start, faults };
    }
    case 'at-end': {
      const before = moments.at(-2);
      return before === undefined ? undefined : { kind: 'at-end', before };
    }
    case 'jump': {
      const { result } = known;
      const event = eventOf(turn, known);
      if (event === undefined) return undefined;
      return {
        kind: 'event',
        event: inWords(event, result),
        before: atTime(turn.before, known),
        after: atTime(turn.after, known),
        isExact: turn.isExact,
        underWay: result.operations
          .filter((operation) => isUnderWay(operation, event.timeUs))
          .map(({ id }) => id),
        around: around(event, known),
      };
    }
  }
}

function atTime(count: FutureCount, { events }: KnownRun): MomentFutures {
  return { ...count, timeUs: events[count.events - 1]?.timeUs ?? 0 };
}

function isUnderWay({ invoke, return: end }: Operation, timeUs: number): boolean {
  return invoke.timeUs <= timeUs && (end === undefined || end.timeUs >= timeUs);
}

/**
 * The event of the turn. If that one is no part of the story, it is the nearest before it that may be, or else the nearest
 * after it.
 */
export function eventOf(
  { at, before, after }: Extract<Turn, { kind: 'jump' }>,
  known: KnownRun,
): HappenedEvent | undefined {
  const { events } = known;
  const isUntold = untoldIn(known);
  // Other messages of the observer are those of a test's body.
  const isTold = (event: HappenedEvent): boolean => !isUntold(event) || !/\bWatch#/.test(event.label);
  const until = events.slice(before.events, at.events);
  const from = events.slice(at.events, after.events);
  return (
    until.findLast(isTold) ??
    from.find(isTold) ??
    events.slice(0, at.events).findLast(isTold) ??
    events[at.events - 1]
  );
}

/** The watch that collects the run's log is no part of the run. */
function untoldIn({ result }: KnownRun): (event: HappenedEvent) => boolean {
  const links = result.plan.members.map((member) => `link/${OBSERVER}-${member}`);
  const untold = new Set([OBSERVER, ...links].flatMap((chain) => [chain, `${chain} elsewhere`]));
  return ({ chain }) => untold.has(chain);
}

function around(event: HappenedEvent, known: KnownRun): EventText[] {
  const { events, result } = known;
  const isUntold = untoldIn(known);
  const isTold = (one: HappenedEvent): boolean => !isUntold(one);
  const before = events.slice(0, event.number - 1).filter(isTold);
  const after = events.slice(event.number).filter(isTold);
  const near = [...before.slice(-AROUND), event, ...after.slice(0, AROUND)];
  return near.map((one) => inWords(one, result));
}

function inWords(event: HappenedEvent, { plan, faults }: RunResult): EventText {
  const { number, timeUs } = event;
  const byHand = faults.find((fault) => fault.byHand === true && fault.startedUs === timeUs);
  // It begins while code of the test runs.
  if (byHand !== undefined && event.node === OBSERVER)
    return { number, timeUs, text: `a fault by hand begins: ${byHand.text}` };
  return { number, timeUs, text: describeEvent(event, { members: plan.members, faults }) };
}
