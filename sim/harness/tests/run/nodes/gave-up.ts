/**
 * Whether an error is one of etcd, of its client or of the network: a node that ends with it gave up, as any program may
 * whose etcd is out of reach. Invariant: an assertion, or an error of the code's own without such a cause, is never one.
 */

import { attempt } from '../../../../input/describe-value.js';

/**
 * By name, since a package may be there twice: the errors of etcd3 that any program may meet and their roots, and those
 * of its circuit breaker. A refusal that only a mistake brings, such as a permission or a role, is not among them.
 */
const ROOTS = new Set([
  'GRPCGenericError',
  'EtcdError',
  'EtcdLeaseInvalidError',
  'EtcdLockFailedError',
  'EtcdInvalidAuthTokenError',
  'EtcdWatchStreamEnded',
  'STMConflictError',
  'BrokenCircuitError',
  'IsolatedCircuitError',
  'TaskCancelledError',
  'BulkheadRejectedError',
]);
const CAUSES_MAX = 8;
const STATUS_MAX = 16;

export function isOfEtcd(error: unknown): boolean {
  // Code can throw what throws when it is looked at.
  return attempt(() => isCausedByEtcd(error)) === true;
}

function isCausedByEtcd(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth++) {
    if (isAssertion(at)) return false;
    if (isStatus(at) || hasRoot(at)) return true;
    at = at.cause;
  }
  return false;
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
    const { constructor } = prototype as { readonly constructor?: { readonly name?: unknown } };
    if (typeof constructor?.name === 'string' && ROOTS.has(constructor.name)) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}
