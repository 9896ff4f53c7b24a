/**
 * Linearizable reads through one member, in rounds as etcd does them: a round asks a quorum once for all reads that
 * were waiting when it began; those that come meanwhile wait for the next. Invariant: at most one round is under way,
 * and every read of a round gets the same answer.
 */
import { ERRORS, type ErrorEntry } from '../errors.js';
import { failed, ok, type Result } from '../result.js';
import type { EtcdHost } from '../service.js';
import { REQUEST_TIMEOUT_MS } from './timing.js';

type Done = (result: Result<undefined>) => void;

/** A read that is waiting; it is an object so that the same function can wait twice. */
interface Read {
  readonly done: Done;
}

const CONFIRMED: Result<undefined> = ok(undefined);
const nothingToCancel = (): void => undefined;

export class ReadLoop {
  readonly #host: EtcdHost;
  readonly #canRead: () => boolean;
  /** The reads of the round under way; undefined where there is none. */
  #round: Set<Read> | undefined;
  #next = new Set<Read>();
  #cancelTimer = nothingToCancel;

  /** @param canRead whether a quorum would answer the member right now */
  constructor(host: EtcdHost, canRead: () => boolean) {
    this.#host = host;
    this.#canRead = canRead;
  }

  /**
   * Asks for the right to read what is committed.
   *
   * @param done hears the outcome, before this returns where there is nothing to wait for
   * @returns gives up waiting, without a word to `done`
   */
  request(done: Done): () => void {
    if (this.#round === undefined && this.#canRead()) {
      done(CONFIRMED);
      return nothingToCancel;
    }
    const read: Read = { done };
    this.#next.add(read);
    if (this.#round === undefined) this.#begin();
    return () => {
      this.#next.delete(read);
      this.#round?.delete(read);
    };
  }

  /** A leader has its quorum: what was asked of the one before is void where it is another reign. */
  onLeading(elected: boolean): void {
    if (this.#round === undefined) return;
    if (elected) this.#end(failed(ERRORS.leaderChanged));
    else this.#end(CONFIRMED);
  }

  close(): void {
    this.#cancelTimer();
    this.#round = undefined;
    this.#next.clear();
  }

  #begin(): void {
    if (this.#next.size === 0) return;
    const round = this.#next;
    this.#next = new Set();
    if (this.#canRead()) {
      for (const read of round) read.done(CONFIRMED);
      return;
    }
    this.#round = round;
    this.#cancelTimer = this.#host.schedule(REQUEST_TIMEOUT_MS, () => this.#fail(ERRORS.timeout));
  }

  #fail(error: ErrorEntry): void {
    this.#end(failed(error));
  }

  #end(result: Result<undefined>): void {
    this.#cancelTimer();
    this.#cancelTimer = nothingToCancel;
    const round = this.#round ?? [];
    this.#round = undefined;
    for (const read of [...round]) read.done(result);
    this.#begin();
  }
}
