/** A gRPC client that sends and receives bytes, on a connection of its own. */
import * as grpc from '@grpc/grpc-js';
import { PATIENCE_MS } from '../../eventually.js';

export interface RawAnswer {
  readonly code: number;
  readonly details: string;
  /** Undefined if the call failed. */
  readonly message: Buffer | undefined;
}

export class RawClient {
  readonly #client: grpc.Client;

  constructor(endpoint: string, credentials = grpc.credentials.createInsecure()) {
    this.#client = new grpc.Client(new URL(endpoint).host, credentials, {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_http_proxy': 0,
      'grpc.max_send_message_length': -1,
      // A lost connection is retried at once: no test waits for a backoff.
      'grpc.initial_reconnect_backoff_ms': 20,
    });
  }

  call(path: string, message: Uint8Array = new Uint8Array()): Promise<RawAnswer> {
    return new Promise((resolve) => {
      const deadline = Date.now() + PATIENCE_MS;
      const done = (error: grpc.ServiceError | null, answer: Buffer | undefined): void =>
        resolve({ code: error?.code ?? 0, details: error?.details ?? '', message: answer });
      this.#client.makeUnaryRequest(path, asBuffer, asIs, message, new grpc.Metadata(), { deadline }, done);
    });
  }

  open(path: string): grpc.ClientDuplexStream<Uint8Array, Buffer> {
    const stream = this.#client.makeBidiStreamRequest(path, asBuffer, asIs, new grpc.Metadata());
    // Its status reports the same.
    stream.on('error', () => undefined);
    return stream;
  }

  close(): void {
    this.#client.close();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
