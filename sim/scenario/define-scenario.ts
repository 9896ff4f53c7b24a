/**
 * Defines a scenario with typed options. Invariant: each omitted part has one default: no options, no set-up,
 * no summary, the name as its description, and three nodes with one operation each.
 */
import type { Arbitrary } from 'fast-check';
import type { Check } from '../check/check.js';
import type { History } from '../history/history.js';
import type { OptionSpec, OptionSpecs } from '../plan/options.js';
import type { PlannedNode, PlannedOperation } from '../plan/plan.js';
import type { NodeContext, ObserverContext, Scenario, SummaryLine } from './scenario.js';

/** The type of an option's value: a number, or one of its choices. */
export type OptionValue<Spec extends OptionSpec> = Spec extends { readonly type: 'integer' }
  ? number
  : Spec extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : never;

export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: OptionValue<Specs[Name]>;
};

/** A context whose options are typed. */
type With<Context, Specs extends OptionSpecs> = Omit<Context, 'options'> & {
  readonly options: ValuesOf<Specs>;
};

/** As {@link Scenario}, which explains the fields; most may be left out. */
export interface ScenarioDefinition<Specs extends OptionSpecs> extends Pick<
  Scenario,
  | 'name'
  | 'caughtWithinSeeds'
  | 'marks'
  | 'members'
  | 'isOpen'
  | 'restart'
  | 'logsIn'
  | 'peers'
  | 'withoutFaults'
> {
  readonly description?: string;
  readonly options?: Specs;
  nodes?(options: ValuesOf<Specs>): Arbitrary<readonly PlannedNode[]> | readonly PlannedNode[];
  canEnd?(nodes: readonly PlannedNode[], options: ValuesOf<Specs>): boolean;
  setup?(context: With<ObserverContext, Specs>): Promise<unknown>;
  run(context: With<NodeContext, Specs>, operations: readonly PlannedOperation[]): Promise<unknown>;
  afterwards?(context: With<ObserverContext, Specs>): Promise<unknown>;
  checks(options: ValuesOf<Specs>): readonly Check[];
  summarize?(history: History, options: ValuesOf<Specs>): readonly SummaryLine[];
}

const NODES = ['n1', 'n2', 'n3'];

/** The scenario, for `check`, the config file and every other place that accepts one. */
export function defineScenario<const Specs extends OptionSpecs = Record<never, never>>(
  definition: ScenarioDefinition<Specs>,
): Scenario {
  const { name, description, options, nodes, setup, run, afterwards, canEnd, checks, summarize, ...rest } =
    definition;
  // A plan's options match the definition, because they were validated against it.
  type Values = ValuesOf<Specs>;
  return {
    ...rest,
    name,
    description: description ?? name,
    options: options ?? {},
    nodes: (values) =>
      nodes === undefined
        ? NODES.map((node) => ({ name: node, operations: [{ id: `${node}-1`, name: 'run', input: null }] }))
        : nodes(values as Values),
    ...(canEnd === undefined ? {} : { canEnd: (planned, values) => canEnd(planned, values as Values) }),
    setup: async (context) => void (await setup?.(context as unknown as With<ObserverContext, Specs>)),
    run: async (context, operations) =>
      void (await run(context as unknown as With<NodeContext, Specs>, operations)),
    ...(afterwards === undefined
      ? {}
      : {
          afterwards: async (context) =>
            void (await afterwards(context as unknown as With<ObserverContext, Specs>)),
        }),
    checks: (values) => checks(values as Values),
    summarize: (history, values) => summarize?.(history, values as Values) ?? [],
  };
}
