/**
 * Registers, one for each key: reads, writes and compare-and-swap. Invariant: where every value is written once it is
 * judged exactly and in near-linear time, and elsewhere by the search through orders, which may give up.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { describeValue } from '../../input/describe-value.js';
import type { Check, Finding } from '../check.js';
import { checkLinearizable } from '../linearizable.js';
import { cellType, type CellCall } from '../linearizable/models.js';
import { checkRegisters, type RegisterCall, type RegisterOperation } from '../register.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  optionalNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, partOf, storedTextOf, type Reader } from './reading.js';
import { readyCheck } from './ready-check.js';

export interface RegisterOptions extends ReadyOptions {
  readonly read: OperationNames;
  readonly write?: OperationNames | undefined;
  /** Operations that write only where they find what they expect. */
  readonly cas?: OperationNames | undefined;
  /** Which register, where there are several. By default the field `key` of the input. */
  readonly key?: Reader | undefined;
  /** The value that was written; null deletes. By default the field `value` of the input, or the input. */
  readonly value?: Reader | undefined;
  /** What a read found, null for nothing. By default the field `value` or `found` of the output, or the output. */
  readonly found?: Reader | undefined;
  /** What a compare-and-swap expects, null for nothing. By default the field `expected` of the input. */
  readonly expected?: Reader | undefined;
  /** Whether it swapped. By default the field `swapped` of the output, or the output. */
  readonly swapped?: Reader<boolean> | undefined;
  /** The value of each register at the beginning; none by default. */
  readonly initial?: unknown;
}

const entries = {
  read: operationNames,
  write: optionalNames,
  cas: optionalNames,
  key: reader,
  value: reader,
  found: reader,
  expected: reader,
  swapped: reader,
  initial: v.optional(v.unknown()),
};

/** There is one order of all operations of a register that fits real time and in which each finds what was written last. */
export function register(options: RegisterOptions): Check {
  expectOptions('register', entries, options);
  const { read, write, cas } = options;
  return readyCheck({
    factory: 'register',
    options,
    name: 'register',
    description:
      'One order of all operations explains every read: each returns the last write. It keeps the order of operations that did not overlap.',
    roles: { read, write, cas },
    judge: (history) => judge(history, options),
  });
}

interface Timed {
  readonly id: string;
  readonly call: CellCall;
  readonly invoke: number;
  readonly return: number | undefined;
}

function judge({ operations }: History, options: RegisterOptions): Finding {
  const calls = operations.flatMap((operation) => timedOf(operation, options));
  const initial = storedTextOf(options.initial) ?? null;
  const simple = new Simplifier(initial, calls);
  const plain = calls.flatMap((call): RegisterOperation[] => {
    const simpler = simple.of(call.call);
    return simpler === undefined ? [] : [{ ...call, call: simpler }];
  });
  if (plain.length === calls.length) return checkRegisters(plain);
  return checkLinearizable({
    type: cellType(initial),
    calls,
    partOf: ({ key }) => key,
    describe: whatIt,
  });
}

function timedOf(operation: Operation, options: RegisterOptions): Timed[] {
  const end = endOf(operation);
  const call = end === 'failed' ? undefined : callOf(operation, options);
  if (call === undefined) return [];
  const { id, invoke } = operation;
  return [
    { id, call, invoke: invoke.sequence, return: end === 'ok' ? operation.return?.sequence : undefined },
  ];
}

/** Undefined for a read whose result is unknown. */
function callOf(operation: Operation, options: RegisterOptions): CellCall | undefined {
  const { name } = operation;
  const isOk = endOf(operation) === 'ok';
  const key = partOf({ option: 'key', fields: ['key'] }, options.key, operation) || 'the register';
  const text = (value: unknown) => storedTextOf(value) ?? null;
  if (namesOf(options.read).includes(name)) {
    return isOk ? { kind: 'read', key, value: text(foundBy(operation, options.found)) } : undefined;
  }
  const isWrite = namesOf(options.write).includes(name);
  if (!isWrite && !namesOf(options.cas).includes(name)) return undefined;
  const inValue = { option: 'value', in: 'input', fields: ['value'] } as const;
  const value = text(found(inValue, nothingIsNull(options.value), operation));
  if (isWrite) return { kind: 'write', key, value };
  const inExpected = { option: 'expected', in: 'input', fields: ['expected'] } as const;
  const expected = text(found(inExpected, nothingIsNull(options.expected), operation));
  const swapped = isOk ? swappedBy(operation, options.swapped) : undefined;
  return {
    kind: 'swap',
    key,
    expected,
    value,
    swapped,
    ...(swapped === false ? foundInstead(operation) : {}),
  };
}

function foundBy(operation: Operation, given: Reader | undefined): unknown {
  const place = { option: 'found', in: 'output', fields: ['value', 'found'] } as const;
  return found(place, nothingIsNull(given), operation);
}

function swappedBy(operation: Operation, given: Reader<boolean> | undefined): boolean {
  const swapped = found({ option: 'swapped', in: 'output', fields: ['swapped'] }, given, operation);
  if (typeof swapped === 'boolean') return swapped;
  throw new Error(
    `expected swapped to be true or false for ${operation.id} (${operation.node}), got ${describeValue(swapped)}`,
  );
}

/** What one that did not swap says that it found. */
function foundInstead({ outcome }: Operation): { found?: string | null } {
  const output: unknown = outcome?.kind === 'ok' ? outcome.output : undefined;
  if (typeof output !== 'object' || output === null || !Object.hasOwn(output, 'found')) return {};
  return { found: storedTextOf((output as { found: unknown }).found) ?? null };
}

/** Makes a function that returns undefined return null instead: it found no value. */
export function nothingIsNull(given: Reader | undefined): Reader | undefined {
  return given === undefined ? undefined : (operation) => given(operation) ?? null;
}

/** Calls in the form of the faster checker of registers, if they have one: to it, the initial value is null. */
class Simplifier {
  readonly #initial: string | null;
  readonly #isPossible: boolean;

  constructor(initial: string | null, calls: readonly Timed[]) {
    this.#initial = initial;
    // Once the beginning counts as nothing, nothing must not mean anything else.
    this.#isPossible = initial === null || calls.every(({ call }) => !valuesOf(call).includes(null));
  }

  of(call: CellCall): RegisterCall | undefined {
    if (!this.#isPossible) return undefined;
    const register = { key: call.key, initial: this.#initial ?? undefined };
    const value = this.#simple(call.value);
    if (call.kind === 'read') return { kind: 'read', ...register, value };
    if (call.kind === 'swap' && call.swapped === false) {
      return call.found === undefined || call.found === call.expected
        ? undefined
        : { kind: 'read', ...register, value: this.#simple(call.found) };
    }
    if (value === null) return undefined;
    if (call.kind === 'write') return { kind: 'write', ...register, value };
    return { kind: 'swap', ...register, expected: this.#simple(call.expected), value };
  }

  #simple(value: string | null): string | null {
    return value === this.#initial ? null : value;
  }
}

function valuesOf(call: CellCall): (string | null | undefined)[] {
  return call.kind === 'swap' ? [call.value, call.expected, call.found] : [call.value];
}

function whatIt(call: CellCall): string {
  const value = call.value ?? 'nothing';
  switch (call.kind) {
    case 'read':
      return `read ${value} in ${call.key}`;
    case 'write':
      return `wrote ${value} in ${call.key}`;
    case 'swap': {
      const what = `${call.expected ?? 'nothing'} for ${value} in ${call.key}`;
      if (call.swapped !== false) return `swapped ${what}`;
      const instead = call.found === undefined ? 'something else' : (call.found ?? 'nothing');
      return `did not swap ${what} because it found ${instead}`;
    }
    default:
      return call satisfies never;
  }
}
