/**
 * Cuts a watch response that is too large into several, each with as many events as fit. Invariant: all but the last
 * are marked as fragments, and an event is never cut.
 */
import type { Event } from '../wire/kv.js';
import type { Encodable } from '../wire/message.js';
import { WATCH_RESPONSE, type WatchResponse } from '../wire/watch.js';

type Events = readonly Encodable<Event>[];

interface Response extends Encodable<WatchResponse> {
  readonly events: Events;
}

export function* fragmentsOf(response: Response, bytesMax: number): Generator<Response, void, undefined> {
  const { events } = response;
  if (events.length < 2 || WATCH_RESPONSE.sizeOf(response) < bytesMax) {
    yield response;
    return;
  }
  let begin = 0;
  while (begin < events.length) {
    let end = begin + 1;
    let size = sizeOf(response, events.slice(begin, end));
    for (; end < events.length; end++) {
      size += sizeOf(response, events.slice(end, end + 1)) - sizeOf(response, []);
      if (size >= bytesMax) break;
    }
    yield { ...response, events: events.slice(begin, end), fragment: end < events.length };
    begin = end;
  }
}

function sizeOf(response: Response, events: Events): number {
  return WATCH_RESPONSE.sizeOf({ ...response, events, fragment: true });
}
