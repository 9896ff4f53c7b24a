/** Users, roles and what they permit: each answer, and what moves the revision on. */
import { describe, expect, it } from 'vitest';
import { AuthStore, type AuthEvent } from '../../sim/etcd/auth/auth-store.js';
import { isBase64 } from '../../sim/etcd/auth/password.js';
import { roleWith, roleWithout, type Role } from '../../sim/etcd/auth/role.js';
import { ERRORS } from '../../sim/etcd/errors.js';
import { etcdVersions, VERSIONS, type EtcdVersion } from '../../sim/etcd/version.js';
import { PERMISSION_TYPE } from '../../sim/etcd/wire/auth.js';

const { read, write, readWrite } = PERMISSION_TYPE;

class Auth extends AuthStore {
  readonly events: AuthEvent[];

  constructor(version: EtcdVersion = '3.6') {
    const events: AuthEvent[] = [];
    super(VERSIONS[version].auth, (event) => events.push(event));
    this.events = events;
  }

  add(name: string, password = name) {
    return this.userAdd({ name, password, options: undefined, hashedPassword: '' });
  }

  change(name: string, password: string, hashedPassword = '') {
    return this.userChangePassword({ name, password, hashedPassword });
  }

  grant(name: string, key: string, rangeEnd = '', permType: number = readWrite) {
    return this.roleGrantPermission({ name, perm: { permType, key, rangeEnd } });
  }
}

/** Users root and alice, of whom alice may read and write `a`; authentication is on. */
function enabled(version?: EtcdVersion): Auth {
  const auth = new Auth(version);
  auth.add('root');
  auth.userGrantRole('root', 'root');
  auth.add('alice');
  auth.roleAdd('own');
  auth.grant('own', 'a');
  auth.userGrantRole('alice', 'own');
  auth.enable();
  auth.events.length = 0;
  return auth;
}

/** The result of a change: the error's text, or by how much it moved the revision on. */
function effect(auth: Auth, change: () => ReturnType<Auth['enable']>): string | number {
  const before = auth.revision;
  const result = change();
  return result.kind === 'failed' ? result.error.text : auth.revision - before;
}

const refusal = (failure: ReturnType<Auth['refuseUnlessAdmin']>) => failure?.error.text;

describe('turning authentication on and off', () => {
  it('needs a user root that has the role root, which need not exist', () => {
    const auth = new Auth();
    expect(effect(auth, () => auth.enable())).toBe(ERRORS.rootUserNotExist.text);
    auth.add('root');
    expect(effect(auth, () => auth.enable())).toBe(ERRORS.rootRoleNotExist.text);
    auth.userGrantRole('root', 'root');
    expect(auth.enabled).toBe(false);
    expect([effect(auth, () => auth.enable()), auth.enabled]).toEqual([0, true]);
    expect([effect(auth, () => auth.enable()), auth.events]).toEqual([0, [{ kind: 'enabled' }]]);
  });

  it('off moves the revision on, once', () => {
    const auth = enabled();
    expect([effect(auth, () => auth.disable()), auth.enabled]).toEqual([1, false]);
    expect([effect(auth, () => auth.disable()), auth.events]).toEqual([0, [{ kind: 'disabled' }]]);
  });

  it('off, nothing is refused and no user can log in', () => {
    const auth = new Auth();
    auth.add('alice');
    expect(refusal(auth.refuseUnlessAdmin({ user: '', authRevision: 0 }))).toBeUndefined();
    expect(
      refusal(auth.refuseUnlessPermitted({ user: '', authRevision: 0 }, 'write', 'a', undefined)),
    ).toBeUndefined();
    expect(auth.checkPassword('alice', 'alice')).toMatchObject({ error: ERRORS.authNotEnabled });
    expect(auth.authenticate('alice', 't')).toMatchObject({ error: ERRORS.authNotEnabled });
  });
});

describe('logging in', () => {
  it('needs a user, a password and the right one', () => {
    const auth = enabled();
    auth.userAdd({ name: 'bob', password: '', options: { noPassword: true }, hashedPassword: '' });
    expect(auth.checkPassword('alice', 'alice')).toEqual({ kind: 'ok', value: auth.revision });
    expect(auth.checkPassword('alice', 'else')).toMatchObject({ error: ERRORS.authFailed });
    expect(auth.checkPassword('carol', 'carol')).toMatchObject({ error: ERRORS.authFailed });
    expect(auth.checkPassword('bob', '')).toMatchObject({ error: ERRORS.noPasswordUser });
  });

  it('gives the token that was drawn, and tells every member', () => {
    const auth = enabled();
    expect(auth.authenticate('alice', 't')).toEqual({ kind: 'ok', value: 't' });
    expect(auth.events).toEqual([{ kind: 'token-assigned', token: 't', user: 'alice' }]);
  });

  it('fails where the user or the password is taken away between check and apply', () => {
    const auth = enabled();
    expect(auth.checkPassword('alice', 'alice').kind).toBe('ok');
    auth.userDelete('alice');
    auth.events.length = 0;
    expect(auth.authenticate('alice', 't')).toMatchObject({ error: ERRORS.authFailed });
    auth.userAdd({ name: 'alice', password: '', options: { noPassword: true }, hashedPassword: '' });
    expect(auth.authenticate('alice', 't')).toMatchObject({ error: ERRORS.authFailed });
    expect(auth.events).toEqual([]);
  });
});

describe('a user', () => {
  it('has a name that is its own', () => {
    const auth = new Auth();
    expect(effect(auth, () => auth.add('', 'x'))).toBe(ERRORS.userEmpty.text);
    expect(effect(auth, () => auth.add('alice'))).toBe(1);
    expect(effect(auth, () => auth.add('alice', 'else'))).toBe(ERRORS.userAlreadyExists.text);
    expect(auth.users()).toEqual(['alice']);
  });

  it('loses its tokens when it is deleted; root cannot be while authentication is on', () => {
    const auth = enabled();
    expect(effect(auth, () => auth.userDelete('root'))).toBe(ERRORS.invalidAuthManagement.text);
    expect(effect(auth, () => auth.userDelete('bob'))).toBe(ERRORS.userNotFound.text);
    expect(auth.events).toEqual([]);
    expect(effect(auth, () => auth.userDelete('alice'))).toBe(1);
    expect(auth.events).toEqual([{ kind: 'user-invalidated', user: 'alice' }]);
    auth.disable();
    expect(effect(auth, () => auth.userDelete('root'))).toBe(1);
    expect(auth.users()).toEqual([]);
  });

  it('loses its tokens with its password, and logs in with the new one', () => {
    const auth = enabled();
    expect(effect(auth, () => auth.change('bob', 'x'))).toBe(ERRORS.userNotFound.text);
    expect(effect(auth, () => auth.change('alice', 'new'))).toBe(1);
    expect(auth.events).toEqual([{ kind: 'user-invalidated', user: 'alice' }]);
    expect(auth.checkPassword('alice', 'alice').kind).toBe('failed');
    expect(auth.checkPassword('alice', 'new').kind).toBe('ok');
    expect(auth.userRoles('alice')).toMatchObject({ value: ['own'] });
  });

  it.each(etcdVersions)('of etcd %s may have an empty password, or an unknown one', (version) => {
    const auth = enabled(version);
    const hashesBefore = version !== '3.4';
    expect(effect(auth, () => auth.change('alice', '', 'no base64!'))).toBe(
      hashesBefore ? ERRORS.noPasswordUser.text : 1,
    );
    expect(effect(auth, () => auth.change('alice', '', 'aGFzaA=='))).toBe(1);
    expect(auth.checkPassword('alice', '').kind).toBe(hashesBefore ? 'failed' : 'ok');
    expect(auth.checkPassword('alice', 'alice')).toMatchObject({ error: ERRORS.authFailed });
  });

  it('without a password stays without one, and loses its tokens nevertheless', () => {
    const auth = enabled();
    auth.userAdd({ name: 'bob', password: '', options: { noPassword: true }, hashedPassword: '' });
    expect(effect(auth, () => auth.change('bob', 'x'))).toBe(1);
    expect(auth.events).toEqual([{ kind: 'user-invalidated', user: 'bob' }]);
    expect(auth.checkPassword('bob', 'x')).toMatchObject({ error: ERRORS.noPasswordUser });
  });

  it('is given roles that exist, and root, and each once', () => {
    const auth = new Auth();
    auth.add('alice');
    auth.roleAdd('own');
    expect(effect(auth, () => auth.userGrantRole('bob', 'own'))).toBe(ERRORS.userNotFound.text);
    expect(effect(auth, () => auth.userGrantRole('alice', 'none'))).toBe(ERRORS.roleNotFound.text);
    expect(effect(auth, () => auth.userGrantRole('alice', 'root'))).toBe(1);
    expect(effect(auth, () => auth.userGrantRole('alice', 'own'))).toBe(1);
    expect(effect(auth, () => auth.userGrantRole('alice', 'own'))).toBe(0);
    expect(auth.userRoles('alice')).toMatchObject({ value: ['own', 'root'] });
    expect([auth.hasRole('alice', 'own'), auth.hasRole('alice', 'x'), auth.hasRole('bob', 'own')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(auth.userRoles('bob')).toMatchObject({ error: ERRORS.userNotFound });
  });

  it('loses a role that it has; root does not lose root while authentication is on', () => {
    const auth = enabled();
    auth.add('bob');
    auth.userGrantRole('bob', 'root');
    auth.userGrantRole('root', 'own');
    expect(effect(auth, () => auth.userRevokeRole('root', 'root'))).toBe(ERRORS.invalidAuthManagement.text);
    expect(effect(auth, () => auth.userRevokeRole('root', 'own'))).toBe(1);
    expect(effect(auth, () => auth.userRevokeRole('bob', 'root'))).toBe(1);
    expect(effect(auth, () => auth.userRevokeRole('bob', 'root'))).toBe(ERRORS.roleNotGranted.text);
    expect(effect(auth, () => auth.userRevokeRole('carol', 'own'))).toBe(ERRORS.userNotFound.text);
    auth.disable();
    expect(effect(auth, () => auth.userRevokeRole('root', 'root'))).toBe(1);
    expect(auth.userRoles('root')).toMatchObject({ value: [] });
  });
});

describe('a role', () => {
  it('has a name that is its own', () => {
    const auth = new Auth();
    expect(effect(auth, () => auth.roleAdd(''))).toBe(ERRORS.roleEmpty.text);
    expect(effect(auth, () => auth.roleAdd('own'))).toBe(1);
    expect(effect(auth, () => auth.roleAdd('own'))).toBe(ERRORS.roleAlreadyExists.text);
    expect(auth.roles()).toEqual(['own']);
    expect(auth.rolePermissions('own')).toMatchObject({ value: [] });
  });

  it('is taken from everyone when it is deleted; root cannot be while authentication is on', () => {
    const auth = enabled();
    auth.roleAdd('root');
    auth.roleAdd('other');
    auth.userGrantRole('alice', 'other');
    expect(effect(auth, () => auth.roleDelete('root'))).toBe(ERRORS.invalidAuthManagement.text);
    expect(effect(auth, () => auth.roleDelete('none'))).toBe(ERRORS.roleNotFound.text);
    expect(effect(auth, () => auth.roleDelete('own'))).toBe(1);
    expect(auth.userRoles('alice')).toMatchObject({ value: ['other'] });
    auth.disable();
    expect(effect(auth, () => auth.roleDelete('root'))).toBe(1);
    expect([auth.roles(), auth.userRoles('root')]).toMatchObject([['other'], { value: [] }]);
  });

  it.each(etcdVersions)('of etcd %s is granted ranges, and only in etcd 3.4 invalid ones, too', (version) => {
    const auth = new Auth(version);
    auth.roleAdd('own');
    const odd = version === '3.4' ? 1 : ERRORS.invalidAuthManagement.text;
    expect(effect(auth, () => auth.roleGrantPermission({ name: 'own', perm: undefined }))).toBe(
      ERRORS.permissionNotGiven.text,
    );
    for (const end of ['', '\0', 'c']) expect(effect(auth, () => auth.grant('own', '', end))).toBe(odd);
    expect(effect(auth, () => auth.grant('own', 'b', 'a'))).toBe(odd);
    expect(effect(auth, () => auth.grant('own', 'b', 'b'))).toBe(odd);
    for (const end of ['', '\0', 'c']) expect(effect(auth, () => auth.grant('own', 'b', end))).toBe(1);
    expect(effect(auth, () => auth.grant('none', 'b'))).toBe(ERRORS.roleNotFound.text);
  });

  it('loses a permission of exactly that range', () => {
    const auth = new Auth();
    auth.roleAdd('own');
    auth.grant('own', 'a', 'c', read);
    const revoke = (role: string, key: string, rangeEnd: string) => () =>
      auth.roleRevokePermission({ role, key, rangeEnd });
    expect(effect(auth, revoke('none', 'a', 'c'))).toBe(ERRORS.roleNotFound.text);
    expect(effect(auth, revoke('own', 'a', ''))).toBe(ERRORS.permissionNotGranted.text);
    expect(effect(auth, revoke('own', 'b', 'c'))).toBe(ERRORS.permissionNotGranted.text);
    expect(effect(auth, revoke('own', 'a', 'c'))).toBe(1);
    expect(auth.rolePermissions('own')).toMatchObject({ value: [] });
  });

  it.each(etcdVersions)('root of etcd %s is shown with all keys, or with what it was granted', (version) => {
    const auth = new Auth(version);
    auth.roleAdd('root');
    auth.grant('root', 'a');
    const granted = { permType: readWrite, key: 'a', rangeEnd: '' };
    const all = { permType: readWrite, key: '', rangeEnd: '\0' };
    const showsAll = version === '3.6' || version === '3.7';
    expect(auth.rolePermissions('root')).toMatchObject({ value: [showsAll ? all : granted] });
    expect(auth.rolePermissions('none')).toMatchObject({ error: ERRORS.roleNotFound });
  });

  it('has its permissions in order of their keys; of one range the newest type holds', () => {
    const grants: readonly (readonly [string, string, number])[] = [
      ['b', '', read],
      ['a', 'z', write],
      ['b', 'c', read],
      ['c', '', read],
      ['b', '', write],
    ];
    const role = grants.reduce<Role>(
      (before, [key, rangeEnd, permType]) => roleWith(before, { permType, key, rangeEnd }),
      [],
    );
    expect(role.map(({ key, rangeEnd, permType }) => [key, rangeEnd, permType])).toEqual([
      ['a', 'z', write],
      ['b', '', write],
      ['b', 'c', read],
      ['c', '', read],
    ]);
    // As in etcd a second range of one key is not looked for.
    const twice = roleWith(role, { permType: write, key: 'b', rangeEnd: 'c' });
    expect(twice.filter(({ rangeEnd }) => rangeEnd === 'c').map(({ permType }) => permType)).toEqual([
      read,
      write,
    ]);
    expect(roleWithout(twice, 'b', 'c').map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });
});

it('a copy has the same users, roles and revision, and then goes its own way', () => {
  const auth = enabled();
  const copy = new Auth();
  copy.copyFrom(auth);
  expect([copy.enabled, copy.revision, copy.users(), copy.roles()]).toEqual([
    ...[true, auth.revision, ['alice', 'root'], ['own']],
  ]);
  expect([copy.userRoles('alice'), copy.rolePermissions('own')]).toEqual([
    ...[auth.userRoles('alice'), auth.rolePermissions('own')],
  ]);
  expect(copy.checkPassword('alice', 'alice').kind).toBe('ok');
  copy.userDelete('alice');
  copy.roleDelete('own');
  copy.disable();
  expect([auth.enabled, auth.users(), auth.roles()]).toEqual([true, ['alice', 'root'], ['own']]);
});

it('names are in the order of their bytes in UTF-8', () => {
  const auth = new Auth();
  const names = ['\u{1f600}', '\uffff', 'b', 'a', 'é'];
  for (const name of names) {
    auth.add(name);
    auth.roleAdd(name);
  }
  expect(auth.users()).toEqual(['a', 'b', 'é', '\uffff', '\u{1f600}']);
  expect(auth.roles()).toEqual(auth.users());
});

describe('who asks', () => {
  it('for what only root may do needs the role root', () => {
    const auth = enabled();
    auth.add('bob');
    auth.userGrantRole('bob', 'root');
    const ask = (user: string) => refusal(auth.refuseUnlessAdmin({ user, authRevision: 1 }));
    expect(ask('')).toBe(ERRORS.userEmpty.text);
    expect(ask('carol')).toBe(ERRORS.userNotFound.text);
    expect(ask('alice')).toBe(ERRORS.permissionDenied.text);
    expect([ask('root'), ask('bob')]).toEqual([undefined, undefined]);
  });

  it('for keys needs a token, of the present revision, and the permission', () => {
    const auth = enabled();
    const { revision } = auth;
    const ask = (user: string, authRevision: number, key = 'a') =>
      refusal(auth.refuseUnlessPermitted({ user, authRevision }, 'write', key, undefined));
    expect(ask('alice', 0)).toBe(ERRORS.userEmpty.text);
    expect(ask('alice', revision - 1)).toBe(ERRORS.authOldRevision.text);
    expect(ask('alice', revision)).toBeUndefined();
    expect(ask('alice', revision, 'b')).toBe(ERRORS.permissionDenied.text);
    expect(ask('carol', revision)).toBe(ERRORS.permissionDenied.text);
    expect(ask('root', revision, 'b')).toBeUndefined();
  });

  it('is permitted what is granted later, and no more what is revoked', () => {
    const auth = enabled();
    const ask = (key: string) =>
      refusal(
        auth.refuseUnlessPermitted({ user: 'alice', authRevision: auth.revision }, 'read', key, undefined),
      );
    expect(ask('b')).toBe(ERRORS.permissionDenied.text);
    auth.roleAdd('more');
    auth.grant('more', 'b');
    auth.userGrantRole('alice', 'more');
    expect([ask('a'), ask('b')]).toEqual([undefined, undefined]);
    auth.roleDelete('own');
    expect(ask('a')).toBe(ERRORS.permissionDenied.text);
    auth.userDelete('alice');
    expect(ask('b')).toBe(ERRORS.permissionDenied.text);
  });
});

it('a hash is what Go reads as base64', () => {
  const good = ['', 'YQ==', 'YWI=', 'YWJj', 'YW\r\nJj', '+/09'];
  const bad = ['YQ', 'YQ=', 'YWJ', 'YQ==YQ==', 'YW J', '-_09', '=', 'a', 'YWJj\t'];
  expect(good.map(isBase64)).toEqual(good.map(() => true));
  expect(bad.map(isBase64)).toEqual(bad.map(() => false));
});
