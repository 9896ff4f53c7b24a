/**
 * The largest message a client sends and accepts: its channel's options, or grpc-js's defaults, which are 4
 * MiB for receiving and no limit for sending.
 */
import type { ChannelOptions } from '@grpc/grpc-js';
import { CODE } from '../etcd/errors.js';
import type { CallStatus } from '../etcd/call-status.js';

const RECEIVED_BYTES_MAX = 4 * 1024 * 1024;
const NO_LIMIT = -1;

export class MessageLimits {
  readonly #sentMax: number;
  readonly #receivedMax: number;

  constructor(options: ChannelOptions) {
    this.#sentMax = options['grpc.max_send_message_length'] ?? NO_LIMIT;
    this.#receivedMax = options['grpc.max_receive_message_length'] ?? RECEIVED_BYTES_MAX;
  }

  /** The status of a call that is about to send such a message; undefined if it may. */
  refuseSent(bytes: number): CallStatus | undefined {
    if (this.#sentMax === NO_LIMIT || bytes <= this.#sentMax) return undefined;
    const details = `Attempted to send message with a size larger than ${this.#sentMax}`;
    return { code: CODE.resourceExhausted, details };
  }

  /** The status of a call that receives such a message; undefined if it is accepted. */
  refuseReceived(bytes: number): CallStatus | undefined {
    if (this.#receivedMax === NO_LIMIT || bytes <= this.#receivedMax) return undefined;
    const details = `Received message larger than max (${bytes} vs ${this.#receivedMax})`;
    return { code: CODE.resourceExhausted, details };
  }
}
