/** Keys and JSON web tokens for tests, valid and invalid, made without any code of ours. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export interface KeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
}

const spki = { type: 'spki', format: 'pem' } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;

function textsOf(keys: KeyPairKeyObjectResult): KeyFiles {
  return {
    privateKey: keys.privateKey.export(pkcs8).toString(),
    publicKey: keys.publicKey.export(spki).toString(),
  };
}

/** RSA keys take a while to make, so there are few. */
const rsaKeys = new Map<number, KeyFiles>();

function rsaKey(which: number): KeyFiles {
  const keys = rsaKeys.get(which) ?? textsOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
  rsaKeys.set(which, keys);
  return keys;
}

/**
 * The texts of two keys that fit a method such as `RS256`.
 *
 * @param which distinguishes keys for one method
 */
export function keysFor(method: string, which = 0): KeyFiles {
  switch (method.slice(0, 2)) {
    case 'RS':
    case 'PS':
      return rsaKey(which);
    case 'ES': {
      const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
      return textsOf(generateKeyPairSync('ec', { namedCurve: curves[method] ?? '' }));
    }
    case 'Ed':
      return textsOf(generateKeyPairSync('ed25519'));
    default:
      // Any bytes are a secret.
      return { privateKey: 'a secret\n\0of a few bytes', publicKey: '' };
  }
}

/** Writes them into a folder; names the files. */
export function writeKeys(folder: string, name: string, keys: KeyFiles): KeyFiles {
  const files = {
    privateKey: path.join(folder, `${name}.key.pem`),
    publicKey: path.join(folder, `${name}.pub.pem`),
  };
  writeFileSync(files.privateKey, keys.privateKey);
  writeFileSync(files.publicKey, keys.publicKey);
  return files;
}

export type Claims = Readonly<Record<string, unknown>>;

/** The contents of a token. */
export function readToken(token: string): { readonly header: Claims; readonly claims: Claims } {
  const [header = '', claims = ''] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  return { header: JSON.parse(header) as Claims, claims: JSON.parse(claims) as Claims };
}

function segment(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

type Signer = (text: string) => Buffer;

function signed(header: unknown, claims: unknown, signer: Signer): string {
  const text = `${segment(header)}.${segment(claims)}`;
  return `${text}.${signer(text).toString('base64url')}`;
}

const TTL_SECONDS = 600;

/**
 * Tokens for an etcd that signs with RS256, by their oddity.
 *
 * @param keys the etcd's own
 * @param revision of its users and roles now
 */
export function oddTokens(keys: KeyFiles, revision: number): readonly (readonly [string, string])[] {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const privateKey = createPrivateKey(keys.privateKey);
  const by =
    (key: KeyObject, hash = 'sha256'): Signer =>
    (text) =>
      sign(hash, Buffer.from(text), key);
  const rs256 = by(privateKey);
  const header = { alg: 'RS256', typ: 'JWT' };
  const claims = { exp: nowSeconds + TTL_SECONDS, revision, username: 'alice' };
  const { exp: _exp, ...forEver } = claims;
  const good = signed(header, claims, rs256);
  const [first = '', second = '', third = ''] = good.split('.');
  const stranger = createPrivateKey(keysFor('RS256', 1).privateKey);
  const secret = createPublicKey(keys.publicKey).export(spki);
  const withClaims = (odd: Claims): string => signed(header, { ...claims, ...odd }, rs256);
  return [
    ['nothing odd', good],
    ['nothing but what is needed', signed({ alg: 'RS256' }, forEver, rs256)],
    ['more than is needed', signed({ ...header, kid: 'x', crit: ['y'] }, { ...claims, aud: 'z' }, rs256)],
    ['expired', withClaims({ exp: nowSeconds - TTL_SECONDS })],
    ['expires at 0', withClaims({ exp: 0 })],
    ['expires at a text', withClaims({ exp: 'tomorrow' })],
    ['expires at null', withClaims({ exp: null })],
    ['expires at a fraction', withClaims({ exp: nowSeconds + TTL_SECONDS + 0.5 })],
    ['holds from later on', withClaims({ nbf: nowSeconds + TTL_SECONDS })],
    ['holds from before on', withClaims({ nbf: nowSeconds - TTL_SECONDS })],
    ['holds from a text on', withClaims({ nbf: 'today' })],
    ['issued in the future', withClaims({ iat: nowSeconds + TTL_SECONDS })],
    ['issued in the past', withClaims({ iat: nowSeconds - TTL_SECONDS })],
    ['issued at a text', withClaims({ iat: 'today' })],
    ['of a later revision', withClaims({ revision: revision + 1 })],
    ['of an earlier revision', withClaims({ revision: revision - 1 })],
    ['of revision 0', withClaims({ revision: 0 })],
    ['of a negative revision', withClaims({ revision: -1 })],
    ['of a fractional revision', withClaims({ revision: revision + 0.9 })],
    ['of an immense revision', withClaims({ revision: 1e300 })],
    ['of root', withClaims({ username: 'root' })],
    ['of nobody', withClaims({ username: '' })],
    ['of a stranger', withClaims({ username: 'stranger' })],
    ['of two users', signed(header, JSON.stringify(claims).replace('}', ',"username":"root"}'), rs256)],
    ['signed by another', signed(header, claims, by(stranger))],
    ['signed by nobody', `${segment({ alg: 'none' })}.${second}.`],
    ['signed by nobody who says otherwise', `${first}.${second}.`],
    ['signed with another hash', signed({ alg: 'RS384' }, claims, by(privateKey, 'sha384'))],
    [
      'signed with the public key',
      signed({ alg: 'HS256' }, claims, (text) => createHmac('sha256', secret).update(text).digest()),
    ],
    ['signed so as nobody signs', signed({ alg: 'XX256' }, claims, rs256)],
    ['of an algorithm that is no text', signed({ alg: 256 }, claims, rs256)],
    ['of no algorithm', signed({ typ: 'JWT' }, claims, rs256)],
    ['tampered with', `${first}.${segment({ ...claims, username: 'root' })}.${third}`],
    ['of another signature', `${first}.${second}.${third.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))}`],
    ['of half a signature', `${first}.${second}.${third.slice(0, third.length / 2)}`],
    ['of two parts', `${first}.${second}`],
    ['of four parts', `${good}.${third}`],
    ['of other letters', good.replaceAll('-', '+').replaceAll('_', '/').replace(/^e/, '+')],
    ['whose header is a list', signed([], claims, rs256)],
    ['whose header is no JSON', signed('{"alg":"RS256"', claims, rs256)],
    ['whose claims are no JSON', signed(header, '{"username":"alice"', rs256)],
    ['whose claims are a list', signed(header, [], rs256)],
    ['of one letter', 'x'],
    ['for HTTP', `Bearer ${good}`],
    ['as simple ones are', 'abcdefghijklmnop.1'],
  ];
}

/** Tokens that end a real 3.4. */
export function deadlyTokens(keys: KeyFiles, revision: number): readonly (readonly [string, string])[] {
  const rs256: Signer = (text) => sign('sha256', Buffer.from(text), createPrivateKey(keys.privateKey));
  const header = { alg: 'RS256', typ: 'JWT' };
  return [
    ['of no user', signed(header, { revision }, rs256)],
    ['of a user that is a number', signed(header, { revision, username: 1 }, rs256)],
    ['of no revision', signed(header, { username: 'alice' }, rs256)],
    [
      'of a revision that is a text',
      signed(header, { revision: String(revision), username: 'alice' }, rs256),
    ],
    ['whose claims are null', signed(header, 'null', rs256)],
  ];
}
