/**
 * The planned work of holders of leases, and of nodes that read their keys. Invariant: every round ends by
 * itself, and its released keys are gone before the next one begins.
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

export const leaseOptions = {
  holders: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 100,
    description: 'the number of nodes that hold leases',
  },
  rounds: {
    type: 'integer',
    default: 3,
    min: 0,
    max: 10_000,
    description: 'leases per holder, one after the other',
  },
  lookers: {
    type: 'integer',
    default: 2,
    min: 0,
    max: 100,
    description: 'the number of nodes that look at held keys',
  },
  looks: { type: 'integer', default: 40, min: 0, max: 10_000, description: 'looks per node' },
} as const satisfies OptionSpecs;

/** A lease from its grant to its end. */
export interface RoundInput {
  readonly afterMs: number;
  /** When each of its keys is written, after the grant; several writes may be under way at the same time. */
  readonly putsAtMs: readonly number[];
  readonly holdMs: number;
  /** How it ends unless it is lost: revoked, or left to expire. */
  readonly end: 'close' | 'release';
}

export interface LookInput {
  readonly afterMs: number;
}

/** How a lease ended: its holder heard of its loss, revoked it, or left it to expire. */
export type Ending = 'lost' | 'close' | 'release';

export const leaseOperations = {
  round: operation<RoundInput>(),
  look: operation<LookInput | null, { readonly keys: readonly string[] }>(),
  grant: part<null, { readonly lease: string }>(),
  put: part<{ readonly lease: string; readonly key: string }>(),
  /** `tellings`: how often its holder was notified of its loss. */
  end: part<{ readonly lease: string; readonly how: Ending }, { readonly tellings: number }>(),
  gone: part<{ readonly lease: string }>(),
};

type Node = NodeOf<typeof leaseOperations>;
type Options = ValuesOf<typeof leaseOptions>;
export type LeaseContext = NodeContextOf<typeof leaseOptions, typeof leaseOperations>;
export type LeaseHistory = HistoryOf<typeof leaseOperations>;
export type LeaseOperation = PlannedOf<typeof leaseOperations>;
export type PerformedOperation<Name extends keyof typeof leaseOperations = keyof typeof leaseOperations> =
  PerformedOf<typeof leaseOperations, Name>;

export function planLeases({ holders, rounds, lookers, looks }: Options): Arbitrary<readonly Node[]> {
  const holding = Array.from({ length: holders }, (_, index) =>
    fc.array(round, { minLength: rounds, maxLength: rounds }).map((inputs): Node => {
      const name = `h${index + 1}`;
      return {
        name,
        operations: inputs.map((input, place) => ({ id: `${name}-${place + 1}`, name: 'round', input })),
      };
    }),
  );
  const looking = Array.from({ length: lookers }, (_, index) =>
    fc.array(look, { minLength: looks, maxLength: looks }).map((inputs): Node => {
      const name = `o${index + 1}`;
      return {
        name,
        operations: inputs.map((input, place) => ({ id: `${name}-${place + 1}`, name: 'look', input })),
      };
    }),
  );
  return fc.tuple(...holding, ...looking);
}

/** A restarted node continues with the next round, or the next reading. */
export function restartLeases(
  operations: readonly LeaseOperation[],
  begun: readonly PerformedOperation[],
): readonly LeaseOperation[] {
  return operations.filter(
    (planned) => !begun.some(({ id }) => id === planned.id || id.startsWith(`${planned.id}.`)),
  );
}

const holdMs = fc.oneof(
  { weight: 1, arbitrary: fc.nat(100) },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 3000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 12_000 }) },
);

const round: Arbitrary<RoundInput> = fc
  .record(
    {
      afterMs: fc.nat(100),
      puts: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
      together: fc.boolean(),
      holdMs,
      end: fc.constantFrom('close' as const, 'release' as const),
    },
    { noNullPrototype: true },
  )
  .map(({ puts, together, ...rest }) => ({
    ...rest,
    putsAtMs: puts.map((at) => (together ? (puts[0] ?? 0) : at) % (rest.holdMs + 1)),
  }));

const look: Arbitrary<LookInput> = fc.nat(600).map((afterMs) => ({ afterMs }));
