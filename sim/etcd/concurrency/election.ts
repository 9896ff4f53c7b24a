/**
 * The elections that etcd's Election service runs for its callers: the first in the queue leads, and its key
 * carries its proclamation. After the Go client's concurrency.Election, including everything it leaves
 * behind.
 */
import type { ByteString } from '../byte-string.js';
import { ERRORS } from '../errors.js';
import { failed, ok, type Failure } from '../result.js';
import type {
  CampaignRequest,
  CampaignResponse,
  LeaderKey,
  LeaderRequest,
  LeaderResponse,
  ProclaimRequest,
  ProclaimResponse,
  ResignRequest,
  ResignResponse,
} from '../wire/election.js';
import type { ResponseHeader } from '../wire/header.js';
import { COMPARE_RESULT, COMPARE_TARGET, type Compare } from '../wire/kv.js';
import type { Encodable } from '../wire/message.js';
import type { MemberClient } from './member-client.js';
import { perform, type Procedure } from './procedure.js';
import { firstOf, placeOf, sessionLease, waitUntilFirst } from './turn.js';

type Header = ResponseHeader | undefined;

/** Answers when the campaign is won, with the header from its beginning. */
export function* campaign(
  client: MemberClient,
  { name, lease: given, value }: CampaignRequest,
): Procedure<Encodable<CampaignResponse>> {
  const session = yield* sessionLease(client, given);
  if (session.kind === 'failed') return session;
  const lease = session.value;
  const key = placeOf(name, lease);
  const queued = yield* perform(
    client.txn({
      compare: [madeAt(key, 0)],
      success: [{ requestPut: { key, value, lease } }],
      failure: [{ requestRange: { key } }],
    }),
  );
  if (queued.kind === 'failed') return queued;

  const { header, succeeded, responses } = queued.value;
  const own = responses[0]?.responseRange?.kvs[0];
  const rev = (succeeded ? header?.revision : own?.createRevision) ?? 0;
  const leader: LeaderKey = { name, key, rev, lease };
  if (own !== undefined && own.value !== value) {
    const proclaimed = yield* proclaimAs(client, leader, value);
    if (proclaimed.kind === 'failed') {
      // A candidate that found it was no leader has forgotten its own key, and has nothing to resign.
      if (proclaimed.error !== ERRORS.electionNotLeader) yield* resignFrom(client, leader);
      return proclaimed;
    }
  }
  const turn = yield* waitUntilFirst(client, name, rev - 1);
  if (turn.kind === 'failed') {
    // A candidate whose client has gone resigns; one that lost its watch stays in the queue.
    if (turn.error === ERRORS.contextCanceled) yield* resignFrom(client.inBackground, leader);
    return turn;
  }
  return ok({ header, leader });
}

/**
 * Gives the leader's key a new value. The lease, too, comes from the request; without one, the key gets a new
 * one.
 */
export function* proclaim(
  client: MemberClient,
  { leader, value }: ProclaimRequest,
): Procedure<Encodable<ProclaimResponse>> {
  const resumed = yield* resume(client, leader);
  if (resumed.kind === 'failed') return resumed;
  const proclaimed = yield* proclaimAs(client, resumed.value, value);
  return proclaimed.kind === 'failed' ? proclaimed : ok({ header: proclaimed.value });
}

/** Deletes the leader's key, if it still belongs to this leadership; succeeds either way. */
export function* resign(
  client: MemberClient,
  { leader }: ResignRequest,
): Procedure<Encodable<ResignResponse>> {
  const resumed = yield* resume(client, leader);
  if (resumed.kind === 'failed') return resumed;
  const resigned = yield* resignFrom(client, resumed.value);
  return resigned.kind === 'failed' ? resigned : ok({ header: resigned.value });
}

/** The current leader. */
export function* leaderOf(
  client: MemberClient,
  { name }: LeaderRequest,
): Procedure<Encodable<LeaderResponse>> {
  const found = yield* perform(client.get(firstOf(name)));
  if (found.kind === 'failed') return found;
  const { header, kvs } = found.value;
  const [kv] = kvs;
  return kv === undefined ? failed(ERRORS.electionNoLeader) : ok({ header, kv });
}

/** Resumes a leadership as the caller describes it, on a lease of its own if the caller names none. */
function* resume(client: MemberClient, leader: LeaderKey | undefined): Procedure<LeaderKey> {
  if (leader === undefined) return MISSING_LEADER;
  const session = yield* sessionLease(client, leader.lease);
  return session.kind === 'failed' ? session : ok({ ...leader, lease: session.value });
}

function* proclaimAs(
  client: MemberClient,
  { key, rev, lease }: LeaderKey,
  value: ByteString,
): Procedure<Header> {
  const put = { requestPut: { key, value, lease } };
  const proclaimed = yield* perform(client.txn({ compare: [madeAt(key, rev)], success: [put] }));
  if (proclaimed.kind === 'failed') return proclaimed;
  return proclaimed.value.succeeded ? ok(proclaimed.value.header) : failed(ERRORS.electionNotLeader);
}

function* resignFrom(client: MemberClient, { key, rev }: LeaderKey): Procedure<Header> {
  const deletion = { requestDeleteRange: { key } };
  const resigned = yield* perform(client.txn({ compare: [madeAt(key, rev)], success: [deletion] }));
  return resigned.kind === 'failed' ? resigned : ok(resigned.value.header);
}

const MISSING_LEADER: Failure = failed(ERRORS.electionMissingLeader);

function madeAt(key: ByteString, createRevision: number): Encodable<Compare> {
  return { key, target: COMPARE_TARGET.create, result: COMPARE_RESULT.equal, createRevision };
}
