/** Whether a certificate is for one of the required names, as Go decides that: by the alternative names. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

const ONLY_ALTERNATIVE_NAMES = { subject: 'never', partialWildcards: false } as const;

/** @param allowed names and addresses */
export function isNamedAsAllowed(certificate: X509Certificate, allowed: readonly string[]): boolean {
  return allowed.some((name) => {
    const address = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
    return isIP(address) === 0
      ? certificate.checkHost(name, ONLY_ALTERNATIVE_NAMES) !== undefined
      : certificate.checkIP(address) !== undefined;
  });
}
