import { GRPCUnavailableError, EtcdLeaseInvalidError, castGrpcError } from 'etcd3/lib/errors.js';
import { expect, test } from 'vitest';
import { ALL_ERRORS, definitenessOf, definitenessOfStatus, entryOf, ERRORS } from '../../sim/etcd/errors.js';

const NAMES = ['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND'];

/** As grpc-js creates it and etcd3 passes it on. */
function asEtcd3Throws(code: number, details: string): Error {
  const error = new Error(`${code} ${NAMES[code] ?? 'OTHER'}: ${details}`);
  return castGrpcError(Object.assign(error, { code, details }));
}

test('names and texts are unique, and every error has a meaning', () => {
  expect(new Set(ALL_ERRORS.map(({ name }) => name)).size).toBe(ALL_ERRORS.length);
  expect(new Set(ALL_ERRORS.map(({ code, text }) => `${code} ${text}`)).size).toBe(ALL_ERRORS.length);
  for (const [name, entry] of Object.entries(ERRORS)) {
    expect(entry.name).toBe(name);
    expect(entry.meaning).toMatch(/^([A-Z]|etcd ).*\.$/);
  }
});

test('an error that depends only on the request is definite', () => {
  for (const entry of ALL_ERRORS) {
    if (entry.dependsOn === 'request') expect(entry.definiteness).toBe('definite');
  }
});

test('a status is found by its code and text, or by how its text begins', () => {
  expect(entryOf({ code: 5, details: 'etcdserver: requested lease not found' })).toBe(ERRORS.leaseNotFound);
  expect(entryOf({ code: 4, details: 'Deadline exceeded after 1s' })).toBe(ERRORS.clientDeadlineExceeded);
  expect(entryOf({ code: 14, details: 'etcdserver: requested lease not found' })).toBeUndefined();
});

test('one attempt that was never sent is definite, one that was cut off is not', () => {
  expect(definitenessOfStatus({ code: 14, details: 'No connection established' })).toBe('definite');
  expect(definitenessOfStatus({ code: 14, details: 'Connection dropped' })).toBe('indefinite');
  expect(definitenessOfStatus({ code: 14, details: 'read ECONNRESET' })).toBe('indefinite');
  expect(definitenessOfStatus({ code: 14, details: 'etcdserver: request timed out' })).toBe('indefinite');
  expect(definitenessOfStatus({ code: 2, details: 'never seen' })).toBe('indefinite');
});

test('through etcd3, a retried error is indefinite even if its own text is definite', () => {
  const error = asEtcd3Throws(14, 'No connection established');
  expect(error).toBeInstanceOf(GRPCUnavailableError);
  expect(definitenessOf(error)).toBe('indefinite');
});

test('through etcd3, a refusal that an earlier attempt may have caused is indefinite', () => {
  const error = asEtcd3Throws(5, 'etcdserver: requested lease not found');
  expect(error).toBeInstanceOf(EtcdLeaseInvalidError);
  expect(definitenessOf(error)).toBe('indefinite');
});

test('through etcd3, a refusal of the request itself is definite', () => {
  expect(definitenessOf(asEtcd3Throws(3, 'etcdserver: duplicate key given in txn request'))).toBe('definite');
  expect(definitenessOf(asEtcd3Throws(3, 'etcdserver: key not found'))).toBe('indefinite');
});

test('an error straight from grpc-js is the answer to one attempt', () => {
  const error = Object.assign(new Error(), { code: 5, details: 'etcdserver: requested lease not found' });
  expect(definitenessOf(error)).toBe('definite');
});

test('a circuit breaker that refused is definite', () => {
  expect(definitenessOf(Object.assign(new Error('open'), { isBrokenCircuitError: true }))).toBe('definite');
});

test('an error that states whether it is definite is trusted', () => {
  expect(definitenessOf({ definite: true })).toBe('definite');
  expect(
    definitenessOf(Object.assign(asEtcd3Throws(3, 'etcdserver: key is not provided'), { definite: false })),
  ).toBe('indefinite');
});

test.each([[undefined], [null], ['text'], [new Error('anything')], [new TypeError('broken')]])(
  'an unknown error is indefinite: %s',
  (error) => {
    expect(definitenessOf(error)).toBe('indefinite');
  },
);
