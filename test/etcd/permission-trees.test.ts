/**
 * Permissions of ranges that end before they begin depend on how etcd's tree of permissions has grown. Real etcds were
 * granted some ranges and asked for others, both drawn from a seed: 1 if they answered, 0 if they refused.
 */
import { expect, it } from 'vitest';
import { AuthStore } from '../../sim/etcd/auth/auth-store.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import { PERMISSION_TYPE } from '../../sim/etcd/wire/auth.js';

const LETTERS = [...'abcdefgh'];
const [ROLES, GRANTS, QUESTIONS] = [3, 7, 60] as const;

/** Draws below a number, the same ones from the same seed. */
function drawer(seed: number): <T>(among: readonly T[]) => T {
  let state = seed;
  return (among) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return among[(state >>> 12) % among.length] as (typeof among)[0];
  };
}

function answers(version: '3.4' | '3.6', seed: number): string {
  const draw = drawer(seed);
  const auth = new AuthStore(VERSIONS[version].auth, () => undefined);
  for (const name of ['root', 'alice']) {
    auth.userAdd({ name, password: name, options: undefined, hashedPassword: '' });
  }
  auth.userGrantRole('root', 'root');
  for (let role = 1; role <= ROLES; role++) {
    const name = `role ${role}`;
    auth.roleAdd(name);
    for (let grant = 0; grant < GRANTS; grant++) {
      const key = draw(LETTERS);
      const end = draw([...LETTERS, '', '\0']);
      // Since 3.5 a range that ends before it begins cannot be granted.
      const isRange = end === '' || end === '\0' || key < end;
      const rangeEnd = isRange || version === '3.4' ? end : '';
      auth.roleGrantPermission({ name, perm: { permType: PERMISSION_TYPE.read, key, rangeEnd } });
    }
    auth.userGrantRole('alice', name);
  }
  auth.enable();
  const asker = { user: 'alice', authRevision: auth.revision };
  return Array.from({ length: QUESTIONS }, () => {
    const refusal = auth.refuseUnlessPermitted(asker, 'read', draw(LETTERS), draw([...LETTERS, '\0']));
    return refusal === undefined ? '1' : '0';
  }).join('');
}

it.each([
  [
    '3.4',
    [
      '111111011111101111111101111111101111111111111111110011110111',
      '111100000010100010011011101000001001010000000110000010110001',
      '101011111111111011111111111001111101101110101111011111110011',
      '110111000111101111001110110110110011111101001011110101010010',
      '110110111110111110001001111001100010000101111100001011010010',
      '111111100010111111111110111101111111110111111101011010010111',
      '111001000110111010111110100011011111100010111001111101110100',
      '101100111110101111110111111111110111111111001111010111111110',
    ],
  ],
  [
    '3.6',
    [
      '111111011111101111111101111111101111111111111111110011110111',
      '111100000010100010011011101100001101111000000110010010110011',
      '101011111111111011111111111001111111101110101111011111110011',
      '110111010111101111001110111110110111111101001011110101010011',
      '110110111110111110111101111001100010011101111100001111010010',
      '111111100010111111111110111101111111110111111101011010010111',
      '111101001110111010111110100011011111100110111001111101110101',
      '101100111110111111110111111111110111111111001111010111111110',
    ],
  ],
] as const)('etcd %s permits the ranges that a real one permitted', (version, seen) => {
  expect(seen.map((_, index) => answers(version, index + 1))).toEqual(seen);
});
