/**
 * Errors of the Lock and Election services. They are errors of Go and not of gRPC, so that all but one come with the
 * code UNKNOWN.
 */
import { beginningWith, CODE, illegal, refused, unresolved } from './entry.js';

export const CONCURRENCY_ERRORS = {
  lockSessionExpired: unresolved(
    'lockSessionExpired',
    CODE.unknown,
    'mutex: session is expired',
    'While the lock was waited for, the lease expired or was revoked, or the waiting key was deleted (from 3.5 on).',
  ),
  electionNoLeader: refused(
    'electionNoLeader',
    CODE.unknown,
    'election: no leader',
    'Nobody campaigns in the election.',
  ),
  electionNotLeader: refused(
    'electionNotLeader',
    CODE.unknown,
    'election: not leader',
    'The key of the leadership that was given does not exist, or was made at another revision.',
  ),
  electionMissingLeader: illegal(
    'electionMissingLeader',
    CODE.unknown,
    '"leader" field must be provided',
    'A proclamation or resignation does not say which leadership it is about.',
  ),
  relayed: beginningWith(
    unresolved(
      'relayed',
      CODE.unknown,
      'etcdserver: ',
      'What a step of a Lock or Election call was refused with: the text is that of the error, its code is lost.',
    ),
  ),
  contextCanceled: unresolved(
    'contextCanceled',
    CODE.cancelled,
    'context canceled',
    'The client gave up a call to the Lock or Election service, which may have done its first steps.',
  ),
} as const;
