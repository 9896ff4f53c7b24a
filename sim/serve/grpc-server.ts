/**
 * A gRPC server that hands every call, whatever its method, on as bytes: what a method is and whether there is one,
 * the member says. Invariant: a call ends with the member's status, or the member is told that the client is gone.
 */
import * as grpc from '@grpc/grpc-js';
import { EnvironmentError } from '../backend/environment-error.js';
import { CODE } from '../etcd/errors.js';
import type { CallMetadata, EtcdMember } from '../etcd/service.js';

export interface ServerTls {
  /** The certificate and those that sign it, PEM. */
  readonly certificate: string;
  /** The certificate's private key, PEM. */
  readonly key: string;
}

/**
 * A message above etcd's limit of 2 MiB is refused by the member, with etcd's own words; one above this is not even
 * held in memory.
 */
const RECEIVED_BYTES_MAX = 64 * 1024 * 1024;

/** How many messages may wait for a client that does not read; etcd's watch streams have room for as many. */
const WAITING_MESSAGES_MAX = 128;

type Call = grpc.ServerDuplexStream<Buffer, Uint8Array>;

export class GrpcServer {
  readonly #server: grpc.Server;

  constructor(member: EtcdMember) {
    this.#server = new grpc.Server({
      'grpc.max_receive_message_length': RECEIVED_BYTES_MAX,
      'grpc.enable_channelz': 0,
    });
    const func = (call: Call): void => serve(call, member);
    // grpc-js asks this for the handler of a path and answers by itself where there is none, in words that are not
    // etcd's. It has no public way to take every path; that it still asks, every test of this server shows.
    Object.assign(this.#server, {
      _retrieveHandler: (path: string) => ({
        func,
        serialize: asBuffer,
        deserialize: asIs,
        // Also of unary methods: the member knows when a call is answered.
        type: 'bidi',
        path,
      }),
    });
  }

  /** How connections get in. Throws an EnvironmentError where the certificate will not do. */
  injector(tls: ServerTls | undefined): grpc.ConnectionInjector {
    try {
      return this.#server.createConnectionInjector(credentialsOf(tls));
    } catch (error) {
      if (tls === undefined) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new EnvironmentError(`the certificate or its key will not do: ${reason}`, { cause: error });
    }
  }

  /** Ends every call. */
  close(): void {
    this.#server.forceShutdown();
  }
}

function serve(call: Call, member: EtcdMember): void {
  const server = member.open(call.getPath(), textMetadata(call.metadata), {
    message: (bytes) => void call.write(bytes),
    status: ({ code, details }) => {
      if (code === CODE.ok) call.end();
      // The words in which grpc-js is told a status.
      else call.emit('error', Object.assign(new Error(details), { code, details }));
    },
    isFull: () => call.writableLength >= WAITING_MESSAGES_MAX,
  });
  call.on('data', (bytes: Buffer) => server.message(bytes));
  // Comes before `cancelled` where the client vanishes, too, and then it makes no difference.
  call.on('end', () => server.halfClose());
  // Comes after a call's own end, too, when it makes no difference.
  call.on('cancelled', () => server.cancel());
}

function textMetadata(metadata: grpc.Metadata): CallMetadata {
  const text = new Map<string, string>();
  for (const [name, value] of Object.entries(metadata.getMap())) {
    if (typeof value === 'string') text.set(name, value);
  }
  return text;
}

function credentialsOf(tls: ServerTls | undefined): grpc.ServerCredentials {
  if (tls === undefined) return grpc.ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) };
  return grpc.ServerCredentials.createSsl(null, [pair]);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
