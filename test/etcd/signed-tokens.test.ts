/** Callers without a token that a member remembers: with a signed token, or with a certificate. */
import { describe, expect, it } from 'vitest';
import { TokenKeeper } from '../../sim/etcd/auth/token-keeper.js';
import type { TokenSigner } from '../../sim/etcd/auth/tokens.js';
import { createCluster } from '../../sim/etcd/cluster.js';
import { metadataOf } from '../../sim/etcd/metadata.js';
import type { CallMetadata, EtcdMember } from '../../sim/etcd/service.js';
import type { CallStatus } from '../../sim/etcd/call-status.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import * as auth from '../../sim/etcd/wire/auth.js';
import { PUT_REQUEST } from '../../sim/etcd/wire/kv.js';
import { LOCK_REQUEST } from '../../sim/etcd/wire/lock.js';
import type { Encodable, MessageType } from '../../sim/etcd/wire/message.js';
import { ManualHost, TestCall, TestClient } from './harness.js';

const OK = { code: 0 };
const INVALID_TOKEN = { code: 16, details: 'etcdserver: invalid auth token' };
const OLD_REVISION = { code: 3, details: 'etcdserver: revision of auth store is old' };
const USER_EMPTY = { code: 3, details: 'etcdserver: user name is empty' };
const DENIED = { code: 7, details: 'etcdserver: permission denied' };

/** A signer whose tokens contain the user in clear text, and that trusts them. */
const signer: TokenSigner = {
  sign: ({ user, authRevision }) => `${user}@${authRevision}`,
  verify: (token) => {
    const [, user = '', revision] = /^(\w*)@(\d+)$/.exec(token) ?? [];
    return revision === undefined ? undefined : { user, authRevision: Number(revision) };
  },
};
const verifier: TokenSigner = { ...signer, sign: undefined };

/** The revision of users and roles once root and alice exist; alice may do nothing. */
const REVISION = 4;

function clusterOf(
  tokens: TokenSigner,
  { members = ['m1'], version }: { members?: string[]; version?: EtcdVersion } = {},
) {
  const host = new ManualHost();
  const cluster = createCluster({ members, host, version, tokens: { kind: 'signed', signer: tokens } });
  const [first] = cluster.members;
  if (first === undefined) throw new Error('no member');
  const client = (token: string, member = first): TestClient => new TestClient(member, { token });
  const manage = <Q, R>(
    method: string,
    request: MessageType<Q>,
    response: MessageType<R>,
    asked: Encodable<Q>,
    token = '',
  ) => {
    const metadata: Readonly<Record<string, string>> = token === '' ? {} : { token };
    return new TestCall(first, `/etcdserverpb.Auth/${method}`, request, response, metadata).send(asked);
  };
  for (const name of ['root', 'alice']) {
    manage('UserAdd', auth.AUTH_USER_ADD_REQUEST, auth.AUTH_USER_ADD_RESPONSE, { name, password: name });
  }
  const grant = { user: 'root', role: 'root' };
  manage('UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, auth.AUTH_USER_GRANT_ROLE_RESPONSE, grant);
  manage('AuthEnable', auth.AUTH_ENABLE_REQUEST, auth.AUTH_ENABLE_RESPONSE, {});
  host.advance(10);
  const logIn = (name: string) => {
    const request = { name, password: name };
    return manage('Authenticate', auth.AUTHENTICATE_REQUEST, auth.AUTHENTICATE_RESPONSE, request);
  };
  return { host, cluster, first, client, manage, logIn };
}

describe('a signed token', () => {
  it('contains the user, and the revision of users and roles', () => {
    expect(clusterOf(signer).logIn('root').response.token).toBe(`root@${REVISION}`);
  });

  it('is accepted by every member, even by one that has just started', () => {
    const { host, cluster, client } = clusterOf(signer, { members: ['m1', 'm2', 'm3'] });
    for (const member of cluster.members) {
      cluster.stopMember(member.name);
      host.advance(5000);
      cluster.startMember(member.name);
      host.advance(5000);
      const call = client(`root@${REVISION}`, member).put('a');
      host.advance(10);
      expect(call.status).toMatchObject(OK);
    }
  });

  it('lets its user do what the user may', () => {
    const { client } = clusterOf(signer);
    expect(client(`root@${REVISION}`).range('a').status).toMatchObject(OK);
    expect(client(`alice@${REVISION}`).range('a').status).toEqual(DENIED);
    expect(client(`stranger@${REVISION}`).range('a').status).toEqual(DENIED);
    expect(client('root').range('a').status).toEqual(INVALID_TOKEN);
  });

  it('is invalid after a change of users and roles', () => {
    const { client } = clusterOf(signer);
    const old = client(`root@${REVISION - 1}`);
    expect(old.put('a').status).toEqual(OLD_REVISION);
    expect(old.range('a').status).toEqual(OLD_REVISION);
    expect(client('root@0').put('a').status).toEqual(USER_EMPTY);
  });

  it('of a later revision lets its user write, and read nothing', () => {
    const { client } = clusterOf(signer);
    const later = client(`root@${REVISION + 1}`);
    expect(later.put('a').status).toMatchObject(OK);
    expect(later.range('a').status).toEqual(OLD_REVISION);
    expect(later.txn({ success: [{ requestRange: { key: 'a' } }] }).status).toEqual(OLD_REVISION);
  });

  it('survives a time without authentication; with 3.4 it is valid even during it', () => {
    for (const version of ['3.4', '3.6'] as const) {
      const { client, manage } = clusterOf(signer, { version });
      const token = `root@${REVISION}`;
      manage('AuthDisable', auth.AUTH_DISABLE_REQUEST, auth.AUTH_DISABLE_RESPONSE, {}, token);
      expect(client(token).put('a').status).toMatchObject(OK);
      expect(client(token).range('a').status).toMatchObject(version === '3.4' ? OLD_REVISION : OK);
      expect(client('guessed').put('a').status).toMatchObject(version === '3.4' ? INVALID_TOKEN : OK);
      manage('AuthEnable', auth.AUTH_ENABLE_REQUEST, auth.AUTH_ENABLE_RESPONSE, {});
      expect(client(token).put('a').status).toEqual(OLD_REVISION);
      expect(client(`root@${REVISION + 1}`).put('a').status).toMatchObject(OK);
    }
  });
});

describe('an etcd that can only verify', () => {
  it('issues no token, but first checks the password', () => {
    const { logIn, manage } = clusterOf(verifier);
    const details = 'auth: token signing attempted with verify-only key';
    expect(logIn('root').status).toEqual({ code: 2, details });
    const wrong = { name: 'root', password: 'wrong' };
    const refused = manage('Authenticate', auth.AUTHENTICATE_REQUEST, auth.AUTHENTICATE_RESPONSE, wrong);
    expect(refused.status).toMatchObject({ code: 3 });
  });

  it.each([
    ['3.4', [5n]],
    ['3.5', [5n]],
    ['3.6', [5n, 6n]],
    ['3.7', [5n, 6n]],
  ] as const)('of %s cannot end leases until authentication is off', (version, left) => {
    const { host, client, manage } = clusterOf(verifier, { version });
    const root = client(`root@${REVISION}`);
    root.grant(10, 5n);
    root.grant(10, 6n);
    root.put('a', '', { lease: 5n });
    host.advance(60_000);
    expect(
      root
        .leases()
        .response.leases.map(({ ID }) => ID)
        .sort(),
    ).toEqual([...left]);
    expect(root.range('a').response.kvs).toHaveLength(1);
    manage('AuthDisable', auth.AUTH_DISABLE_REQUEST, auth.AUTH_DISABLE_RESPONSE, {}, `root@${REVISION}`);
    host.advance(60_000);
    expect(client(`root@${REVISION + 1}`).leases().response.leases).toEqual([]);
  });

  it('ends them if it can sign', () => {
    const { host, client } = clusterOf(signer);
    const root = client(`root@${REVISION}`);
    root.grant(10, 5n);
    root.put('a', '', { lease: 5n });
    host.advance(60_000);
    expect(root.leases().response.leases).toEqual([]);
  });
});

describe('a certificate', () => {
  function ask<Q>(
    member: EtcdMember,
    method: string,
    type: MessageType<Q>,
    request: Encodable<Q>,
    metadata: CallMetadata,
  ) {
    const heard: { status?: CallStatus } = {};
    const call = member.open(method, metadata, {
      message: () => undefined,
      status: (status) => (heard.status = status),
    });
    call.message(type.encode(request));
    call.halfClose();
    return heard.status;
  }
  const put = (member: EtcdMember, name: string, entries: readonly [string, string][] = []) =>
    ask(member, '/etcdserverpb.KV/Put', PUT_REQUEST, { key: 'a' }, metadataOf(entries, name));

  it('names the user, unless there is a token', () => {
    const { first } = clusterOf(signer);
    expect(put(first, 'root')).toMatchObject(OK);
    expect(put(first, 'alice')).toEqual(DENIED);
    expect(put(first, '')).toEqual(DENIED);
    expect(put(first, 'alice', [['token', `root@${REVISION}`]])).toMatchObject(OK);
    expect(put(first, 'root', [['token', 'guessed']])).toEqual(INVALID_TOKEN);
  });

  it('is the gateway’s own if the gateway acts for another client', () => {
    const { first } = clusterOf(signer);
    expect(put(first, 'root', [['grpcgateway-accept', '']])).toEqual(USER_EMPTY);
  });

  it('applies to a member’s requests on behalf of its client', () => {
    const { first } = clusterOf(signer);
    const lock = (name: string) =>
      ask(first, '/v3lockpb.Lock/Lock', LOCK_REQUEST, { name: 'a' }, metadataOf([], name));
    expect(lock('root')).toMatchObject(OK);
    expect(lock('alice')).toMatchObject({ details: DENIED.details });
  });
});

it('a simple token lives for the configured time after its last use', () => {
  let nowMs = 0;
  const keeper = new TokenKeeper(() => nowMs, 2000);
  const find = () => keeper.find('t.1', { appliedIndex: 1, authRevision: 7 });
  keeper.onEvent({ kind: 'token-assigned', token: 't.1', user: 'alice' });
  nowMs = 2000;
  expect(find()).toEqual({ kind: 'known', asker: { user: 'alice', authRevision: 7 } });
  nowMs = 4000;
  expect(find()).toMatchObject({ kind: 'known' });
  nowMs = 7000;
  expect(find()).toEqual({ kind: 'unknown' });
  expect(keeper.find('t.2', { appliedIndex: 1, authRevision: 7 })).toEqual({ kind: 'later', index: 2 });
});
