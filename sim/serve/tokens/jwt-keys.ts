/**
 * The keys that sign and verify tokens. Invariant: returned keys fit their method, and the public key
 * verifies every token that the private one signs.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { AuthRules } from '../../etcd/auth/rules.js';
import { expected, oneOf, InputError } from '../../input/parsed.js';
import { JWT_METHODS, signatureOf, verifies, type AsymmetricMethod, type JwtMethod } from './jwt-methods.js';

export interface JwtKeyTexts {
  /** Such as `RS256`. */
  readonly signMethod: string;
  /** PEM. Alone, it only verifies tokens, and none can be issued. */
  readonly publicKey?: string | undefined;
  /** PEM; the secret itself for the methods that begin with `HS`. */
  readonly privateKey?: string | Uint8Array | undefined;
}

export interface JwtKeys {
  readonly method: JwtMethod;
  readonly verifyWith: KeyObject;
  readonly signWith: KeyObject | undefined;
}

/** @throws InputError */
export function jwtKeysOf({ signMethod, publicKey, privateKey }: JwtKeyTexts, rules: AuthRules): JwtKeys {
  const method = methodOf(signMethod, rules);
  const { name } = method;
  if (method.kind === 'HMAC') {
    if (isNone(privateKey)) throw new InputError(`${name}: expected a private key, got none`);
    const secret = createSecretKey(Buffer.from(privateKey));
    return { method, verifyWith: secret, signWith: secret };
  }
  const signWith = isNone(privateKey) ? undefined : keyOf('private', privateKey, method);
  const given = isNone(publicKey) ? undefined : keyOf('public', publicKey, method);
  const verifyWith = signWith === undefined ? given : createPublicKey(signWith);
  if (verifyWith === undefined) throw new InputError(`${name}: expected a private or a public key, got none`);
  // Before 3.6 the public key is ignored if there is a private one.
  if (rules.comparesKeys && given?.equals(verifyWith) === false) {
    throw new InputError(`${name}: expected the public key to match the private key, got a different one`);
  }
  const keys = { method, verifyWith, signWith };
  if (!isUsable(keys)) throw new InputError(`${name}: expected a larger key`);
  return keys;
}

function isNone(text: string | Uint8Array | undefined): text is undefined {
  return text === undefined || text.length === 0;
}

function methodOf(name: string, { signsWithEd25519 }: AuthRules): JwtMethod {
  const methods = JWT_METHODS.filter(({ kind }) => signsWithEd25519 || kind !== 'Ed25519');
  const method = methods.find((one) => one.name === name);
  if (method !== undefined) return method;
  const names = methods.map((one) => one.name);
  throw new InputError(`sign-method: ${expected(oneOf(names), name, names).message}`);
}

/** Go reads only the first block of a file. */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/;

function keyOf(side: 'public' | 'private', text: string | Uint8Array, method: AsymmetricMethod): KeyObject {
  const what = nameOf(method);
  const [block, label = ''] = PEM_BLOCK.exec(Buffer.from(text).toString('latin1')) ?? [];
  const isPrivate = label.endsWith('PRIVATE KEY');
  const refusal = (came: string): InputError =>
    new InputError(`${method.name}: expected ${what} ${side} key in PEM, got ${came}`);
  if (block === undefined) throw refusal('no PEM');
  // Node.js derives the public key from a private one; Go does not.
  if (isPrivate !== (side === 'private')) throw refusal(label);
  let key;
  try {
    key = isPrivate ? createPrivateKey(block) : createPublicKey(block);
  } catch {
    throw refusal('an invalid key');
  }
  if (!fits(key, method)) throw refusal(`another: ${describe(key)}`);
  return key;
}

function nameOf(method: AsymmetricMethod): string {
  if (method.kind === 'Ed25519') return 'an Ed25519';
  return method.kind === 'ECDSA' ? `an EC (${method.curve})` : 'an RSA';
}

/** With another curve etcd starts, but neither signs nor accepts a token. */
function fits({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, method: JwtMethod): boolean {
  if (method.kind === 'Ed25519') return asymmetricKeyType === 'ed25519';
  if (method.kind !== 'ECDSA') return asymmetricKeyType === 'rsa';
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === method.curve;
}

function describe({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const curve = asymmetricKeyDetails?.namedCurve;
  return `${asymmetricKeyType}${curve === undefined ? '' : ` (${curve})`}`;
}

/** The hash of RSA must fit into the key. */
function isUsable({ method, verifyWith, signWith }: JwtKeys): boolean {
  if (signWith === undefined) return true;
  try {
    return verifies('', signatureOf('', method, signWith), method, verifyWith);
  } catch {
    return false;
  }
}
