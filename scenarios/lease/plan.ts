/**
 * The planned work of holders of leases, and of nodes that read their keys. Invariant: every round ends by
 * itself, and its released keys are gone before the next one begins.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { PlannedNode, PlannedOperation } from '../../sim/plan/plan.js';
import type { Operation } from '../../sim/history/history.js';
import type { Json } from '../../sim/input/json.js';
import type { OptionSpecs, OptionValues } from '../../sim/plan/options.js';

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

export function planLeases(options: OptionValues): Arbitrary<readonly PlannedNode[]> {
  const nodes = (letter: string, count: number, name: string, each: number, input: Arbitrary<Json>) =>
    Array.from({ length: count }, (_, index) =>
      fc.array(input, { minLength: each, maxLength: each }).map((inputs): PlannedNode => {
        const node = `${letter}${index + 1}`;
        const operations = inputs.map((one, place) => ({ id: `${node}-${place + 1}`, name, input: one }));
        return { name: node, operations };
      }),
    );
  return fc.tuple(
    ...nodes('h', Number(options['holders']), 'round', Number(options['rounds']), round),
    ...nodes('o', Number(options['lookers']), 'look', Number(options['looks']), look),
  );
}

/** A restarted node continues with the next round, or the next reading. */
export function restartLeases(
  operations: readonly PlannedOperation[],
  begun: readonly Operation[],
): readonly PlannedOperation[] {
  return operations.filter(
    (planned) => !begun.some(({ id }) => id === planned.id || id.startsWith(`${planned.id}.`)),
  );
}

const holdMs = fc.oneof(
  { weight: 1, arbitrary: fc.nat(100) },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 3000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 12_000 }) },
);

const round: Arbitrary<Json> = fc
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

const look: Arbitrary<Json> = fc.nat(600).map((afterMs) => ({ afterMs }));
