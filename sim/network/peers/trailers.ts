/** Trailing metadata of a status, from a server in a node to its client. Invariant: etcd's own statuses have none. */
import type { Metadata } from '@grpc/grpc-js';
import type { CallStatus } from '../../etcd/call-status.js';

const trailers = new WeakMap<CallStatus, Metadata>();

/** The status, with the metadata that its server sent beside it. */
export function withTrailers(status: CallStatus, metadata: Metadata | undefined): CallStatus {
  if (metadata !== undefined) trailers.set(status, metadata.clone());
  return status;
}

export function trailersOf(status: CallStatus): Metadata | undefined {
  return trailers.get(status);
}
