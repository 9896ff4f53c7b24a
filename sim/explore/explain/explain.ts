/**
 * Why a run fails, as data: the sentence and the witness that its check gives, the causal past that leads to them, and
 * the moment from which most other futures fail as well. Reporters show it. Invariant: the same failing run gives the same
 * explanation; where it is interrupted it holds what was known by then.
 */
import type { EventObserver, HappenedEvent } from '../../engine/steps.js';
import type { Operation } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import type { Plan } from '../../plan/plan.js';
import { describeSize } from '../shrink/describe-size.js';
import { signaturesOf } from '../../run/signature.js';
import { firstMessage } from '../sweep.js';
import { unlessAborted } from '../unless-aborted.js';
import type { PastStep as Step, Witness } from './causal-past.js';
import { findTurn, type FutureCount, type Turn } from './decisive-moment.js';
import { describeEvent } from './event-text.js';
import { busyEventsOf, futureOf, type KnownRun } from './future.js';
import { pastOfRun } from './past-of-run.js';

/** One step of what led to a failure. */
export interface PastStep {
  readonly timeUs: number;
  readonly node: string;
  /** The id of the operation that it is a part of. */
  readonly operation?: string;
  /** Such as `read lock/a of revision 3, which n2-1.lock had put`. */
  readonly text: string;
}

/** How many futures of a moment failed. */
export interface MomentFutures extends FutureCount {
  readonly timeUs: number;
}

/** An event in words. */
export interface EventText {
  readonly number: number;
  readonly timeUs: number;
  readonly text: string;
}

/** What decides the failure. */
export type Decisive =
  | {
      readonly kind: 'event';
      /** From it on most futures fail. Others behind `before.events` and up to `after.events` may have a share in that. */
      readonly event: EventText;
      readonly before: MomentFutures;
      readonly after: MomentFutures;
      /** False where there were too few runs to tell: then it may be an earlier one of those. */
      readonly isExact: boolean;
      /** Ids of the operations that had begun and not returned. */
      readonly underWay: readonly string[];
      /** What happened just before and after it to nodes and faults, and the event itself. */
      readonly around: readonly EventText[];
    }
  | { readonly kind: 'from-start'; readonly start: MomentFutures }
  | { readonly kind: 'at-end'; readonly before: MomentFutures };

export interface Explanation {
  /** How large the run is that it is about. */
  readonly size: string;
  /** What went wrong, in the scenario's own words. */
  readonly sentence: string;
  /** Ids of the operations that show it. */
  readonly witness: readonly string[];
  /** The most recent last; absent where the run has no record of its calls. */
  readonly past?: readonly PastStep[];
  /** Ascending; empty where no future was run. */
  readonly moments: readonly MomentFutures[];
  /** Undefined where there were too few runs to tell, or it was interrupted. */
  readonly decisive?: Decisive;
  /** Whether it could have said more if it had not been interrupted. */
  readonly interrupted?: true;
  /** How many events the run has. */
  readonly events: number;
  /** How many runs it took. */
  readonly runs: number;
}

export interface ExplainRequest {
  /** A run in simulation that failed. */
  readonly failure: RunResult;
  /** Runs a plan; may reject when the signal is aborted. */
  run(plan: Plan, onEvent?: EventObserver): Promise<RunResult>;
  /** It ends after so many runs. */
  readonly maxRuns: number;
  /** Told after every run. */
  progress?(runs: number): void;
  readonly signal: AbortSignal;
}

const AROUND = 3;

export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { failure, signal } = request;
  const witness = witnessOf(failure);
  const past = pastOfRun(failure, witness)?.steps.map(asPastStep);
  const basis = {
    size: describeSize(failure.plan),
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
    ...(request.progress === undefined ? {} : { progress: request.progress }),
  });
  const moments = counts.map((count) => atTime(count, known));
  const decisive = turn === undefined ? undefined : decisiveOf(turn, moments, known);
  return {
    ...basis,
    moments: runs === 0 ? [] : moments,
    ...(decisive === undefined ? interruption() : { decisive }),
    runs: runs + 1,
  };
}

/** What the first violated check names; where none is violated, the operations that wait. */
function witnessOf({ checks, operations }: RunResult): Witness {
  const violated = checks.find((check) => check.verdict === 'violated');
  if (violated?.verdict === 'violated') return violated;
  const waiting = operations.filter((operation) => operation.return === undefined);
  return { operations: waiting.map(({ id }) => id), revisions: [] };
}

/** A fault that is nobody's in particular has no node. */
function asPastStep({ moment, node = '', operation, what }: Step): PastStep {
  return { timeUs: moment.timeUs, node, ...(operation === undefined ? {} : { operation }), text: what };
}

/** The failing run once more, with its events; undefined where it was interrupted, or is not the same run. */
async function observe({ failure, run, signal, maxRuns }: ExplainRequest): Promise<KnownRun | undefined> {
  if (maxRuns < 2 || failure.trace === undefined) return undefined;
  const events: HappenedEvent[] = [];
  const again = await unlessAborted(signal, () => run(failure.plan, (event) => events.push(event)));
  return again?.trace?.hash === failure.trace.hash ? { result: failure, events } : undefined;
}

function decisiveOf(turn: Turn, moments: readonly MomentFutures[], known: KnownRun): Decisive | undefined {
  switch (turn.kind) {
    case 'from-start':
      return moments[0] === undefined ? undefined : { kind: 'from-start', start: moments[0] };
    case 'at-end': {
      const before = moments.at(-2);
      return before === undefined ? undefined : { kind: 'at-end', before };
    }
    case 'jump': {
      const { result, events } = known;
      const event = events[turn.at.events - 1];
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

/** What keeps the log of the run is no part of it. */
function around(event: HappenedEvent, { events, result }: KnownRun): EventText[] {
  const links = result.plan.members.map((member) => `link/${OBSERVER}-${member}`);
  const untold = new Set([OBSERVER, ...links].flatMap((chain) => [chain, `${chain} elsewhere`]));
  const isTold = ({ chain }: HappenedEvent): boolean => !untold.has(chain);
  const before = events.slice(0, event.number - 1).filter(isTold);
  const after = events.slice(event.number).filter(isTold);
  const near = [...before.slice(-AROUND), event, ...after.slice(0, AROUND)];
  return near.map((one) => inWords(one, result));
}

function inWords(event: HappenedEvent, { plan, faults }: RunResult): EventText {
  const { number, timeUs } = event;
  return { number, timeUs, text: describeEvent(event, { members: plan.members, faults }) };
}
