/**
 * The planned work of the users of several locks, round after round on the same handles. Invariant: every
 * round ends by itself if the locks are right: a user that gets a lock releases it.
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
import type { Mode } from './handle.js';

/** Options of both scenarios, except their variants. */
export const lockOptions = {
  locks: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 3,
    description: 'the number of locks; their names are prefixes of one another',
  },
  users: { type: 'integer', default: 5, min: 1, max: 100, description: 'the number of nodes that use them' },
  rounds: { type: 'integer', default: 5, min: 0, max: 10_000, description: 'acquisitions per node' },
  lanes: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 10,
    shrinks: true,
    description: 'concurrent calls per node, under one session',
  },
} as const satisfies OptionSpecs;

/** The input of one round. */
export interface RoundInput {
  readonly lock: string;
  readonly mode: Mode;
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
  /** How long it is held. */
  readonly holdMs: number;
  /** Whether it takes the lock only if it is free. */
  readonly tries: boolean;
  /** The caller gives up waiting after this many milliseconds. */
  readonly giveUpAfterMs: number | null;
  /** How it ends: by releasing the lock, or by closing the session. */
  readonly end: 'unlock' | 'close';
}

type LockInput = Pick<RoundInput, 'lock' | 'mode'>;

export const lockOperations = {
  round: operation<RoundInput>(),
  /** Null where it tried and the lock was not free. */
  lock: part<
    LockInput & { readonly tries: boolean },
    { readonly key: string; readonly token: number; readonly granted: number } | null
  >(),
  write: part<{ readonly lock: string; readonly token: number }, { readonly accepted: boolean }>(),
  /** `lost`: it had heard that the lock was lost. `gone`: nothing of it may be left. */
  unlock: part<LockInput & { readonly lost: boolean }, { readonly gone: boolean }>(),
};

type Node = NodeOf<typeof lockOperations>;
type Options = ValuesOf<typeof lockOptions>;
export type LockContext = NodeContextOf<typeof lockOptions, typeof lockOperations>;
export type LockRound = PlannedOf<typeof lockOperations>;
export type LockHistory = HistoryOf<typeof lockOperations>;
export type PerformedOperation = PerformedOf<typeof lockOperations>;

/**
 * @param names the locks' names; the options decide how many are used
 * @param modes the modes that a round may request
 */
export function planRounds(
  names: readonly string[],
  modes: readonly Mode[],
  { locks, users, rounds }: Options,
): Arbitrary<readonly Node[]> {
  const round = roundArbitrary(names.slice(0, locks), modes);
  const nodes = Array.from({ length: users }, (_, index) =>
    fc.array(round, { minLength: rounds, maxLength: rounds }).map((inputs): Node => {
      const name = `u${index + 1}`;
      return {
        name,
        operations: inputs.map((input, place) => ({ id: `${name}-${place + 1}`, name: 'round', input })),
      };
    }),
  );
  return fc.tuple(...nodes);
}

function roundArbitrary(locks: readonly string[], modes: readonly Mode[]): Arbitrary<RoundInput> {
  return fc.record(
    {
      lock: fc.constantFrom(...locks),
      mode: fc.constantFrom(...modes),
      afterMs: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40) }),
      holdMs: fc.oneof(
        { weight: 5, arbitrary: fc.constant(0) },
        { weight: 15, arbitrary: fc.nat(30) },
        // For longer than a lease lives without renewal.
        { weight: 1, arbitrary: fc.integer({ min: 2000, max: 10_000 }) },
      ),
      tries: fc.nat(4).map((drawn) => drawn === 0),
      giveUpAfterMs: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(40) },
      ),
      end: fc.nat(7).map((drawn) => (drawn === 0 ? ('close' as const) : ('unlock' as const))),
    },
    { noNullPrototype: true },
  );
}
