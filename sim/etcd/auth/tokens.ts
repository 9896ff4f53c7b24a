/**
 * How a member gives tokens and tells whose a token is: what etcd calls a token provider. Invariant: a token that one
 * member has given is known at every other one that has applied as much of the log.
 */
import type { Result } from '../result.js';
import type { AuthEvent, Asker } from './auth-store.js';

/** The result of looking up a token. */
export type Found =
  | { readonly kind: 'known'; readonly asker: Asker }
  | { readonly kind: 'unknown' }
  /** It says that it was given at an index which the member has yet to apply. */
  | { readonly kind: 'later'; readonly index: number };

export const UNKNOWN_TOKEN: Found = { kind: 'unknown' };

/** A user whose password was right, when the log's entry of it is applied. */
export interface Login extends Asker {
  /** The token that was drawn for it, and that the entry has assigned to the user at every member. */
  readonly drawn: string;
}

export interface Tokens {
  /** False if it gives no tokens. */
  readonly gives: boolean;
  onEvent(event: AuthEvent): void;
  give(login: Login): Result<string>;
  /** @param authRevision the member's, of users and roles */
  find(token: string, at: { readonly appliedIndex: number; readonly authRevision: number }): Found;
}

/** Makes tokens that carry whose they are, and proves them by a signature. */
export interface TokenSigner {
  /** Undefined where it has nothing to sign with. */
  readonly sign: ((asker: Asker) => string) | undefined;
  /** What the token says; undefined where it is not genuine, or its time is over. */
  verify(token: string): Asker | undefined;
}
