/**
 * An operator's requests to a real cluster that etcd3 does not support or would send to any member:
 * identities, leadership, alarms, members. Invariant: each request goes to the given member and has a
 * deadline.
 */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  AUTHENTICATE_REQUEST,
  AUTHENTICATE_RESPONSE,
  type AuthenticateRequest,
  type AuthenticateResponse,
} from '../../etcd/wire/auth.js';
import type { Encodable, MessageType } from '../../etcd/wire/message.js';
import {
  ALARM_REQUEST,
  ALARM_RESPONSE,
  MOVE_LEADER_REQUEST,
  MOVE_LEADER_RESPONSE,
  STATUS_REQUEST,
  STATUS_RESPONSE,
  type AlarmRequest,
  type StatusResponse,
} from '../../etcd/wire/maintenance.js';
import {
  MEMBER_ADD_REQUEST,
  MEMBER_ADD_RESPONSE,
  MEMBER_LIST_REQUEST,
  MEMBER_LIST_RESPONSE,
  MEMBER_PROMOTE_REQUEST,
  MEMBER_PROMOTE_RESPONSE,
  MEMBER_REMOVE_REQUEST,
  MEMBER_REMOVE_RESPONSE,
  type MemberAddResponse,
  type MemberListResponse,
} from '../../etcd/wire/cluster.js';
import type { Credentials } from '../authentication.js';

/** Longer than etcd's own timeout for a write. */
const ANSWER_MAX_MS = 10_000;
const OPTIONS = { 'grpc.enable_http_proxy': 0, 'grpc.use_local_subchannel_pool': 1 };

/** etcd's answer to a client that has not logged in. */
const NOBODY = 'user name is empty';

/** One member, as its operator uses it. */
export class Administrator {
  readonly #client: Client;
  readonly #operator: Credentials | undefined;
  readonly #metadata = new Metadata();

  /**
   * @param url at which clients reach the member, such as `http://127.0.0.1:2379`
   * @param operator the user as which it logs in if etcd requires one
   */
  constructor(url: string, operator?: Credentials) {
    this.#client = new Client(new URL(url).host, credentials.createInsecure(), OPTIONS);
    this.#operator = operator;
  }

  /** The ids of the member and of the leader it knows, 0 if it knows none. */
  async whoIsWho(): Promise<{ readonly id: bigint; readonly leader: bigint }> {
    const { header, leader } = await this.#ask<object, StatusResponse>(
      'Maintenance/Status',
      STATUS_REQUEST,
      STATUS_RESPONSE,
      {},
    );
    return { id: header?.memberId ?? 0n, leader };
  }

  /** Asks the member, which must lead, to hand over to another. */
  async moveLeader(targetID: bigint): Promise<void> {
    await this.#ask('Maintenance/MoveLeader', MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE, { targetID });
  }

  async alarm(request: Encodable<AlarmRequest>): Promise<void> {
    await this.#ask('Maintenance/Alarm', ALARM_REQUEST, ALARM_RESPONSE, request);
  }

  /** The members of the cluster. */
  async members(): Promise<MemberListResponse['members']> {
    const request = { linearizable: true };
    const answer = await this.#ask<object, MemberListResponse>(
      'Cluster/MemberList',
      MEMBER_LIST_REQUEST,
      MEMBER_LIST_RESPONSE,
      request,
    );
    return answer.members;
  }

  async removeMember(ID: bigint): Promise<void> {
    await this.#ask('Cluster/MemberRemove', MEMBER_REMOVE_REQUEST, MEMBER_REMOVE_RESPONSE, { ID });
  }

  /** Resolves with all members of the cluster afterwards. */
  async addMember(peerUrl: string, isLearner: boolean): Promise<MemberAddResponse['members']> {
    const request = { peerURLs: [peerUrl], isLearner };
    const answer = await this.#ask<object, MemberAddResponse>(
      'Cluster/MemberAdd',
      MEMBER_ADD_REQUEST,
      MEMBER_ADD_RESPONSE,
      request,
    );
    return answer.members;
  }

  async promoteMember(ID: bigint): Promise<void> {
    await this.#ask('Cluster/MemberPromote', MEMBER_PROMOTE_REQUEST, MEMBER_PROMOTE_RESPONSE, { ID });
  }

  close(): void {
    this.#client.close();
  }

  async #ask<Q, R>(
    method: string,
    requests: MessageType<Q>,
    responses: MessageType<R>,
    request: Encodable<Q>,
  ): Promise<R> {
    const ask = () => this.#call(method, requests, responses, request);
    try {
      return await ask();
    } catch (error) {
      if (this.#operator === undefined || !String(error).includes(NOBODY)) throw error;
      await this.#logIn(this.#operator);
      return ask();
    }
  }

  async #logIn({ username, password }: Credentials): Promise<void> {
    const { token } = await this.#call<AuthenticateRequest, AuthenticateResponse>(
      'Auth/Authenticate',
      AUTHENTICATE_REQUEST,
      AUTHENTICATE_RESPONSE,
      { name: username, password },
    );
    this.#metadata.set('token', token);
  }

  #call<Q, R>(
    method: string,
    requests: MessageType<Q>,
    responses: MessageType<R>,
    request: Encodable<Q>,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/etcdserverpb.${method}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        requests.encode(request),
        this.#metadata,
        { deadline: Date.now() + ANSWER_MAX_MS },
        (error, bytes) => {
          if (bytes === undefined) reject(error ?? new Error(`no answer to ${method}`));
          else resolve(responses.decode(bytes));
        },
      );
    });
  }
}
