/** The rules of every lease: over etcd's log and over the results of holders and readers. */
import type { Check, Finding } from '../../sim/check/check.js';
import { clocksGainedUs, type History, type Operation } from '../../sim/history/history.js';
import type { Moment } from '../../sim/history/moment.js';
import { KeyLives } from '../../sim/history/key-lives.js';
import { knownRevisions } from '../checks/known-revisions.js';
import { lateness } from '../../sim/check/lateness.js';
import { TTL_SECONDS } from './handle.js';

export const leaseChecks: readonly Check[] = [
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

type Judge = (history: History) => Finding | undefined;

function rule(name: string, description: string, judge: Judge): Check {
  return { name, description, check: (history) => judge(history) ?? { verdict: 'satisfied' } };
}

interface EndInput {
  readonly how: 'lost' | 'close' | 'release';
}

function lossToldInTime(history: History): Finding | undefined {
  const ends = byRound(history, 'end');
  const looks = history.operations.filter(({ name, outcome }) => name === 'look' && outcome?.kind === 'ok');
  for (const put of history.operations) {
    if (put.name !== 'put' || put.outcome?.kind !== 'ok' || put.return === undefined) continue;
    const { key, lease } = put.input as { readonly key: string; readonly lease: string };
    const told = ends.get(roundOf(put))?.invoke ?? crashAfter(history, put);
    const since = put.return.sequence;
    const seen = looks
      .filter(({ invoke, outcome }) => invoke.sequence > since && !keysOf(outcome).includes(key))
      // Of several the one that knew it first, which may have begun later than another.
      .reduce(
        (one: Operation | undefined, other) => (returnOf(one) <= returnOf(other) ? one : other),
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

function lostForAReason(history: History): Finding | undefined {
  const grants = byRound(history, 'grant');
  for (const end of history.operations) {
    if (end.name !== 'end' || (end.input as unknown as EndInput).how !== 'lost') continue;
    const { lease } = end.input as { readonly lease: string };
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
function livesItsTtl(history: History): Finding | undefined {
  const ends = byRound(history, 'end');
  const grants = byRound(history, 'grant');
  const looks = history.operations.filter(({ name, outcome }) => name === 'look' && outcome?.kind === 'ok');
  for (const put of history.operations) {
    if (put.name !== 'put' || put.outcome?.kind !== 'ok' || put.return === undefined) continue;
    const { key, lease } = put.input as { readonly key: string; readonly lease: string };
    const grant = grants.get(roundOf(put));
    const end = ends.get(roundOf(put));
    if (grant === undefined || (history.revocations ?? []).includes(lease)) continue;
    const isClosed = end !== undefined && (end.input as unknown as EndInput).how !== 'release';
    const untilSequence = isClosed ? end.invoke.sequence : Infinity;
    const untilUs = grant.invoke.timeUs + TTL_SECONDS * 1_000_000;
    const since = put.return.sequence;
    const seen = looks.find(
      ({ invoke, return: told, outcome }) =>
        invoke.sequence > since &&
        told !== undefined &&
        told.sequence < untilSequence &&
        told.timeUs < untilUs &&
        !keysOf(outcome).includes(key),
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

function toldOnce({ operations }: History): Finding | undefined {
  for (const { id, name, outcome } of operations) {
    if (name !== 'end' || outcome?.kind !== 'ok') continue;
    const { tellings } = outcome.output as { readonly tellings: number };
    if (tellings > 1) return violated(`${id}: the loss was reported ${tellings} times`, [id]);
  }
  return undefined;
}

function written({ log, operations }: History): Finding | undefined {
  const keys = new Map<string, readonly string[]>();
  for (const { type, key, value } of log.flatMap(({ events }) => events)) {
    if (type === 'put') keys.set(value, [...(keys.get(value) ?? []), key]);
  }
  for (const { id, name, input, outcome } of operations) {
    if (name !== 'put') continue;
    const { key } = input as { readonly key: string };
    if (outcome?.kind === 'ok' && keys.get(id)?.includes(key) !== true) {
      return violated(`${id} was reported ok, but is not in the log`, [id]);
    }
    if (outcome?.kind === 'failed' && keys.has(id)) {
      return violated(`${id} was reported failed (${outcome.error.message}), but is in the log`, [id]);
    }
  }
  return undefined;
}

function closedIsGone(history: History): Finding | undefined {
  const known = knownRevisions(history);
  const lives = new KeyLives(history.log);
  const ends = byRound(history, 'end');
  for (const put of history.operations) {
    const end = ends.get(roundOf(put));
    // Nothing is left of unreported writes either: a write after the lease has ended is refused.
    if (put.name !== 'put' || end?.outcome?.kind !== 'ok') continue;
    if ((end.input as unknown as EndInput).how !== 'close') continue;
    const { key } = put.input as { readonly key: string };
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
function crashAfter({ crashes = [] }: History, { node, invoke }: Operation): Moment | undefined {
  return crashes.find((crash) => crash.node === node && crash.at.sequence > invoke.sequence)?.at;
}

function byRound({ operations }: History, name: string): ReadonlyMap<string, Operation> {
  return new Map(
    operations
      .filter((operation) => operation.name === name)
      .map((operation) => [roundOf(operation), operation]),
  );
}

/** `h1-3.grant`, `h1-3.put1` and `h1-3.end` belong to one round. */
function roundOf({ id }: Operation): string {
  return id.slice(0, id.lastIndexOf('.'));
}

function returnOf(operation: Operation | undefined): number {
  return operation?.return?.sequence ?? Infinity;
}

function keysOf(outcome: Operation['outcome']): readonly string[] {
  return outcome?.kind === 'ok' ? (outcome.output as { readonly keys: readonly string[] }).keys : [];
}

function violated(message: string, operations: readonly string[]): Finding {
  return { verdict: 'violated', message, operations, revisions: [] };
}
