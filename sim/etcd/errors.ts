/**
 * The one registry of errors a client of etcd can get, each with its gRPC code, its exact text, whether a write
 * that got it is definite (did not and will not happen) or indefinite, and what it means. Invariant: when in
 * doubt, indefinite: a checker may then assume either.
 */
import { ADMIN_ERRORS } from './errors/admin-errors.js';
import { AUTH_ERRORS } from './errors/auth-errors.js';
import { CONCURRENCY_ERRORS } from './errors/concurrency-errors.js';
import type { Definiteness, ErrorEntry } from './errors/entry.js';
import { KV_ERRORS } from './errors/kv-errors.js';
import { TRANSPORT_ERRORS } from './errors/transport-errors.js';
import type { CallStatus } from './call-status.js';

export { CODE, type Definiteness, type ErrorEntry } from './errors/entry.js';

/** Every error by name. */
export const ERRORS = {
  ...KV_ERRORS,
  ...CONCURRENCY_ERRORS,
  ...ADMIN_ERRORS,
  ...AUTH_ERRORS,
  ...TRANSPORT_ERRORS,
} as const;

/** Every error, in the order of the documentation. */
export const ALL_ERRORS: readonly ErrorEntry[] = Object.values(ERRORS);

/**
 * What the error of a write says about it, as a user of the etcd3 client sees it. etcd3 silently repeats a
 * request up to three times, so the last answer may follow an attempt that was applied. An answer is
 * therefore definite only if every attempt must have got it. A circuit breaker that refuses before sending is
 * definite. A boolean property `definite` of an error is trusted.
 */
export function definitenessOf(error: unknown): Definiteness {
  if (typeof error !== 'object' || error === null) return 'indefinite';
  if ('definite' in error && typeof error.definite === 'boolean') {
    return error.definite ? 'definite' : 'indefinite';
  }
  // etcd3 throws this one only if no attempt reached the network.
  if ('isBrokenCircuitError' in error) return 'definite';
  if (isRepeatedByEtcd3(error)) return 'indefinite';
  // An error straight from grpc-js is the answer to a single attempt.
  if ('code' in error && 'details' in error) {
    if (typeof error.code === 'number' && typeof error.details === 'string') {
      return definitenessOfStatus({ code: error.code, details: error.details });
    }
  }
  if (!('message' in error) || typeof error.message !== 'string') return 'indefinite';
  const status = statusOfMessage(error.message);
  const entry = status === undefined ? undefined : entryOf(status);
  return entry?.dependsOn === 'request' ? entry.definiteness : 'indefinite';
}

/** What a single attempt with this status says about its write. */
export function definitenessOfStatus(status: CallStatus): Definiteness {
  return entryOf(status)?.definiteness ?? 'indefinite';
}

/** The registered error of this status, if there is one. */
export function entryOf(status: CallStatus): ErrorEntry | undefined {
  return (
    BY_STATUS.get(`${status.code} ${status.details}`) ??
    BEGINNINGS.find((entry) => entry.code === status.code && status.details.startsWith(entry.text))
  );
}

/** The status with which a server ends a call that got this error. */
export function statusOf(entry: ErrorEntry): CallStatus {
  return { code: entry.code, details: entry.text };
}

const BY_STATUS = new Map(
  ALL_ERRORS.filter((entry) => entry.textIs === 'whole').map((entry) => [
    `${entry.code} ${entry.text}`,
    entry,
  ]),
);

const BEGINNINGS = ALL_ERRORS.filter((entry) => entry.textIs === 'beginning');

/** etcd3 marks the errors that it retries with a symbol of its own; only its description identifies it. */
function isRepeatedByEtcd3(error: object): boolean {
  return Object.getOwnPropertySymbols(error).some((symbol) => symbol.description === 'RecoverableError');
}

/** grpc-js writes a status into a message as `14 UNAVAILABLE: details`; etcd3 keeps only the message. */
function statusOfMessage(message: string): CallStatus | undefined {
  const match = /^(?:\w+: )?(\d+) [A-Z_]+: ([^]*)$/.exec(message);
  if (match === null) return undefined;
  return { code: Number(match[1]), details: match[2] ?? '' };
}
