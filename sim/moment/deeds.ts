/** What happened in each event of a run, in words. Pure. Invariant: each happening belongs to one event. */
import { stepsOf } from './axis.js';
import { describeHappening, type HappeningWords } from './describe-happening.js';
import { happeningsOf, type Happening } from './happenings.js';
import { messagesOf } from './messages.js';
import type { RecordedRun } from './recorded-run.js';
import { countBelow } from './search.js';

/** The happenings of each event by its number, in order; those before the first event have 0. */
export function deedsOf(run: RecordedRun): ReadonlyMap<number, readonly HappeningWords[]> {
  const { recording } = run;
  const eventOf = eventsOf(run);
  const messages = recording === undefined ? undefined : messagesOf(recording);
  const deeds = new Map<number, HappeningWords[]>();
  for (const happening of happeningsOf(run)) {
    // The event itself is that.
    if (happening.kind === 'arrival' || happening.kind.startsWith('fault')) continue;
    const event = eventOf(happening);
    const words = describeHappening(happening, run, messages);
    const others = deeds.get(event) ?? [];
    // A revision has no place in the history's order; what a member answers follows it.
    deeds.set(event, happening.kind === 'commit' ? [words, ...others] : [...others, words]);
  }
  return deeds;
}

function eventsOf(run: RecordedRun): (happening: Happening) => number {
  const { recording } = run;
  const steps = stepsOf(recording);
  const departures = new Map<number, number>();
  recording?.moments.message.forEach((message, at) => {
    if (recording.moments.arrives[at] === 0) departures.set(message, recording.moments.event[at] ?? 0);
  });
  const times = recording?.events.timeUs ?? [];
  return ({ kind, timeUs, item, sequence }) => {
    if (kind === 'departure') return departures.get(item) ?? 0;
    if (kind === 'commit') return steps.commit[item] ?? 0;
    if (sequence !== undefined) return countBelow(steps.sequence, sequence);
    // It has only a time: the first event of that microsecond.
    return Math.min(countBelow(times, timeUs) + 1, times.length);
  };
}
