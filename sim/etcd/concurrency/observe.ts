/**
 * What an observer of an election sees: the leader, each of its proclamations, then the next leader.
 * Proclamations made while the observer sees no leader are skipped, except the last. After the Go client's
 * concurrency.Election.Observe.
 */
import type { ByteString } from '../byte-string.js';
import { ok } from '../result.js';
import type { LeaderRequest, LeaderResponse } from '../wire/election.js';
import { EVENT_TYPE, type KeyValue } from '../wire/kv.js';
import type { Encodable } from '../wire/message.js';
import type { MemberClient } from './member-client.js';
import { perform, type Procedure } from './procedure.js';
import { firstOf, queueOf } from './turn.js';

/** The header is the response's own; a watch's header carries the store's revision at that time. */
export type Proclamation = Encodable<LeaderResponse> & { readonly kv: KeyValue };

/** It ends only with an error: a read fails, or the history that it needs is compacted. */
export function* observe(
  client: MemberClient,
  { name }: LeaderRequest,
  tell: (proclamation: Proclamation) => void,
): Procedure<never> {
  for (;;) {
    const leading = yield* findLeader(client, name);
    if (leading.kind === 'failed') return leading;
    const { header, kv } = leading.value;
    tell(leading.value);
    const startRevision = (header?.revision ?? 0) + 1;
    const ended = yield* follow(client, kv.key, startRevision, tell);
    if (ended.kind === 'failed') return ended;
  }
}

/** The leader, or the next candidate to campaign from now on. */
function* findLeader(client: MemberClient, name: ByteString): Procedure<Proclamation> {
  const found = yield* perform(client.get(firstOf(name)));
  if (found.kind === 'failed') return found;
  const { header, kvs } = found.value;
  const [kv] = kvs;
  if (kv !== undefined) return ok({ header, kv });

  const watch = client.watch({ ...queueOf(name), startRevision: header?.revision ?? 0 });
  try {
    for (;;) {
      const response = yield* perform(watch.next());
      if (response.kind === 'failed') return response;
      const put = response.value.events.find(({ type }) => type === EVENT_TYPE.put)?.kv;
      if (put === undefined) continue;
      // Its batch may extend past the event; later events must not be missed.
      const at = response.value.header;
      return ok({ header: at === undefined ? at : { ...at, revision: put.modRevision }, kv: put });
    }
  } finally {
    watch.close();
  }
}

/** Reports a leader's proclamations until its key is deleted. */
function* follow(
  client: MemberClient,
  key: ByteString,
  startRevision: number,
  tell: (proclamation: Proclamation) => void,
): Procedure<undefined> {
  const watch = client.watch({ key, startRevision });
  try {
    for (;;) {
      const response = yield* perform(watch.next());
      if (response.kind === 'failed') return response;
      const { header, events } = response.value;
      for (const { type, kv } of events) {
        if (type === EVENT_TYPE.delete) return ok(undefined);
        if (kv !== undefined) tell({ header, kv });
      }
    }
  } finally {
    watch.close();
  }
}
