/**
 * A plan is what one seed makes of a scenario, as data: who does which operations, which faults happen when. It
 * is drawn, printed, stored and shrunk; nothing in it depends on how the run goes.
 */
import type { Reroll } from '../engine/engine.js';
import type { EtcdVersion } from '../etcd/version.js';
import type { Fault } from '../faults/index.js';
import type { Json } from '../input/json.js';
import type { OptionValues } from './options.js';
import type { StrategySpec } from './strategy-spec.js';

/** One operation that a node is to do. */
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

/** What one seed makes of a scenario. */
export interface Plan {
  readonly scenario: string;
  readonly seed: number;
  /** What is drawn while it runs comes from here: the seed, unless shrinking found another that fails as well. */
  readonly runtimeSeed?: number;
  /** From these points on it is drawn from other seeds still; none by default. */
  readonly rerolls?: readonly Reroll[];
  readonly options: OptionValues;
  /** Which etcd it runs on. */
  readonly etcdVersion: EtcdVersion;
  /** Names of the etcd members, such as `m1`, `m2`, `m3`. */
  readonly members: readonly string[];
  readonly nodes: readonly PlannedNode[];
  /** What its code drew while it ran, by the node and the number of the draw, such as `n1/2`; absent where nothing. */
  readonly draws?: Readonly<Record<string, Json>>;
  /** In order of their start. */
  readonly faults: readonly Fault[];
  /** The calm network under the faults: one-way delay of a message, drawn uniformly per message. */
  readonly network: { readonly oneWayDelayMinUs: number; readonly oneWayDelayMaxUs: number };
  /** How it is chosen what is next of what is due at about the same time; by time alone where it is absent. */
  readonly strategy?: StrategySpec;
}

/** How large a plan is, in words: `3 operations of 2 nodes, 1 fault, 1 member`. */
export function describeSize({ nodes, faults, members }: Plan): string {
  const operations = nodes.reduce((sum, node) => sum + node.operations.length, 0);
  const noun = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  const parts = [noun(operations, 'operation'), noun(faults.length, 'fault'), noun(members.length, 'member')];
  return `${parts[0]} of ${noun(nodes.length, 'node')}, ${parts[1]}, ${parts[2]}`;
}
