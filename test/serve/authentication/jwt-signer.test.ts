/** Signed tokens with a clock under the test's control, and unusable keys. */
import { describe, expect, it } from 'vitest';
import { VERSIONS, type EtcdVersion } from '../../../sim/etcd/version.js';
import { InputError } from '../../../sim/input/parsed.js';
import { createJwtSigner, type JwtOptions } from '../../../sim/serve/tokens/jwt-signer.js';
import { keysFor, oddTokens, readToken, deadlyTokens } from './tokens.js';

const ALICE = { user: 'alice', authRevision: 7 };
const rsa = keysFor('RS256');
const ec = keysFor('ES256');

function signerAt(options: JwtOptions, version: EtcdVersion = '3.6', clock = { nowMs: 1_000_500 }) {
  return createJwtSigner(options, VERSIONS[version].auth, () => clock.nowMs);
}

describe('a signed token', () => {
  it('contains the user, its expiry and its revision, in etcd’s form', () => {
    const { sign } = signerAt({ signMethod: 'RS256', ...rsa, ttlMs: 60_000 });
    const [header = '', claims = ''] = (sign?.(ALICE) ?? '').split('.');
    expect(Buffer.from(header, 'base64url').toString()).toBe('{"alg":"RS256","typ":"JWT"}');
    expect(Buffer.from(claims, 'base64url').toString()).toBe('{"exp":1060,"revision":7,"username":"alice"}');
  });

  it('lives five minutes by default', () => {
    const { sign } = signerAt({ signMethod: 'HS256', privateKey: 'secret' });
    expect(readToken(sign?.(ALICE) ?? '').claims).toMatchObject({ exp: 1300 });
  });

  it('is valid until it expires', () => {
    const clock = { nowMs: 1_000_500 };
    const { sign, verify } = signerAt({ signMethod: 'ES256', ...ec, ttlMs: 2000 }, '3.6', clock);
    const token = sign?.(ALICE) ?? '';
    expect(verify(token)).toEqual(ALICE);
    clock.nowMs = 1_001_999;
    expect(verify(token)).toEqual(ALICE);
    clock.nowMs = 1_002_000;
    expect(verify(token)).toBeUndefined();
  });

  it.each([
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'HS256',
    'HS384',
    'HS512',
    'EdDSA',
  ])('is signed with %s and verified with the public side', (signMethod) => {
    const keys = keysFor(signMethod);
    const isShared = signMethod.startsWith('HS');
    const token = signerAt({ signMethod, privateKey: keys.privateKey }).sign?.(ALICE) ?? '';
    const verifier = signerAt({ signMethod, ...(isShared ? keys : { publicKey: keys.publicKey }) });
    expect(verifier.verify(token)).toEqual(ALICE);
    if (!isShared) expect(verifier.sign).toBeUndefined();
    const other = keysFor(signMethod, 1);
    if (!isShared) expect(signerAt({ signMethod, ...other }).verify(token)).toBeUndefined();
  });

  it('is refused if anything that matters is odd about it', () => {
    const { verify } = createJwtSigner({ signMethod: 'RS256', ...rsa }, VERSIONS['3.6'].auth, Date.now);
    const taken = [...oddTokens(rsa, 7), ...deadlyTokens(rsa, 7)].filter(
      ([, token]) => verify(token) !== undefined,
    );
    expect(taken.map(([name]) => name)).toEqual([
      ...[
        'nothing odd',
        'nothing but what is needed',
        'more than is needed',
        'expires at 0',
        'expires at a fraction',
      ],
      ...['holds from before on', 'issued in the future', 'issued in the past', 'issued at a text'],
      ...['of a later revision', 'of an earlier revision', 'of revision 0', 'of a negative revision'],
      ...[
        'of a fractional revision',
        'of an immense revision',
        'of root',
        'of nobody',
        'of a stranger',
        'of two users',
      ],
    ]);
    const revisions = new Map(oddTokens(rsa, 7).map(([name, token]) => [name, verify(token)?.authRevision]));
    expect(revisions.get('of a fractional revision')).toBe(7);
    expect(revisions.get('of a negative revision')).toBe(Number.MAX_SAFE_INTEGER);
    expect(revisions.get('of an immense revision')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('may not have a future revision before 3.6', () => {
    const { verify } = createJwtSigner({ signMethod: 'RS256', ...rsa }, VERSIONS['3.5'].auth, Date.now);
    const odd = new Map(oddTokens(rsa, 7));
    expect(verify(odd.get('issued in the future') ?? '')).toBeUndefined();
    expect(verify(odd.get('issued in the past') ?? '')).toMatchObject({ user: 'alice' });
  });
});

describe('unusable keys', () => {
  const small = `-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n`;
  it.each<[string, JwtOptions, string]>([
    ['no method', { signMethod: 'none' }, 'sign-method: expected RS256'],
    ['a method that is nearly one', { signMethod: 'RS265' }, 'did you mean RS256?'],
    ['no key', { signMethod: 'RS256' }, 'RS256: expected a private or a public key, got none'],
    ['an empty key', { signMethod: 'RS256', privateKey: '' }, 'got none'],
    ['no secret', { signMethod: 'HS256', publicKey: 'x' }, 'HS256: expected a private key, got none'],
    [
      'no PEM',
      { signMethod: 'RS256', privateKey: 'key' },
      'RS256: expected an RSA private key in PEM, got no PEM',
    ],
    ['PEM of nothing', { signMethod: 'RS256', privateKey: small }, 'got an invalid key'],
    ['another kind', { signMethod: 'RS256', ...ec }, 'RSA private key in PEM, got another: ec (prime256v1)'],
    [
      'another curve',
      { signMethod: 'ES384', ...ec },
      'an EC (secp384r1) private key in PEM, got another: ec (prime256v1)',
    ],
    [
      'another kind yet',
      { signMethod: 'EdDSA', publicKey: rsa.publicKey },
      'an Ed25519 public key in PEM, got another: rsa',
    ],
    ['sides that are mixed up', { signMethod: 'RS256', privateKey: rsa.publicKey }, 'got PUBLIC KEY'],
    [
      'a private key that is to be public',
      { signMethod: 'RS256', publicKey: rsa.privateKey },
      'got PRIVATE KEY',
    ],
    [
      'keys of two pairs',
      { signMethod: 'RS256', ...rsa, publicKey: keysFor('RS256', 1).publicKey },
      'the public key to match the private key',
    ],
  ])('are refused in one line: %s', (_name, options, message) => {
    expect(() => signerAt(options)).toThrow(InputError);
    expect(() => signerAt(options)).toThrow(message);
  });

  it('are accepted from two pairs before 3.6, which uses the private one', () => {
    const options = { signMethod: 'RS256', ...rsa, publicKey: keysFor('RS256', 1).publicKey };
    const token = signerAt(options, '3.5').sign?.(ALICE) ?? '';
    expect(signerAt({ signMethod: 'RS256', publicKey: rsa.publicKey }).verify(token)).toEqual(ALICE);
  });

  it('have no method EdDSA before 3.6', () => {
    expect(() => signerAt({ signMethod: 'EdDSA', ...keysFor('EdDSA') }, '3.5')).toThrow(
      'sign-method: expected',
    );
  });
});
