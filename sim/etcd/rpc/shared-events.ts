/**
 * The events of a watch response, encoded once for all watchers that are told of the same change. Invariant: what is
 * given back is what encoding anew would give; it is kept no longer than the change's list itself.
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
 * @param changes a list that all who watch the key are given
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
