/** How JSON web tokens are signed: the methods by their names, as in RFC 7518, RFC 8037 and etcd. */
import { constants, createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';

interface Hashed<K extends string> {
  /** Such as `RS256`. */
  readonly name: string;
  readonly kind: K;
  readonly hash: string;
}

/** With a key that has a public side. */
export type AsymmetricMethod =
  | Hashed<'RSA'>
  | Hashed<'RSA-PSS'>
  | (Hashed<'ECDSA'> & { readonly curve: string })
  | { readonly name: string; readonly kind: 'Ed25519' };

export type JwtMethod = AsymmetricMethod | Hashed<'HMAC'>;

const HASHES = { 256: 'sha256', 384: 'sha384', 512: 'sha512' } as const;
const CURVES = { 256: 'prime256v1', 384: 'secp384r1', 512: 'secp521r1' } as const;
const SIZES = [256, 384, 512] as const;

export const JWT_METHODS: readonly JwtMethod[] = [
  ...SIZES.map((size) => ({ name: `RS${size}`, kind: 'RSA' as const, hash: HASHES[size] })),
  ...SIZES.map((size) => ({ name: `PS${size}`, kind: 'RSA-PSS' as const, hash: HASHES[size] })),
  ...SIZES.map((size) => ({
    ...{ name: `ES${size}`, kind: 'ECDSA' as const },
    ...{ hash: HASHES[size], curve: CURVES[size] },
  })),
  ...SIZES.map((size) => ({ name: `HS${size}`, kind: 'HMAC' as const, hash: HASHES[size] })),
  { name: 'EdDSA', kind: 'Ed25519' },
];

export function signatureOf(text: string, method: JwtMethod, key: KeyObject): Buffer {
  if (method.kind === 'HMAC') return createHmac(method.hash, key).update(text).digest();
  const { hash, options } = parametersOf(method);
  return sign(hash, Buffer.from(text), { key, ...options, ...saltOf(method, 'sign') });
}

export function verifies(text: string, signature: Buffer, method: JwtMethod, key: KeyObject): boolean {
  if (method.kind === 'HMAC') {
    const expected = signatureOf(text, method, key);
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
  const { hash, options } = parametersOf(method);
  return verify(hash, Buffer.from(text), { key, ...options, ...saltOf(method, 'verify') }, signature);
}

function parametersOf(method: AsymmetricMethod): {
  readonly hash: string | null;
  readonly options: { readonly padding?: number; readonly dsaEncoding?: 'ieee-p1363' };
} {
  switch (method.kind) {
    case 'RSA':
      return { hash: method.hash, options: { padding: constants.RSA_PKCS1_PADDING } };
    case 'RSA-PSS':
      return { hash: method.hash, options: { padding: constants.RSA_PKCS1_PSS_PADDING } };
    case 'ECDSA':
      return { hash: method.hash, options: { dsaEncoding: 'ieee-p1363' } };
    case 'Ed25519':
      return { hash: null, options: {} };
    default:
      return method satisfies never;
  }
}

/** etcd 3.4 uses the longest possible salt, later versions one as long as the hash; all accept either. */
function saltOf({ kind }: JwtMethod, purpose: 'sign' | 'verify'): { readonly saltLength?: number } {
  if (kind !== 'RSA-PSS') return {};
  const { RSA_PSS_SALTLEN_DIGEST, RSA_PSS_SALTLEN_AUTO } = constants;
  return { saltLength: purpose === 'sign' ? RSA_PSS_SALTLEN_DIGEST : RSA_PSS_SALTLEN_AUTO };
}
