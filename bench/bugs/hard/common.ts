/** What the hard specimens share: their option, how operations are drawn, and waits. */
import fc, { type Arbitrary } from 'fast-check';
import type { Finding } from '../../../sim/check/check.js';
import type { Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import type { PlannedNode, PlannedOperation } from '../../../sim/plan/plan.js';

/** Every hard specimen has a right variant, which differs in the bug alone. */
export const options = {
  variant: {
    type: 'choice',
    default: 'wrong',
    choices: ['wrong', 'right'],
    description: 'with its bug, or without',
  },
} as const;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Tries until etcd answers. */
export async function untilDone<T>(attempt: () => Promise<T>, pauseMs = 200): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await sleep(pauseMs);
    }
  }
}

/** Nodes that have between `min` and `max` operations each, with drawn inputs. */
export function drawNodes(
  names: readonly string[],
  name: string,
  input: Arbitrary<Json>,
  [minLength, maxLength]: readonly [number, number],
): Arbitrary<readonly PlannedNode[]> {
  const nodes = names.map((node) =>
    fc.array(input, { minLength, maxLength }).map((inputs) => ({
      name: node,
      operations: inputs.map((one, index) => ({ id: `${node}-${index + 1}`, name, input: one })),
    })),
  );
  return fc.tuple(...nodes);
}

/** What a process does after a crash: the operations that it has not begun. */
export function notBegun(
  operations: readonly PlannedOperation[],
  begun: readonly Operation[],
): readonly PlannedOperation[] {
  return operations.filter(({ id }) => !begun.some((one) => one.id === id));
}

export function violated(
  message: string,
  operations: readonly string[],
  revisions: readonly number[] = [],
): Finding {
  return { verdict: 'violated', message, operations, revisions };
}

export const satisfied: Finding = { verdict: 'satisfied' };
