/**
 * The operations of a register, and the known facts about unanswered ones. Invariant: after {@link resolve}
 * every operation has a return, and the history is linearizable iff it was before.
 */

/**
 * A request to a register, with its result. A swap that found another value counts as a read of that value.
 */
export type RegisterCall = (
  | { readonly kind: 'read'; readonly value: string | null }
  | { readonly kind: 'write'; readonly value: string }
  | { readonly kind: 'swap'; readonly expected: string | null; readonly value: string }
) & {
  readonly key: string;
  /** What null stands for, in messages; nothing by default. */
  readonly initial?: string | undefined;
};

export interface RegisterOperation {
  readonly id: string;
  readonly call: RegisterCall;
  readonly invoke: number;
  /** Without it: it may have happened at any later time, or never; a read then means nothing. */
  readonly return?: number | undefined;
}

export interface ResolvedOperation extends RegisterOperation {
  readonly return: number;
  /** The operation that returned: itself, or the first that shows that it had happened. */
  readonly shownBy: RegisterOperation;
}

/** The value that a call leaves, if it changes the value. */
export function writtenValue(call: RegisterCall): string | undefined {
  return call.kind === 'read' ? undefined : call.value;
}

/** The value that a call found; undefined if it does not report one. */
export function foundValue(call: RegisterCall): string | null | undefined {
  switch (call.kind) {
    case 'read':
      return call.value;
    case 'swap':
      return call.expected;
    case 'write':
      return undefined;
    default:
      return call satisfies never;
  }
}

/** Such as `read 4 from k1`. */
export function whatIt(call: RegisterCall): string {
  const nothing = call.initial ?? 'nothing';
  switch (call.kind) {
    case 'read':
      return `read ${call.value ?? nothing} from ${call.key}`;
    case 'write':
      return `wrote ${call.value} to ${call.key}`;
    case 'swap':
      return `swapped ${call.expected ?? nothing} for ${call.value} in ${call.key}`;
    default:
      return call satisfies never;
  }
}

/**
 * Removes operations whose effect is undetectable. A write whose value was found gets the latest moment at
 * which it can have happened: the return of the first that found it.
 */
export function resolve(operations: readonly RegisterOperation[]): ResolvedOperation[] {
  const shownBy = new Map<RegisterOperation, RegisterOperation>();
  const writers = new Map<string, RegisterOperation>();
  for (const operation of operations) {
    const value = writtenValue(operation.call);
    if (value !== undefined) writers.set(value, operation);
    if (operation.return !== undefined) shownBy.set(operation, operation);
  }
  // An unanswered swap whose value was found has itself found a value, and so on back.
  const known = operations.filter((operation) => operation.return !== undefined);
  for (let next = known.pop(); next !== undefined; next = known.pop()) {
    const found = foundValue(next.call);
    const writer = found === undefined || found === null ? undefined : writers.get(found);
    const by = shownBy.get(next);
    if (writer === undefined || by === undefined || writer.return !== undefined) continue;
    if (returnOf(by) >= returnOf(shownBy.get(writer))) continue;
    shownBy.set(writer, by);
    known.push(writer);
  }
  return operations.flatMap((operation): ResolvedOperation[] => {
    const by = shownBy.get(operation);
    return by === undefined ? [] : [{ ...operation, return: returnOf(by), shownBy: by }];
  });
}

function returnOf(operation: RegisterOperation | undefined): number {
  return operation?.return ?? Infinity;
}
