/**
 * One member's copy of the replicated state, and its position in the log. It is on the member's disk, so it
 * outlives the member's process. Invariant: entries are applied in the log's order, each once, and none while
 * the member is paused.
 */
import type { EtcdHost } from '../service.js';
import { APPLY_DELAY_MAX_MS, APPLY_DELAY_MIN_MS, SNAPSHOT_MS } from './timing.js';

interface Waiter {
  readonly index: number;
  readonly action: () => void;
}

const nothing = (): void => undefined;

export class Replica {
  /** The index of the newest entry that it has applied. */
  appliedIndex: number;
  /** How much slower than others it applies, in milliseconds. */
  slownessMs = 0;
  /** The index of the newest committed entry that the member has. */
  #receivedIndex: number;
  readonly #host: EtcdHost;
  readonly #stream: string;
  readonly #apply: (index: number) => void;
  #waiters: Waiter[] = [];
  #cancelPump: (() => void) | undefined;
  #isApplying = false;
  #isStill = false;
  /** How a new member gets the leader's state; undefined once it has it. */
  #restore: (() => number | undefined) | undefined;
  #cancelRestore: (() => void) | undefined;

  /**
   * @param name of the member; keys the draws
   * @param index of the last entry before its state
   * @param apply carries out the entry with that index
   */
  constructor(host: EtcdHost, name: string, index: number, apply: (index: number) => void) {
    this.#host = host;
    this.#stream = `apply/${name}`;
    this.appliedIndex = index;
    this.#receivedIndex = index;
    this.#apply = apply;
  }

  /** True while the member has no part of the log, and waits for a snapshot. */
  get isBlank(): boolean {
    return this.#restore !== undefined;
  }

  /**
   * The member begins with nothing.
   *
   * @param restore takes over the leader's state and returns its index; undefined if there is no leader
   * @param onRestored called when that is done
   */
  beginBlank(restore: () => number | undefined, onRestored: () => void): void {
    this.appliedIndex = 0;
    this.#receivedIndex = 0;
    this.#restore = () => {
      const index = restore();
      if (index === undefined) return undefined;
      this.#restore = undefined;
      this.appliedIndex = index;
      this.#receivedIndex = index;
      onRestored();
      return index;
    };
  }

  get receivedIndex(): number {
    return this.#receivedIndex;
  }

  /**
   * The member has the committed entries up to this one.
   *
   * @param pace `at once` for a leader, which receives last and applies first; others follow a little later
   */
  receive(index: number, pace: 'at once' | 'later'): void {
    if (this.#restore !== undefined) {
      this.#restoreLater();
      return;
    }
    this.#receivedIndex = Math.max(this.#receivedIndex, index);
    if (pace === 'at once' && this.slownessMs === 0) this.catchUp();
    else this.#pumpLater();
  }

  /** Applies all received entries. */
  catchUp(): void {
    this.#cancelPump?.();
    this.#cancelPump = undefined;
    // An entry can trigger the next before it is done.
    if (this.#isApplying || this.#isStill) return;
    this.#isApplying = true;
    while (this.appliedIndex < this.#receivedIndex) {
      const index = this.appliedIndex + 1;
      this.#apply(index);
      this.appliedIndex = index;
    }
    this.#isApplying = false;
    this.#wake();
  }

  /**
   * Calls back once the entry is applied; before this returns if it already is.
   *
   * @returns stops waiting
   */
  whenApplied(index: number, action: () => void): () => void {
    if (this.appliedIndex >= index) {
      action();
      return nothing;
    }
    const waiter = { index, action };
    this.#waiters.push(waiter);
    return () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
    };
  }

  /** The member's process is paused or gone: nothing is applied. */
  halt(): void {
    this.#isStill = true;
    this.#cancelRestore?.();
    this.#cancelRestore = undefined;
    this.#cancelPump?.();
    this.#cancelPump = undefined;
  }

  /** Undoes {@link halt}. */
  proceed(): void {
    this.#isStill = false;
    this.#pumpLater();
  }

  #restoreLater(): void {
    if (this.#isStill || this.#cancelRestore !== undefined) return;
    this.#cancelRestore = this.#host.schedule(SNAPSHOT_MS, () => {
      this.#cancelRestore = undefined;
      this.#restore?.();
    });
  }

  #pumpLater(): void {
    if (this.#isStill || this.#cancelPump !== undefined || this.appliedIndex >= this.#receivedIndex) return;
    const spread = Math.round((APPLY_DELAY_MAX_MS - APPLY_DELAY_MIN_MS) * 1000);
    const delayMs = APPLY_DELAY_MIN_MS + (this.#host.randomUint32(this.#stream) % spread) / 1000;
    this.#cancelPump = this.#host.schedule(delayMs + this.slownessMs, () => this.catchUp());
  }

  #wake(): void {
    const due = this.#waiters.filter(({ index }) => index <= this.appliedIndex);
    if (due.length === 0) return;
    this.#waiters = this.#waiters.filter(({ index }) => index > this.appliedIndex);
    for (const { action } of due) action();
  }
}
