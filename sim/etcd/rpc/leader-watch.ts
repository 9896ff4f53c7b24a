/**
 * Ends the streams of clients that asked not to be left without a leader: those that open while the member knows
 * none at once, the others once it has known none for three looks, one every election timeout.
 */
import { ELECTION_TIMEOUT_MS } from '../cluster/timing.js';
import { requiresLeader, type IncomingCall } from './server.js';

const LOOKS_WITHOUT_LEADER_MAX = 3;

export class LeaderWatch {
  readonly #call: IncomingCall;
  readonly #onNoLeader: () => void;
  #looksWithoutLeader = 0;
  #cancelLook: (() => void) | undefined;

  constructor(call: IncomingCall, onNoLeader: () => void) {
    this.#call = call;
    this.#onNoLeader = onNoLeader;
    if (!requiresLeader(call.metadata)) return;
    if (call.server.knownLeader === undefined) {
      // The stream's constructor has to be done before it can end.
      this.#cancelLook = call.server.host.schedule(0, onNoLeader);
    } else {
      this.#lookLater();
    }
  }

  close(): void {
    this.#cancelLook?.();
  }

  #lookLater(): void {
    this.#cancelLook = this.#call.server.host.schedule(ELECTION_TIMEOUT_MS, () => {
      const hasLeader = this.#call.server.knownLeader !== undefined;
      this.#looksWithoutLeader = hasLeader ? 0 : this.#looksWithoutLeader + 1;
      if (this.#looksWithoutLeader >= LOOKS_WITHOUT_LEADER_MAX) this.#onNoLeader();
      else this.#lookLater();
    });
  }
}
