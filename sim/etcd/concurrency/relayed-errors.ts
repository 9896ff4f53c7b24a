/** How an error of one of the member's own services looks to a caller of the Lock and Election services. */
import { ERRORS, type ErrorEntry } from '../errors.js';
import type { CallStatus } from '../call-status.js';

/** An error of etcd as the services relay it: its text, without its code. */
export function relayed(text: string): ErrorEntry {
  return { ...ERRORS.relayed, text };
}

/** The status of a call into the member: etcd's own errors lose their codes, others keep them. */
export function errorOf(status: CallStatus): ErrorEntry {
  const { code, details } = status;
  return details.startsWith(ERRORS.relayed.text)
    ? relayed(details)
    : { ...ERRORS.relayed, code, text: details };
}
