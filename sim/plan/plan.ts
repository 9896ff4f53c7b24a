/**
 * A plan is a scenario with one seed, as data: the operations of each node and the faults with their times. It
 * is drawn, printed, stored and shrunk; no part of it depends on the course of the run.
 */
import type { Reroll } from '../engine/engine.js';
import type { EtcdVersion } from '../etcd/version.js';
import type { Fault } from '../faults/index.js';
import type { Json } from '../input/json.js';
import type { OptionValues } from './options.js';
import type { StrategySpec } from './strategy-spec.js';

/** One operation of a node. */
export interface PlannedOperation {
  /** Unique within the plan; stays the same when other operations are removed. */
  readonly id: string;
  readonly name: string;
  readonly input: Json;
}

/** One node and its work, in order. */
export interface PlannedNode {
  readonly name: string;
  readonly operations: readonly PlannedOperation[];
}

/** A scenario with one seed, as data. */
export interface Plan {
  readonly scenario: string;
  readonly seed: number;
  /** The seed of everything drawn at run time: the plan's seed, unless shrinking found another that fails too. */
  readonly runtimeSeed?: number;
  /** The points from which other seeds take over; none by default. */
  readonly rerolls?: readonly Reroll[];
  readonly options: OptionValues;
  /** The version of etcd. */
  readonly etcdVersion: EtcdVersion;
  /** Names of the etcd members, such as `m1`, `m2`, `m3`. */
  readonly members: readonly string[];
  readonly nodes: readonly PlannedNode[];
  /** The values that the code drew, by node and number of the draw, such as `n1/2`; absent if there are none. */
  readonly draws?: Readonly<Record<string, Json>>;
  /** In order of their start. */
  readonly faults: readonly Fault[];
  /** The calm network under the faults: one-way delay of a message, drawn uniformly per message. */
  readonly network: { readonly oneWayDelayMinUs: number; readonly oneWayDelayMaxUs: number };
  /** How to order events that are due at about the same time; absent means by time. */
  readonly strategy?: StrategySpec;
}

/** The size of a plan, in words: `3 operations of 2 nodes, 1 fault, 1 member`. */
export function describeSize({ nodes, faults, members }: Plan): string {
  // In the plan of a test the one operation of a node stands for its body, and has its name.
  const operations = nodes.flatMap((node) => node.operations.filter(({ id }) => id !== node.name)).length;
  const noun = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  const ofNodes = noun(nodes.length, 'node');
  const work = operations === 0 ? ofNodes : `${noun(operations, 'operation')} of ${ofNodes}`;
  return `${work}, ${noun(faults.length, 'fault')}, ${noun(members.length, 'member')}`;
}
