/**
 * The events of a watch response, encoded once for all watchers of the same change. Invariant: the bytes
 * equal a new encoding; they are kept no longer than the change's list itself.
 */
import type { Change } from '../store/change.js';
import type { Event } from '../wire/kv.js';
import type { Encodable } from '../wire/message.js';
import { WATCH_RESPONSE } from '../wire/watch.js';

const plain = new WeakMap<readonly Change[], Buffer>();
const withPrevious = new WeakMap<readonly Change[], Buffer>();

/**
 * The end of a watch response: its events, which are its last field.
 *
 * @param changes a list shared by all watchers of the key
 */
export function encodedEvents(
  changes: readonly Change[],
  previous: boolean,
  events: () => readonly Encodable<Event>[],
): Buffer {
  const known = previous ? withPrevious : plain;
  let encoded = known.get(changes);
  if (encoded === undefined) {
    encoded = WATCH_RESPONSE.encode({ events: events() });
    known.set(changes, encoded);
  }
  return encoded;
}
