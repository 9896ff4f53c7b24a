/**
 * The Lock and Election services in cases that need control of the clock: compaction, stopped members, older
 * versions.
 */
import { expect, test } from 'vitest';
import { createCluster } from '../../sim/etcd/cluster.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import * as auth from '../../sim/etcd/wire/auth.js';
import {
  CAMPAIGN_REQUEST,
  CAMPAIGN_RESPONSE,
  LEADER_REQUEST,
  LEADER_RESPONSE,
} from '../../sim/etcd/wire/election.js';
import { LOCK_REQUEST, LOCK_RESPONSE, UNLOCK_REQUEST, UNLOCK_RESPONSE } from '../../sim/etcd/wire/lock.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import type { Encodable, MessageType } from '../../sim/etcd/wire/message.js';
import { ManualHost, TestCall, TestClient } from './harness.js';

/** Longer than watches take to catch up. */
const CATCH_UP_MS = 200;
const COMPACTED = { code: 2, details: 'etcdserver: mvcc: required revision has been compacted' };

class World {
  readonly host = new ManualHost();
  readonly cluster: EtcdCluster;

  constructor(options: { members?: readonly string[]; version?: EtcdVersion } = {}) {
    const { members = ['m1'], version } = options;
    this.cluster = createCluster({ members, host: this.host, version });
    for (const ID of [10n, 11n, 12n]) this.client.grant(100, ID);
  }

  get client(): TestClient {
    return new TestClient(this.member('m1'));
  }

  member(name: string): EtcdCluster['members'][number] {
    const found = this.cluster.members.find((member) => member.name === name);
    if (found === undefined) throw new Error(`no member ${name}`);
    return found;
  }

  lock(lease: bigint, metadata: Readonly<Record<string, string>> = {}) {
    return this.#call('v3lockpb.Lock/Lock', LOCK_REQUEST, LOCK_RESPONSE, { name: 'a', lease }, metadata);
  }

  unlock(key: string) {
    return this.#call('v3lockpb.Lock/Unlock', UNLOCK_REQUEST, UNLOCK_RESPONSE, { key });
  }

  /** Turns authentication on; returns the metadata of root's calls. */
  enableAuth(): { readonly token: string } {
    const { client } = this;
    const { AUTH_USER_ADD_REQUEST, AUTH_USER_ADD_RESPONSE, AUTH_ROLE_ADD_REQUEST } = auth;
    const { AUTH_ROLE_ADD_RESPONSE, AUTH_USER_GRANT_ROLE_REQUEST, AUTH_USER_GRANT_ROLE_RESPONSE } = auth;
    const { AUTHENTICATE_REQUEST, AUTHENTICATE_RESPONSE } = auth;
    const root = { name: 'root', password: 'root' };
    client.call('Auth/UserAdd', AUTH_USER_ADD_REQUEST, AUTH_USER_ADD_RESPONSE).send(root);
    client.call('Auth/RoleAdd', AUTH_ROLE_ADD_REQUEST, AUTH_ROLE_ADD_RESPONSE).send({ name: 'root' });
    client
      .call('Auth/UserGrantRole', AUTH_USER_GRANT_ROLE_REQUEST, AUTH_USER_GRANT_ROLE_RESPONSE)
      .send({ user: 'root', role: 'root' });
    client.call('Auth/AuthEnable', auth.AUTH_ENABLE_REQUEST, auth.AUTH_ENABLE_RESPONSE).send({});
    const asked = client.call('Auth/Authenticate', AUTHENTICATE_REQUEST, AUTHENTICATE_RESPONSE).send(root);
    return { token: asked.response.token };
  }

  campaign(lease: bigint) {
    const request = { name: 'a', lease, value: '' };
    return this.#call('v3electionpb.Election/Campaign', CAMPAIGN_REQUEST, CAMPAIGN_RESPONSE, request);
  }

  observe() {
    return this.#call('v3electionpb.Election/Observe', LEADER_REQUEST, LEADER_RESPONSE, { name: 'a' });
  }

  /** The keys of the queue. */
  get queue(): readonly string[] {
    return this.queueSeenWith({});
  }

  queueSeenWith(metadata: Readonly<Record<string, string>>): readonly string[] {
    const { kvs } = new TestClient(this.member('m1'), metadata).range('a/', {
      rangeEnd: 'a0',
      serializable: true,
    }).response;
    return kvs.map(({ key }) => key);
  }

  #call<Q, R>(
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
    metadata: Readonly<Record<string, string>> = {},
  ): TestCall<Q, R> {
    const call = new TestCall(this.member('m1'), `/${method}`, requestType, responseType, metadata);
    call.send(request).server.halfClose();
    return call;
  }
}

test('a waiting lock is refused, and takes its key with it, when its watched revision is compacted at once', () => {
  const world = new World();
  world.lock(10n);
  const waiting = world.lock(11n);
  world.client.put('b');
  world.client.compact(world.client.put('b').response.header?.revision ?? 0);
  world.host.advance(CATCH_UP_MS);
  expect(waiting.status).toEqual(COMPACTED);
  expect(world.queue).toEqual(['a/a']);
});

test('a waiting candidate is then refused, too, and its key stays', () => {
  const world = new World();
  world.campaign(10n);
  const waiting = world.campaign(11n);
  world.client.compact(world.client.put('b').response.header?.revision ?? 0);
  world.host.advance(CATCH_UP_MS);
  expect(waiting.status).toEqual(COMPACTED);
  expect(world.queue).toEqual(['a/a', 'a/b']);
});

test('an observer that waits for a leader then ends without an error', () => {
  const world = new World();
  const observer = world.observe();
  world.client.compact(world.client.put('b').response.header?.revision ?? 0);
  world.host.advance(CATCH_UP_MS);
  expect(observer.status).toEqual({ code: 0, details: '' });
});

test('a lock of etcd 3.4 is given even to a client whose key is gone', () => {
  const world = new World({ version: '3.4' });
  const key = world.lock(10n).response.key;
  const waiting = world.lock(11n);
  world.client.revoke(11n);
  world.unlock(key);
  world.host.advance(CATCH_UP_MS);
  expect(waiting.response.key).toBe('a/b');
  expect(world.queue).toEqual([]);
});

test('a stopping member cleans up nothing', () => {
  const world = new World({ members: ['m1', 'm2', 'm3'] });
  world.lock(10n);
  world.lock(11n);
  world.cluster.stopMember('m1');
  world.host.advance(5_000);
  world.cluster.startMember('m1');
  world.host.advance(5_000);
  expect(world.queue).toEqual(['a/a', 'a/b']);
});

test('waiting calls leave only what etcd leaves, when their clients leave', () => {
  const world = new World();
  world.lock(10n);
  world.host.advance(CATCH_UP_MS);
  const before = world.host.timers;
  const calls = [world.lock(11n), world.campaign(12n), world.observe()];
  world.host.advance(CATCH_UP_MS);
  for (const { server } of calls) server.cancel();
  expect(world.queue).toEqual(['a/a']);
  expect(world.host.timers).toBe(before);
});

test('a client that leaves before it is clear that it has to wait may leave its key', () => {
  const world = new World({ members: ['m1', 'm2', 'm3'] });
  world.cluster.stopMember('m2');
  world.cluster.stopMember('m3');
  world.lock(10n).server.cancel();
  world.cluster.startMember('m2');
  world.host.advance(5_000);
  expect(world.queue).toEqual(['a/a']);
});

test('the requirement of a leader is checked once, when the call arrives', () => {
  const world = new World({ members: ['m1', 'm2', 'm3'] });
  world.lock(10n);
  const waiting = world.lock(11n, { hasleader: 'true' });
  world.cluster.stopMember('m2');
  world.cluster.stopMember('m3');
  world.host.advance(10_000);
  expect(waiting.status).toBeUndefined();
  expect(world.lock(12n, { hasleader: 'true' }).status).toMatchObject({ code: 14 });
});

test('with authentication a leaving client’s key stays: the member deletes it anonymously, which is refused', () => {
  const world = new World();
  const root = world.enableAuth();
  expect(world.lock(10n).status).toEqual({ code: 2, details: 'etcdserver: user name is empty' });
  world.lock(10n, root);
  world.lock(11n, root).server.cancel();
  expect(world.queueSeenWith(root)).toEqual(['a/a', 'a/b']);
});

test.each([
  ['3.5', { code: 2, details: 'EOF' }],
  [
    '3.6',
    {
      code: 13,
      details: 'cardinality violation: received no request message from non-client-streaming RPC',
    },
  ],
] as const)('an observer without a request gets an error: etcd %s', (version, status) => {
  const path = '/v3electionpb.Election/Observe';
  const call = new TestCall(new World({ version }).member('m1'), path, LEADER_REQUEST, LEADER_RESPONSE);
  call.server.halfClose();
  expect(call.status).toEqual(status);
});
