/**
 * A timer of a node: an event that calls a function once the node's clocks have counted enough. Invariant: it dies with
 * the process of the node that set it.
 */
import type { VirtualNode } from '../node.js';

export type Callback = (...parameters: unknown[]) => void;

const DELAY_MAX_MS = 2 ** 31 - 1;
/** The cost of one turn of the event loop: code that polls with `setImmediate` must not stop time. */
export const IMMEDIATE_US = 10;

/** The last id that a process of a node has given to a timer. */
const lastIds = new WeakMap<VirtualNode, number>();

/** As in Node.js: a value outside 1 to 2^31 - 1 becomes 1, and fractions are cut off. */
export function delayUs(delay: unknown): number {
  const delayMs = Number(delay);
  return (delayMs >= 1 && delayMs <= DELAY_MAX_MS ? Math.trunc(delayMs) : 1) * 1000;
}

/** What `setTimeout`, `setInterval` and `setImmediate` return inside a run. */
export class SimulatedTimer {
  #cancel: () => void = () => undefined;
  #dueUs = 0;
  #referenced = true;
  #id: number | undefined;

  constructor(
    private readonly node: VirtualNode,
    private readonly kind: 'timeout' | 'interval' | 'immediate',
    private readonly callback: Callback,
    private readonly parameters: unknown[],
    private readonly everyUs: number,
  ) {
    this.#start();
  }

  cancel(): void {
    this.node.timers.delete(this);
    this.#cancel();
  }

  retime(): void {
    this.#cancel();
    this.#schedule(Math.max(0, this.#dueUs - this.node.countedUs));
  }

  close(): this {
    this.cancel();
    return this;
  }

  refresh(): this {
    this.cancel();
    this.#start();
    return this;
  }

  ref(): this {
    this.#referenced = true;
    return this;
  }

  unref(): this {
    this.#referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  /** As in Node.js, a timer is known by its number once code has asked for it. */
  [Symbol.toPrimitive](): number {
    if (this.#id === undefined) {
      this.#id = (lastIds.get(this.node) ?? 0) + 1;
      lastIds.set(this.node, this.#id);
    }
    return this.#id;
  }

  /** The node's running timer with this number, if there is one. */
  static numbered(node: VirtualNode, number: number): SimulatedTimer | undefined {
    for (const timer of node.timers) {
      if (timer instanceof SimulatedTimer && timer.#id === number && timer.kind !== 'immediate') return timer;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  #start(): void {
    this.#dueUs = this.node.countedUs + this.everyUs;
    this.node.timers.add(this);
    this.#schedule(this.everyUs);
  }

  #schedule(inUs: number): void {
    const lane = this.kind === 'immediate' ? this.node.immediateLane : this.node.timerLane;
    const delayUs = this.node.untilCountedUs(inUs);
    this.#cancel = this.node.engine.schedule(lane, delayUs, lane.name, () => this.#fire(), this.node);
  }

  #fire(): void {
    this.node.timers.delete(this);
    if (this.kind === 'interval') this.#start();
    this.callback(...this.parameters);
  }
}
