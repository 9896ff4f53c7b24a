/**
 * A lease that is left to expire on one side: granted, given keys, perhaps renewed, and awaited. Invariant:
 * it is judged early, in time or late only by the side's own clock, not by the other side's speed.
 */
import { DELETE_RANGE_REQUEST, PUT_REQUEST, RANGE_REQUEST } from '../etcd/wire/kv.js';
import {
  LEASE_GRANT_REQUEST,
  LEASE_GRANT_RESPONSE,
  LEASE_KEEP_ALIVE_REQUEST,
  LEASE_TIME_TO_LIVE_REQUEST,
  LEASE_TIME_TO_LIVE_RESPONSE,
} from '../etcd/wire/lease.js';
import type { Encodable, MessageType } from '../etcd/wire/message.js';
import { pathOf, type Command } from './command.js';
import type { Outcome, Side } from './side.js';

/** The course of one side, in order. */
export interface Expiry {
  readonly lease: bigint;
  readonly outcomes: readonly { readonly method: string; readonly outcome: Outcome }[];
  readonly when: 'early' | 'in time' | 'late';
}

/** The shortest granted TTL is two seconds. */
const MIN_TTL_SECONDS = 2;
/** The leader looks for expired leases twice a second. */
const LOOK_MS = 500;
/** A busy machine looks later, perhaps much later; this limit finds an etcd that never looks. */
const LATE_MS = 30_000;
const POLL_MS = 20;

export async function letExpire(side: Side, command: Command & { kind: 'expire' }): Promise<Expiry> {
  const outcomes: { readonly method: string; readonly outcome: Outcome }[] = [];
  const call = async <Q>(method: string, type: MessageType<Q>, request: Encodable<Q>): Promise<Outcome> => {
    const outcome = await side.call(command.client, pathOf(method), type.encode(request));
    outcomes.push({ method, outcome });
    return outcome;
  };
  // The lease begins to live between the request and the answer.
  let askedMs = side.nowMs();
  const { messages } = await call('Lease/LeaseGrant', LEASE_GRANT_REQUEST, { TTL: command.TTL });
  let bornMs = side.nowMs();
  const lease = messages[0] === undefined ? 0n : LEASE_GRANT_RESPONSE.decode(messages[0]).ID;
  for (const key of command.keys) await call('KV/Put', PUT_REQUEST, { key, lease });
  const [first] = command.keys;
  if (command.detached && first !== undefined) await call('KV/Put', PUT_REQUEST, { key: first });
  const ttlMs = Math.max(command.TTL, MIN_TTL_SECONDS) * 1000;
  if (command.renewed) {
    await side.pass(ttlMs / 2);
    askedMs = side.nowMs();
    outcomes.push({ method: 'Lease/LeaseKeepAlive', outcome: await keepAlive(side, command.client, lease) });
    bornMs = side.nowMs();
  }
  const endedMs = await untilGone(side, lease, bornMs + ttlMs + LOOK_MS + LATE_MS);
  await call('Lease/LeaseTimeToLive', LEASE_TIME_TO_LIVE_REQUEST, { ID: lease, keys: true });
  outcomes.push({ method: 'Lease/LeaseKeepAlive', outcome: await keepAlive(side, command.client, lease) });
  await call('KV/Range', RANGE_REQUEST, { key: '\0', rangeEnd: '\0', keysOnly: true });
  for (const key of command.keys) await call('KV/DeleteRange', DELETE_RANGE_REQUEST, { key, prevKv: true });
  return {
    lease,
    outcomes,
    when: endedMs === undefined ? 'late' : endedMs < askedMs + ttlMs ? 'early' : 'in time',
  };
}

/** When the lease was first seen to be gone; undefined if it still existed at the end. */
async function untilGone(side: Side, ID: bigint, untilMs: number): Promise<number | undefined> {
  const request = LEASE_TIME_TO_LIVE_REQUEST.encode({ ID });
  for (;;) {
    const { messages } = await side.call(0, pathOf('Lease/LeaseTimeToLive'), request);
    const nowMs = side.nowMs();
    if (messages[0] !== undefined && LEASE_TIME_TO_LIVE_RESPONSE.decode(messages[0]).TTL === -1) return nowMs;
    if (nowMs > untilMs) return undefined;
    await side.pass(POLL_MS);
  }
}

async function keepAlive(side: Side, client: number, ID: bigint): Promise<Outcome> {
  const stream = side.open(client, pathOf('Lease/LeaseKeepAlive'));
  stream.send(LEASE_KEEP_ALIVE_REQUEST.encode({ ID }));
  await stream.until(() => stream.received.length > 0 || stream.status !== undefined);
  const outcome = { messages: [...stream.received], status: stream.status ?? { code: 0, details: '' } };
  stream.cancel();
  return outcome;
}
