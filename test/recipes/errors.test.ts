import {
  EtcdLeaseInvalidError,
  EtcdPermissionDeniedError,
  GRPCDeadlineExceededError,
  GRPCFailedPreconditionError,
  GRPCInternalError,
  GRPCInvalidArgumentError,
  GRPCResourceExhastedError,
  GRPCUnavailableError,
} from 'etcd3';
import { describe, expect, it } from 'vitest';
import {
  ClosedError,
  ConflictError,
  DefiniteError,
  IndefiniteError,
  isCompacted,
  isFutureRevision,
  isLeaseNotFound,
  isTokenRefused,
  isTransient,
  messageOf,
  SessionLostError,
} from '../../src/errors.js';
import { BarrierHeldError, TooManyClientsError } from '../../src/barrier/errors.js';

it('every error says its name, and whether nothing happened', () => {
  const cause = new Error('why');
  const kinds = [
    DefiniteError,
    ConflictError,
    ClosedError,
    SessionLostError,
    BarrierHeldError,
    TooManyClientsError,
  ];
  for (const Kind of kinds) {
    expect(new Kind('what', { cause })).toMatchObject({
      name: Kind.name,
      definite: true,
      message: 'what',
      cause,
    });
  }
  expect(new IndefiniteError('what')).toMatchObject({ name: 'IndefiniteError', definite: false });
});

describe('the same request may succeed', () => {
  it.each([
    new GRPCUnavailableError('14 UNAVAILABLE: no connection'),
    new GRPCDeadlineExceededError('4 DEADLINE_EXCEEDED'),
    new GRPCInternalError('13 INTERNAL: stream was reset'),
    new GRPCResourceExhastedError('8 RESOURCE_EXHAUSTED: etcdserver: too many requests'),
    new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: etcdserver: revision of auth store is old'),
    new GRPCFailedPreconditionError('9 FAILED_PRECONDITION: etcdserver: rpc not supported for learner'),
    Object.assign(new Error('the breaker is open'), { isBrokenCircuitError: true }),
  ])('after %s', (error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    new GRPCResourceExhastedError('8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded'),
    new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: etcdserver: key is not provided'),
    new GRPCFailedPreconditionError('9 FAILED_PRECONDITION: etcdserver: too many learner members in cluster'),
    new GRPCInternalError('13 INTERNAL: Request message serialization failure: no'),
    new EtcdPermissionDeniedError('7 PERMISSION_DENIED: etcdserver: permission denied'),
    new Error('whatever'),
    '14 UNAVAILABLE: a text',
    undefined,
    { isBrokenCircuitError: true },
  ])('not after %s', (error) => {
    expect(isTransient(error)).toBe(false);
  });
});

/** Each reading of an error, by an error that it is true of. */
const readings: readonly (readonly [name: string, reading: (error: unknown) => boolean, text: string])[] = [
  [
    'a revision of the future',
    isFutureRevision,
    '11: etcdserver: mvcc: required revision is a future revision',
  ],
  ['a compacted revision', isCompacted, '11: etcdserver: mvcc: required revision has been compacted'],
  ['an unknown lease', isLeaseNotFound, '5: etcdserver: requested lease not found'],
  ['a refused token', isTokenRefused, '16: etcdserver: invalid auth token'],
  ['users that were changed', isTokenRefused, '3: etcdserver: revision of auth store is old'],
];

describe.each(readings)('%s', (_, reading, text) => {
  it('is read of its text', () => {
    expect(reading(new Error(text))).toBe(true);
  });

  it('is not read of anything else', () => {
    expect([text, undefined, new Error('5: etcdserver: something else')].map(reading)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

it('an unknown lease is also read of etcd3’s error', () => {
  expect(isLeaseNotFound(new EtcdLeaseInvalidError('no'))).toBe(true);
});

it('every thrown value has a message', () => {
  expect([messageOf(new Error('why')), messageOf('text'), messageOf(undefined)]).toEqual([
    'why',
    'text',
    'undefined',
  ]);
});
