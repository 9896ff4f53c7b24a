/**
 * Linearizable reads through one member, in rounds as in etcd. A round asks a quorum once for all waiting
 * reads, and then waits until the member has applied the quorum's index. Later reads wait for the next round.
 * Invariant: at most one round is under way, and every read of a round gets the same answer.
 */
import { ERRORS } from '../errors.js';
import type { Counts } from '../metrics/counts.js';
import { failed, ok, type Result } from '../result.js';
import type { EtcdHost } from '../service.js';
import { REQUEST_TIMEOUT_MS } from './timing.js';

type Done = (result: Result<undefined>) => void;

/** A read that is waiting; it is an object so that the same function can wait twice. */
interface Read {
  readonly done: Done;
}

export interface ReadLoopParts {
  readonly host: EtcdHost;
  readonly counts: Counts;
  /** The index of a quorum right now; undefined if none would answer the member. */
  readIndex(): number | undefined;
  /** The index of the newest entry that the member has applied. */
  appliedIndex(): number;
  /** Calls back once the member has applied the entry; returns how to give up. */
  whenApplied(index: number, action: () => void): () => void;
}

const CONFIRMED: Result<undefined> = ok(undefined);
const nothingToCancel = (): void => undefined;

export class ReadLoop {
  readonly #parts: ReadLoopParts;
  /** The reads of the current round; undefined if there is none. */
  #round: Set<Read> | undefined;
  /** True while the round waits for a quorum rather than for the member. */
  #isAsking = false;
  #next = new Set<Read>();
  #cancelWait = nothingToCancel;

  constructor(parts: ReadLoopParts) {
    this.#parts = parts;
  }

  /**
   * Asks to read the committed state.
   *
   * @param done hears the outcome; called before this returns if there is nothing to wait for
   * @returns stops waiting, without calling `done`
   */
  request(done: Done): () => void {
    if (this.#round === undefined && this.#isUpToDate()) {
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

  /** A leader has its quorum. If it was newly elected, questions to the previous leader are void. */
  onLeading(elected: boolean): void {
    if (this.#round === undefined || !this.#isAsking) return;
    if (elected) {
      this.#parts.counts.readIndexesFailed++;
      this.#end(failed(ERRORS.leaderChanged));
    } else this.#ask();
  }

  close(): void {
    this.#cancelWait();
    this.#round = undefined;
    this.#next.clear();
  }

  #isUpToDate(): boolean {
    const index = this.#parts.readIndex();
    return index !== undefined && this.#parts.appliedIndex() >= index;
  }

  #begin(): void {
    if (this.#next.size === 0) return;
    this.#round = this.#next;
    this.#next = new Set();
    this.#isAsking = true;
    this.#ask();
  }

  #ask(): void {
    const index = this.#parts.readIndex();
    if (index === undefined) {
      if (this.#cancelWait !== nothingToCancel) return;
      const { host, counts } = this.#parts;
      this.#cancelWait = host.schedule(REQUEST_TIMEOUT_MS, () => {
        counts.readIndexesSlow++;
        this.#end(failed(ERRORS.timeout));
      });
      return;
    }
    this.#cancelWait();
    this.#isAsking = false;
    const round = this.#round;
    const cancelWait = this.#parts.whenApplied(index, () => this.#end(CONFIRMED));
    if (this.#round === round && round !== undefined) this.#cancelWait = cancelWait;
  }

  #end(result: Result<undefined>): void {
    this.#cancelWait();
    this.#cancelWait = nothingToCancel;
    const round = this.#round ?? [];
    this.#round = undefined;
    for (const read of [...round]) read.done(result);
    this.#begin();
  }
}
