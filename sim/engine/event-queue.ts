/**
 * The event queue: a binary heap over (virtual time, tie, order of scheduling). Invariant: events of one lane at
 * one time leave in the order they were scheduled; between lanes the seed decides, never the order of scheduling.
 */
import type { VirtualNode } from './node.js';

/** An event that will happen. */
export interface QueuedEvent {
  timeUs: number;
  /** Orders simultaneous events of different lanes; the same for all events of a lane at one time. */
  tie: number;
  order: number;
  readonly label: string;
  /** Events of one chain never overtake one another: one node's own, or those of one direction of a link. */
  readonly chain: string;
  /** The node whose code runs; undefined for events in the network or in etcd. */
  readonly node: VirtualNode | undefined;
  /** Nothing, once the event is cancelled: it holds on to all that belongs to a call. */
  action: () => void;
  /** True for housekeeping that repeats for ever: a run with nothing else ahead of it is stuck. */
  readonly background: boolean;
  /** Until when the event's node was paused, if that delayed the event; otherwise undefined. */
  heldUntilUs?: number | undefined;
  /** True from `push` until the event is handed out or cancelled. */
  queued: boolean;
}

/** The events ahead in a run. */
export interface Agenda {
  /** How many of them are more than housekeeping. */
  readonly foreground: number;
  push(event: QueuedEvent): void;
  /** Takes the next event. */
  pop(): QueuedEvent | undefined;
  /** The event will not be handed out. Does nothing if it already was, or was never pushed. */
  cancel(event: QueuedEvent): void;
  clear(): void;
}

/** Whether the first is due before the second, including ties. */
export function inOrder(a: QueuedEvent, b: QueuedEvent): boolean {
  if (a.timeUs !== b.timeUs) return a.timeUs < b.timeUs;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.order < b.order;
}

const nothing = (): void => undefined;

/** Fewer cancelled events than this may stay in a heap. */
const CANCELLED_KEPT = 64;

/** A heap of events, earliest first. */
export class EventQueue implements Agenda {
  #heap: QueuedEvent[] = [];
  #foreground = 0;
  /** How many events in the heap are cancelled. */
  #cancelled = 0;

  get foreground(): number {
    return this.#foreground;
  }

  push(event: QueuedEvent): void {
    event.queued = true;
    if (!event.background) this.#foreground++;
    this.#place(event);
  }

  #place(event: QueuedEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as QueuedEvent;
      if (!inOrder(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  /** The next event, which stays in the heap. */
  peek(): QueuedEvent | undefined {
    while (this.#heap[0]?.queued === false) {
      this.#take();
      this.#cancelled--;
    }
    return this.#heap[0];
  }

  pop(): QueuedEvent | undefined {
    for (;;) {
      const event = this.#take();
      if (event === undefined) return undefined;
      if (event.queued) {
        this.#dequeue(event);
        return event;
      }
      this.#cancelled--;
    }
  }

  cancel(event: QueuedEvent): void {
    if (!event.queued) return;
    this.#dequeue(event);
    event.action = nothing;
    // It stays in the heap for a while: finding it would cost more than skipping it. Most timeouts are cancelled long
    // before they are due, so the heap is cleared of them once they are most of it.
    this.#cancelled++;
    if (this.#cancelled <= CANCELLED_KEPT || this.#cancelled * 2 <= this.#heap.length) return;
    const left = this.#heap.filter(({ queued }) => queued);
    this.#heap = [];
    this.#cancelled = 0;
    for (const one of left) this.#place(one);
  }

  #dequeue(event: QueuedEvent): void {
    event.queued = false;
    if (!event.background) this.#foreground--;
  }

  clear(): void {
    this.#heap = [];
    this.#foreground = 0;
    this.#cancelled = 0;
  }

  #take(): QueuedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const sibling = heap[childIndex + 1];
      if (sibling !== undefined && inOrder(sibling, child)) {
        child = sibling;
        childIndex++;
      }
      if (!inOrder(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}
