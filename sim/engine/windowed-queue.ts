/**
 * A queue from which a strategy chooses among events that are due at about the same time. Invariant: events
 * of one chain (one node's own, one direction of a link) leave in the order of the event queue. None waits
 * longer than the window once it is the earliest.
 */
import { EventQueue, inOrder, type Agenda, type QueuedEvent } from './event-queue.js';
import type { ChoiceObserver, Strategy } from './strategy.js';

export class WindowedQueue implements Agenda {
  readonly #strategy: Strategy;
  readonly #onChoice: ChoiceObserver | undefined;
  readonly #chains = new Map<string, EventQueue>();
  #foreground = 0;

  constructor(strategy: Strategy, onChoice?: ChoiceObserver) {
    this.#strategy = strategy;
    this.#onChoice = onChoice;
  }

  get foreground(): number {
    return this.#foreground;
  }

  push(event: QueuedEvent): void {
    let chain = this.#chains.get(event.chain);
    if (chain === undefined) this.#chains.set(event.chain, (chain = new EventQueue()));
    chain.push(event);
    if (!event.background) this.#foreground++;
  }

  pop(): QueuedEvent | undefined {
    const heads: QueuedEvent[] = [];
    let earliestUs = Infinity;
    for (const chain of this.#chains.values()) {
      const head = chain.peek();
      if (head === undefined) continue;
      heads.push(head);
      earliestUs = Math.min(earliestUs, head.timeUs);
    }
    const candidates = heads
      .filter(({ timeUs }) => timeUs <= earliestUs + this.#strategy.windowUs)
      .sort((left, right) => (inOrder(left, right) ? -1 : 1));
    const isOpen = candidates.length > 1;
    const place = isOpen ? this.#strategy.pick(candidates) : 0;
    if (isOpen) this.#onChoice?.({ candidates, place });
    const next = candidates[place];
    if (next === undefined) return undefined;
    // Removed from its chain at once, so that it can be pushed again with another time.
    this.#chains.get(next.chain)?.pop();
    if (!next.background) this.#foreground--;
    return next;
  }

  cancel(event: QueuedEvent): void {
    if (!event.queued) return;
    this.#chains.get(event.chain)?.cancel(event);
    if (!event.background) this.#foreground--;
  }

  clear(): void {
    this.#chains.clear();
    this.#foreground = 0;
  }
}
