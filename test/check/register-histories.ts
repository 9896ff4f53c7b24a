/** Random small histories of one register, and the register as a sequential type. */
import type { SequentialType } from '../../sim/check/linearizable.js';
import type { RegisterCall } from '../../sim/check/register.js';
import type { CallShape } from './call-histories.js';

const key = 'k';

/** The values of one register; `null` is no value. */
export const registerType: SequentialType<string | null, RegisterCall> = {
  initial: null,
  apply(state, call) {
    switch (call.kind) {
      case 'read':
        return state === call.value ? state : undefined;
      case 'write':
        return call.value;
      case 'swap':
        return state === call.expected ? call.value : undefined;
    }
  },
  textOf: (state) => (state === null ? '' : `=${state}`),
};

export function registerShape(swaps: boolean, oneOpenOf: number): CallShape<string | null, RegisterCall> {
  return {
    type: registerType,
    drawCall(draw, state, index) {
      const kinds: RegisterCall[] = [
        { kind: 'write', key, value: `v${index}` },
        { kind: 'read', key, value: state },
        { kind: 'swap', key, expected: state, value: `v${index}` },
      ];
      return kinds[draw(swaps ? 3 : 2)] as RegisterCall;
    },
    spoil(draw, call, all) {
      const values = [null, ...all.flatMap((one) => (one.kind === 'read' ? [] : [one.value]))];
      const value = values[draw(values.length)] ?? null;
      if (call.kind === 'read') return { ...call, value };
      return call.kind === 'swap' ? { ...call, expected: value } : call;
    },
    callsMax: 7,
    overlap: 8,
    oneOpenOf,
  };
}
