/**
 * Errors of the Lock and Election services. They are Go errors, not gRPC errors, so all but one have the code
 * UNKNOWN.
 */
import { beginningWith, CODE, illegal, refused, unresolved } from './entry.js';

export const CONCURRENCY_ERRORS = {
  lockSessionExpired: unresolved(
    'lockSessionExpired',
    CODE.unknown,
    'mutex: session is expired',
    'While the call waited for the lock, its lease expired or was revoked, or its key was deleted (3.5 and later).',
  ),
  electionNoLeader: refused(
    'electionNoLeader',
    CODE.unknown,
    'election: no leader',
    'The election has no candidate.',
  ),
  electionNotLeader: refused(
    'electionNotLeader',
    CODE.unknown,
    'election: not leader',
    'The key of the given leadership does not exist, or was created at another revision.',
  ),
  electionMissingLeader: illegal(
    'electionMissingLeader',
    CODE.unknown,
    '"leader" field must be provided',
    'A proclamation or resignation does not name its leadership.',
  ),
  relayed: beginningWith(
    unresolved(
      'relayed',
      CODE.unknown,
      'etcdserver: ',
      'A step of a Lock or Election call was refused: the text is that of the error, its code is lost.',
    ),
  ),
  contextCanceled: unresolved(
    'contextCanceled',
    CODE.cancelled,
    'context canceled',
    'The client gave up a call to the Lock or Election service. Its first steps may have been done.',
  ),
} as const;
