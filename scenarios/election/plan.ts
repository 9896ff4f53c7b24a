/**
 * The planned work of candidates and observers of several elections, round after round on the same handles.
 * Invariant: every round ends by itself if the elections are right: a leader resigns, and an observer stops
 * after a planned time.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import {
  operation,
  part,
  type HistoryOf,
  type NodeOf,
  type PerformedOf,
  type PlannedOf,
} from '../../sim/scenario/operations.js';

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

interface Place {
  readonly election: string;
}

/** The candidacy of an elected node. */
export interface GrantOutput {
  readonly key: string;
  readonly token: number;
  /** The revision of its election; null if the recipe does not report it. */
  readonly elected: number | null;
}

export const electionOperations = {
  round: operation<RoundInput>(),
  look: operation<LookInput>(),
  campaign: part<Place & { readonly value: string }, GrantOutput>(),
  proclaim: part<Place & { readonly token: number; readonly value: string }>(),
  /** `lost`: it had heard that it led no longer. `gone`: nothing of its candidacy may be left. */
  resign: part<Place & { readonly token: number; readonly lost: boolean }, { readonly gone: boolean }>(),
  leader: part<Place, { readonly value: string | null }>(),
  observe: part<Place, { readonly told: readonly string[] }>(),
};

export type ElectionOptions = ValuesOf<typeof electionOptions>;
export type ElectionContext = NodeContextOf<typeof electionOptions, typeof electionOperations>;
export type ElectionOperation = PlannedOf<typeof electionOperations>;
export type ElectionHistory = HistoryOf<typeof electionOperations>;
export type PerformedOperation = PerformedOf<typeof electionOperations>;
type Node = NodeOf<typeof electionOperations>;

/** @param names the elections' names; the options decide how many are used */
export function planElections(
  names: readonly string[],
  options: ElectionOptions,
): Arbitrary<readonly Node[]> {
  const elections = names.slice(0, options.elections);
  const { rounds, looks } = options;
  const candidates = Array.from({ length: options.candidates }, (_, index) =>
    fc.array(round(elections), { minLength: rounds, maxLength: rounds }).map((inputs): Node => {
      const name = `c${index + 1}`;
      return {
        name,
        operations: inputs.map((input, place) => ({ id: `${name}-${place + 1}`, name: 'round', input })),
      };
    }),
  );
  const observers = Array.from({ length: options.observers }, (_, index) =>
    fc.array(look(elections), { minLength: looks, maxLength: looks }).map((inputs): Node => {
      const name = `o${index + 1}`;
      return {
        name,
        operations: inputs.map((input, place) => ({ id: `${name}-${place + 1}`, name: 'look', input })),
      };
    }),
  );
  return fc.tuple(...candidates, ...observers);
}

const afterMs = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40) });

function round(elections: readonly string[]): Arbitrary<RoundInput> {
  return fc.record(
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
  );
}

function look(elections: readonly string[]): Arbitrary<LookInput> {
  return fc.record(
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
  );
}
