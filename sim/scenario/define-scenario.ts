/**
 * Defines a scenario with typed options and operations. Invariant: each omitted part has one default: no options, no
 * set-up, no summary, the name as its description, and three nodes with one operation each.
 */
import type { AnyArbitrary } from '../plan/any-arbitrary.js';
import type { Check } from '../check/check.js';
import type { OptionSpec, OptionSpecs } from '../plan/options.js';
import type {
  AnyOperations,
  HistoryOf,
  NodeOf,
  OperationOf,
  OperationSpecs,
  PerformedOf,
  PlannedOf,
  ResultFor,
} from './operations.js';
import type { NodeContext, ObserverContext, PerformOptions, Scenario, SummaryLine } from './scenario.js';

/** The type of an option's value: a number, or one of its choices. */
export type OptionValue<Spec extends OptionSpec> = Spec extends { readonly type: 'integer' }
  ? number
  : Spec extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : never;

export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: OptionValue<Specs[Name]>;
};

/** The context of set-up and final observation, with typed options. */
export type ObserverOf<Specs extends OptionSpecs> = Omit<ObserverContext, 'options'> & {
  readonly options: ValuesOf<Specs>;
};

/** The context of a node, with typed options and operations. */
export type NodeContextOf<
  Specs extends OptionSpecs,
  Operations extends OperationSpecs = AnyOperations,
> = Omit<NodeContext, 'options' | 'perform' | 'skip'> & {
  readonly options: ValuesOf<Specs>;
  /** As {@link NodeContext.perform}. */
  perform<Name extends keyof Operations & string>(
    operation: OperationOf<Operations, Name>,
    body: () => Promise<ResultFor<Operations, Name>>,
    options?: PerformOptions,
  ): Promise<ResultFor<Operations, Name> | undefined>;
  skip(operation: PlannedOf<Operations>, reason: string): void;
};

/** Types come from the declarations alone, not from functions that happen to need less. */
type Values<Specs extends OptionSpecs> = ValuesOf<NoInfer<Specs>>;

/** As {@link Scenario}, which explains the fields; most may be left out. */
export interface ScenarioDefinition<
  Specs extends OptionSpecs,
  Operations extends OperationSpecs = AnyOperations,
> extends Pick<
  Scenario,
  'name' | 'caughtWithinSeeds' | 'marks' | 'members' | 'isOpen' | 'logsIn' | 'peers' | 'withoutFaults'
> {
  readonly description?: string;
  readonly options?: Specs;
  /** Gives operations their types; without it, their inputs and outputs are any JSON. */
  readonly operations?: Operations;
  nodes?(
    options: Values<Specs>,
  ): AnyArbitrary<readonly NodeOf<NoInfer<Operations>>[]> | readonly NodeOf<NoInfer<Operations>>[];
  canEnd?(nodes: readonly NodeOf<NoInfer<Operations>>[], options: Values<Specs>): boolean;
  setup?(context: ObserverOf<NoInfer<Specs>>): Promise<unknown>;
  run(
    context: NodeContextOf<NoInfer<Specs>, NoInfer<Operations>>,
    operations: readonly PlannedOf<NoInfer<Operations>>[],
  ): Promise<unknown>;
  restart?(
    operations: readonly PlannedOf<NoInfer<Operations>>[],
    begun: readonly PerformedOf<NoInfer<Operations>>[],
  ): readonly PlannedOf<NoInfer<Operations>>[];
  afterwards?(context: ObserverOf<NoInfer<Specs>>): Promise<unknown>;
  checks(options: Values<Specs>): readonly Check<HistoryOf<NoInfer<Operations>>>[];
  summarize?(history: HistoryOf<NoInfer<Operations>>, options: Values<Specs>): readonly SummaryLine[];
}

const threeNodes = () =>
  ['n1', 'n2', 'n3'].map((node) => ({
    name: node,
    operations: [{ id: `${node}-1`, name: 'run', input: null }],
  }));

/** The scenario, for `check`, the config file and every other place that accepts one. */
export function defineScenario<
  const Specs extends OptionSpecs = Record<never, never>,
  Operations extends OperationSpecs = AnyOperations,
>(definition: ScenarioDefinition<Specs, Operations>): Scenario {
  // A plan's options and operations match the declarations, whose types say more than those of a scenario.
  const { operations: _, ...given } = definition as unknown as Declared;
  const { setup, summarize } = given;
  return {
    ...given,
    description: given.description ?? given.name,
    options: given.options ?? {},
    nodes: given.nodes ?? threeNodes,
    setup: async (context) => void (await setup?.(context)),
    run: async (context, operations) => void (await given.run(context, operations)),
    summarize: (history, values) => summarize?.(history, values) ?? [],
  };
}

type Optional = 'description' | 'options' | 'nodes' | 'setup' | 'summarize';
type Declared = Omit<Scenario, Optional> &
  Partial<Pick<Scenario, Optional>> & { readonly operations?: unknown };
