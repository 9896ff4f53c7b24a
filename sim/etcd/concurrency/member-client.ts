/**
 * The member as a client of itself, which is how etcd runs its Lock and Election services. Their requests go
 * to the same services as any client's, with the metadata of the call that they serve. Invariant: no request
 * begins once the member's process ends.
 */
import { ERRORS } from '../errors.js';
import { metadataOf } from '../metadata.js';
import { failed, ok } from '../result.js';
import { KV_METHODS } from '../rpc/kv-service.js';
import { LEASE_METHODS } from '../rpc/lease-service.js';
import { RECEIVED_BYTES_MAX, type IncomingCall, type MemberServer, type Method } from '../rpc/server.js';
import { ENDED_CALL } from '../rpc/streaming.js';
import type { CallMetadata, ServerCall } from '../service.js';
import {
  DELETE_RANGE_REQUEST,
  DELETE_RANGE_RESPONSE,
  RANGE_REQUEST,
  RANGE_RESPONSE,
  TXN_REQUEST,
  TXN_RESPONSE,
  type DeleteRangeResponse,
  type RangeRequest,
  type RangeResponse,
  type TxnRequest,
  type TxnResponse,
} from '../wire/kv.js';
import { LEASE_GRANT_REQUEST, LEASE_GRANT_RESPONSE, type LeaseGrantResponse } from '../wire/lease.js';
import type { Encodable, MessageType } from '../wire/message.js';
import type { WatchCreateRequest } from '../wire/watch.js';
import { MemberWatch } from './member-watch.js';
import type { Operation } from './procedure.js';
import { errorOf, relayed } from './relayed-errors.js';

export class MemberClient {
  readonly server: MemberServer;
  readonly #metadata: CallMetadata;
  readonly #outlivesCall: boolean;

  /** @param metadata of the call; whether it requires a leader is checked once, when the call arrives */
  private constructor(server: MemberServer, metadata: CallMetadata, outlivesCall: boolean) {
    this.server = server;
    this.#metadata = metadataOf(
      [...metadata].filter(([name]) => name !== 'hasleader'),
      metadata.commonName,
    );
    this.#outlivesCall = outlivesCall;
  }

  /** A client that acts for a call. */
  static of({ server, metadata }: IncomingCall): MemberClient {
    return new MemberClient(server, metadata, false);
  }

  /** The same member for work without the caller: anonymous, so it has no token. */
  get inBackground(): MemberClient {
    return new MemberClient(this.server, new Map(), true);
  }

  get(request: Encodable<RangeRequest>): Operation<RangeResponse> {
    return this.#unary(KV_METHODS['Range'], RANGE_REQUEST, RANGE_RESPONSE, request);
  }

  txn(request: Encodable<TxnRequest>): Operation<TxnResponse> {
    return this.#unary(KV_METHODS['Txn'], TXN_REQUEST, TXN_RESPONSE, request);
  }

  delete(key: string): Operation<DeleteRangeResponse> {
    return this.#unary(KV_METHODS['DeleteRange'], DELETE_RANGE_REQUEST, DELETE_RANGE_RESPONSE, { key });
  }

  grant(ttlSeconds: number): Operation<LeaseGrantResponse> {
    const request = { TTL: ttlSeconds };
    return this.#unary(LEASE_METHODS['LeaseGrant'], LEASE_GRANT_REQUEST, LEASE_GRANT_RESPONSE, request);
  }

  /** The caller has to close it. */
  watch(request: Encodable<WatchCreateRequest>): MemberWatch {
    return new MemberWatch({ server: this.server, metadata: this.#metadata }, request);
  }

  #unary<Q, R>(
    method: Method | undefined,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
  ): Operation<R> {
    if (method === undefined) throw new Error(`the member does not serve ${requestType.name}`);
    return {
      outlivesCall: this.#outlivesCall,
      start: (done) => {
        if (!this.server.isRunning) return () => undefined;
        const bytes = requestType.encode(request);
        // No message carries it, so an oversized one is refused as a log entry, not as a message.
        if (bytes.length > RECEIVED_BYTES_MAX) {
          done(failed(relayed(ERRORS.requestTooLarge.text)));
          return () => undefined;
        }
        let response: R | undefined;
        let call: ServerCall = ENDED_CALL;
        call = method({
          server: this.server,
          metadata: this.#metadata,
          sink: {
            message: (answer) => void (response = responseType.decode(answer)),
            status: (status) => done(response === undefined ? failed(errorOf(status)) : ok(response)),
          },
        });
        call.message(bytes);
        call.halfClose();
        return () => call.cancel();
      },
    };
  }
}
