/**
 * The planned work of the members of several double barriers, round after round. Invariant: each barrier has
 * exactly as many members as it requires, and each member takes part until all have done their rounds.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import { operation, part, type NodeOf, type PlannedOf } from '../../sim/scenario/operations.js';

export const doubleBarrierOptions = {
  barriers: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 3,
    description: 'the number of double barriers; their names are prefixes of one another',
  },
  count: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 50,
    shrinks: true,
    description: 'the number of nodes that enter together',
  },
  rounds: {
    type: 'integer',
    default: 3,
    min: 0,
    max: 10_000,
    description: 'rounds per node: enter, then leave',
  },
} as const satisfies OptionSpecs;

/** The input of one round. */
export interface RoundInput {
  readonly barrier: string;
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
  /** How long the node stays inside. */
  readonly stayMs: number;
  /** The first attempt to enter is given up after this many milliseconds. */
  readonly giveUpAfterMs: number | null;
  /** How it ends: by leaving, or by closing the session. */
  readonly end: 'leave' | 'close';
}

interface Place {
  readonly barrier: string;
}

export const doubleBarrierOperations = {
  round: operation<RoundInput>(),
  enter: part<Place>(),
  leave: part<Place>(),
  close: part<Place>(),
};

type Node = NodeOf<typeof doubleBarrierOperations>;
export type DoubleBarrierOptions = ValuesOf<typeof doubleBarrierOptions>;
export type DoubleBarrierContext = NodeContextOf<typeof doubleBarrierOptions, typeof doubleBarrierOperations>;
export type DoubleBarrierRound = PlannedOf<typeof doubleBarrierOperations>;

/** @param names the barriers' names; the options decide how many are used */
export function planRounds(
  names: readonly string[],
  { rounds, barriers, count }: DoubleBarrierOptions,
): Arbitrary<readonly Node[]> {
  const nodes = names.slice(0, barriers).flatMap((barrier, place) =>
    Array.from({ length: count }, (_, index) =>
      fc.array(roundArbitrary(barrier), { minLength: rounds, maxLength: rounds }).map((drawn): Node => {
        const name = `${'abc'[place] ?? 'x'}${index + 1}`;
        return {
          name,
          operations: drawn.map((input, round) => ({
            id: `${name}-${round + 1}`,
            name: 'round',
            input,
          })),
        };
      }),
    ),
  );
  return fc.tuple(...nodes);
}

/** A barrier with missing members never lets anyone in. */
export function roundsCanEnd(nodes: readonly Node[], options: DoubleBarrierOptions): boolean {
  const members = new Map<string, number>();
  for (const { operations } of nodes) {
    const [first] = operations;
    if (first === undefined) return false;
    const { barrier } = first.input;
    members.set(barrier, (members.get(barrier) ?? 0) + 1);
  }
  return [...members.values()].every((count) => count === options.count);
}

function roundArbitrary(barrier: string): Arbitrary<RoundInput> {
  const pause = fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(40) },
    { weight: 1, arbitrary: fc.nat(400) },
  );
  return fc.record(
    {
      barrier: fc.constant(barrier),
      afterMs: pause,
      stayMs: pause,
      giveUpAfterMs: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(40) },
      ),
      end: fc.nat(7).map((drawn) => (drawn === 0 ? ('close' as const) : ('leave' as const))),
    },
    { noNullPrototype: true },
  );
}
