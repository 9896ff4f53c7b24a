/**
 * Signed tokens as etcd makes and reads them: JSON web tokens. Invariant: etcd's release of that version
 * accepts the same tokens with the same key, in both directions.
 *
 * The algorithms come from node:crypto. The libraries for such tokens do not fit. A login is answered while
 * its entry is applied, and jose answers later. jsonwebtoken has ten dependencies and no EdDSA. Both refuse
 * tokens and keys that etcd accepts.
 */
import type { Asker } from '../../etcd/auth/auth-store.js';
import type { AuthRules } from '../../etcd/auth/rules.js';
import type { TokenSigner } from '../../etcd/auth/tokens.js';
import { jwtKeysOf, type JwtKeyTexts, type JwtKeys } from './jwt-keys.js';
import { signatureOf, verifies } from './jwt-methods.js';

export interface JwtOptions extends JwtKeyTexts {
  /** How long a token lives; five minutes by default. */
  readonly ttlMs?: number | undefined;
}

const TTL_MS = 300_000;
const SECOND_MS = 1000;

type Json = Readonly<Record<string, unknown>>;

/**
 * @param nowMs since 1970
 * @throws InputError if the method is unknown, or the keys do not fit it
 */
export function createJwtSigner(options: JwtOptions, rules: AuthRules, nowMs: () => number): TokenSigner {
  const { ttlMs = TTL_MS } = options;
  const keys = jwtKeysOf(options, rules);
  const header = segmentOf({ alg: keys.method.name, typ: 'JWT' });
  const { signWith } = keys;
  return {
    sign:
      signWith &&
      (({ user, authRevision }) => {
        const exp = Math.floor((nowMs() + ttlMs) / SECOND_MS);
        const text = `${header}.${segmentOf({ exp, revision: authRevision, username: user })}`;
        return `${text}.${signatureOf(text, keys.method, signWith).toString('base64url')}`;
      }),
    verify: (token) => {
      const claims = genuineClaims(token, keys);
      return claims !== undefined && isInTime(claims, rules, nowMs()) ? askerOf(claims) : undefined;
    },
  };
}

function segmentOf(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function genuineClaims(token: string, { method, verifyWith }: JwtKeys): Json | undefined {
  const [header, claims, signature, ...rest] = token.split('.').map(bytesOf);
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  if (rest.length > 0 || jsonOf(header)?.['alg'] !== method.name) return undefined;
  const text = token.slice(0, token.lastIndexOf('.'));
  return verifies(text, signature, method, verifyWith) ? jsonOf(claims) : undefined;
}

/** The bytes of a segment, which has no padding. */
function bytesOf(segment: string): Buffer | undefined {
  const isWellFormed = /^[\w-]*$/.test(segment) && segment.length % 4 !== 1;
  return isWellFormed ? Buffer.from(segment, 'base64url') : undefined;
}

function jsonOf(bytes: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** A missing time, or 0, does not matter; a value that is no number never fits. */
function isInTime({ exp = 0, nbf = 0, iat = 0 }: Json, rules: AuthRules, nowMs: number): boolean {
  const isOver = (time: unknown): boolean =>
    time === 0 || (typeof time === 'number' && Math.trunc(time) * SECOND_MS <= nowMs);
  const isToCome = (time: unknown): boolean =>
    time === 0 || (typeof time === 'number' && nowMs < Math.trunc(time) * SECOND_MS);
  return isToCome(exp) && isOver(nbf) && (!rules.checksIssueTime || isOver(iat));
}

/** A missing claim ends a real 3.4; here it refuses the token, as later versions do. */
function askerOf({ username, revision }: Json): Asker | undefined {
  if (typeof username !== 'string' || typeof revision !== 'number') return undefined;
  return { user: username, authRevision: unsigned(revision) };
}

/**
 * As Go converts it to an unsigned integer: a negative one becomes a very large one. All larger values behave
 * the same here.
 */
function unsigned(revision: number): number {
  const whole = Math.trunc(revision);
  return whole < 0 ? Number.MAX_SAFE_INTEGER : Math.min(whole, Number.MAX_SAFE_INTEGER);
}
