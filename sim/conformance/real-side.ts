/**
 * A real etcd as a side of the comparison: raw messages over gRPC, each client on a connection of its own.
 * Invariant: nothing waits longer than the patience, which is longer than etcd lets any request wait.
 */
import * as grpc from '@grpc/grpc-js';
import type { CallStatus } from '../etcd/call-status.js';
import type { CallMetadata } from './credentials.js';
import { metadataOfClient, type Outcome, type Side, type SideStream } from './side.js';

/** etcd gives up on a request after 7 s. */
const PATIENCE_MS = 10_000;
const PATIENCE_IN_HURRY_MS = 500;

interface Patience {
  milliseconds: number;
}

export interface RealOptions {
  /** Such as `127.0.0.1:2379`. */
  readonly address: string;
  readonly name: string;
  readonly clients: number;
}

export function connectRealSide({ address, name, clients: count }: RealOptions): Side {
  const clients = Array.from({ length: count }, (_, index) => {
    // grpc-js lets clients with the same options share a connection.
    const options = {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
      'etcd-sim.client': index,
    };
    return new grpc.Client(address, grpc.credentials.createInsecure(), options);
  });
  const clientOf = (index: number): grpc.Client => {
    const client = clients[index];
    if (client === undefined) throw new Error(`expected one of ${count} clients, got ${index}`);
    return client;
  };
  const patience: Patience = { milliseconds: PATIENCE_MS };
  return {
    name,
    call: (client, path, message, metadata) =>
      new Promise<Outcome>((resolve) => {
        const deadline = Date.now() + PATIENCE_MS;
        const messages: Uint8Array[] = [];
        // On the wire, a call with one answer is a stream with one answer.
        const call = clientOf(client).makeServerStreamRequest(
          path,
          asBuffer,
          asIs,
          message,
          grpcMetadata({ ...metadataOfClient(client), ...metadata }),
          { deadline },
        );
        call.on('data', (answer: Uint8Array) => void messages.push(answer));
        call.on('error', () => undefined);
        call.on('status', ({ code, details }: grpc.StatusObject) =>
          resolve({ messages, status: { code, details: code === grpc.status.OK ? '' : details } }),
        );
      }),
    open: (client, path, metadata) =>
      new RealStream(
        clientOf(client).makeBidiStreamRequest(
          path,
          asBuffer,
          asIs,
          grpcMetadata({ ...metadataOfClient(client), ...metadata }),
        ),
        patience,
      ),
    elapse: () => undefined,
    nowMs: () => performance.now(),
    pass: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    hurry: () => void (patience.milliseconds = PATIENCE_IN_HURRY_MS),
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

class RealStream implements SideStream {
  readonly received: Uint8Array[] = [];
  status: CallStatus | undefined;
  readonly #call: grpc.ClientDuplexStream<Uint8Array, Uint8Array>;
  readonly #patience: Patience;
  #look: (() => void) | undefined;

  constructor(call: grpc.ClientDuplexStream<Uint8Array, Uint8Array>, patience: Patience) {
    this.#call = call;
    this.#patience = patience;
    call.on('data', (message: Uint8Array) => {
      this.received.push(message);
      this.#look?.();
    });
    call.on('status', ({ code, details }: grpc.StatusObject) => {
      this.status = { code, details };
      this.#look?.();
    });
    // The status reports it too.
    call.on('error', () => undefined);
  }

  send(message: Uint8Array): void {
    this.#call.write(message);
  }

  cancel(): void {
    this.#call.cancel();
  }

  until(enough: () => boolean): Promise<boolean> {
    if (enough()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (answer: boolean): void => {
        this.#look = undefined;
        clearTimeout(timer);
        resolve(answer);
      };
      const timer = setTimeout(() => end(false), this.#patience.milliseconds);
      this.#look = () => {
        if (enough()) end(true);
      };
    });
  }
}

function grpcMetadata(metadata: CallMetadata = {}): grpc.Metadata {
  const result = new grpc.Metadata();
  for (const [name, value] of Object.entries(metadata)) result.set(name, value);
  return result;
}

function asBuffer(message: Uint8Array): Buffer {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
}

function asIs(message: Buffer): Uint8Array {
  return message;
}
