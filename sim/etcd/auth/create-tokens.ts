/** Which tokens a member has. */
import { SignedTokens } from './signed-tokens.js';
import { TokenKeeper } from './token-keeper.js';
import type { TokenSigner, Tokens } from './tokens.js';

export type TokenOptions =
  /** Each member remembers those that were given, for so long after their last use; five minutes by default. */
  | { readonly kind: 'simple'; readonly ttlMs?: number | undefined }
  | { readonly kind: 'signed'; readonly signer: TokenSigner };

/** The tokens of one member's process. */
export function createTokens(options: TokenOptions, nowMs: () => number): Tokens {
  return options.kind === 'signed' ? new SignedTokens(options.signer) : new TokenKeeper(nowMs, options.ttlMs);
}
