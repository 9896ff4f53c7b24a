/**
 * Fencing: writes are accepted in the order of their tokens. Invariant: two writes are compared by their revisions if
 * both report one. Otherwise they are compared only if one had returned before the other was invoked.
 */
import type { Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { describeValue } from '../../input/describe-value.js';
import type { Check, Finding } from '../check.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, partOf, performed, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';
import { isNotFalse, type Span } from './spans.js';

export interface FencingOptions extends ReadyOptions {
  /** Operations that write what is guarded. */
  readonly write: OperationNames;
  /** Whether a write that ended ok was accepted; by default it was unless its output is false. */
  readonly accepted?: Reader<boolean> | undefined;
  /** A number that grows with every holder, such as the create revision of its key. By default the field `token` of the input. */
  readonly token?: Reader | undefined;
  /**
   * The place that was written. By default the field `place` or `key` of the input; without these, all writes are to
   * one place.
   */
  readonly place?: Reader | undefined;
}

/** An accepted write never has an older token than one accepted before it. */
export function fencing(options: FencingOptions): Check {
  expectOptions(
    'fencing',
    { write: operationNames, accepted: reader, token: reader, place: reader },
    options,
  );
  const names = namesOf(options.write);
  const isAccepted = options.accepted ?? isNotFalse;
  return readyCheck({
    factory: 'fencing',
    options,
    name: 'fencing',
    description: 'No write is accepted after one with a newer token.',
    roles: { write: options.write },
    judge({ operations }) {
      const accepted = operations
        .filter((operation) => names.includes(operation.name) && endOf(operation) === 'ok')
        .filter((operation) => isAccepted(performed(operation)))
        .map((operation): Fenced => {
          const token = found({ option: 'token', in: 'input', fields: ['token'] }, options.token, operation);
          const place = partOf({ option: 'place', fields: ['place', 'key'] }, options.place, operation);
          return { operation, place, token: numberOf(token, operation) };
        });
      return staleOf(accepted);
    },
  });
}

interface Fenced {
  readonly operation: Operation;
  readonly place: string;
  readonly token: number;
}

/** Of holders that may overlap: no token is given twice, and what ended ok is in the order of the tokens. */
export function fencedWorkOf(spans: readonly Span[], read: Reader): Finding | undefined {
  const work = spans.flatMap(({ operation, key }): Fenced[] => {
    const token = endOf(operation) === 'ok' ? read(performed(operation)) : undefined;
    if (token === undefined || token === null) return [];
    return [{ operation, place: key, token: numberOf(token, operation) }];
  });
  const holders = new Map<string, Fenced>();
  for (const one of work) {
    const other = holders.get(`${one.token} ${one.place}`);
    if (other !== undefined) {
      return violated(
        `${other.operation.id} and ${one.operation.id} both held${of(one)} with token ${one.token}: expected different tokens`,
        [other.operation, one.operation],
      );
    }
    holders.set(`${one.token} ${one.place}`, one);
  }
  return staleOf(work);
}

/** The first, by its return, that was accepted after one with a newer token. */
function staleOf(accepted: readonly Fenced[]): Finding | undefined {
  const byPlace = new Map<string, Fenced[]>();
  for (const one of accepted) {
    const own = byPlace.get(one.place);
    if (own === undefined) byPlace.set(one.place, [one]);
    else own.push(one);
  }
  let first: { readonly newer: Fenced; readonly stale: Fenced } | undefined;
  for (const own of byPlace.values()) {
    for (const pair of [staleByRevision(own), staleInTime(own)]) {
      if (pair === undefined) continue;
      if (first === undefined || returnOf(pair.stale) < returnOf(first.stale)) first = pair;
    }
  }
  if (first === undefined) return undefined;
  const { newer, stale } = first;
  return violated(
    `${stale.operation.id} was accepted${of(stale)} with token ${stale.token} after ${newer.operation.id} with token ${newer.token}: expected tokens that never decrease`,
    [newer.operation, stale.operation],
    [newer, stale].flatMap((one) => revisionOf(one) ?? []),
  );
}

function staleByRevision(accepted: readonly Fenced[]) {
  const known = accepted
    .filter((one) => revisionOf(one) !== undefined)
    .sort((one, other) => (revisionOf(one) ?? 0) - (revisionOf(other) ?? 0));
  let newest: Fenced | undefined;
  for (const one of known) {
    const isLater = newest !== undefined && (revisionOf(newest) ?? 0) < (revisionOf(one) ?? 0);
    if (newest !== undefined && isLater && newest.token > one.token) return { newer: newest, stale: one };
    if (newest === undefined || one.token >= newest.token) newest = one;
  }
  return undefined;
}

function staleInTime(accepted: readonly Fenced[]) {
  const byReturn = [...accepted].sort((one, other) => returnOf(one) - returnOf(other));
  const byInvocation = [...accepted].sort(
    (one, other) => one.operation.invoke.sequence - other.operation.invoke.sequence,
  );
  let newest: Fenced | undefined;
  let next = 0;
  let first: { readonly newer: Fenced; readonly stale: Fenced } | undefined;
  for (const one of byInvocation) {
    for (; next < byReturn.length; next++) {
      const earlier = byReturn[next];
      if (earlier === undefined || returnOf(earlier) >= one.operation.invoke.sequence) break;
      if (newest === undefined || earlier.token > newest.token) newest = earlier;
    }
    if (newest === undefined || newest.token <= one.token) continue;
    if (first === undefined || returnOf(one) < returnOf(first.stale)) first = { newer: newest, stale: one };
  }
  return first;
}

function of({ place }: Fenced): string {
  return place === '' ? '' : ` in ${place}`;
}

function revisionOf({ operation: { outcome } }: Fenced): number | undefined {
  return outcome?.kind === 'ok' ? outcome.revision : undefined;
}

function returnOf({ operation }: Fenced): number {
  return operation.return?.sequence ?? Infinity;
}

/** etcd's client gives revisions as texts. */
export function numberOf(value: unknown, { id, node }: Operation): number {
  const isText = typeof value === 'string' && /^-?\d+$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new Error(`expected a number for ${id} (${node}), got ${describeValue(value)}`);
}
