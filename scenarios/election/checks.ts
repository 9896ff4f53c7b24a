/** The rules of every election: over etcd's log and over the results of candidates and observers. */
import type { Check, Finding } from '../../sim/check/check.js';
import { KeyLives } from '../../sim/history/key-lives.js';
import { knownRevisions, type RevisionSpan } from '../checks/known-revisions.js';
import { lateLossOf, type Belief } from '../../sim/check/late-losses.js';
import { leaderAt, readElectionLog, type ElectionLog, type Reign } from './election-log.js';
import { SESSION_TTL_SECONDS } from './handle.js';
import type { ElectionHistory, GrantOutput, PerformedOperation } from './plan.js';

/** The rules for elections of these names. */
export function electionChecks(names: readonly string[]): readonly Check<ElectionHistory>[] {
  const rule = (name: string, description: string, judge: Judge): Check<ElectionHistory> => ({
    name,
    description,
    check(history) {
      return judge(history, readElectionLog(history, names)) ?? { verdict: 'satisfied' };
    },
  });
  return [
    rule(
      'one-leader',
      'A node is elected only with the oldest candidacy at that revision, and only one node is elected with it.',
      oneLeader,
    ),
    rule(
      'loss-told-in-time',
      `A deposed leader learns it before another node leads, or within ${SESSION_TTL_SECONDS} s of its own clock if an operator ended its lease.`,
      lossToldInTime,
    ),
    rule(
      'proclaimed-once',
      'An ok proclamation was written once, by the leader, at the reported revision; a failed one never was.',
      proclaimedOnce,
    ),
    rule(
      'told-the-truth',
      'A query for the leader returns a node that led between the question and the answer.',
      toldTheTruth,
    ),
    rule(
      'observed-in-order',
      'An observer sees every leader and every value, in log order, starting with the leader at its start or a later one.',
      observedInOrder,
    ),
    rule('let-go', 'When resign() returns ok, the candidacy is gone.', letGo),
  ];
}

type Judge = (history: ElectionHistory, log: ElectionLog) => Finding | undefined;

function oneLeader(history: ElectionHistory, { reigns }: ElectionLog): Finding | undefined {
  const known = knownRevisions(history);
  const given = new Map<string, string>();
  for (const operation of history.operations) {
    const grant = grantOf(operation);
    if (grant === undefined) continue;
    const { election, key, token, elected } = grant;
    const candidacy = `${key} of revision ${token}`;
    const other = given.get(candidacy);
    if (other !== undefined) {
      return violated(
        `${other} and ${operation.id} were both elected in ${election}, with ${candidacy}`,
        [other, operation.id],
        [token],
      );
    }
    given.set(candidacy, operation.id);
    // If it does not report its election's revision, any revision counts that its caller may know by then.
    const span = elected === null ? known.during(operation) : { low: elected, high: elected };
    const leaders = during(reigns.get(election) ?? [NOBODY], span).map(({ leader }) => leader);
    if (leaders.some((leader) => leader?.key === key && leader.token === token)) continue;
    const [leader] = leaders;
    const instead = leader === undefined ? 'nobody led' : `${leader.value} led`;
    return violated(
      `${operation.id} was elected in ${election} ${spanText(span)}, but ${instead}`,
      [operation.id, ...(leader === undefined ? [] : [leader.value])],
      [token, ...(elected === null ? [] : [elected])],
    );
  }
  return undefined;
}

function lossToldInTime(history: ElectionHistory): Finding | undefined {
  const resignations = new Map(
    history.operations
      .filter(({ name }) => name === 'resign')
      .map((operation) => [roundOf(operation), operation] as const)
      // The first of several: from then on it no longer believes that it leads.
      .reverse(),
  );
  const reigns = history.operations.flatMap((operation): Belief[] => {
    const grant = grantOf(operation);
    if (grant === undefined) return [];
    const end = resignations.get(roundOf(operation));
    return [
      {
        ...{
          id: operation.id,
          node: operation.node,
          lock: grant.election,
          mode: 'write',
          granted: grant.token,
        },
        start: operation.return?.sequence ?? Infinity,
        startUs: operation.return?.timeUs ?? Infinity,
        end: end?.invoke.sequence ?? Infinity,
        endUs: end?.invoke.timeUs ?? Infinity,
      },
    ];
  });
  const found = lateLossOf(history, reigns, SESSION_TTL_SECONDS);
  if (found === undefined) return undefined;
  const { loser, other, late } = found;
  return violated(
    `${loser.id} still led ${loser.lock} when ${other.id} began to, ${late}`,
    [loser.id, other.id],
    [loser.granted, other.granted],
  );
}

function proclaimedOnce(
  { operations }: ElectionHistory,
  { reigns, written }: ElectionLog,
): Finding | undefined {
  for (const { id, name, input, outcome } of operations) {
    if (name !== 'proclaim') continue;
    const { election, token } = input;
    const puts = written.filter(({ value }) => value === id);
    const revisions = puts.map(({ revision }) => revision);
    const [put, ...others] = puts;
    const problem = (text: string) => violated(`${id} ${text}`, [id], revisions);
    if (others.length > 0) return problem(`was written ${puts.length} times`);
    if (put !== undefined && (put.election !== election || put.token !== token)) {
      return problem(`was written to ${put.key}, which is not its candidacy`);
    }
    if (put !== undefined && leaderAt(reigns.get(election) ?? [], put.revision)?.value !== id) {
      return problem(`was written at revision ${put.revision}, when another node led`);
    }
    if (outcome?.kind === 'failed' && put !== undefined) {
      return problem(`was reported failed (${outcome.error.message}), but is in the log`);
    }
    if (outcome?.kind !== 'ok') continue;
    if (put === undefined) return problem('was reported ok, but is not in the log');
    if (outcome.revision !== undefined && outcome.revision !== put.revision) {
      return problem(`was reported ok at revision ${outcome.revision}, but is in the log at ${put.revision}`);
    }
  }
  return undefined;
}

function toldTheTruth(history: ElectionHistory, { reigns }: ElectionLog): Finding | undefined {
  const known = knownRevisions(history);
  for (const operation of history.operations) {
    if (operation.name !== 'leader' || operation.outcome?.kind !== 'ok') continue;
    const { id, outcome } = operation;
    const { value } = outcome.output;
    const { election } = operation.input;
    const span = known.during(operation);
    const leaders = during(reigns.get(election) ?? [NOBODY], span);
    if (leaders.some(({ leader }) => (leader?.value ?? null) === value)) continue;
    return violated(
      `${id} saw ${value ?? 'nobody'} lead ${election}, which was not true ${spanText(span)}`,
      [id, ...(value === null ? [] : [value])],
      leaders.map(({ fromRevision }) => fromRevision),
    );
  }
  return undefined;
}

function observedInOrder(history: ElectionHistory, { reigns }: ElectionLog): Finding | undefined {
  const known = knownRevisions(history);
  const lastCompacted = Math.max(0, ...(history.compactions ?? []));
  for (const operation of history.operations) {
    if (operation.name !== 'observe' || operation.outcome?.kind !== 'ok') continue;
    const { id, outcome } = operation;
    const { told } = outcome.output;
    const { election } = operation.input;
    const span = known.during(operation);
    const all = during(reigns.get(election) ?? [NOBODY], span).filter(({ leader }) => leader !== undefined);
    let next = 0;
    for (const [index, value] of told.entries()) {
      const place = all.findIndex(({ leader }, at) => at >= next && leader?.value === value);
      const before = told[index - 1];
      if (place === -1) {
        const after = before === undefined ? spanText(span) : `after ${before}`;
        return violated(
          `${id} saw ${value} lead ${election}, which did not lead ${after}`,
          [id, value, ...(before === undefined ? [] : [before])],
          [],
        );
      }
      const missed = all[next];
      // If later events were compacted before an observer read them, it continues with the present.
      const isForgotten = (all[next - 1]?.fromRevision ?? 0) <= lastCompacted;
      if (index > 0 && place > next && missed !== undefined && !isForgotten) {
        return violated(
          `${id} saw ${before} and then ${value}, but not ${missed.leader?.value} at revision ${missed.fromRevision}`,
          [id, value, ...(before === undefined ? [] : [before])],
          [missed.fromRevision],
        );
      }
      next = place + 1;
    }
  }
  return undefined;
}

/** The lease of a session that is lost, before or while it resigns, may outlive the run. */
function letGo(history: ElectionHistory): Finding | undefined {
  const known = knownRevisions(history);
  const lives = new KeyLives(history.log);
  const { operations } = history;
  const campaigns = new Map(
    operations.flatMap((operation) => {
      const grant = grantOf(operation);
      return grant === undefined ? [] : [[roundOf(operation), grant] as const];
    }),
  );
  for (const operation of operations) {
    const grant = campaigns.get(roundOf(operation));
    if (!isOver(operation) || grant === undefined) continue;
    const { high } = known.during(operation);
    if (!lives.exists(grant.key, grant.token, high)) continue;
    const when = high === Infinity ? 'for ever' : `at revision ${high}`;
    return violated(
      `the candidacy ${grant.key} was still there ${when}, although ${operation.id} had resigned`,
      [operation.id],
      [grant.token],
    );
  }
  return undefined;
}

/** Whether it has certainly left nothing: its session was not lost, before it or during it. */
function isOver({ name, input, outcome }: PerformedOperation): boolean {
  return name === 'resign' && outcome?.kind === 'ok' && !input.lost && outcome.output.gone;
}

const NOBODY: Reign = { fromRevision: 0, leader: undefined };

/** Every reign that overlaps the span. */
function during(reigns: readonly Reign[], { low, high }: RevisionSpan): readonly Reign[] {
  return reigns.filter(
    ({ fromRevision }, index) => fromRevision <= high && (reigns[index + 1]?.fromRevision ?? Infinity) > low,
  );
}

function spanText({ low, high }: RevisionSpan): string {
  if (low === high) return `at revision ${low}`;
  return high === Infinity ? `from revision ${low} on` : `from revision ${low} to ${high}`;
}

interface Grant extends GrantOutput {
  readonly election: string;
}

function grantOf({ name, input, outcome }: PerformedOperation): Grant | undefined {
  if (name !== 'campaign' || outcome?.kind !== 'ok') return undefined;
  return { election: input.election, ...outcome.output };
}

/** `c1-3.campaign` and `c1-3.resign1` belong to one round. */
function roundOf({ id }: Pick<PerformedOperation, 'id'>): string {
  return id.slice(0, id.lastIndexOf('.'));
}

function violated(message: string, operations: readonly string[], revisions: readonly number[]): Finding {
  return { verdict: 'violated', message, operations, revisions };
}
