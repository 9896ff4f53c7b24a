/** Each node's planned work on the registers. There are few of them, so that nodes interact. */
import fc, { type Arbitrary } from 'fast-check';
import type { PlannedNode } from '../../sim/plan/plan.js';
import type { Json } from '../../sim/input/json.js';
import type { OptionSpecs, OptionValues } from '../../sim/plan/options.js';

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
} as const satisfies OptionSpecs;

export interface RegisterInput {
  readonly key: string;
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
  /** The value that a swap replaces, according to the node's knowledge at that time; not part of the plan. */
  readonly expected?: string | null;
}

export function planRegisters(options: OptionValues): Arbitrary<readonly PlannedNode[]> {
  const keys = Array.from({ length: Number(options['registers']) }, (_, index) => `r${index + 1}`);
  const each = Number(options['operations']);
  const nodes = Array.from({ length: Number(options['clients']) }, (_, index) =>
    fc.array(operation(keys), { minLength: each, maxLength: each }).map((drawn): PlannedNode => {
      const name = `c${index + 1}`;
      return { name, operations: drawn.map((one, place) => ({ id: `${name}-${place + 1}`, ...one })) };
    }),
  );
  return fc.tuple(...nodes);
}

function operation(keys: readonly string[]): Arbitrary<{ readonly name: string; readonly input: Json }> {
  const name = fc.oneof(
    { weight: 3, arbitrary: fc.constant('read') },
    { weight: 2, arbitrary: fc.constant('write') },
    { weight: 1, arbitrary: fc.constant('swap') },
  );
  return fc.record({
    name,
    input: fc.record({
      key: fc.constantFrom(...keys),
      afterMs: fc.oneof(fc.constant(0), fc.nat(20)),
    }),
  });
}
