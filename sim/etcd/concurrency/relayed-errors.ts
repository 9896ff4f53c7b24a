/** How an error of one of the member's own services looks to a caller of the Lock and Election services. */
import { ERRORS, type ErrorEntry } from '../errors.js';
import type { CallStatus } from '../call-status.js';

/** An error of etcd as the services pass it on: its text, without its code. */
export function relayed(text: string): ErrorEntry {
  return { ...ERRORS.relayed, text };
}

/** What a call into the member ended with: etcd's own errors lose their codes, and others keep them. */
export function errorOf(status: CallStatus): ErrorEntry {
  const { code, details } = status;
  return details.startsWith(ERRORS.relayed.text)
    ? relayed(details)
    : { ...ERRORS.relayed, code, text: details };
}
