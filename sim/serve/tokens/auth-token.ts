/** How the served etcd issues tokens: which of etcd's kinds, prepared for its members. */
import type { TokenOptions } from '../../etcd/auth/create-tokens.js';
import type { AuthRules } from '../../etcd/auth/rules.js';
import { createJwtSigner, type JwtOptions } from './jwt-signer.js';

/** As etcd's `--auth-token`. */
export type AuthToken =
  /** As etcd's `--auth-token-ttl`: how long a token lives after its last use; 0, the default, is five minutes. */
  | { readonly kind: 'simple'; readonly ttlSeconds?: number | undefined }
  | ({ readonly kind: 'jwt' } & JwtOptions);

/**
 * @param nowMs since 1970
 * @throws InputError if tokens cannot be signed or verified this way
 */
export function tokensOf(token: AuthToken, rules: AuthRules, nowMs: () => number): TokenOptions {
  if (token.kind === 'jwt') return { kind: 'signed', signer: createJwtSigner(token, rules, nowMs) };
  const { ttlSeconds = 0 } = token;
  return { kind: 'simple', ttlMs: ttlSeconds === 0 ? undefined : ttlSeconds * 1000 };
}
