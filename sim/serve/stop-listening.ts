/**
 * Ends the listening to a client whose call has been answered, so that it does not send the rest of its request.
 * Invariant: the answer leaves first. What waits to be sent on a stream is dropped once the stream is reset, and it
 * waits wherever the connection is still writing something else, as a new one over TLS is.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { EtcdHost } from '../etcd/service.js';

/** Looks again after so long, then twice as long, and so on. */
const FIRST_WAIT_MS = 1;
const WAIT_MAX_MS = 100;

/** A client that could say more is told that nobody listens, once its answer has been sent. */
export function stopListening(stream: ServerHttp2Stream, host: EtcdHost): void {
  if (stream.destroyed || stream.readableEnded) return;
  stream.resume();
  // Trailers that have just been given are not in the queue yet.
  if (mayGoOn(stream)) host.schedule(0, () => closeOnceSent(stream, host, FIRST_WAIT_MS));
}

function closeOnceSent(stream: ServerHttp2Stream, host: EtcdHost, waitMs: number): void {
  const { session } = stream;
  if (stream.destroyed || stream.closed || session === undefined || !mayGoOn(stream)) return;
  if (session.state.outboundQueueSize === 0) stream.close(constants.NGHTTP2_NO_ERROR);
  else host.schedule(waitMs, () => closeOnceSent(stream, host, Math.min(2 * waitMs, WAIT_MAX_MS)));
}

/** The client has not said that this was all. */
function mayGoOn(stream: ServerHttp2Stream): boolean {
  return !stream.readableEnded && stream.state.remoteClose !== 1;
}
