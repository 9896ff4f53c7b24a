/** Metadata that a server in a node sends ahead of its first message. Invariant: etcd's own answers have none. */
import type { Metadata } from '@grpc/grpc-js';
import type { CallSink } from '../../etcd/service.js';

/** On its way to the client. */
export class Headers {
  readonly metadata: Metadata;

  constructor(metadata: Metadata) {
    this.metadata = metadata.clone();
  }
}

/** Where a server in a node sends its answers. */
export interface PeerSink extends CallSink {
  headers?(headers: Headers): void;
}
