/**
 * Opens streams. If the metadata requires a leader, the stream is refused while the member knows none, and
 * ends once it has known none for long.
 */
import { ERRORS, statusOf } from '../errors.js';
import type { ServerCall } from '../service.js';
import { requiresLeader, type IncomingCall, type Method } from './server.js';

/** The server's side of a stream. */
export interface ServerStream extends ServerCall {
  /** The member has had no leader for too long, and the client asked to hear of that. */
  onNoLeader(): void;
}

export function streaming(open: (call: IncomingCall) => ServerStream): Method {
  return (call) => {
    const needsLeader = requiresLeader(call.metadata);
    const isTurnedAway = needsLeader && call.server.knownLeader === undefined;
    call.sink.begun?.(isTurnedAway ? 'turned away without a leader' : 'served');
    if (!needsLeader) return open(call);
    if (isTurnedAway) {
      call.sink.status(statusOf(ERRORS.noLeader));
      return ENDED_CALL;
    }
    const stream = open(call);
    const unwatch = call.server.watchLeader(() => stream.onNoLeader());
    return {
      message: (bytes) => stream.message(bytes),
      halfClose: () => stream.halfClose(),
      cancel() {
        unwatch();
        stream.cancel();
      },
    };
  };
}

const nothing = (): void => undefined;

/** A finished call: nothing can happen to it any more. */
export const ENDED_CALL: ServerCall = { message: nothing, halfClose: nothing, cancel: nothing };
