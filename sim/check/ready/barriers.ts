/**
 * Barriers and double barriers. Invariant: a node counts as too early only if no order of the overlapping operations
 * explains when it passed, entered or left. Operations that may have happened count as explanations, too.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { whole } from '../../input/schema.js';
import { earlyPassOf, type BarrierCall } from '../barrier.js';
import type { Check, Finding } from '../check.js';
import { doubleBarrierViolation, type DoubleBarrierViolation, type Stay } from '../double-barrier.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  optionalNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { partOf, performed, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';

export interface BarrierOptions extends ReadyOptions {
  /** Operations that return when the barrier is open. */
  readonly wait: OperationNames;
  readonly release: OperationNames;
  /** Operations that close it. Without any, every barrier is closed from the beginning until it is released. */
  readonly hold?: OperationNames | undefined;
  /** Which barrier, where there are several. By default the field `barrier` of the input. */
  readonly barrier?: Reader | undefined;
}

export interface DoubleBarrierOptions extends ReadyOptions {
  readonly enter: OperationNames;
  /** Operations that return when all have left. */
  readonly leave: OperationNames;
  /** Operations with which a node leaves without waiting for the others. */
  readonly quit?: OperationNames | undefined;
  /** How many have to come. */
  readonly count: number;
  /** Which barrier, where there are several. By default the field `barrier` of the input. */
  readonly barrier?: Reader | undefined;
  /**
   * Whether what the node left at the barrier may have outlived an operation that did not end ok. By default that of
   * every operation that may have happened, and of one that failed with a `SessionLostError`.
   */
  readonly lingers?: Reader<boolean> | undefined;
}

/** No node passes a closed barrier before a node has begun to release it. */
export function barrier(options: BarrierOptions): Check {
  const entries = { wait: operationNames, release: operationNames, hold: optionalNames, barrier: reader };
  expectOptions('barrier', entries, options);
  const { wait, release, hold } = options;
  return readyCheck({
    factory: 'barrier',
    options,
    name: 'barrier',
    description: 'No node passes a held barrier before its release began.',
    roles: { wait, release, hold },
    judge: (history) => passedEarly(history, options),
  });
}

/** If no node ever holds a barrier, it counts as held since before everything else. */
const CLOSED_BEFORE = '';

function passedEarly({ operations }: History, options: BarrierOptions): Finding | undefined {
  const calls = operations.flatMap((operation) => callOf(operation, options));
  const closed = options.hold === undefined ? [...new Set(calls.map((call) => call.barrier))] : [];
  const pass = earlyPassOf([...closed.map(closedBefore), ...calls]);
  if (pass === undefined) return undefined;
  const { hold, wait } = pass;
  const what = wait.barrier === '' ? 'the barrier' : wait.barrier;
  if (hold.id === CLOSED_BEFORE) {
    return violated(`${wait.id} passed ${what} before any release began`, [wait.id]);
  }
  return violated(`${wait.id} passed ${what}, which ${hold.id} held, before any release began`, [
    hold.id,
    wait.id,
  ]);
}

function closedBefore(name: string): BarrierCall {
  return { id: CLOSED_BEFORE, barrier: name, kind: 'hold', invoke: -2, return: -1, happened: true };
}

function callOf(
  operation: Operation,
  { wait, release, hold, barrier: which }: BarrierOptions,
): BarrierCall[] {
  const names = { wait: namesOf(wait), release: namesOf(release), hold: namesOf(hold) };
  const kinds = ['hold', 'release', 'wait'] as const;
  const kind = kinds.find((one) => names[one].includes(operation.name));
  const end = endOf(operation);
  if (kind === undefined || end === 'failed') return [];
  return [
    {
      id: operation.id,
      barrier: partOfBarrier(which, operation),
      kind,
      invoke: operation.invoke.sequence,
      // An indefinite operation may happen at any later time.
      return: end === 'indefinite' ? Infinity : (operation.return?.sequence ?? Infinity),
      happened: end === 'ok',
    },
  ];
}

function partOfBarrier(which: Reader | undefined, operation: Operation): string {
  return partOf({ option: 'barrier', fields: ['barrier'] }, which, operation);
}

/** No node enters before enough have come, and no leave ends while another node is inside. */
export function doubleBarrier(options: DoubleBarrierOptions): Check {
  expectOptions(
    'doubleBarrier',
    {
      enter: operationNames,
      leave: operationNames,
      quit: optionalNames,
      count: whole(1, 1e6),
      barrier: reader,
      lingers: v.optional(v.function('a function of an operation')),
    },
    options,
  );
  const { enter, leave, quit, count } = options;
  return readyCheck({
    factory: 'doubleBarrier',
    options,
    name: 'double-barrier',
    description: `No node enters before ${count} have come, and no leave ends while another node is inside.`,
    roles: { enter, leave, quit },
    judge(history) {
      const violation = doubleBarrierViolation(staysOf(history, options), count);
      return violation === undefined ? undefined : describe(violation, count);
    },
  });
}

/** Each enter of a node with what the node did next there. */
function staysOf({ operations }: History, options: DoubleBarrierOptions): Stay[] {
  const { enter, leave, quit, barrier: which, lingers } = options;
  const names = [enter, leave, quit].flatMap(namesOf);
  const places = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (!names.includes(operation.name)) continue;
    const place = canonicalJson([operation.node, partOfBarrier(which, operation)]);
    const own = places.get(place);
    if (own === undefined) places.set(place, [operation]);
    else own.push(operation);
  }
  const isEnter = ({ name }: Operation) => namesOf(enter).includes(name);
  const isLost = (operation: Operation) =>
    endOf(operation) !== 'ok' && (lingers?.(performed(operation)) ?? mayLinger(operation));
  return [...places.values()].flatMap((own) =>
    own.flatMap((operation, index): Stay[] => {
      if (!isEnter(operation)) return [];
      const next = own[index + 1];
      const ending = next !== undefined && !isEnter(next) ? next : undefined;
      const isOk = endOf(operation) === 'ok';
      const returned = operation.return?.sequence ?? Infinity;
      const hasLeft = ending !== undefined && namesOf(leave).includes(ending.name) && endOf(ending) === 'ok';
      const mayStay = isOk ? ending === undefined || isLost(ending) : isLost(operation);
      return [
        {
          id: operation.id,
          node: operation.node,
          barrier: partOfBarrier(which, operation),
          came: firstTry(own, index, isEnter).invoke.sequence,
          ...(isOk ? { entered: returned } : {}),
          // One that was not let in may be counted until it gave up. What either left there may live on.
          goes: mayStay ? Infinity : ((isOk ? ending?.invoke : operation.return)?.sequence ?? Infinity),
          ...(hasLeft ? { left: ending.return?.sequence ?? Infinity } : {}),
          // One whose leave failed may have lost its session long before.
          stayed: hasLeft,
          lost: isLost(operation) || (ending !== undefined && isLost(ending)),
        },
      ];
    }),
  );
}

/**
 * The earliest enter to which this one belongs: a node that may be inside continues from there when it enters again.
 */
function firstTry(
  own: readonly Operation[],
  index: number,
  isEnter: (operation: Operation) => boolean,
): Operation {
  let first = index;
  for (;;) {
    const before = own[first - 1];
    // An enter that never came back ended with its process.
    if (before === undefined || !isEnter(before) || before.outcome?.kind !== 'indefinite') break;
    first -= 1;
  }
  return own[first] as Operation;
}

function mayLinger({ outcome }: Operation): boolean {
  return outcome?.kind !== 'failed' || outcome.error.name === 'SessionLostError';
}

function describe(violation: DoubleBarrierViolation, count: number): Finding {
  const { stay } = violation;
  const what = stay.barrier === '' ? 'the barrier' : stay.barrier;
  switch (violation.kind) {
    case 'entered early': {
      const nodes = new Set(violation.company.map(({ node }) => node));
      return violated(`${stay.id} entered ${what} when only ${nodes.size + 1} of ${count} had come`, [
        stay.id,
        ...violation.company.map(({ id }) => id).slice(0, 4),
      ]);
    }
    case 'left early':
      return violated(
        `${stay.node} left ${what} after ${stay.id} while ${violation.inside.node} was still inside (${violation.inside.id})`,
        [stay.id, violation.inside.id],
      );
    default:
      return violation satisfies never;
  }
}
