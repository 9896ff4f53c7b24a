/**
 * The common part of locks and elections: keys under one name that queue up by their creation revisions, each
 * on a lease. The first has its turn. After the Go client's package concurrency.
 */
import type { ByteString } from '../byte-string.js';
import { ok } from '../result.js';
import { EVENT_TYPE, SORT_ORDER, SORT_TARGET, type RangeRequest } from '../wire/kv.js';
import type { ResponseHeader } from '../wire/header.js';
import type { Encodable } from '../wire/message.js';
import type { MemberClient } from './member-client.js';
import { perform, type Procedure } from './procedure.js';

/** The TTL of a lease that the service grants itself. */
const SESSION_TTL_SECONDS = 60;

/**
 * The lease for the queue. If the caller has none, the service grants one. Nothing keeps it alive, because
 * the service closes its session at once, and nothing revokes it.
 */
export function* sessionLease(client: MemberClient, lease: bigint): Procedure<bigint> {
  if (lease !== 0n) return ok(lease);
  const granted = yield* perform(client.grant(SESSION_TTL_SECONDS));
  return granted.kind === 'failed' ? granted : ok(granted.value.ID);
}

/** The prefix under which the keys of a name queue up. */
function prefixOf(name: ByteString): ByteString {
  return `${name}/`;
}

/** The place of a lease in the queue: one key per lease and name, with the lease in hexadecimal. */
export function placeOf(name: ByteString, lease: bigint): ByteString {
  return prefixOf(name) + lease.toString(16);
}

/** The request for all keys of the queue. */
export function queueOf(name: ByteString): { readonly key: ByteString; readonly rangeEnd: ByteString } {
  // The byte after the slash.
  return { key: prefixOf(name), rangeEnd: `${name}0` };
}

/** The request for the first key of the queue. */
export function firstOf(name: ByteString): Encodable<RangeRequest> {
  return { ...queueOf(name), limit: 1, sortOrder: SORT_ORDER.ascend, sortTarget: SORT_TARGET.create };
}

/**
 * Waits until no key is left that was created at or before a revision, watching only the last of them at a
 * time.
 *
 * @returns the header of the read that found none
 */
export function* waitUntilFirst(
  client: MemberClient,
  name: ByteString,
  maxCreateRevision: number,
): Procedure<ResponseHeader | undefined> {
  const last = { sortOrder: SORT_ORDER.descend, sortTarget: SORT_TARGET.create, limit: 1 };
  for (;;) {
    const found = yield* perform(client.get({ ...queueOf(name), ...last, maxCreateRevision }));
    if (found.kind === 'failed') return found;
    const { header, kvs } = found.value;
    const [ahead] = kvs;
    if (ahead === undefined) return ok(header);
    const deleted = yield* waitUntilDeleted(client, ahead.key, header?.revision ?? 0);
    if (deleted.kind === 'failed') return deleted;
  }
}

function* waitUntilDeleted(
  client: MemberClient,
  key: ByteString,
  startRevision: number,
): Procedure<undefined> {
  const watch = client.watch({ key, startRevision });
  try {
    for (;;) {
      const response = yield* perform(watch.next());
      if (response.kind === 'failed') return response;
      if (response.value.events.some(({ type }) => type === EVENT_TYPE.delete)) return ok(undefined);
    }
  } finally {
    watch.close();
  }
}
