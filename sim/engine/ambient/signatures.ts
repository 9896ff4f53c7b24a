/**
 * Which signatures are deterministic: Ed25519, Ed448 and RSA without PSS. The others use a random number from
 * OpenSSL. Invariant: Node.js itself reports a key that cannot be read.
 */
import crypto from 'node:crypto';

/** Whether signing with this key gives the same signature every time, in any form that `sign` takes. */
export function isRepeatable(key: unknown): boolean {
  let type: string | undefined;
  try {
    const read = key instanceof crypto.KeyObject ? key : keyOf(key);
    type = read.asymmetricKeyType;
  } catch {
    return true;
  }
  if (type === 'rsa') return paddingOf(key) !== crypto.constants.RSA_PKCS1_PSS_PADDING;
  return type === 'ed25519' || type === 'ed448';
}

function keyOf(key: unknown): crypto.KeyObject {
  const { key: inner } = (key ?? {}) as { readonly key?: unknown };
  if (inner instanceof crypto.KeyObject) return inner;
  return crypto.createPrivateKey(key as crypto.PrivateKeyInput);
}

function paddingOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? Reflect.get(key, 'padding') : undefined;
}
