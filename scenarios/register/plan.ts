/** Each node's planned work on the registers. There are few of them, so that nodes interact. */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import { operation, type HistoryOf, type NodeOf, type PlannedOf } from '../../sim/scenario/operations.js';

export const registerOptions = {
  registers: { type: 'integer', default: 2, min: 1, max: 100, description: 'the number of keys' },
  clients: {
    type: 'integer',
    default: 4,
    min: 1,
    max: 100,
    description: 'the number of nodes that use them',
  },
  operations: {
    type: 'integer',
    default: 20,
    min: 0,
    max: 10_000,
    description: 'operations per node',
  },
  reads: {
    type: 'choice',
    default: 'linearizable',
    choices: ['linearizable', 'serializable'],
    description: 'the kind of reads to request; the check demands linearizable ones',
  },
  variant: {
    type: 'choice',
    default: 'once',
    choices: ['once', 'etcd3'],
    description: 'the client: one that sends each request once, or plain etcd3',
  },
} as const satisfies OptionSpecs;

export interface RegisterInput {
  readonly key: string;
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
  /** The value that a swap replaces, according to the node's knowledge at that time; not part of the plan. */
  readonly expected?: string | null;
}

/** The value that a swap found, and whether it replaced it. */
interface SwapOutput {
  readonly found: string | null;
  readonly swapped: boolean;
}

export const registerOperations = {
  read: operation<RegisterInput, string | null>(),
  write: operation<RegisterInput>(),
  swap: operation<RegisterInput, SwapOutput>(),
};

type Node = NodeOf<typeof registerOperations>;
export type RegisterContext = NodeContextOf<typeof registerOptions, typeof registerOperations>;
export type RegisterOperation = PlannedOf<typeof registerOperations>;
export type RegisterHistory = HistoryOf<typeof registerOperations>;

export function planRegisters(options: ValuesOf<typeof registerOptions>): Arbitrary<readonly Node[]> {
  const keys = Array.from({ length: options.registers }, (_, index) => `r${index + 1}`);
  const each = options.operations;
  const nodes = Array.from({ length: options.clients }, (_, index) =>
    fc.array(drawOperation(keys), { minLength: each, maxLength: each }).map((drawn): Node => {
      const name = `c${index + 1}`;
      return { name, operations: drawn.map((one, place) => ({ id: `${name}-${place + 1}`, ...one })) };
    }),
  );
  return fc.tuple(...nodes);
}

function drawOperation(keys: readonly string[]): Arbitrary<Omit<RegisterOperation, 'id'>> {
  const name = fc.oneof(
    { weight: 3, arbitrary: fc.constant('read' as const) },
    { weight: 2, arbitrary: fc.constant('write' as const) },
    { weight: 1, arbitrary: fc.constant('swap' as const) },
  );
  return fc.record({
    name,
    input: fc.record({
      key: fc.constantFrom(...keys),
      afterMs: fc.oneof(fc.constant(0), fc.nat(20)),
    }),
  });
}
