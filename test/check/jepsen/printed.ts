/**
 * Histories of one register in the format in which Jepsen prints those of etcd: a line for each invocation
 * and each completion, by process. `:info` leaves open whether it happened; `:fail` means that it did not.
 */
import type { RegisterCall, RegisterOperation } from '../../../sim/check/register.js';

const LINE = /(?:^|\s)(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$/;

export function parsePrintedRegister(text: string): RegisterOperation[] {
  const done: RegisterOperation[] = [];
  const under = new Map<string, { readonly invoke: number; readonly kind: string; readonly value: string }>();
  for (const [at, line] of text.split('\n').entries()) {
    const [, process = '', type, kind = '', value = ''] = LINE.exec(line.trim()) ?? [];
    if (type === 'invoke') under.set(process, { invoke: at, kind, value });
    const begun = under.get(process);
    if (begun === undefined || type === undefined || type === 'invoke') continue;
    under.delete(process);
    if (type === 'fail') continue;
    const call = callOf(kind, kind === 'read' ? value : begun.value);
    done.push({
      id: `${process}@${begun.invoke}`,
      call,
      invoke: begun.invoke,
      return: type === 'ok' ? at : undefined,
    });
  }
  const left = [...under].map(([process, { invoke, kind, value }]) => {
    return { id: `${process}@${invoke}`, call: callOf(kind, value), invoke };
  });
  return [...done, ...left];
}

function callOf(kind: string, value: string): RegisterCall {
  const [first = '', second = ''] = value.replace(/[[\]]/g, '').split(' ');
  const found = (text: string) => (text === 'nil' ? null : text);
  switch (kind) {
    case 'write':
      return { kind: 'write', key: 'r', value: first };
    case 'cas':
      return { kind: 'swap', key: 'r', expected: found(first), value: second };
    default:
      return { kind: 'read', key: 'r', value: found(value) };
  }
}
