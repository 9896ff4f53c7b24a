/**
 * The planned work of holders of several barriers and of nodes that wait at them, round after round on the
 * same handles. Invariant: a node that holds a barrier releases it afterwards, so that no node waits for
 * ever.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import { operation, type HistoryOf, type NodeOf, type PlannedOf } from '../../sim/scenario/operations.js';

export const barrierOptions = {
  barriers: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 3,
    description: 'the number of barriers, each with a holder; their names are prefixes of one another',
  },
  waiters: { type: 'integer', default: 4, min: 1, max: 100, description: 'the number of nodes that wait' },
  rounds: {
    type: 'integer',
    default: 4,
    min: 0,
    max: 10_000,
    description: 'holds per barrier, and half the waits per node',
  },
} as const satisfies OptionSpecs;

interface BarrierInput {
  readonly barrier: string;
  /** In a plan: it begins this many milliseconds after the previous one. */
  readonly afterMs?: number;
  /** In a plan: its caller gives up after this many milliseconds. */
  readonly giveUpAfterMs?: number | null;
}

export const barrierOperations = {
  hold: operation<BarrierInput>(),
  /** `released` is null if the recipe does not report it. */
  release: operation<BarrierInput, { readonly released: boolean | null }>(),
  wait: operation<BarrierInput>(),
};

type Options = ValuesOf<typeof barrierOptions>;
type Node = NodeOf<typeof barrierOperations>;
export type BarrierContext = NodeContextOf<typeof barrierOptions, typeof barrierOperations>;
export type BarrierOperation = PlannedOf<typeof barrierOperations>;
export type BarrierHistory = HistoryOf<typeof barrierOperations>;

/** @param names the barriers' names; the options decide how many are used */
export function planBarriers(names: readonly string[], options: Options): Arbitrary<readonly Node[]> {
  const { rounds } = options;
  const barriers = names.slice(0, options.barriers);
  // Sometimes long enough for a wait to meet several faults.
  const pause = fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.nat(40) },
    { weight: 1, arbitrary: fc.nat(800) },
  );
  const holders = barriers.map((barrier, index) =>
    fc.array(fc.tuple(pause, pause), { minLength: rounds, maxLength: rounds }).map((drawn) =>
      node(
        `h${index + 1}`,
        drawn.flatMap(([holdAfterMs, releaseAfterMs]) => [
          ['hold', { barrier, afterMs: holdAfterMs, giveUpAfterMs: null }] as const,
          ['release', { barrier, afterMs: releaseAfterMs, giveUpAfterMs: null }] as const,
        ]),
      ),
    ),
  );
  const one = fc.record(
    {
      // Sometimes another node releases the barrier.
      name: fc.nat(9).map((drawn) => (drawn === 0 ? ('release' as const) : ('wait' as const))),
      barrier: fc.constantFrom(...barriers),
      afterMs: pause,
      giveUpAfterMs: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(30) },
      ),
    },
    { noNullPrototype: true },
  );
  const waiters = Array.from({ length: options.waiters }, (_, index) =>
    fc.array(one, { minLength: rounds * 2, maxLength: rounds * 2 }).map((drawn) =>
      node(
        `w${index + 1}`,
        drawn.map(({ name, ...input }) => [name, input] as const),
      ),
    ),
  );
  return fc.tuple(fc.tuple(...holders), fc.tuple(...waiters)).map((groups) => groups.flat());
}

/** The last holder of a barrier must release it. */
export function barriersCanEnd(nodes: readonly Node[]): boolean {
  return nodes.every(({ operations }) => {
    const last = operations.findLast(({ name }) => name !== 'wait');
    return last?.name !== 'hold';
  });
}

function node(
  name: string,
  operations: readonly (readonly [name: BarrierOperation['name'], input: BarrierInput])[],
): Node {
  return {
    name,
    operations: operations.map(([what, input], index) => ({ id: `${name}-${index + 1}`, name: what, input })),
  };
}
