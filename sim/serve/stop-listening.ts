/**
 * Stops reading from a client whose call has been answered, so that it does not send the rest of its request.
 * Invariant: the answer leaves first. A reset drops data that still waits on a stream. Data waits while the
 * connection is writing something else, as a new TLS connection does.
 */
import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { EtcdHost } from '../etcd/service.js';

/** Checks again after this long, then twice as long, and so on. */
const FIRST_WAIT_MS = 1;
const WAIT_MAX_MS = 100;

/** Streams that wait for their answers to leave, by session: all of a session leave at once. */
const waiting = new WeakMap<Http2Session, ServerHttp2Stream[]>();

/** A client that could still send learns that nothing is read any more, once its answer has been sent. */
export function stopListening(stream: ServerHttp2Stream, host: EtcdHost): void {
  const { session } = stream;
  if (stream.destroyed || stream.readableEnded || session === undefined) return;
  stream.resume();
  if (!mayGoOn(stream)) return;
  const others = waiting.get(session);
  if (others !== undefined) {
    others.push(stream);
    return;
  }
  waiting.set(session, [stream]);
  // Trailers that have just been passed in are not in the queue yet.
  host.schedule(0, () => closeOnceSent(session, host, FIRST_WAIT_MS));
}

function closeOnceSent(session: Http2Session, host: EtcdHost, waitMs: number): void {
  if (session.destroyed) return;
  if (session.state.outboundQueueSize !== 0) {
    host.schedule(waitMs, () => closeOnceSent(session, host, Math.min(2 * waitMs, WAIT_MAX_MS)));
    return;
  }
  const streams = waiting.get(session) ?? [];
  waiting.delete(session);
  for (const stream of streams)
    if (!stream.destroyed && !stream.closed && mayGoOn(stream)) stream.close(constants.NGHTTP2_NO_ERROR);
}

/** The client has not finished sending. */
function mayGoOn(stream: ServerHttp2Stream): boolean {
  return !stream.readableEnded && stream.state.remoteClose !== 1;
}
