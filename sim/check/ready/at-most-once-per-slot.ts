/**
 * Each slot, such as a run of a scheduled job, is done by one node. Invariant: only operations that ended ok count as
 * done. One that may have happened is never a violation.
 */
import type { Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import type { Check } from '../check.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { foundName, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';

export interface AtMostOncePerSlotOptions extends ReadyOptions {
  readonly operation: OperationNames;
  /** The slot that it is for, such as `({ input }) => input.minute`. By default the field `slot` of the input, or the input. */
  readonly slot?: Reader | undefined;
}

/** At most one operation of a slot ends ok. */
export function atMostOncePerSlot(options: AtMostOncePerSlotOptions): Check {
  expectOptions('atMostOncePerSlot', { operation: operationNames, slot: reader }, options);
  const names = namesOf(options.operation);
  return readyCheck({
    factory: 'atMostOncePerSlot',
    options,
    name: 'at-most-once-per-slot',
    description: 'The work of a slot is done at most once.',
    roles: { operation: options.operation },
    judge({ operations }) {
      const done = new Map<string, Operation>();
      const place = { option: 'slot', in: 'input', fields: ['slot'] } as const;
      const byReturn = operations
        .filter((operation) => names.includes(operation.name) && endOf(operation) === 'ok')
        .sort((one, other) => returnOf(one) - returnOf(other));
      for (const operation of byReturn) {
        const slot = foundName(place, options.slot, operation);
        const other = done.get(slot);
        if (other !== undefined) {
          return violated(`slot ${slot} was done twice, by ${other.id} and ${operation.id}: expected once`, [
            other,
            operation,
          ]);
        }
        done.set(slot, operation);
      }
      return undefined;
    },
  });
}

function returnOf({ return: end }: Operation): number {
  return end?.sequence ?? Infinity;
}
