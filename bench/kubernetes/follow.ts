/**
 * Keeps up with the objects of one kind: a list, then a watch from there, and both again when the watch ends.
 * Invariant: the listener gets every object's latest state, though perhaps not every state in between.
 */
import { accepted, itemsOf, type Api, type ApiObject } from './api.js';

export interface Change {
  readonly object: ApiObject;
  readonly isDeleted: boolean;
}

/** Resolves when aborted. Rejects if the API server refuses, or if the listener throws. */
export async function follow(
  api: Api,
  collection: string,
  signal: AbortSignal,
  listener: (change: Change) => Promise<void> | void,
): Promise<void> {
  while (!signal.aborted) {
    const list = accepted(await api.get(collection));
    for (const object of itemsOf(list)) await listener({ object, isDeleted: false });
    const from = list.metadata?.resourceVersion ?? '';
    const events = api.watch(`${collection}?watch=true&resourceVersion=${from}`, signal);
    for await (const { type, object } of events) {
      // Too old to be continued, for example: a list says where to begin anew.
      if (type === 'ERROR') break;
      await listener({ object, isDeleted: type === 'DELETED' });
    }
  }
}

/** Resolves with the object once it is as wanted. */
export async function until(
  api: Api,
  path: { readonly collection: string; readonly name: string },
  signal: AbortSignal,
  isWanted: (object: ApiObject) => boolean,
): Promise<ApiObject> {
  const end = new AbortController();
  let found: ApiObject | undefined;
  await follow(api, path.collection, AbortSignal.any([signal, end.signal]), ({ object, isDeleted }) => {
    if (isDeleted || object.metadata?.name !== path.name || !isWanted(object)) return;
    found ??= object;
    end.abort();
  });
  if (found === undefined) throw signal.reason;
  return found;
}
