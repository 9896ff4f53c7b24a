/**
 * Sequences with users, roles and tokens: authentication is set up step by step, with some steps left out,
 * and then any other commands run under it. Invariant: the user root always has one of {@link
 * ROOT_PASSWORDS}, so that the comparison can undo everything.
 */
import fc from 'fast-check';
import type { Command, UnaryMethod } from './command.js';
import type { Credentials } from './credentials.js';
import { enumeration, key, rangeEnd, seldom } from './draw-values.js';

export const ROOT_PASSWORDS = ['one', 'two', 'x'.repeat(72)] as const;

const COMMANDS_MAX = 30;

const client = fc.nat(1);
const user = fc.constantFrom('alice', 'bob', 'root', 'nobody', '', 'ålice');
const role = fc.constantFrom('reader', 'writer', 'root', 'none', '', 'räder');
const rootPassword = fc.constantFrom(...ROOT_PASSWORDS);
/** bcrypt uses 72 bytes, and ignores a zero byte followed by the same password again. */
const password = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constantFrom('one', 'two') },
  { weight: 2, arbitrary: fc.constantFrom('', 'one\0', 'one\0one', 'x'.repeat(72), 'x'.repeat(73)) },
);
/** An empty one is either no password at all, or one that everyone knows. */
function emptyOr(one: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: fc.constant('') },
  );
}

/** As {@link rangeEnd}, except that absent and empty are the same. */
const permission = fc.record({
  permType: enumeration(3),
  key,
  rangeEnd: rangeEnd.map((end) => end ?? ''),
});

const credentials: fc.Arbitrary<Credentials | undefined> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 8, arbitrary: fc.record({ tokenGranted: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      tokenGranted: fc.nat(2),
      said: fc.constantFrom('as bearer' as const, 'as authorization' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ token: fc.constantFrom('', 'x', 'x.1', 'x.y', 'x.1.2', '.', 'x.-1x') }),
  },
);

function call(method: UnaryMethod, request: fc.Arbitrary<object>): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('call' as const),
    client,
    method: fc.constant(method),
    request,
    credentials,
  });
}

/** For the user root, only changes that leave a known password. */
const userAdd = fc
  .record({
    name: user,
    password,
    options: seldom(fc.record({ noPassword: fc.boolean() }), 4),
    hashedPassword: seldom(fc.constant('aGFzaA=='), 8),
    rootPassword,
  })
  .map(({ rootPassword: ofRoot, ...request }) =>
    request.name === 'root' ? { name: 'root', password: ofRoot } : request,
  );
const userChangePassword = fc
  .record({
    name: user,
    password: emptyOr(password),
    hashedPassword: seldom(fc.constantFrom('aGFzaA==', '?'), 4),
    rootPassword,
  })
  .map(({ rootPassword: ofRoot, ...request }) =>
    request.name === 'root' ? { name: 'root', password: ofRoot } : request,
  );

const authCommand: fc.Arbitrary<Command> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: call('Auth/Authenticate', fc.record({ name: user, password: emptyOr(password) })) },
  { weight: 2, arbitrary: call('Auth/AuthEnable', fc.constant({})) },
  { weight: 1, arbitrary: call('Auth/AuthDisable', fc.constant({})) },
  { weight: 2, arbitrary: call('Auth/AuthStatus', fc.constant({})) },
  { weight: 3, arbitrary: call('Auth/UserAdd', userAdd) },
  { weight: 2, arbitrary: call('Auth/UserGet', fc.record({ name: user })) },
  { weight: 1, arbitrary: call('Auth/UserList', fc.constant({})) },
  { weight: 2, arbitrary: call('Auth/UserDelete', fc.record({ name: user })) },
  { weight: 4, arbitrary: call('Auth/UserChangePassword', userChangePassword) },
  { weight: 4, arbitrary: call('Auth/UserGrantRole', fc.record({ user, role })) },
  { weight: 2, arbitrary: call('Auth/UserRevokeRole', fc.record({ name: user, role })) },
  { weight: 3, arbitrary: call('Auth/RoleAdd', fc.record({ name: role })) },
  { weight: 3, arbitrary: call('Auth/RoleGet', fc.record({ role })) },
  { weight: 1, arbitrary: call('Auth/RoleList', fc.constant({})) },
  { weight: 1, arbitrary: call('Auth/RoleDelete', fc.record({ role })) },
  // A grant without a permission ends an etcd 3.4.
  { weight: 5, arbitrary: call('Auth/RoleGrantPermission', fc.record({ name: role, perm: permission })) },
  {
    weight: 2,
    arbitrary: call(
      'Auth/RoleRevokePermission',
      fc.record({ role, key, rangeEnd: rangeEnd.map((end) => end ?? '') }),
    ),
  },
);

function step(method: UnaryMethod, request: object): Command {
  return { kind: 'call', client: 0, method, request };
}

/** The steps before anything can be refused, in an order in which all succeed. */
const setup = fc
  .tuple(fc.array(permission, { minLength: 1, maxLength: 4 }), fc.array(permission, { maxLength: 3 }))
  .chain(([ofReader, ofWriter]) =>
    fc.subarray<Command>(
      [
        step('Auth/UserAdd', { name: 'root', password: 'one' }),
        step('Auth/UserGrantRole', { user: 'root', role: 'root' }),
        step('Auth/RoleAdd', { name: 'root' }),
        step('Auth/RoleAdd', { name: 'reader' }),
        ...ofReader.map((perm) => step('Auth/RoleGrantPermission', { name: 'reader', perm })),
        step('Auth/RoleAdd', { name: 'writer' }),
        ...ofWriter.map((perm) => step('Auth/RoleGrantPermission', { name: 'writer', perm })),
        step('Auth/UserAdd', { name: 'alice', password: 'one' }),
        step('Auth/UserGrantRole', { user: 'alice', role: 'reader' }),
        step('Auth/UserAdd', { name: 'bob', password: 'two' }),
        step('Auth/UserGrantRole', { user: 'bob', role: 'writer' }),
        step('Auth/UserGrantRole', { user: 'bob', role: 'reader' }),
        step('Auth/AuthEnable', {}),
        step('Auth/Authenticate', { name: 'root', password: 'one' }),
        step('Auth/Authenticate', { name: 'alice', password: 'one' }),
        step('Auth/Authenticate', { name: 'bob', password: 'two' }),
      ],
      { minLength: 12 },
    ),
  );

/** A sequence of these commands and of those about authentication. */
export function authSequence(command: fc.Arbitrary<Command>): fc.Arbitrary<readonly Command[]> {
  const under = fc.tuple(command, credentials).map(([one, by]) => withCredentials(one, by));
  const either = fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: under },
    { weight: 1, arbitrary: authCommand },
  );
  return fc
    .tuple(setup, fc.array(either, { maxLength: COMMANDS_MAX, size: 'max' }))
    .map(([first, rest]) => [...first, ...rest]);
}

function withCredentials(command: Command, by: Credentials | undefined): Command {
  if (by === undefined || command.kind === 'close' || command.kind === 'expire') return command;
  return { ...command, credentials: by };
}
