/**
 * Histories of registers in the format in which Jepsen stores those of etcd: `{:type :invoke, :f :cas, :value
 * [k [a b]], :process 3}` and so on. `:ok` happened, `:fail` did not, `:info` may have, then or later or
 * never; the same holds for an operation that never completes. A process that got `:info` is gone, and its
 * replacement has another number.
 */
import type { RegisterCall, RegisterOperation } from '../../../sim/check/register.js';
import { readEdn, textOf, type Edn } from './edn.js';

interface StoredEvent {
  readonly type: Edn;
  readonly f: Edn;
  readonly value: Edn;
  readonly process: Edn;
}

export function readStoredRegister(text: string): RegisterOperation[] {
  const operations: RegisterOperation[] = [];
  const underWay = new Map<number, { readonly at: number; readonly event: StoredEvent }>();
  const end = (process: number, completion?: { readonly at: number; readonly event: StoredEvent }) => {
    const begun = underWay.get(process);
    underWay.delete(process);
    if (begun === undefined || completion?.event.type === 'fail') return;
    const isOk = completion?.event.type === 'ok';
    const call = callOf(isOk ? completion.event : begun.event);
    // It is unknown what it read.
    if (!isOk && call.kind === 'read') return;
    const id = `${process}@${begun.at}`;
    operations.push({ id, call, invoke: begun.at, return: isOk ? completion.at : undefined });
  };
  const values = readEdn(text);
  // Stored one by one, or as one vector.
  const [first] = values;
  const events = values.length === 1 && Array.isArray(first) ? (first as readonly Edn[]) : values;
  for (const [at, value] of events.entries()) {
    const event = value as unknown as StoredEvent;
    // The nemesis has a name for its number.
    if (typeof event.process !== 'number') continue;
    if (event.type !== 'invoke') {
      end(event.process, { at, event });
      continue;
    }
    end(event.process);
    underWay.set(event.process, { at, event });
  }
  for (const process of [...underWay.keys()]) end(process);
  return operations;
}

function callOf({ f, value }: StoredEvent): RegisterCall {
  const [name = null, argument = null] = value as readonly Edn[];
  const key = textOf(name);
  const found = (one: Edn | undefined) => (one === null || one === undefined ? null : textOf(one));
  switch (f) {
    case 'read':
      return { kind: 'read', key, value: found(argument) };
    case 'write':
      return { kind: 'write', key, value: textOf(argument) };
    case 'cas': {
      const [expected, wanted] = argument as readonly Edn[];
      return { kind: 'swap', key, expected: found(expected), value: textOf(wanted ?? null) };
    }
    default:
      throw new Error(`no such operation of a register: ${textOf(f)}`);
  }
}
