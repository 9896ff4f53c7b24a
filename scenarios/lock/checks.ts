/** The rules of every lock: over etcd's log and over its users' results. */
import type { Check, Finding } from '../../sim/check/check.js';
import { staleWriteOf, type GuardedWrite } from '../../sim/check/fencing.js';
import { KeyLives } from '../../sim/history/key-lives.js';
import { lateLossOf, type Belief } from '../../sim/check/late-losses.js';
import { SESSION_TTL_SECONDS } from './handle.js';
import type { LockHistory, PerformedOperation } from './plan.js';
import { GUARDED } from './work.js';

/** A lock that a user got, and when the user believed that it held it. */
interface Grant extends Belief {
  readonly key: string;
  readonly token: number;
  /** Whether its user released it without hearing that it was lost. */
  readonly letGo: boolean;
}

export const lockChecks: readonly Check<LockHistory>[] = [
  rule(
    'mutual-exclusion',
    'A node that gets a lock has its key, and no node that it excludes holds the lock at that revision.',
    mutualExclusion,
  ),
  rule(
    'loss-told-in-time',
    `A node that loses a lock learns it before another gets it, or within ${SESSION_TTL_SECONDS} s of its own clock if an operator ended its lease.`,
    lossToldInTime,
  ),
  rule(
    'fencing',
    'Guarded writes carry fencing tokens that never decrease, and every accepted write is in the log.',
    fencing,
  ),
  rule('let-go', 'At the end no key of a released lock is left.', letGo),
];

type Judge = (history: LockHistory, grants: readonly Grant[]) => Finding | undefined;

function rule(name: string, description: string, judge: Judge): Check<LockHistory> {
  return {
    name,
    description,
    check(history) {
      return judge(history, grantsOf(history)) ?? { verdict: 'satisfied' };
    },
  };
}

function mutualExclusion({ log }: LockHistory, grants: readonly Grant[]): Finding | undefined {
  const lives = new KeyLives(log);
  const byLock = new Map<string, Grant[]>();
  for (const grant of [...grants].sort((left, right) => left.granted - right.granted)) {
    if (!lives.exists(grant.key, grant.token, grant.granted)) {
      return violated(
        `${grant.id} got the lock, but its key ${grant.key} was not there at revision ${grant.granted}`,
        [grant],
      );
    }
    const others = (byLock.get(grant.lock) ?? []).filter(({ key, token }) =>
      lives.exists(key, token, grant.granted),
    );
    const other = others.find(
      ({ mode, end }) => end > grant.start && (mode === 'write' || grant.mode === 'write'),
    );
    if (other !== undefined) {
      return violated(`${grant.id} got ${grant.lock} at revision ${grant.granted} while ${other.id} had it`, [
        other,
        grant,
      ]);
    }
    byLock.set(grant.lock, [...others, grant]);
  }
  return undefined;
}

function lossToldInTime(history: LockHistory, grants: readonly Grant[]): Finding | undefined {
  const found = lateLossOf(history, grants, SESSION_TTL_SECONDS);
  if (found === undefined) return undefined;
  const { loser, other, late } = found;
  return {
    verdict: 'violated',
    message: `${loser.id} still had ${loser.lock} when ${other.id} got it, ${late}`,
    operations: [loser.id, other.id],
    revisions: [loser.granted, other.granted],
  };
}

function fencing({ log, operations }: LockHistory): Finding | undefined {
  const writes = log.flatMap(({ revision, events }) =>
    events
      .filter(({ type, key }) => type === 'put' && key.startsWith(GUARDED))
      .map(({ key, value }) => ({ place: key, token: Number(value), revision })),
  );
  const found = staleWriteOf(writes);
  if (found !== undefined) {
    const { newer, stale } = found;
    const tokens = [newer.token, stale.token];
    const writers = operations.filter(({ name, input }) => name === 'write' && tokens.includes(input.token));
    return {
      verdict: 'violated',
      message: `revision ${stale.revision} wrote ${stale.place} with token ${stale.token}, after token ${newer.token} at revision ${newer.revision}`,
      operations: writers.map(({ id }) => id),
      revisions: [newer.revision, stale.revision],
    };
  }
  return acceptedWritten(operations, writes);
}

/** A write reported as accepted is in the log, with the reported revision and token. */
function acceptedWritten(
  operations: readonly PerformedOperation[],
  writes: readonly GuardedWrite[],
): Finding | undefined {
  const byRevision = new Map(writes.map((write) => [write.revision, write]));
  for (const { id, name, input, outcome } of operations) {
    if (name !== 'write' || outcome?.kind !== 'ok' || outcome.revision === undefined) continue;
    const { lock, token } = input;
    const write = byRevision.get(outcome.revision);
    if (write?.token === token && write.place === GUARDED + lock) continue;
    return {
      verdict: 'violated',
      message: `${id} was accepted at revision ${outcome.revision}, but the log has no write with token ${token} there`,
      operations: [id],
      revisions: [outcome.revision],
    };
  }
  return undefined;
}

/** The lease of a lost session may outlive the run. */
function letGo({ log }: LockHistory, grants: readonly Grant[]): Finding | undefined {
  const lives = new KeyLives(log);
  const left = grants.find(({ key, token, letGo: own }) => own && lives.exists(key, token, Infinity));
  return left === undefined ? undefined : violated(`the key ${left.key} of ${left.id} is left`, [left]);
}

function violated(message: string, grants: readonly Grant[]): Finding {
  return {
    verdict: 'violated',
    message,
    operations: grants.map(({ id }) => id),
    revisions: grants.map(({ token }) => token),
  };
}

function grantsOf({ operations }: LockHistory): Grant[] {
  const unlocks = new Map(
    operations.filter(({ name }) => name === 'unlock').map((operation) => [roundOfId(operation), operation]),
  );
  return operations.flatMap((operation) => {
    const { id, node, name, outcome, input } = operation;
    if (name !== 'lock' || outcome?.kind !== 'ok' || outcome.output === null) return [];
    const { lock, mode } = input;
    const { key, token, granted } = outcome.output;
    const unlock = unlocks.get(roundOfId(operation));
    return [
      {
        ...{ id, node, lock, mode, key, token, granted },
        start: operation.return?.sequence ?? Infinity,
        startUs: operation.return?.timeUs ?? Infinity,
        end: unlock?.invoke.sequence ?? Infinity,
        endUs: unlock?.invoke.timeUs ?? Infinity,
        letGo: unlock !== undefined && isOver(unlock),
      },
    ];
  });
}

/** Whether it has certainly left nothing: its session was not lost, before it or during it. */
function isOver({ name, input, outcome }: PerformedOperation): boolean {
  return name === 'unlock' && outcome?.kind === 'ok' && !input.lost && outcome.output.gone;
}

/** `u1-3.lock` and `u1-3.unlock` belong to one round. */
function roundOfId({ id }: PerformedOperation): string {
  return id.slice(0, id.lastIndexOf('.'));
}
