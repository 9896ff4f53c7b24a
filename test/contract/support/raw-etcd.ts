/**
 * etcd's API as protobuf messages, for requests that no client library can make. Field names are etcd's in
 * camelCase; revisions are numbers, ids of leases and watchers bigints.
 */
import * as grpc from '@grpc/grpc-js';
import * as kv from '../../../sim/etcd/wire/kv.js';
import * as lease from '../../../sim/etcd/wire/lease.js';
import * as maintenance from '../../../sim/etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import type { WatchCreateRequest } from '../../../sim/etcd/wire/watch.js';
import { PATIENCE_MS } from '../../eventually.js';
import type { RunningTarget } from './target.js';
import { WatchStream } from './watch-stream.js';

/** The parts shared by several of them. */
interface Connection {
  readonly client: grpc.Client;
  readonly streams: grpc.ClientDuplexStream<Uint8Array, Buffer>[];
}

export class RawEtcd {
  readonly #client: grpc.Client;
  readonly #streams: Connection['streams'];
  readonly #metadata: Readonly<Record<string, string>>;

  constructor(
    to: Pick<RunningTarget, 'host' | 'grpcOptions'> | Connection,
    metadata: Readonly<Record<string, string>> = {},
  ) {
    const { client, streams } = 'client' in to ? to : connect(to);
    this.#client = client;
    this.#streams = streams;
    this.#metadata = metadata;
  }

  /** The same, with this metadata on its calls, such as a token. */
  by(metadata: Readonly<Record<string, string>>): RawEtcd {
    return new RawEtcd({ client: this.#client, streams: this.#streams }, metadata);
  }

  range(key: string, rest: Encodable<kv.RangeRequest> = {}): Promise<kv.RangeResponse> {
    return this.#call('KV/Range', kv.RANGE_REQUEST, kv.RANGE_RESPONSE, { key, ...rest });
  }

  put(key: string, value = '', rest: Encodable<kv.PutRequest> = {}): Promise<kv.PutResponse> {
    return this.#call('KV/Put', kv.PUT_REQUEST, kv.PUT_RESPONSE, { key, value, ...rest });
  }

  deleteRange(key: string, rest: Encodable<kv.DeleteRangeRequest> = {}): Promise<kv.DeleteRangeResponse> {
    const request = { key, ...rest };
    return this.#call('KV/DeleteRange', kv.DELETE_RANGE_REQUEST, kv.DELETE_RANGE_RESPONSE, request);
  }

  txn(request: Encodable<kv.TxnRequest>): Promise<kv.TxnResponse> {
    return this.#call('KV/Txn', kv.TXN_REQUEST, kv.TXN_RESPONSE, request);
  }

  status(): Promise<maintenance.StatusResponse> {
    return this.#call('Maintenance/Status', maintenance.STATUS_REQUEST, maintenance.STATUS_RESPONSE, {});
  }

  /** @param physical waits until it is done on disk, too */
  async compact(revision: number, physical = false): Promise<void> {
    const request = { revision, physical };
    await this.#call('KV/Compact', kv.COMPACTION_REQUEST, kv.COMPACTION_RESPONSE, request);
  }

  /** @param TTL seconds */
  grant(TTL: number, ID = 0n): Promise<lease.LeaseGrantResponse> {
    const { LEASE_GRANT_REQUEST, LEASE_GRANT_RESPONSE } = lease;
    return this.#call('Lease/LeaseGrant', LEASE_GRANT_REQUEST, LEASE_GRANT_RESPONSE, { TTL, ID });
  }

  revoke(ID: bigint): Promise<lease.LeaseRevokeResponse> {
    const { LEASE_REVOKE_REQUEST, LEASE_REVOKE_RESPONSE } = lease;
    return this.#call('Lease/LeaseRevoke', LEASE_REVOKE_REQUEST, LEASE_REVOKE_RESPONSE, { ID });
  }

  timeToLive(ID: bigint, keys = false): Promise<lease.LeaseTimeToLiveResponse> {
    const { LEASE_TIME_TO_LIVE_REQUEST, LEASE_TIME_TO_LIVE_RESPONSE } = lease;
    const request = { ID, keys };
    return this.#call(
      'Lease/LeaseTimeToLive',
      LEASE_TIME_TO_LIVE_REQUEST,
      LEASE_TIME_TO_LIVE_RESPONSE,
      request,
    );
  }

  async leases(): Promise<bigint[]> {
    const { LEASE_LEASES_REQUEST, LEASE_LEASES_RESPONSE } = lease;
    const { leases } = await this.#call('Lease/LeaseLeases', LEASE_LEASES_REQUEST, LEASE_LEASES_RESPONSE, {});
    return leases.map(({ ID }) => ID);
  }

  /** Keeps the lease alive once; resolves with its time to live in seconds. */
  keepAlive(ID: bigint): Promise<number> {
    const stream = this.#open('Lease/LeaseKeepAlive');
    const answer = new Promise<number>((resolve, reject) => {
      stream.once('data', (bytes: Buffer) => resolve(lease.LEASE_KEEP_ALIVE_RESPONSE.decode(bytes).TTL));
      stream.once('error', reject);
    });
    stream.write(lease.LEASE_KEEP_ALIVE_REQUEST.encode({ ID }));
    stream.end();
    return answer;
  }

  /** A watch stream, with a watcher once its request is given; resolves when that is created or refused. */
  async watch(...requests: readonly Encodable<WatchCreateRequest>[]): Promise<WatchStream> {
    const stream = new WatchStream(this.#open('Watch/Watch'));
    for (const request of requests) await stream.create(request);
    return stream;
  }

  /** Calls a method with bytes that need not be a message. */
  send(path: string, bytes: Uint8Array, metadata = this.#grpcMetadata()): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + PATIENCE_MS;
      this.#client.makeUnaryRequest(path, asBuffer, asIs, bytes, metadata, { deadline }, (error, answer) => {
        if (error !== null) reject(error);
        else resolve(answer ?? new Uint8Array());
      });
    });
  }

  /** Ends the streams that a test has left open. */
  cancelStreams(): void {
    for (const stream of this.#streams.splice(0)) stream.cancel();
  }

  close(): void {
    this.cancelStreams();
    this.#client.close();
  }

  async #call<Q, R>(
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
  ): Promise<R> {
    return responseType.decode(await this.send(`/etcdserverpb.${method}`, requestType.encode(request)));
  }

  #grpcMetadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(this.#metadata)) metadata.set(name, value);
    return metadata;
  }

  #open(method: string): grpc.ClientDuplexStream<Uint8Array, Buffer> {
    return this.open(`/etcdserverpb.${method}`);
  }

  /** Opens a call of any method as a stream of bytes. */
  open(path: string): grpc.ClientDuplexStream<Uint8Array, Buffer> {
    const stream = this.#client.makeBidiStreamRequest(path, asBuffer, asIs, this.#grpcMetadata());
    // A stream that is cancelled when its test is over ends with an error.
    stream.on('error', () => undefined);
    this.#streams.push(stream);
    return stream;
  }
}

function connect({ host, grpcOptions }: Pick<RunningTarget, 'host' | 'grpcOptions'>): Connection {
  const options = { ...grpcOptions, 'grpc.max_send_message_length': -1 };
  const client = new grpc.Client(new URL(host).host, grpc.credentials.createInsecure(), options);
  return { client, streams: [] };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
