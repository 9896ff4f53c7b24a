/**
 * Where the story of a failure begins: the operations and revisions that a check names, the nodes that wait or threw, or
 * what the body of a test has looked at.
 */
import { isWithin, type Call } from '../../history/calls.js';
import { withReasonsOf } from '../../run/first-finding.js';
import type { LogEntry } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';
import { AFTERWARDS, OBSERVER } from '../../scenario/expect-nodes.js';
import { lastChanges } from './last-changes.js';
import type { Witness } from './recorded-run.js';

/** Of the keys that a test has looked at. */
const VERSIONS_MAX = 8;

/** The operations of the first violated check; if none is violated, the waiting operations and nodes. */
export function witnessOf(result: RunResult): Witness {
  const { checks, operations, problems, plan } = result;
  const violated = checks.find((check) => check.verdict === 'violated');
  if (violated?.verdict === 'violated') {
    const { operations: ids, revisions } = violated;
    const isBare = ids.length + revisions.length === 0;
    return isBare ? { operations: [], revisions: lastChanges(result) } : { operations: ids, revisions };
  }
  const [problem] = problems;
  if (problem?.kind === 'node-error') {
    const { node, timeUs: untilUs, error } = problem;
    if (node !== AFTERWARDS) return { operations: [], revisions: [], nodes: [{ node, untilUs }] };
    return {
      operations: [],
      revisions: revisionsLookedAt(result, withReasonsOf(problem), untilUs),
      ...(isRefusal(result, error.message) ? { nodes: [{ node: OBSERVER, untilUs }] } : {}),
    };
  }
  const waiting = operations.filter((operation) => operation.return === undefined);
  const busy = new Set(waiting.map(({ node }) => node));
  const stuck = problem !== undefined && 'nodes' in problem ? (problem.nodes ?? []) : [];
  const idle = plan.nodes.filter(({ name }) => stuck.includes(name) && !busy.has(name));
  return {
    operations: waiting.map(({ id }) => id),
    revisions: [],
    nodes: idle.map(({ name }) => ({ node: name, untilUs: Infinity })),
  };
}

/** Whether etcd has refused a call of the test with these words. */
function isRefusal({ calls = [] }: RunResult, message: string): boolean {
  return calls.some(({ node, error }) => node === OBSERVER && error !== undefined && message.includes(error));
}

/**
 * What a test that finds something wrong is about: the keys in its message, or else those that it read last. Their last
 * versions matter, and the last ones of other keys of the nodes that wrote them, such as a lock. Without such keys it is
 * the last version of every key.
 */
function revisionsLookedAt(result: RunResult, message: string, untilUs: number): number[] {
  const { log, testReads = [] } = result;
  const keys = new Set(log.flatMap(({ events }) => events.map(({ key }) => key)));
  const named = [...keys].filter((key) => isNamed(key, message));
  const last = testReads.findLast(
    (call) => call.sent.timeUs <= untilUs && [...keys].some((key) => hasLookedAt(call, key)),
  );
  const read = [...keys].filter((key) => last !== undefined && hasLookedAt(last, key));
  for (const some of [named, read]) {
    const about = new Set(some);
    const entries = logOf(result, about);
    if (entries.length === 0) continue;
    // A key that is put again and again must not hide that another one is gone.
    const ends = lastChanges(result, entries);
    const others = entries.map(({ revision }) => revision).filter((revision) => !ends.includes(revision));
    const revisions = [...ends, ...others.slice(ends.length - VERSIONS_MAX)];
    return [...new Set([...revisions, ...lastOfTheirWriters(result, revisions)])].sort((a, b) => a - b);
  }
  return lastChanges(result);
}

/** The last changes of all keys that the writers of these revisions wrote. */
function lastOfTheirWriters(result: RunResult, revisions: readonly number[]): number[] {
  const { calls = [] } = result;
  const about = new Set(revisions);
  const writers = new Set(
    calls.flatMap(({ node, wrote }) => (about.has(wrote?.revision ?? 0) ? [node] : [])),
  );
  const keys = new Set(
    calls.flatMap(({ node, wrote }) =>
      writers.has(node) ? (wrote?.changes ?? []).map(({ key }) => key) : [],
    ),
  );
  return lastChanges(result, logOf(result, keys));
}

/** The log of these keys alone. */
function logOf({ log }: RunResult, keys: ReadonlySet<string>): LogEntry[] {
  return log.flatMap(({ revision, events }) => {
    const some = events.filter(({ key }) => keys.has(key));
    return some.length === 0 ? [] : [{ revision, events: some }];
  });
}

/** As a word of its own, so that `a` is not named by `expected a`: only keys of several signs count. */
function isNamed(key: string, message: string): boolean {
  const at = key.length < NAMED_MIN ? -1 : message.indexOf(key);
  return at >= 0 && !/\w/.test(message[at - 1] ?? '') && !/\w/.test(message[at + key.length] ?? '');
}

const NAMED_MIN = 3;

function hasLookedAt({ looks, reads }: Call, key: string): boolean {
  return reads.some((read) => read.key === key) || looks.some((look) => isWithin(look, key));
}
