/** How to order events that are due at about the same time. */
import type { QueuedEvent } from './event-queue.js';

/**
 * Chooses among events that are due at about the same time. An event that is passed over happens late, by at
 * most the window: a message takes longer, a timer fires late, as on any busy machine. Invariant: it draws
 * only from the run's own streams, so the same seed makes the same choices.
 */
export interface Strategy {
  /** How much later than the earliest event another one may be due and still happen first. */
  readonly windowUs: number;
  /**
   * The place of the next event.
   *
   * @param candidates at least two, of different chains, the earliest first
   */
  pick(candidates: readonly QueuedEvent[]): number;
}

/** One choice. */
export interface Choice {
  readonly candidates: readonly QueuedEvent[];
  readonly place: number;
}

/** Hears every choice; it must not change the run. */
export type ChoiceObserver = (choice: Choice) => void;
