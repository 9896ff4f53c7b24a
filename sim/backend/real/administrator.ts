/**
 * What an operator asks a real cluster for and etcd3 does not know or would ask any member for: who is who, who leads,
 * alarms. Invariant: it asks the member that it is told to ask, and gives up after a while.
 */
import { Client, credentials } from '@grpc/grpc-js';
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

/** Longer than etcd itself takes to give up on a write. */
const ANSWER_MAX_MS = 10_000;
const OPTIONS = { 'grpc.enable_http_proxy': 0, 'grpc.use_local_subchannel_pool': 1 };

/** One member, as its operator speaks to it. */
export class Administrator {
  readonly #client: Client;

  /** @param url where clients reach the member, such as `http://127.0.0.1:2379` */
  constructor(url: string) {
    this.#client = new Client(new URL(url).host, credentials.createInsecure(), OPTIONS);
  }

  /** Id of the member and of the leader it knows, 0 where it knows none. */
  async whoIsWho(): Promise<{ readonly id: bigint; readonly leader: bigint }> {
    const { header, leader } = await this.#call<object, StatusResponse>(
      'Status',
      STATUS_REQUEST,
      STATUS_RESPONSE,
      {},
    );
    return { id: header?.memberId ?? 0n, leader };
  }

  /** Asks the member, which must lead, to hand over to another. */
  async moveLeader(targetID: bigint): Promise<void> {
    await this.#call('MoveLeader', MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE, { targetID });
  }

  async alarm(request: Encodable<AlarmRequest>): Promise<void> {
    await this.#call('Alarm', ALARM_REQUEST, ALARM_RESPONSE, request);
  }

  close(): void {
    this.#client.close();
  }

  #call<Q, R>(
    method: string,
    requests: MessageType<Q>,
    responses: MessageType<R>,
    request: Encodable<Q>,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/etcdserverpb.Maintenance/${method}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        requests.encode(request),
        { deadline: Date.now() + ANSWER_MAX_MS },
        (error, bytes) => {
          if (bytes === undefined) reject(error ?? new Error(`no answer to ${method}`));
          else resolve(responses.decode(bytes));
        },
      );
    });
  }
}
