/**
 * A small part of a plan, for searches that grow with its size: few nodes with few operations each, and at
 * most one fault. Most defects show in small plans whose operations interact. The part takes operations that
 * touched the same key in the whole run, and a fault that hit them, at the same time relative to their
 * beginning. Invariant: the part can finish if the scenario can tell, and every check finds operations in it; if
 * no small part is like that, the whole plan is taken.
 */
import { checksOf } from '../../scenario/expect-checks.js';
import { canEnd } from '../../scenario/nodes-of.js';
import type { Scenario } from '../../scenario/scenario.js';
import { RandomStreams, type RandomStream } from '../../engine/random.js';
import type { Fault } from '../../faults/index.js';
import type { Call } from '../../history/calls.js';
import type { Operation } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';
import { planClockUs } from '../../plan/plan-clock.js';
import type { Plan, PlannedNode } from '../../plan/plan.js';
import { plannedIdOf, plannedIdsOf } from '../../plan/planned-id.js';
import { withFaults, withNodes } from '../shrink/candidates.js';
import type { Attempt, CampaignGround } from './campaign.js';

const NODES_MAX = 3;
const OPERATIONS_MAX = 2;
/** How many tries choose operations that touched the same key; later tries choose among all. */
const TRIES = 50;
const TRIES_MAX = 100;

/** @param whole the run of the whole plan */
export function smallPlan(
  { plan, scenario }: CampaignGround,
  whole: Pick<Attempt, 'result' | 'calls'>,
): Plan {
  const random = new RandomStreams(`small plan/${plan.scenario}/${plan.seed}`).stream('part');
  const meetings = meetingsOf(plan, whole.calls);
  const judged = judgedIn(scenario, plan);
  for (let tried = meetings.length > 0 ? 0 : TRIES; tried < TRIES_MAX; tried++) {
    const meeting = tried < TRIES ? meetings[random.integer(0, meetings.length - 1)] : undefined;
    const nodes = meeting === undefined ? slicesOf(plan, random) : partOf(plan, meeting, random);
    const part = withNodes(plan, nodes);
    if (part.nodes.length === 0 || !canEnd(scenario, part)) continue;
    const there = namesIn(part);
    if (!judged.every((names) => names.some((name) => there.has(name)))) continue;
    return withFaults(part, faultsFor(part, whole.result, random));
  }
  return plan;
}

/** For each check the names of the plan's operations that it judges; without any of them it would decide nothing. */
function judgedIn(scenario: Scenario, plan: Plan): readonly (readonly string[])[] {
  const there = namesIn(plan);
  return checksOf(scenario, plan.options)
    .map(({ operations = [] }) => operations.filter((name) => there.has(name)))
    .filter((names) => names.length > 0);
}

function namesIn({ nodes }: Pick<Plan, 'nodes'>): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ operations }) => operations.map(({ name }) => name)));
}

/**
 * The operations that read or wrote the same key, by their ids, for each key that more than one node touched.
 */
function meetingsOf(plan: Plan, calls: readonly Call[]): readonly ReadonlySet<string>[] {
  const planned = plannedIdsOf(plan);
  const touched = new Map<string, Set<string>>();
  for (const { operation, reads, wrote } of calls) {
    const id = operation === undefined ? undefined : plannedIdOf(operation, planned);
    if (id === undefined) continue;
    for (const { key } of [...reads, ...(wrote?.changes ?? [])]) {
      touched.set(key, (touched.get(key) ?? new Set()).add(id));
    }
  }
  const isShared = (ids: ReadonlySet<string>) => nodesWith(plan, ids).length > 1;
  return [...touched.values()].filter(isShared);
}

function nodesWith({ nodes }: Plan, ids: ReadonlySet<string>): readonly PlannedNode[] {
  return nodes.filter(({ operations }) => operations.some(({ id }) => ids.has(id)));
}

/**
 * For some nodes, one operation of the meeting and perhaps another one: related operations are often
 * adjacent.
 */
function partOf(plan: Plan, meeting: ReadonlySet<string>, random: RandomStream): readonly PlannedNode[] {
  return some(nodesWith(plan, meeting), NODES_MAX, random).map((node) => {
    const all = [...node.operations.keys()];
    const there = all.filter((index) => meeting.has(node.operations[index]?.id ?? ''));
    const [one = 0] = some(there, 1, random);
    const isNear = random.integer(0, 1) === 0;
    const others = all.filter((index) => index !== one && (!isNear || Math.abs(index - one) === 1));
    const taken = [one, ...some(others, random.integer(0, OPERATIONS_MAX - 1), random)];
    return { ...node, operations: node.operations.filter((_, index) => taken.includes(index)) };
  });
}

function slicesOf(plan: Plan, random: RandomStream): readonly PlannedNode[] {
  return some(plan.nodes, NODES_MAX, random)
    .map((node) => {
      const from = random.integer(0, Math.max(0, node.operations.length - OPERATIONS_MAX));
      return { ...node, operations: node.operations.slice(from, from + OPERATIONS_MAX) };
    })
    .filter(({ operations }) => operations.length > 0);
}

/** A fault that hit one of the remaining operations, or otherwise any. */
function faultsFor(part: Plan, whole: RunResult, random: RandomStream): readonly Fault[] {
  const planned = plannedIdsOf(part);
  const operations = whole.operations.filter(({ id }) => plannedIdOf(id, planned) !== undefined);
  const met = whole.faults.flatMap(({ index, hits, startedUs, endedUs = Infinity }) => {
    const fault = whole.plan.faults[index];
    if (fault === undefined || startedUs === undefined || hits === 0 || !part.faults.includes(fault))
      return [];
    return operations.some((operation) => isDuring(operation, startedUs, endedUs)) ? [fault] : [];
  });
  if (met.length === 0) return some(part.faults, 1, random);
  const began = operations.map(({ invoke }) => invoke.timeUs - (planClockUs(whole) ?? 0));
  const earlierUs = Math.max(0, Math.min(...began));
  return some(met, 1, random).map((fault) => ({
    ...fault,
    atMs: Math.max(0, Math.round(fault.atMs * 1000) - earlierUs) / 1000,
  }));
}

function isDuring({ invoke, return: end }: Operation, startedUs: number, endedUs: number): boolean {
  return startedUs <= (end?.timeUs ?? Infinity) && endedUs >= invoke.timeUs;
}

/** At most this many of them, in their order. */
function some<T>(items: readonly T[], countMax: number, random: RandomStream): readonly T[] {
  const left = [...items];
  while (left.length > countMax) left.splice(random.integer(0, left.length - 1), 1);
  return left;
}
