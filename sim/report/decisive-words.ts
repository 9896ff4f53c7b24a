/**
 * How the terminal and the page describe the moment that decides a failure. Invariant: both use the same
 * words, because the page gets them as data.
 */
import type { Decisive, Explanation, FutureCount } from '../run/explanation.js';
import { formatCount, formatNoun, formatTime } from './quantities.js';

export interface DecisiveWords {
  /** A sentence, or the text that precedes the event. */
  readonly headline: string;
  /** The event that decides it, if one does. */
  readonly event?: string;
  /** How many futures fail before and after; absent if unknown. */
  readonly futures?: string;
}

export function decisiveWords(explanation: Explanation): DecisiveWords {
  const { decisive, events } = explanation;
  if (decisive === undefined)
    return { headline: `What decides it is not known: ${whyUnknown(explanation)}.` };
  switch (decisive.kind) {
    case 'event':
      return eventWords(decisive, events);
    case 'from-start':
      return {
        headline: startWords(decisive),
        futures: `Of the futures that are drawn anew from the start on ${shareOf(decisive.start)}.`,
      };
    case 'by-hand':
      return {
        headline: `Decided at ${formatTime(decisive.fault.timeUs)} by a fault by hand:`,
        event: decisive.fault.text,
        futures: `Of the futures that are drawn anew from the start on ${shareOf(decisive.start)}, without that fault ${shareOf(decisive.without)}.`,
      };
    case 'at-end':
      return {
        headline: 'Nothing decides it before the end.',
        futures: `Of the futures that are drawn anew from ${formatTime(decisive.before.timeUs)} on ${shareOf(decisive.before)}.`,
      };
    default:
      return decisive satisfies never;
  }
}

/** No event decides it: it fails in any order of events, with the present faults. */
function startWords({ faults }: Extract<Decisive, { kind: 'from-start' }>): string {
  if (faults === 0) return 'No fault is needed: it fails however it unfolds.';
  return `With ${faults === 1 ? 'its fault' : `its ${formatCount(faults)} faults`} it fails however it unfolds.`;
}

function whyUnknown({ events, runs, interrupted }: Explanation): string {
  if (interrupted === true) return `it was interrupted after ${formatNoun(runs, 'run')}`;
  if (runs > 0) return `${formatNoun(runs, 'run')} were too few`;
  return `${formatNoun(events, 'event')} are too many to be run over and over; a smaller run can be explained (sim shrink, or less work in the test)`;
}

function eventWords(decisive: Extract<Decisive, { kind: 'event' }>, events: number): DecisiveWords {
  const { event, before, after, isExact } = decisive;
  const isOne = after.events - before.events === 1;
  const [number, time] = [formatCount(event.number), formatTime(event.timeUs)];
  const span = `events ${formatCount(before.events + 1)} to ${formatCount(after.events)} of ${formatCount(events)}`;
  const which = isOne
    ? `Decided at ${time} by event ${number} of ${formatCount(events)}`
    : isExact
      ? `Decided by ${span}, most of all at ${time} by event ${number}`
      : `Decided by some of ${span}, at ${time} at the latest by event ${number}`;
  const them = isOne ? 'it' : 'them';
  return {
    headline: `${which}:`,
    event: event.text,
    futures: `Of the futures that are drawn anew before ${them} ${shareOf(before)}, after ${them} ${shareOf(after)}.`,
  };
}

/** `3 of 10 fail`. */
function shareOf({ failed, of }: Omit<FutureCount, 'events'>): string {
  return `${formatCount(failed)} of ${formatCount(of)} ${failed === 1 ? 'fails' : 'fail'}`;
}
