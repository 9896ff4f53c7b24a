/** A place in a run, as people type it: an event, a time, or a name. */
import { durationMsOf } from '../../input/duration.js';
import { expected, ok, parseInteger, InputError, type Parsed } from '../../input/parsed.js';
import { formatTime } from '../../report/quantities.js';
import type { Timeline } from '../../harness/debug/timeline.js';

export type Place =
  | { readonly kind: 'event'; readonly number: number }
  | { readonly kind: 'time'; readonly timeUs: number }
  | { readonly kind: 'start' | 'end' | 'failure' };

export const PLACES = 'an event such as 120, a time such as 12.5ms, start, end or failure';

const NAMES = ['start', 'end', 'failure'] as const;

export function parsePlace(text: string): Parsed<Place> {
  const name = NAMES.find((one) => one === text);
  if (name !== undefined) return ok({ kind: name });
  const number = parseInteger(text, { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (number.kind === 'ok') return ok({ kind: 'event', number: number.value });
  const durationMs = durationMsOf(text);
  if (durationMs === undefined || durationMs < 0) return expected(PLACES, text, NAMES);
  return ok({ kind: 'time', timeUs: Math.round(durationMs * 1000) });
}

/** The event that it stands for. @throws InputError where the run has no such place */
export function eventAt(place: Place, timeline: Timeline): number {
  switch (place.kind) {
    case 'start':
      return 0;
    case 'end':
      return timeline.last;
    case 'failure':
      if (timeline.failure === undefined) throw new InputError('the run has no failure: every check holds');
      return timeline.failure;
    case 'event':
      if (place.number <= timeline.last) return place.number;
      throw new InputError(`expected an event from 0 to ${timeline.last}, got ${place.number}`);
    case 'time': {
      const endUs = timeline.events[timeline.last]?.timeUs ?? 0;
      if (place.timeUs <= endUs) return timeline.upTo(place.timeUs);
      throw new InputError(`expected a time up to ${formatTime(endUs)}, got ${formatTime(place.timeUs)}`);
    }
    default:
      return place satisfies never;
  }
}
