/** Ready-made sequential types: a counter, a set, a register. Invariant: an unknown result fits every state. */
import { canonicalJson } from '../../input/canonical-json.js';
import type { SequentialType } from './sequential-type.js';

export type CounterCall =
  /** @property told the count after it, if the client heard it */
  | { readonly kind: 'add'; readonly by: number; readonly told?: number | undefined }
  | { readonly kind: 'read'; readonly told?: number | undefined };

/** A number that operations add to. */
export function counterType(initial: number): SequentialType<number, CounterCall> {
  return {
    initial,
    apply(state, call) {
      const after = call.kind === 'add' ? state + call.by : state;
      return call.told === undefined || call.told === after ? after : undefined;
    },
    textOf: String,
    textOfCall: (call) => (call.kind === 'add' ? `add ${call.by}` : 'read'),
  };
}

export type SetCall =
  /** @property told whether it changed anything, if the client heard it */
  | { readonly kind: 'add' | 'remove'; readonly item: string; readonly told?: boolean | undefined }
  | { readonly kind: 'has'; readonly item: string; readonly told?: boolean | undefined }
  /** @property told every member, in order */
  | { readonly kind: 'list'; readonly told?: readonly string[] | undefined };

/** Members in order, each once. */
export type SetState = readonly string[];

export function setType(initial: Iterable<string>): SequentialType<SetState, SetCall> {
  return {
    initial: [...new Set(initial)].sort(),
    apply(state, call) {
      switch (call.kind) {
        case 'add':
          if (fits(call.told, !state.includes(call.item))) return including(state, call.item);
          return undefined;
        case 'remove':
          if (fits(call.told, state.includes(call.item))) return state.filter((item) => item !== call.item);
          return undefined;
        case 'has':
          return fits(call.told, state.includes(call.item)) ? state : undefined;
        case 'list':
          return fits(call.told?.join('\u0000'), state.join('\u0000')) ? state : undefined;
        default:
          return call satisfies never;
      }
    },
    textOf: (state) => canonicalJson(state),
    textOfCall: (call) => (call.kind === 'list' ? 'list' : `${call.kind} ${call.item}`),
  };
}

function fits<T>(told: T | undefined, is: T): boolean {
  return told === undefined || told === is;
}

function including(state: SetState, item: string): SetState {
  return state.includes(item) ? state : [...state, item].sort();
}

export type CellCall =
  | { readonly kind: 'read'; readonly key: string; readonly value: string | null }
  /** @property value null deletes it */
  | { readonly kind: 'write'; readonly key: string; readonly value: string | null }
  | {
      readonly kind: 'swap';
      readonly key: string;
      readonly expected: string | null;
      readonly value: string | null;
      /** Undefined if no client heard it. */
      readonly swapped: boolean | undefined;
      /** If one that did not swap reported the value it found. */
      readonly found?: string | null | undefined;
    };

/** A register that may be deleted, and whose swaps may fail without reporting the value; null is no value. */
export function cellType(initial: string | null): SequentialType<string | null, CellCall> {
  return {
    initial,
    apply(state, call) {
      switch (call.kind) {
        case 'read':
          return state === call.value ? state : undefined;
        case 'write':
          return call.value;
        case 'swap': {
          const swaps = state === call.expected;
          if (!fits(call.swapped, swaps) || !fits(swaps ? undefined : call.found, state)) return undefined;
          return swaps ? call.value : state;
        }
        default:
          return call satisfies never;
      }
    },
    textOf: (state) => (state === null ? '' : `=${state}`),
    textOfCall: (call) => canonicalJson(call),
  };
}
