/** How what may happen next is chosen, where it is open. */
import type { QueuedEvent } from './event-queue.js';

/**
 * Chooses among events that are due at about the same time. What is passed over happens later than it was due, by the
 * window at most: a message takes longer, a timer fires late, as on any busy machine. Invariant: it draws from the run's
 * own streams only, so that the same seed makes the same choices.
 */
export interface Strategy {
  /** How much later than the earliest event another may be due and happen before it. */
  readonly windowUs: number;
  /**
   * The place of the event that is next.
   *
   * @param candidates at least two, of different chains, the earliest first
   */
  pick(candidates: readonly QueuedEvent[]): number;
}

/** A choice as it was made. */
export interface Choice {
  readonly candidates: readonly QueuedEvent[];
  readonly place: number;
}

/** Told of every choice; what it does changes nothing in the run. */
export type ChoiceObserver = (choice: Choice) => void;
