/**
 * How large a message a client sends and takes: its channel's options, or grpc-js's defaults, which are 4 MiB received
 * and anything sent.
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

  /** What a call that sends such a message ends with, before it is sent; undefined where it may. */
  refuseSent(bytes: number): CallStatus | undefined {
    if (this.#sentMax === NO_LIMIT || bytes <= this.#sentMax) return undefined;
    const details = `Attempted to send message with a size larger than ${this.#sentMax}`;
    return { code: CODE.resourceExhausted, details };
  }

  /** What a call that is answered with such a message ends with; undefined where it is taken. */
  refuseReceived(bytes: number): CallStatus | undefined {
    if (this.#receivedMax === NO_LIMIT || bytes <= this.#receivedMax) return undefined;
    const details = `Received message larger than max (${bytes} vs ${this.#receivedMax})`;
    return { code: CODE.resourceExhausted, details };
  }
}
