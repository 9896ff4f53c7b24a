/**
 * Opens streams. Clients that ask in the metadata not to be left without a leader are refused while the member knows
 * none, and their streams end once it has known none for long.
 */
import { ERRORS, statusOf } from '../errors.js';
import type { ServerCall } from '../service.js';
import { requiresLeader, type IncomingCall, type Method } from './server.js';

/** The server's side of a stream. */
export interface ServerStream extends ServerCall {
  /** The member has had no leader for too long, and the client asked to be told. */
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

/** A call that is over, to which nothing can happen any more. */
export const ENDED_CALL: ServerCall = { message: nothing, halfClose: nothing, cancel: nothing };
