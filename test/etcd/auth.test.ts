/** Authentication in a cluster whose clock and lag are in the test's hand: what no single real etcd can show. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntervalTree, pointOf, type Interval } from '../../sim/etcd/auth/interval-tree.js';
import { AuthStore, type AuthEvent } from '../../sim/etcd/auth/auth-store.js';
import { isTooLong, matches, passwordOf } from '../../sim/etcd/auth/password.js';
import { etcdVersions, VERSIONS, type EtcdVersion } from '../../sim/etcd/version.js';
import * as wire from '../../sim/etcd/wire/auth.js';
import type { Encodable, MessageType } from '../../sim/etcd/wire/message.js';
import { TestCluster, type TestCall } from './harness.js';

const INVALID_TOKEN = { code: 16, details: 'etcdserver: invalid auth token' };
const OLD_REVISION = { code: 3, details: 'etcdserver: revision of auth store is old' };
const USER_EMPTY = { code: 3, details: 'etcdserver: user name is empty' };
const DENIED = { code: 7, details: 'etcdserver: permission denied' };

/** A cluster with the users root and alice, who may do everything below `a/`. */
class AuthCluster extends TestCluster {
  constructor(members: readonly string[] = ['m1'], version?: EtcdVersion) {
    super(...members, ...(version === undefined ? [] : [{ version }]));
    const first = members[0] ?? '';
    const { AUTH_USER_ADD_REQUEST, AUTH_USER_ADD_RESPONSE } = wire;
    for (const name of ['root', 'alice']) {
      this.auth(first, 'UserAdd', AUTH_USER_ADD_REQUEST, AUTH_USER_ADD_RESPONSE, { name, password: name });
    }
    this.grantRole(first, 'root', 'root');
    this.auth(first, 'RoleAdd', wire.AUTH_ROLE_ADD_REQUEST, wire.AUTH_ROLE_ADD_RESPONSE, { name: 'own' });
    const perm = { permType: wire.PERMISSION_TYPE.readWrite, key: 'a/', rangeEnd: 'a0' };
    const { AUTH_ROLE_GRANT_PERMISSION_REQUEST, AUTH_ROLE_GRANT_PERMISSION_RESPONSE } = wire;
    this.auth(
      first,
      'RoleGrantPermission',
      AUTH_ROLE_GRANT_PERMISSION_REQUEST,
      AUTH_ROLE_GRANT_PERMISSION_RESPONSE,
      { name: 'own', perm },
    );
    this.grantRole(first, 'alice', 'own');
    this.auth(first, 'AuthEnable', wire.AUTH_ENABLE_REQUEST, wire.AUTH_ENABLE_RESPONSE, {});
    this.host.advance(10);
  }

  get leading(): string {
    return this.cluster.leader ?? '';
  }

  /** Members that do not lead. */
  get following(): string[] {
    return this.cluster.members.map(({ name }) => name).filter((name) => name !== this.leading);
  }

  /** A token that was given at the member. */
  logIn(name: string, member = this.cluster.members[0]?.name ?? ''): string {
    const { AUTHENTICATE_REQUEST, AUTHENTICATE_RESPONSE } = wire;
    const request = { name, password: name };
    const call = this.auth(member, 'Authenticate', AUTHENTICATE_REQUEST, AUTHENTICATE_RESPONSE, request);
    this.host.advance(10);
    return call.response.token;
  }

  grantRole(member: string, user: string, role: string, token?: string): void {
    const { AUTH_USER_GRANT_ROLE_REQUEST, AUTH_USER_GRANT_ROLE_RESPONSE } = wire;
    this.auth(
      member,
      'UserGrantRole',
      AUTH_USER_GRANT_ROLE_REQUEST,
      AUTH_USER_GRANT_ROLE_RESPONSE,
      { user, role },
      token,
    );
  }

  auth<Q, R>(
    member: string,
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
    token?: string,
  ): TestCall<Q, R> {
    const client = this.client(member, token === undefined ? {} : { token });
    const call = client.call(`Auth/${method}`, requestType, responseType).send(request);
    call.server.halfClose();
    return call;
  }
}

describe('a token', () => {
  it('lives for 300 s after its last use at a member, and by each member its own time', () => {
    const cluster = new AuthCluster(['m1', 'm2', 'm3']);
    const token = cluster.logIn('alice');
    for (let round = 0; round < 4; round++) {
      cluster.host.advance(299_000);
      const alive = cluster.client('m1', { token }).range('a/1', { serializable: true });
      expect(alive.status?.code).toBe(0);
    }
    const gone = cluster.client('m2', { token }).range('a/1', { serializable: true });
    expect(gone.status).toEqual(INVALID_TOKEN);
    cluster.host.advance(302_000);
    const late = cluster.client('m1', { token }).range('a/1', { serializable: true });
    expect(late.status).toEqual(INVALID_TOKEN);
  });

  it('is forgotten when a member restarts, and not by the others', () => {
    const cluster = new AuthCluster(['m1', 'm2', 'm3']);
    const token = cluster.logIn('alice');
    cluster.cluster.stopMember('m2');
    cluster.cluster.startMember('m2');
    cluster.host.advance(10_000);
    const ask = (member: string) =>
      cluster.client(member, { token }).range('a/1', { serializable: true }).status?.code;
    expect([ask('m1'), ask('m2'), ask('m3')]).toEqual([0, INVALID_TOKEN.code, 0]);
  });

  it('that was just given is waited for by a member that lags', () => {
    const cluster = new AuthCluster(['m1', 'm2', 'm3']);
    const [slow = ''] = cluster.following;
    cluster.cluster.slowMember(slow, 2000);
    const token = cluster.logIn('alice', cluster.leading);
    const call = cluster.client(slow, { token }).range('a/1', { serializable: true });
    expect(call.status).toBeUndefined();
    cluster.host.advance(3000);
    expect(call.status?.code).toBe(0);
  });

  it('is waited for by a watch stream, which keeps the requests that come in between', () => {
    const cluster = new AuthCluster(['m1', 'm2', 'm3']);
    const [slow = ''] = cluster.following;
    cluster.cluster.slowMember(slow, 2000);
    const token = cluster.logIn('alice', cluster.leading);
    const watch = cluster.client(slow, { token }).watch({ key: 'a/1' });
    watch.send({ createRequest: { key: 'b' } });
    expect(watch.take()).toEqual([]);
    cluster.host.advance(3000);
    expect(watch.take().map(({ created, canceled }) => ({ created, canceled }))).toEqual([
      { created: true, canceled: false },
      { created: true, canceled: true },
    ]);
  });

  it('that is waited for when its call is cancelled leaves nothing behind', () => {
    const cluster = new AuthCluster();
    const { timers } = cluster.host;
    const call = cluster.client('m1', { token: 'x.100000' }).range('a/1');
    call.server.cancel();
    cluster.host.advance(60_000);
    expect(call.status).toBeUndefined();
    expect(cluster.host.timers).toBe(timers);
  });
});

describe('a proposal', () => {
  it('is refused when users or roles have changed before it is applied', () => {
    const cluster = new AuthCluster(['m1', 'm2', 'm3']);
    const leader = cluster.leading;
    const others = cluster.following;
    const [root, alice] = [cluster.logIn('root', leader), cluster.logIn('alice', leader)];
    for (const name of others) cluster.cluster.disconnectMembers(leader, name);
    cluster.grantRole(leader, 'alice', 'root', root);
    const put = cluster.client(leader, { token: alice }).put('a/1');
    for (const name of others) cluster.cluster.reconnectMembers(leader, name);
    cluster.host.advance(100);
    expect(put.status).toEqual(OLD_REVISION);
    expect(cluster.client(leader, { token: alice }).put('b').status?.code).toBe(0);
  });

  it('of the leader itself to revoke a lease needs no user', () => {
    const cluster = new AuthCluster();
    const token = cluster.logIn('alice');
    const client = cluster.client('m1', { token });
    const { ID } = client.grant(5).response;
    client.put('a/1', '', { lease: ID });
    cluster.host.advance(10_000);
    expect(client.range('a/1').response.kvs).toEqual([]);
  });
});

describe('who asks is looked at', () => {
  it.each([
    ['3.4', [0, 0, 0, 0, 0]],
    ['3.5', [0, 0, 0, 0, 0]],
    ['3.6', [3, 3, 3, 3, 3]],
    ['3.7', [3, 3, 3, 3, 3]],
  ] as const)('by etcd %s in as many methods as by a real one', (version, codes) => {
    const cluster = new AuthCluster(['m1'], version);
    const client = cluster.client('m1');
    const calls = [
      client.compact(1),
      client.grant(5),
      client.leases(),
      client.memberList(),
      client.memberStatus(),
    ];
    expect(calls.map(({ status }) => status?.code)).toEqual(codes);
    expect(client.range('a/1').status).toEqual(USER_EMPTY);
  });

  it.each([
    ['3.4', 0],
    ['3.5', 0],
    ['3.6', 7],
    ['3.7', 7],
  ] as const)('by etcd %s in nested transactions, or not', (version, code) => {
    const cluster = new AuthCluster(['m1'], version);
    const token = cluster.logIn('alice');
    const nested = { requestTxn: { success: [{ requestPut: { key: 'b' } }] } };
    expect(cluster.client('m1', { token }).txn({ success: [nested] }).status?.code).toBe(code);
    const flat = cluster.client('m1', { token }).txn({ success: [{ requestPut: { key: 'b' } }] });
    expect(flat.status).toEqual(DENIED);
  });
});

describe('a watch from a key on', () => {
  it.each([
    ['3.4', false],
    ['3.5', false],
    ['3.6', true],
    ['3.7', true],
  ] as const)('is refused by etcd %s to who may read the key alone: %s', (version, refused) => {
    const cluster = new AuthCluster(['m1'], version);
    const token = cluster.logIn('alice');
    const watch = cluster.client('m1', { token }).watch({ key: 'a/1', rangeEnd: '\0' });
    expect(watch.take()).toMatchObject([{ created: true, canceled: refused }]);
  });
});

describe('a tree of intervals', () => {
  const letter = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const range: fc.Arbitrary<Interval> = fc
    .tuple(letter, fc.oneof(letter, fc.constant('')))
    .map(([begin, end]) => (end === '' || begin < end ? { begin, end } : pointOf(begin)));

  it.each([false, true])('covers what a list of them covers (splits by end: %s)', (splitsByEnd) => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), range, (intervals, asked) => {
        const tree = new IntervalTree(splitsByEnd);
        for (const interval of intervals) tree.insert(interval);
        const covers = (key: string): boolean =>
          intervals.some(({ begin, end }) => begin <= key && (end === '' || key < end));
        // Between two letters nothing begins or ends but right behind a letter.
        const keys = [...'abcdefgh'].flatMap((one) => [one, `${one}\0`, `${one}~`]);
        const within = keys.filter((key) => asked.begin <= key && (asked.end === '' || key < asked.end));
        expect(tree.contains(asked)).toBe(
          within.every(covers) && within.length > 0 && coversEnd(intervals, asked),
        );
        expect(tree.intersects(pointOf(asked.begin))).toBe(covers(asked.begin));
      }),
      { numRuns: 2000 },
    );
  });

  function coversEnd(intervals: readonly Interval[], { end }: Interval): boolean {
    return end !== '' || intervals.some((interval) => interval.end === '');
  }
});

describe('a password', () => {
  it('matches what bcrypt takes for the same', () => {
    expect(matches(passwordOf('one'), 'one')).toBe(true);
    expect(matches(passwordOf('one'), 'one\0one')).toBe(true);
    expect(matches(passwordOf('one'), 'one\0')).toBe(false);
    expect(matches(passwordOf('x'.repeat(72)), 'x'.repeat(80))).toBe(true);
    expect(isTooLong('é'.repeat(36))).toBe(false);
    expect(isTooLong('é'.repeat(37))).toBe(true);
  });
});

describe('the store of users and roles', () => {
  it.each(etcdVersions)('of etcd %s is the same after the same changes, on every member', (version) => {
    type Change = (auth: AuthStore) => unknown;
    const name = fc.constantFrom('root', 'alice', 'bob');
    const both = fc.tuple(name, name);
    const user = { options: undefined, hashedPassword: '' };
    const change = fc.oneof(
      name.map(
        (one): Change =>
          (auth) =>
            auth.userAdd({ name: one, password: one, ...user }),
      ),
      name.map(
        (one): Change =>
          (auth) =>
            auth.userDelete(one),
      ),
      name.map(
        (one): Change =>
          (auth) =>
            auth.roleAdd(one),
      ),
      name.map(
        (one): Change =>
          (auth) =>
            auth.roleDelete(one),
      ),
      both.map(
        ([one, role]): Change =>
          (auth) =>
            auth.userGrantRole(one, role),
      ),
      both.map(
        ([one, role]): Change =>
          (auth) =>
            auth.userRevokeRole(one, role),
      ),
      fc.constant<Change>((auth) => auth.enable()),
      fc.constant<Change>((auth) => auth.disable()),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const told: AuthEvent[][] = [[], []];
        const stores = told.map(
          (events) => new AuthStore(VERSIONS[version].auth, (event) => events.push(event)),
        );
        for (const one of changes) {
          const [left, right] = stores.map((store) => one(store));
          expect(left).toEqual(right);
        }
        const [left, right] = stores.map((auth) => ({
          revision: auth.revision,
          users: auth.users().map((user) => auth.userRoles(user)),
          roles: auth.roles(),
        }));
        expect(left).toEqual(right);
        expect(told[0]).toEqual(told[1]);
      }),
      { numRuns: 50 },
    );
  });
});
