/**
 * Errors of authentication without a code of their own, so that clients get them as UNKNOWN: those that etcd
 * never translates, and those that the Maintenance service of 3.4 and 3.5 does not.
 */
import { CODE, illegal, refused } from './entry.js';

const { unknown } = CODE;

export const AUTH_ERRORS = {
  noPasswordUser: refused(
    'noPasswordUser',
    unknown,
    'auth: authentication failed, password was given for no password user',
    'The user was added without a password, or the new password is a hash that cannot be read.',
  ),
  verifyOnly: refused(
    'verifyOnly',
    unknown,
    'auth: token signing attempted with verify-only key',
    'etcd has only the public key for signed tokens, so it cannot issue a token.',
  ),
  passwordTooLong: illegal(
    'passwordTooLong',
    unknown,
    'bcrypt: password length exceeds 72 bytes',
    'The password is longer than 72 bytes and cannot be hashed.',
  ),
  untranslatedInvalidAuthToken: refused(
    'untranslatedInvalidAuthToken',
    unknown,
    'auth: invalid auth token',
    'As invalidAuthToken, from the Maintenance service of 3.4 and 3.5.',
  ),
  untranslatedUserEmpty: refused(
    'untranslatedUserEmpty',
    unknown,
    'auth: user name is empty',
    'As userEmpty, from the Maintenance service of 3.4 and 3.5.',
  ),
  untranslatedUserNotFound: refused(
    'untranslatedUserNotFound',
    unknown,
    'auth: user not found',
    'As userNotFound, from the Maintenance service of 3.4 and 3.5.',
  ),
  untranslatedPermissionDenied: refused(
    'untranslatedPermissionDenied',
    unknown,
    'auth: permission denied',
    'As permissionDenied, from the Maintenance service of 3.4 and 3.5.',
  ),
} as const;
