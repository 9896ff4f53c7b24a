/**
 * One node's work: leases, or readings, one after the other. Invariant: between the return of a `put` and the
 * invocation of the `end` of its lease the node believes that it holds the key. As soon as it learns that the
 * lease is lost, it invokes `end`. Every value is the id of the operation that writes it.
 */
import type { Namespace } from 'etcd3';
import { clientWithoutResends } from '../specimens/client-without-resends.js';
import { pause } from '../timing.js';
import type { HeldLease, Leases, OpenLeases } from './handle.js';
import type { LeaseContext, LeaseOperation, RoundInput } from './plan.js';

/** The place of every held key. */
const HELD = 'held/';

const REQUEST_MAX_MS = 1500;
const LOOK_AGAIN_AFTER_MS = 250;

export async function workOnLeases(
  context: LeaseContext,
  openLeases: OpenLeases,
  operations: readonly LeaseOperation[],
): Promise<void> {
  const leases = openLeases(context);
  // Each reading is independent: no circuit breaker stands between it and etcd.
  const looker = clientWithoutResends(context);
  const place = looker.namespace(context.prefix);
  for (const planned of operations) {
    if (planned.name === 'look') {
      await pause(planned.input?.afterMs ?? 0);
      await look(context, place, planned.id);
    } else {
      await hold({ context, leases, place }, planned);
    }
  }
  leases.end();
  looker.close();
}

interface Holder {
  readonly context: LeaseContext;
  readonly leases: Leases;
  /** The client for its own readings. */
  readonly place: Namespace;
}

async function hold(
  { context, leases, place }: Holder,
  planned: { readonly id: string; readonly input: RoundInput },
): Promise<void> {
  const round = planned.input;
  await pause(round.afterMs);
  let lease: HeldLease | undefined;
  const grant = async () => {
    lease = await leases.grant();
    return { output: { lease: lease.id } };
  };
  const operation = { id: `${planned.id}.grant`, name: 'grant', input: null } as const;
  await context.perform(operation, grant, { isOneCall: true });
  if (lease === undefined) return;
  const held = { context, id: planned.id, lease };
  const puts = round.putsAtMs.map((atMs, place) => put(held, place + 1, atMs));
  await Promise.race([pause(round.holdMs), lostOf(lease)]);
  const { how, gone } = await end(held, round.end);
  await Promise.all(puts);
  if (how === 'release' && !gone) await awaitEnd(held, place);
}

interface Held {
  readonly context: LeaseContext;
  readonly id: string;
  readonly lease: HeldLease;
}

async function put({ context, id, lease }: Held, place: number, atMs: number): Promise<void> {
  await pause(atMs);
  if (lease.lost.aborted) return;
  const value = `${id}.put${place}`;
  const key = `${HELD}${context.node}/${id}/${place}`;
  const operation = { id: value, name: 'put', input: { lease: lease.id, key } } as const;
  const putOnce = async () => {
    const { revision } = await lease.put(key, value, deadline());
    return { output: null, revision };
  };
  await context.perform(operation, putOnce, { isOneCall: true });
}

const LOST_TWICE_WITHIN_MS = 200;

async function end({ context, id, lease }: Held, planned: RoundInput['end']) {
  const isLost = lease.lost.aborted;
  const how = isLost ? 'lost' : planned === 'release' && lease.release !== undefined ? 'release' : 'close';
  let gone = false;
  await context.perform({ id: `${id}.end`, name: 'end', input: { lease: lease.id, how } }, async () => {
    if (how === 'release') lease.release?.();
    if (how === 'close') await lease.close();
    if (how === 'lost') await pause(LOST_TWICE_WITHIN_MS);
    gone = how !== 'release';
    return { output: { tellings: lease.tellings } };
  });
  return { how, gone };
}

/** Reads until nothing is left of the lease, which is no longer renewed. */
async function awaitEnd({ context, id, lease }: Held, place: Namespace): Promise<void> {
  await context.perform({ id: `${id}.gone`, name: 'gone', input: { lease: lease.id } }, async () => {
    for (;;) {
      const keys = await keysUnder(place, `${HELD}${context.node}/${id}/`).catch(() => undefined);
      if (keys?.length === 0) return { output: null };
      await pause(LOOK_AGAIN_AFTER_MS);
    }
  });
}

async function look(context: LeaseContext, place: Namespace, id: string): Promise<void> {
  await context.perform({ id, name: 'look', input: null }, async () => ({
    output: { keys: await keysUnder(place, HELD) },
  }));
}

function keysUnder(place: Namespace, under: string): Promise<readonly string[]> {
  return place.getAll().prefix(under).options({ deadline: deadline() }).keys();
}

function deadline(): number {
  // eslint-disable-next-line no-restricted-globals -- the node's own clock, which grpc-js reads, too
  return Date.now() + REQUEST_MAX_MS;
}

function lostOf({ lost }: HeldLease): Promise<void> {
  return new Promise((resolve) => {
    if (lost.aborted) resolve();
    lost.addEventListener('abort', () => resolve(), { once: true });
  });
}
