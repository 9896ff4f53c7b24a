/** Operations of one register `k`, each with its moments. */
import type { RegisterOperation } from '../../../sim/check/register.js';

const key = 'k';

/** Its id is `w` and its value. */
export function write(value: string, invoke: number, returned?: number): RegisterOperation {
  return { id: `w${value}`, call: { kind: 'write', key, value }, invoke, return: returned };
}

export function read(id: string, value: string | null, invoke: number, returned?: number): RegisterOperation {
  return { id, call: { kind: 'read', key, value }, invoke, return: returned };
}

export function swap(
  id: string,
  expected: string | null,
  value: string,
  invoke: number,
  returned?: number,
): RegisterOperation {
  return { id, call: { kind: 'swap', key, expected, value }, invoke, return: returned };
}
