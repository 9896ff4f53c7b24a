/** Users, roles and tokens: the in-memory etcd against a real one. */
import { expect, it } from 'vitest';
import type { Command } from '../../sim/conformance/command.js';
import { authSequence } from '../../sim/conformance/draw-auth.js';
import { command } from '../../sim/conformance/draw-commands.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import { describeReal } from '../real/available.js';
import { COMMANDS_IN_CI, compare, differenceIn } from './harness.js';

const sequence = authSequence(command);

/** Makes alice a user who may read what `perm` allows, with the second token issued. */
function alice(...permissions: readonly object[]): Command[] {
  const call = (method: string, request: object): Command =>
    ({ kind: 'call', client: 0, method: `Auth/${method}`, request }) as Command;
  return [
    call('UserAdd', { name: 'root', password: 'one' }),
    call('UserGrantRole', { user: 'root', role: 'root' }),
    call('RoleAdd', { name: 'reader' }),
    ...permissions.map((perm) => call('RoleGrantPermission', { name: 'reader', perm })),
    call('UserAdd', { name: 'alice', password: 'one' }),
    call('UserGrantRole', { user: 'alice', role: 'reader' }),
    call('AuthEnable', {}),
    call('Authenticate', { name: 'root', password: 'one' }),
    call('Authenticate', { name: 'alice', password: 'one' }),
  ];
}

describeReal('the in-memory etcd and a real one, with authentication,', () => {
  it('answer alike to drawn commands', async () => {
    const { result, real } = await compare({ seed: 5, commands: COMMANDS_IN_CI, sequence });
    expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
  });

  it.each(['3.6', '3.7'] as const)(
    'answer alike to ranges that end before they begin, as the permission tree of %s treats them',
    async (version) => {
      const permissions = [
        { permType: 0, key: 'b', rangeEnd: 'c' },
        { permType: 0, key: 'a', rangeEnd: 'z' },
        { permType: 0, key: 'c', rangeEnd: 'd' },
        { permType: 0, key: 'd', rangeEnd: '' },
        { permType: 0, key: 'ab', rangeEnd: 'b' },
      ];
      const letters = ['a', 'ab', 'b', 'c', 'd', 'e'];
      for (let count = 1; count <= permissions.length; count++) {
        const ranges = letters.flatMap((key) =>
          letters.map((rangeEnd): Command => {
            const request = { key, rangeEnd };
            return { kind: 'call', client: 0, method: 'KV/Range', request, credentials: { tokenGranted: 1 } };
          }),
        );
        expect(
          await differenceIn([...alice(...permissions.slice(0, count)), ...ranges], version),
        ).toBeUndefined();
      }
    },
  );
});
