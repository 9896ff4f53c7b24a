/**
 * Smaller plans made from a plan. Invariant: every one of them can be run: no fault targets a missing node or
 * member, and no node is left without work.
 */
import { isPossibleFault, strayAimsOf, type Fault } from '../../faults/index.js';
import type { Reroll } from '../../engine/engine.js';
import type { OptionSpecs } from '../../plan/options.js';
import type { Plan, PlannedNode } from '../../plan/plan.js';
import type { Pick } from '../../plan/strategy-spec.js';

export function withFaults(plan: Plan, faults: readonly Fault[]): Plan {
  return tidy({ ...plan, faults });
}

export function withNodes(plan: Plan, nodes: readonly PlannedNode[]): Plan {
  return tidy({ ...plan, nodes });
}

/** Keeps these operations, by their ids, and the nodes that have one. */
export function withOperations(plan: Plan, ids: ReadonlySet<string>): Plan {
  const nodes = plan.nodes.map((node) => ({
    ...node,
    operations: node.operations.filter((operation) => ids.has(operation.id)),
  }));
  return tidy({ ...plan, nodes: nodes.filter((node) => node.operations.length > 0) });
}

export function withMembers(plan: Plan, members: readonly string[]): Plan {
  return tidy({ ...plan, members });
}

/** Only time decides the order. */
export function withoutStrategy(plan: Plan): Plan {
  const { strategy: _, ...rest } = plan;
  return rest;
}

/** Keeps only these deviations from the order of time. */
export function withPicks(plan: Plan, windowUs: number, picks: readonly Pick[]): Plan {
  return picks.length === 0
    ? withoutStrategy(plan)
    : { ...plan, strategy: { kind: 'scripted', windowUs, picks } };
}

export function withRerolls(plan: Plan, rerolls: readonly Reroll[]): Plan {
  const { rerolls: _, ...rest } = plan;
  return rerolls.length === 0 ? rest : { ...rest, rerolls };
}

/** A plan that differs in one part: one option, the network, or one number of one fault. */
export interface Simpler {
  /** The number of the part; it stays the same while other parts change. */
  readonly part: number;
  readonly plan: Plan;
}

/** The same plan with an option or a time simplified, boldest first within each part. */
export function* simpler(plan: Plan, options: OptionSpecs): Generator<Simpler> {
  let part = 0;
  for (const [name, spec] of Object.entries(options)) {
    const value = plan.options[name];
    if (spec.type !== 'integer' || spec.shrinks !== true || typeof value !== 'number') continue;
    const smaller = [spec.min, ...simplerNumbers(value)].filter((one) => one >= spec.min && one < value);
    for (const one of new Set(smaller))
      yield { part, plan: { ...plan, options: { ...plan.options, [name]: one } } };
    part += 1;
  }
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = plan.network;
  if (oneWayDelayMinUs !== CALM_US || oneWayDelayMaxUs !== CALM_US) {
    const network = { oneWayDelayMinUs: CALM_US, oneWayDelayMaxUs: CALM_US };
    yield { part, plan: { ...plan, network } };
  }
  part += 1;
  for (const [index, fault] of plan.faults.entries()) {
    for (const [name, value] of Object.entries(fault)) {
      if (typeof value !== 'number') continue;
      for (const smaller of simplerNumbers(value)) {
        const simplerFault: Fault = { ...fault, [name]: smaller };
        if (!isPossibleFault(simplerFault)) continue;
        const faults = plan.faults.map((one, at) => (at === index ? simplerFault : one));
        yield { part, plan: { ...plan, faults: faults.sort((left, right) => left.atMs - right.atMs) } };
      }
      part += 1;
    }
  }
}

/** One-way delay of the calmest network. */
const CALM_US = 500;

/**
 * Rounder or smaller numbers, boldest first. Never 0 unless it was 0, because an empty duration may have
 * another meaning.
 */
function simplerNumbers(value: number): number[] {
  const candidates = [
    1,
    Math.floor(value / 10),
    Math.floor(value / 2),
    roundTo(value, 100),
    roundTo(value, 10),
  ];
  const whole = Math.floor(value);
  return [...new Set([...candidates, whole])].filter((candidate) => candidate > 0 && candidate < value);
}

function roundTo(value: number, unit: number): number {
  return Math.floor(value / unit) * unit;
}

function tidy(plan: Plan): Plan {
  const names = { nodes: plan.nodes.map((node) => node.name), members: plan.members };
  const faults = plan.faults.filter((fault) => {
    const strays = strayAimsOf(fault, names);
    return strays.nodes.length + strays.members.length === 0;
  });
  return { ...plan, faults };
}
