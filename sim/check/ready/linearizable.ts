/**
 * Linearizability of anything: a ready-made type, or one of your own. Invariant: an operation that may have happened
 * may take effect at any time after its invocation, with any result, or never.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { describeValue } from '../../input/describe-value.js';
import { InputError, suggestion } from '../../input/parsed.js';
import type { Check } from '../check.js';
import { checkLinearizable, type SequentialType } from '../linearizable.js';
import { typeOfModel, type SequentialModel } from '../linearizable/model.js';
import { counterType, setType, type CounterCall, type SetCall } from '../linearizable/models.js';
import { numberOf } from './fencing.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  optionalNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import {
  foundStored,
  partOf,
  performed,
  storedNameOf,
  storedTextOf,
  type Performed,
  type Reader,
} from './reading.js';
import { readyCheck } from './ready-check.js';
import { register, type RegisterOptions } from './register.js';

interface SharedOptions extends ReadyOptions {
  /** What an operation is about, where things do not affect one another. By default the field `key` of the input. */
  readonly key?: Reader | undefined;
}

export interface LinearizableRegisterOptions extends Omit<RegisterOptions, 'read' | 'write' | 'cas'> {
  readonly type: 'register';
  readonly operations: Pick<RegisterOptions, 'read' | 'write' | 'cas'>;
}

export interface LinearizableCounterOptions extends SharedOptions {
  readonly type: 'counter';
  readonly operations: {
    readonly add?: OperationNames | undefined;
    readonly read?: OperationNames | undefined;
  };
  /** How much is added. By default the field `by` of the input, or the input where it is a number, or 1. */
  readonly by?: Reader | undefined;
  /**
   * The count after it that an operation reported; undefined if it reported none. By default a read reports its output,
   * or the output's field `value`, and an add reports none.
   */
  readonly count?: Reader | undefined;
  /** 0 by default. */
  readonly initial?: number | undefined;
}

export interface LinearizableSetOptions extends SharedOptions {
  readonly type: 'set';
  readonly operations: {
    readonly add?: OperationNames | undefined;
    readonly remove?: OperationNames | undefined;
    /** Tells by its output whether an item is in it. */
    readonly has?: OperationNames | undefined;
    /** Gives all members as a list. */
    readonly list?: OperationNames | undefined;
  };
  /** By default the field `item` or `value` of the input, or the input. */
  readonly item?: Reader | undefined;
  /**
   * Whether an add or a remove reported that it changed anything; undefined if it did not report. By default none does.
   */
  readonly changed?: Reader<boolean | undefined> | undefined;
  /** Empty by default. */
  readonly initial?: readonly unknown[] | undefined;
}

export interface LinearizableModelOptions<State> extends SharedOptions {
  /** A model that gives the next state and the output, or a type that says which calls a state allows. */
  readonly type: SequentialModel<State, Performed> | SequentialType<State, Performed>;
  readonly operations: OperationNames;
}

export type LinearizableOptions<State = unknown> =
  | LinearizableRegisterOptions
  | LinearizableCounterOptions
  | LinearizableSetOptions
  | LinearizableModelOptions<State>;

/** There is one order of the operations that fits real time and that the type allows. */
export function linearizable<State>(options: LinearizableOptions<State>): Check {
  expectType(options);
  if (options.type === 'register') return linearizableRegister(options);
  if (options.type === 'counter') return counter(options);
  if (options.type === 'set') return set(options);
  return ofModel(options);
}

/** Config files are not type-checked. */
function expectType(options: unknown): void {
  const { type } = Object(options) as { readonly type?: unknown };
  if (typeof type === 'string' && ['register', 'counter', 'set'].includes(type)) return;
  const isModel = typeof type === 'object' && type !== null && 'initial' in type;
  if (isModel && ('next' in type || 'apply' in type)) return;
  const got = describeValue(type) + suggestion(String(type), ['register', 'counter', 'set']);
  throw new InputError(
    `checks.linearizable: expected type to be register, counter, set or a model with initial and next, got ${got}`,
  );
}

const DESCRIPTION =
  'One order of all operations gives every result. It keeps the order of operations that did not overlap.';

function linearizableRegister({ type: _type, operations, ...rest }: LinearizableRegisterOptions): Check {
  return register({ name: 'linearizable', ...rest, ...operations });
}

const shared = { type: v.any(), key: reader };

function counter(options: LinearizableCounterOptions): Check {
  const { operations, by, count, initial = 0 } = options;
  expectOptions(
    'linearizable',
    {
      ...shared,
      operations: v.strictObject({ add: optionalNames, read: optionalNames }, 'add, read or both'),
      ...{ by: reader, count: reader, initial: v.optional(v.number('a number')) },
    },
    options,
  );
  return typed<number, CounterCall, 'add' | 'read'>(options, {
    type: counterType(initial),
    callOf(operation, role) {
      const isTold = endOf(operation) === 'ok' && (role === 'read' || count !== undefined);
      const told = isTold ? countTold(operation, count) : undefined;
      if (role === 'read') return { kind: 'read', told };
      return { kind: 'add', by: addedBy(operation, by), told };
    },
    describe: (call) => {
      const gave = call.told === undefined ? '' : `${call.kind === 'read' ? '' : ' and got'} ${call.told}`;
      return call.kind === 'read' ? `read${gave}` : `added ${call.by}${gave}`;
    },
    roles: { add: operations.add, read: operations.read },
  });
}

function addedBy(operation: Operation, by: Reader | undefined): number {
  if (by !== undefined) return numberOf(by(performed(operation)), operation);
  const { input } = operation;
  if (typeof input === 'number') return input;
  const given = (Object(input) as { by?: unknown }).by;
  return given === undefined ? 1 : numberOf(given, operation);
}

function countTold(operation: Operation, count: Reader | undefined): number | undefined {
  const output = count === undefined ? outputOf(operation) : count(performed(operation));
  if (output === undefined || output === null) return undefined;
  const value = typeof output === 'object' ? (output as { value?: unknown }).value : output;
  return value === undefined ? undefined : numberOf(value, operation);
}

function outputOf({ outcome }: Operation): unknown {
  return outcome?.kind === 'ok' ? outcome.output : undefined;
}

function set(options: LinearizableSetOptions): Check {
  const { operations, item, changed, initial = [] } = options;
  const { add, remove, has, list } = Object(operations) as LinearizableSetOptions['operations'];
  expectOptions(
    'linearizable',
    {
      ...shared,
      operations: v.strictObject(
        { add: optionalNames, remove: optionalNames, has: optionalNames, list: optionalNames },
        'some of add, remove, has and list',
      ),
      ...{ item: reader, changed: reader, initial: v.optional(v.array(v.any(), 'a list')) },
    },
    options,
  );
  const itemOf = (operation: Operation) => {
    const place = { option: 'item', in: 'input', fields: ['item', 'value'] } as const;
    return foundStored(place, item, operation);
  };
  return typed<readonly string[], SetCall, 'add' | 'remove' | 'has' | 'list'>(options, {
    type: setType(initial.map((one) => storedTextOf(one) ?? refuseItem(one))),
    callOf(operation, role): SetCall | undefined {
      const output = outputOf(operation);
      if (role !== 'list') {
        const isOk = output !== undefined;
        const told = role === 'has' ? output : isOk ? changed?.(performed(operation)) : undefined;
        return { kind: role, item: itemOf(operation), told: isOk ? booleanOf(told, operation) : undefined };
      }
      if (output === undefined) return undefined;
      if (!Array.isArray(output))
        throw new Error(`expected a list from ${operation.id}, got ${describeValue(output)}`);
      return { kind: 'list', told: output.map((one) => storedNameOf('list', one, operation)).sort() };
    },
    describe(call) {
      if (call.kind === 'list') return `list returned ${call.told?.join(', ') || 'nothing'}`;
      return `${call.kind} ${call.item}${call.told === undefined ? '' : ` gave ${call.told}`}`;
    },
    roles: { add, remove, has, list },
  });
}

function refuseItem(value: unknown): never {
  throw new InputError(`checks.linearizable: expected items of initial, got ${describeValue(value)}`);
}

function booleanOf(value: unknown, { id, node }: Operation): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new Error(`expected true or false from ${id} (${node}), got ${describeValue(value)}`);
}

function ofModel<State>(options: LinearizableModelOptions<State>): Check {
  expectOptions('linearizable', { ...shared, operations: operationNames }, options);
  const { type, operations } = options;
  return typed<State, Performed, 'operations'>(options, {
    type: 'next' in type ? typeOfModel(type, canonicalJson) : type,
    callOf: (operation) => performed(operation),
    describe({ name, input, output }) {
      const gave = output === undefined ? '' : ` gave ${canonicalJson(output)}`;
      return `${name}${input === null ? '' : ` ${canonicalJson(input)}`}${gave}`;
    },
    roles: { operations },
  });
}

interface Typed<State, Call, Role extends string> {
  readonly type: SequentialType<State, Call>;
  /** Of an operation that happened or may have happened. */
  callOf(operation: Operation, role: Role): Call | undefined;
  describe(call: Call): string;
  readonly roles: Readonly<Record<Role, OperationNames | undefined>>;
}

function typed<State, Call, Role extends string>(
  options: SharedOptions,
  { type, callOf, describe, roles }: Typed<State, Call, Role>,
): Check {
  const roleOf = new Map<string, Role>();
  for (const role of Object.keys(roles) as Role[]) {
    for (const name of namesOf(roles[role])) roleOf.set(name, role);
  }
  if (roleOf.size === 0) throw new InputError('checks.linearizable: expected operations, got none');
  return readyCheck({
    factory: 'linearizable',
    options,
    name: 'linearizable',
    description: DESCRIPTION,
    roles,
    judge({ operations }: History) {
      const keys = new Map<Call, string>();
      const calls = operations.flatMap((operation) => {
        const role = roleOf.get(operation.name);
        const end = endOf(operation);
        const call = role === undefined || end === 'failed' ? undefined : callOf(operation, role);
        if (call === undefined) return [];
        keys.set(call, partOf({ option: 'key', fields: ['key'] }, options.key, operation));
        const returned = end === 'ok' ? operation.return?.sequence : undefined;
        return [{ id: operation.id, call, invoke: operation.invoke.sequence, return: returned }];
      });
      return checkLinearizable({ type, calls, partOf: (call) => keys.get(call) ?? '', describe });
    },
  });
}
