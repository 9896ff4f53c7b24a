/**
 * Other futures of a failing run, as plans. Everything after a moment is drawn anew: ties, choices of a
 * strategy, draws of nodes, and message delays. The delays get the spread of a calm network, because a shrunk
 * plan has none. Faults that have not begun by then also happen, but at another time, because their timing
 * may have been the bad luck. Invariant: up to the moment the run is the same.
 */
import { RandomStreams } from '../../engine/random.js';
import type { HappenedEvent } from '../../engine/steps.js';
import type { RunResult } from '../../run/run-result.js';
import { planClockUs } from '../../plan/plan-clock.js';
import type { Plan } from '../../plan/plan.js';

/** The largest spread of delays in a drawn network. */
const SPREAD_US = 1500;

/** A run whose other futures are wanted. */
export interface KnownRun {
  readonly result: RunResult;
  /** All of them, in their order. */
  readonly events: readonly HappenedEvent[];
}

/** @param future the number of the moment's future, from 0 */
export function futureOf(known: KnownRun, afterEvents: number, future: number): Plan {
  const { plan } = known.result;
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = plan.network;
  const spreadUs = Math.max(0, SPREAD_US - (oneWayDelayMaxUs - oneWayDelayMinUs));
  const reroll = { afterEvents, seed: future, spreadUs };
  const rerolls = [...(plan.rerolls ?? []).filter((earlier) => earlier.afterEvents < afterEvents), reroll];
  return { ...plan, faults: faultsAfter(known, afterEvents, future), rerolls };
}

/** How many events happen up to the last begin or end of an operation or fault of the plan. */
export function busyEventsOf({ result, events }: KnownRun): number {
  const lastUs = lastUsOf(result);
  return events.filter(({ timeUs }) => timeUs <= lastUs).length;
}

function faultsAfter({ result, events }: KnownRun, afterEvents: number, future: number): Plan['faults'] {
  const { plan } = result;
  const clockUs = planClockUs(result);
  if (clockUs === undefined) return plan.faults;
  const random = new RandomStreams(`future/${plan.scenario}/${afterEvents}/${future}`);
  // The events that a strategy could already choose from have to stay unchanged.
  const passedUs = (events[afterEvents - 1]?.timeUs ?? 0) + (plan.strategy?.windowUs ?? 0);
  const begun = new Set(events.slice(0, afterEvents).map(({ label }) => label));
  const firstUs = Math.max(passedUs + 1, clockUs);
  const lastUs = Math.max(firstUs, lastUsOf(result));
  return plan.faults.map((fault, index) => {
    const dueUs = clockUs + fault.atMs * 1000;
    const isOpen = plan.strategy === undefined ? dueUs >= passedUs : dueUs > passedUs;
    if (!isOpen || begun.has(`fault ${index} begins`)) return fault;
    const atUs = random.stream(`fault/${index}`).integer(Math.ceil(firstUs), Math.ceil(lastUs));
    return { ...fault, atMs: (atUs - clockUs) / 1000 };
  });
}

/** When the last operation began or returned, or the last fault began. */
function lastUsOf({ operations, faults }: RunResult): number {
  let lastUs = 0;
  for (const { invoke, return: end } of operations) lastUs = Math.max(lastUs, (end ?? invoke).timeUs);
  for (const { startedUs = 0 } of faults) lastUs = Math.max(lastUs, startedUs);
  return lastUs;
}
