/**
 * Whether an error is one of etcd, of its client or of the network: a node that ends with it gave up, as any program may
 * whose etcd is out of reach. Invariant: an assertion, or an error of the code's own without such a cause, is never one.
 */

import * as cockatiel from 'cockatiel';
import * as etcd3 from 'etcd3';
import { attempt } from '../../../../input/describe-value.js';

/**
 * The errors of etcd3 that any program may meet and their roots, and those of its circuit breaker. A refusal that only a
 * mistake brings, such as a permission or a role, is not among them.
 */
const ROOTS: readonly (new (...given: never[]) => Error)[] = [
  etcd3.GRPCGenericError,
  etcd3.EtcdError,
  etcd3.EtcdLeaseInvalidError,
  etcd3.EtcdLockFailedError,
  etcd3.EtcdInvalidAuthTokenError,
  etcd3.EtcdWatchStreamEnded,
  etcd3.STMConflictError,
  cockatiel.BrokenCircuitError,
  cockatiel.IsolatedCircuitError,
  cockatiel.TaskCancelledError,
  cockatiel.BulkheadRejectedError,
];

/** By their source: a package may be there twice, and code under test may have classes of the same names. */
const SOURCES = new Set(ROOTS.map((root) => sourceOf(root)));
const CAUSES_MAX = 8;
const STATUS_MAX = 16;

export function isOfEtcd(error: unknown): boolean {
  // Code can throw what throws when it is looked at.
  return attempt(() => isCausedByEtcd(error)) === true;
}

function isCausedByEtcd(error: unknown): boolean {
  const causes: Error[] = [];
  for (let at = error; causes.length < CAUSES_MAX && at instanceof Error; at = at.cause) causes.push(at);
  if (causes.some(isAssertion)) return false;
  return causes.some((one) => isStatus(one) || hasRoot(one));
}

/** Of node:assert, of Vitest, Jest or Chai; it may have what etcd said as its cause. */
export function isAssertion(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, matcherResult } = error as Error & Readonly<Record<string, unknown>>;
  return error.name === 'AssertionError' || code === 'ERR_ASSERTION' || matcherResult !== undefined;
}

/** An error of grpc-js. */
function isStatus(error: Error): boolean {
  const { code, details, metadata } = error as Error & Readonly<Record<string, unknown>>;
  const isCode = typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= STATUS_MAX;
  return isCode && typeof details === 'string' && metadata !== undefined;
}

function hasRoot(error: Error): boolean {
  let prototype: unknown = Object.getPrototypeOf(error);
  while (typeof prototype === 'object' && prototype !== null) {
    const { constructor } = prototype as { readonly constructor?: unknown };
    if (typeof constructor === 'function' && SOURCES.has(sourceOf(constructor))) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

function sourceOf(constructor: object): string {
  return Function.prototype.toString.call(constructor);
}
