/**
 * The planned work of candidates and observers of several elections, round after round on the same handles.
 * Invariant: every round ends by itself if the elections are right: a leader resigns, and an observer stops
 * after a planned time.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { PlannedNode, PlannedOperation } from '../../sim/plan/plan.js';
import type { Json } from '../../sim/input/json.js';
import type { OptionSpecs, OptionValues } from '../../sim/plan/options.js';

/** Options of the scenario, except its variants. */
export const electionOptions = {
  elections: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 3,
    description: 'the number of elections; their names are prefixes of one another',
  },
  candidates: {
    type: 'integer',
    default: 4,
    min: 1,
    max: 100,
    description: 'the number of nodes that campaign',
  },
  rounds: { type: 'integer', default: 4, min: 0, max: 10_000, description: 'campaigns per candidate' },
  lanes: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 10,
    shrinks: true,
    description: 'concurrent campaigns per node, under one session',
  },
  observers: {
    type: 'integer',
    default: 2,
    min: 0,
    max: 100,
    description: 'the number of nodes that observe',
  },
  looks: { type: 'integer', default: 4, min: 0, max: 10_000, description: 'looks per observer' },
} as const satisfies OptionSpecs;

/** A campaign and its continuation. */
export interface RoundInput {
  readonly election: string;
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
  /** Before each of these proclamations, and before it resigns, the leader waits this long. */
  readonly everyMs: number;
  readonly proclamations: number;
  /** The caller gives up campaigning after this many milliseconds. */
  readonly giveUpAfterMs: number | null;
  /** How it ends: by resigning, or by closing the session. */
  readonly end: 'resign' | 'close';
}

/** A reading of an election: once, or for a while. */
export interface LookInput {
  readonly election: string;
  readonly afterMs: number;
  /** Null for a single query for the leader. */
  readonly forMs: number | null;
}

/** The input of an operation, as the plan has it. */
export function inputOf<Input extends RoundInput | LookInput>({
  input,
}: Pick<PlannedOperation, 'input'>): Input {
  return input as unknown as Input;
}

/** @param names the elections' names; the options decide how many are used */
export function planElections(
  names: readonly string[],
  options: OptionValues,
): Arbitrary<readonly PlannedNode[]> {
  const elections = names.slice(0, Number(options['elections']));
  const nodes = (prefix: string, count: number, name: string, each: number, input: Arbitrary<Json>) =>
    Array.from({ length: count }, (_, index) =>
      fc.array(input, { minLength: each, maxLength: each }).map((inputs): PlannedNode => {
        const node = `${prefix}${index + 1}`;
        const operationOf = (one: Json, place: number): PlannedOperation => ({
          id: `${node}-${place + 1}`,
          name,
          input: one,
        });
        return { name: node, operations: inputs.map(operationOf) };
      }),
    );
  return fc.tuple(
    ...nodes('c', Number(options['candidates']), 'round', Number(options['rounds']), round(elections)),
    ...nodes('o', Number(options['observers']), 'look', Number(options['looks']), look(elections)),
  );
}

const afterMs = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40) });

function round(elections: readonly string[]): Arbitrary<Json> {
  return fc
    .record(
      {
        election: fc.constantFrom(...elections),
        afterMs,
        everyMs: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(20) }),
        proclamations: fc.nat(3),
        giveUpAfterMs: fc.oneof(
          { weight: 4, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: fc.nat(40) },
        ),
        end: fc.nat(7).map((drawn) => (drawn === 0 ? ('close' as const) : ('resign' as const))),
      },
      { noNullPrototype: true },
    )
    .map((input) => ({ ...(input satisfies RoundInput) }));
}

function look(elections: readonly string[]): Arbitrary<Json> {
  return fc
    .record(
      {
        election: fc.constantFrom(...elections),
        afterMs,
        forMs: fc.oneof(
          { weight: 1, arbitrary: fc.constant(null) },
          { weight: 2, arbitrary: fc.integer({ min: 10, max: 300 }) },
          { weight: 1, arbitrary: fc.integer({ min: 300, max: 3000 }) },
        ),
      },
      { noNullPrototype: true },
    )
    .map((input) => ({ ...(input satisfies LookInput) }));
}
