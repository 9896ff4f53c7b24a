/**
 * A client for tests that opens calls on a member in process, and a host whose time moves only by hand.
 * Everything answers synchronously, or when time is advanced.
 */
import { createCluster } from '../../sim/etcd/cluster.js';
import type { EtcdCluster, EtcdHost, ServerCall } from '../../sim/etcd/service.js';
import type { CallStatus } from '../../sim/etcd/call-status.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import * as cluster from '../../sim/etcd/wire/cluster.js';
import * as kv from '../../sim/etcd/wire/kv.js';
import * as lease from '../../sim/etcd/wire/lease.js';
import * as maintenance from '../../sim/etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../../sim/etcd/wire/message.js';
import * as watch from '../../sim/etcd/wire/watch.js';

interface Timer {
  readonly atMs: number;
  readonly sequence: number;
  readonly action: () => void;
}

/** A host whose clock stops until it is advanced. Draws are a fixed sequence per stream. */
export class ManualHost implements EtcdHost {
  #nowMs = 1000;
  #sequence = 0;
  readonly #timers = new Set<Timer>();
  readonly #draws = new Map<string, number>();

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, sequence: this.#sequence++, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  scheduleHousekeeping(delayMs: number, action: () => void): () => void {
    return this.schedule(delayMs, action);
  }

  randomUint32(stream: string): number {
    const draw = (Math.imul(this.#draws.get(stream) ?? 12345, 1664525) + 1013904223) >>> 0;
    this.#draws.set(stream, draw);
    return draw >>> 8;
  }

  /** Timers that are waiting. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Advances time; due timers run in order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.atMs > untilMs) continue;
        if (next === undefined || timer.atMs < next.atMs) next = timer;
        else if (timer.atMs === next.atMs && timer.sequence < next.sequence) next = timer;
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = untilMs;
  }
}

/** One call and its results so far. */
export class TestCall<Q, R> {
  readonly messages: R[] = [];
  readonly frames: Uint8Array[] = [];
  status: CallStatus | undefined;
  readonly server: ServerCall;
  readonly #requestType: MessageType<Q>;

  constructor(
    member: EtcdCluster['members'][number],
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    metadata: Readonly<Record<string, string>> = {},
  ) {
    this.#requestType = requestType;
    this.server = member.open(method, new Map(Object.entries(metadata)), {
      message: (bytes) => {
        if (this.status !== undefined) throw new Error('a message after the status');
        this.frames.push(bytes);
        this.messages.push(responseType.decode(bytes));
      },
      status: (status) => {
        if (this.status !== undefined) throw new Error('a second status');
        this.status = status;
      },
    });
  }

  send(request: Encodable<Q>): this {
    this.server.message(this.#requestType.encode(request));
    return this;
  }

  /** The one response of a call that succeeded. */
  get response(): R {
    const [message] = this.messages;
    if (message === undefined || this.status?.code !== 0) {
      throw new Error(`expected a response, got ${JSON.stringify(this.status ?? 'nothing yet')}`);
    }
    return message;
  }

  /** Takes the messages received since the last call. */
  take(): R[] {
    return this.messages.splice(0);
  }
}

type WatchCall = TestCall<watch.WatchRequest, watch.WatchResponse>;

/** A client of one member. */
export class TestClient {
  readonly #member: EtcdCluster['members'][number];
  readonly #metadata: Readonly<Record<string, string>>;

  constructor(member: EtcdCluster['members'][number], metadata: Readonly<Record<string, string>> = {}) {
    this.#member = member;
    this.#metadata = metadata;
  }

  range(key: string, rest: Encodable<kv.RangeRequest> = {}) {
    return this.#unary('KV/Range', kv.RANGE_REQUEST, kv.RANGE_RESPONSE, { key, ...rest });
  }

  put(key: string, value = '', rest: Encodable<kv.PutRequest> = {}) {
    return this.#unary('KV/Put', kv.PUT_REQUEST, kv.PUT_RESPONSE, { key, value, ...rest });
  }

  deleteRange(key: string, rest: Encodable<kv.DeleteRangeRequest> = {}) {
    return this.#unary('KV/DeleteRange', kv.DELETE_RANGE_REQUEST, kv.DELETE_RANGE_RESPONSE, { key, ...rest });
  }

  txn(request: Encodable<kv.TxnRequest>) {
    return this.#unary('KV/Txn', kv.TXN_REQUEST, kv.TXN_RESPONSE, request);
  }

  compact(revision: number) {
    return this.#unary('KV/Compact', kv.COMPACTION_REQUEST, kv.COMPACTION_RESPONSE, { revision });
  }

  grant(TTL: number, ID = 0n) {
    return this.#unary('Lease/LeaseGrant', lease.LEASE_GRANT_REQUEST, lease.LEASE_GRANT_RESPONSE, {
      TTL,
      ID,
    });
  }

  revoke(ID: bigint) {
    return this.#unary('Lease/LeaseRevoke', lease.LEASE_REVOKE_REQUEST, lease.LEASE_REVOKE_RESPONSE, { ID });
  }

  timeToLive(ID: bigint, keys = false) {
    const { LEASE_TIME_TO_LIVE_REQUEST, LEASE_TIME_TO_LIVE_RESPONSE } = lease;
    const request = { ID, keys };
    return this.#unary(
      'Lease/LeaseTimeToLive',
      LEASE_TIME_TO_LIVE_REQUEST,
      LEASE_TIME_TO_LIVE_RESPONSE,
      request,
    );
  }

  leases() {
    return this.#unary('Lease/LeaseLeases', lease.LEASE_LEASES_REQUEST, lease.LEASE_LEASES_RESPONSE, {});
  }

  keepAlive() {
    const { LEASE_KEEP_ALIVE_REQUEST, LEASE_KEEP_ALIVE_RESPONSE } = lease;
    return this.call('Lease/LeaseKeepAlive', LEASE_KEEP_ALIVE_REQUEST, LEASE_KEEP_ALIVE_RESPONSE);
  }

  /** Opens a watch stream; with a request, creates a watcher on it. */
  watch(request?: Encodable<watch.WatchCreateRequest>): WatchCall {
    const call = this.call('Watch/Watch', watch.WATCH_REQUEST, watch.WATCH_RESPONSE);
    return request === undefined ? call : call.send({ createRequest: request });
  }

  memberList(linearizable = false) {
    const { MEMBER_LIST_REQUEST, MEMBER_LIST_RESPONSE } = cluster;
    return this.#unary('Cluster/MemberList', MEMBER_LIST_REQUEST, MEMBER_LIST_RESPONSE, { linearizable });
  }

  memberStatus() {
    return this.#unary('Maintenance/Status', maintenance.STATUS_REQUEST, maintenance.STATUS_RESPONSE, {});
  }

  call<Q, R>(method: string, requestType: MessageType<Q>, responseType: MessageType<R>): TestCall<Q, R> {
    return new TestCall(this.#member, `/etcdserverpb.${method}`, requestType, responseType, this.#metadata);
  }

  #unary<Q, R>(
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
  ): TestCall<Q, R> {
    const call = this.call(method, requestType, responseType).send(request);
    call.server.halfClose();
    return call;
  }
}

/** A cluster with a clock under the test's control. */
export class TestCluster {
  readonly host = new ManualHost();
  readonly cluster: EtcdCluster;

  /** The names of the members, one by default; options, if any, come first. */
  constructor(...given: readonly (string | { readonly version: EtcdVersion })[]) {
    const members = given.filter((one) => typeof one === 'string');
    const [options = {}] = given.filter((one) => typeof one !== 'string');
    this.cluster = createCluster({
      members: members.length === 0 ? ['m1'] : members,
      host: this.host,
      ...options,
    });
  }

  client(
    member = this.cluster.members[0]?.name,
    metadata: Readonly<Record<string, string>> = {},
  ): TestClient {
    const found = this.cluster.members.find(({ name }) => name === member);
    if (found === undefined) throw new Error(`no member ${member ?? ''}`);
    return new TestClient(found, metadata);
  }

  /** The name of the leader, according to the first running member. */
  leader(): string | undefined {
    const asked = this.cluster.members.find(({ name }) => this.cluster.isRunning(name));
    const status = this.client(asked?.name).memberStatus().response;
    const members = this.client(asked?.name).memberList().response.members;
    return members.find(({ ID }) => ID === status.leader)?.name;
  }

  /** A member that does not lead. */
  follower(): string {
    const leader = this.leader();
    const found = this.cluster.members.find(({ name }) => name !== leader && this.cluster.isRunning(name));
    if (found === undefined) throw new Error('no follower runs');
    return found.name;
  }
}

/** Every election is over within this time: two election timeouts. */
export const ELECTION_MAX_MS = 2000;
export const REQUEST_TIMEOUT_MS = 7000;
/** A follower applies committed entries within this time, in whole milliseconds. */
export const FOLLOWER_LAG_MAX_MS = 2;

/** Three members, the leader and the followers, and the clock. */
export function threeMembers() {
  const etcd = new TestCluster('m1', 'm2', 'm3');
  const leader = etcd.leader() ?? '';
  const [one = '', two = ''] = ['m1', 'm2', 'm3'].filter((name) => name !== leader);
  return { etcd, host: etcd.host, cluster: etcd.cluster, leader, one, two };
}
