/** The rules of every lease: over etcd's log and over the results of holders and readers. */
import type { Check, Finding } from '../../sim/check/check.js';
import { clocksGainedUs } from '../../sim/history/history.js';
import { operationsNamed } from '../../sim/history/operations.js';
import type { Moment } from '../../sim/history/moment.js';
import { KeyLives } from '../../sim/history/key-lives.js';
import { knownRevisions } from '../checks/known-revisions.js';
import { lateness } from '../../sim/check/lateness.js';
import { TTL_SECONDS } from './handle.js';
import type { LeaseHistory, PerformedOperation } from './plan.js';

export const leaseChecks: readonly Check<LeaseHistory>[] = [
  rule(
    'loss-told-in-time',
    `A holder learns that its lease is lost before any node sees its keys gone, or within ${TTL_SECONDS} s of its own clock if another client revoked it.`,
    lossToldInTime,
  ),
  rule(
    'lost-for-a-reason',
    `A lease younger than ${TTL_SECONDS} s is not reported lost unless it was revoked.`,
    lostForAReason,
  ),
  rule(
    'lives-its-ttl',
    `The keys of a lease stay for ${TTL_SECONDS} s unless it is closed or revoked.`,
    livesItsTtl,
  ),
  rule('told-once', 'A lost lease is reported once.', toldOnce),
  rule('written', 'An ok write is in the log, a failed one is not.', written),
  rule('closed-is-gone', 'A closed lease leaves no keys.', closedIsGone),
];

type Judge = (history: LeaseHistory) => Finding | undefined;

function rule(name: string, description: string, judge: Judge): Check<LeaseHistory> {
  return { name, description, check: (history) => judge(history) ?? { verdict: 'satisfied' } };
}

function lossToldInTime(history: LeaseHistory): Finding | undefined {
  const ends = byRound(operationsNamed(history, 'end'));
  const looks = history.operations.filter(({ name, outcome }) => name === 'look' && outcome?.kind === 'ok');
  for (const put of history.operations) {
    if (put.name !== 'put' || put.outcome?.kind !== 'ok' || put.return === undefined) continue;
    const { key, lease } = put.input;
    const told = ends.get(roundOf(put))?.invoke ?? crashAfter(history, put);
    const since = put.return.sequence;
    const seen = looks
      .filter((look) => look.invoke.sequence > since && !keysOf(look).includes(key))
      // Of several the one that knew it first, which may have begun later than another.
      .reduce(
        (one: PerformedOperation | undefined, other) => (returnOf(one) <= returnOf(other) ? one : other),
        undefined,
      );
    if (seen?.return === undefined || seen.return.sequence > (told?.sequence ?? Infinity)) continue;
    const isRevoked = (history.revocations ?? []).includes(lease);
    const late = lateness(history, {
      node: put.node,
      fromUs: seen.return.timeUs,
      toldUs: told?.timeUs ?? Infinity,
      withinSeconds: isRevoked ? TTL_SECONDS : 0,
    });
    if (late === undefined) continue;
    return violated(
      `${put.id} was still believed to be there when ${seen.id} saw that it was gone, ${late}`,
      [put.id, seen.id],
    );
  }
  return undefined;
}

/** Timers count in whole milliseconds. */
const ROUNDING_MS = 5;

function lostForAReason(history: LeaseHistory): Finding | undefined {
  const grants = byRound(operationsNamed(history, 'grant'));
  for (const end of history.operations) {
    if (end.name !== 'end' || end.input.how !== 'lost') continue;
    const { lease } = end.input;
    const grant = grants.get(roundOf(end));
    if (grant === undefined || (history.revocations ?? []).includes(lease)) continue;
    const span = { fromUs: grant.invoke.timeUs, untilUs: end.invoke.timeUs };
    // By the node's own clock.
    const ownUs = span.untilUs - span.fromUs + Math.max(0, clocksGainedUs(history, end.node, span));
    const ageMs = Math.round(ownUs / 1000);
    if (ageMs >= TTL_SECONDS * 1000 - ROUNDING_MS) continue;
    return violated(
      `the lease of ${grant.id} was reported lost when it was ${ageMs} ms old, although nobody had revoked it`,
      [grant.id, end.id],
    );
  }
  return undefined;
}

/** By etcd's time, independent of the holder's information and belief. */
function livesItsTtl(history: LeaseHistory): Finding | undefined {
  const ends = byRound(operationsNamed(history, 'end'));
  const grants = byRound(operationsNamed(history, 'grant'));
  const looks = history.operations.filter(({ name, outcome }) => name === 'look' && outcome?.kind === 'ok');
  for (const put of history.operations) {
    if (put.name !== 'put' || put.outcome?.kind !== 'ok' || put.return === undefined) continue;
    const { key, lease } = put.input;
    const grant = grants.get(roundOf(put));
    const end = ends.get(roundOf(put));
    if (grant === undefined || (history.revocations ?? []).includes(lease)) continue;
    const isClosed = end !== undefined && end.input.how !== 'release';
    const untilSequence = isClosed ? end.invoke.sequence : Infinity;
    const untilUs = grant.invoke.timeUs + TTL_SECONDS * 1_000_000;
    const since = put.return.sequence;
    const seen = looks.find(
      (look) =>
        look.invoke.sequence > since &&
        look.return !== undefined &&
        look.return.sequence < untilSequence &&
        look.return.timeUs < untilUs &&
        !keysOf(look).includes(key),
    );
    if (seen === undefined || seen.return === undefined) continue;
    const ageMs = Math.round((seen.return.timeUs - grant.invoke.timeUs) / 1000);
    return violated(`${seen.id} saw that ${put.id} was gone when its lease was ${ageMs} ms old`, [
      grant.id,
      put.id,
      seen.id,
    ]);
  }
  return undefined;
}

function toldOnce({ operations }: LeaseHistory): Finding | undefined {
  for (const { id, name, outcome } of operations) {
    if (name !== 'end' || outcome?.kind !== 'ok') continue;
    const { tellings } = outcome.output;
    if (tellings > 1) return violated(`${id}: the loss was reported ${tellings} times`, [id]);
  }
  return undefined;
}

function written({ log, operations }: LeaseHistory): Finding | undefined {
  const keys = new Map<string, readonly string[]>();
  for (const { type, key, value } of log.flatMap(({ events }) => events)) {
    if (type === 'put') keys.set(value, [...(keys.get(value) ?? []), key]);
  }
  for (const { id, name, input, outcome } of operations) {
    if (name !== 'put') continue;
    const { key } = input;
    if (outcome?.kind === 'ok' && keys.get(id)?.includes(key) !== true) {
      return violated(`${id} was reported ok, but is not in the log`, [id]);
    }
    if (outcome?.kind === 'failed' && keys.has(id)) {
      return violated(`${id} was reported failed (${outcome.error.message}), but is in the log`, [id]);
    }
  }
  return undefined;
}

function closedIsGone(history: LeaseHistory): Finding | undefined {
  const known = knownRevisions(history);
  const lives = new KeyLives(history.log);
  const ends = byRound(operationsNamed(history, 'end'));
  for (const put of history.operations) {
    const end = ends.get(roundOf(put));
    // Nothing is left of unreported writes either: a write after the lease has ended is refused.
    if (put.name !== 'put' || end?.outcome?.kind !== 'ok') continue;
    if (end.input.how !== 'close') continue;
    const { key } = put.input;
    const { high } = known.during(end);
    if (!lives.isThere(key, high)) continue;
    const when = high === Infinity ? 'for ever' : `at revision ${high}`;
    return violated(`${key} was still there ${when}, although ${end.id} had closed its lease`, [
      put.id,
      end.id,
    ]);
  }
  return undefined;
}

/** When the node next crashed after the operation and lost its beliefs; undefined if it did not. */
function crashAfter(
  { crashes = [] }: LeaseHistory,
  { node, invoke }: PerformedOperation,
): Moment | undefined {
  return crashes.find((crash) => crash.node === node && crash.at.sequence > invoke.sequence)?.at;
}

function byRound<One extends { readonly id: string }>(operations: readonly One[]): ReadonlyMap<string, One> {
  return new Map(operations.map((operation) => [roundOf(operation), operation]));
}

/** `h1-3.grant`, `h1-3.put1` and `h1-3.end` belong to one round. */
function roundOf({ id }: { readonly id: string }): string {
  return id.slice(0, id.lastIndexOf('.'));
}

function returnOf(operation: PerformedOperation | undefined): number {
  return operation?.return?.sequence ?? Infinity;
}

function keysOf({ name, outcome }: PerformedOperation): readonly string[] {
  return name === 'look' && outcome?.kind === 'ok' ? outcome.output.keys : [];
}

function violated(message: string, operations: readonly string[]): Finding {
  return { verdict: 'violated', message, operations, revisions: [] };
}
