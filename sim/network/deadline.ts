/**
 * The deadline of one call on its node's clock, and grpc-js's text for its expiry: what the call was waiting
 * for, in seconds with three decimals.
 */
import type { Deadline } from '@grpc/grpc-js';
import type { VirtualNode } from '../engine/node.js';

/** The longest delay of a timer in Node.js; a later deadline never expires. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export class CallDeadline {
  readonly #node: VirtualNode;
  readonly #untilMs: number;
  readonly #createdMs: number;
  #pickedMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(node: VirtualNode, deadline: Deadline) {
    this.#node = node;
    this.#untilMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    this.#createdMs = node.wallClockMs();
  }

  /** The time left, in whole milliseconds. */
  get remainingMs(): number {
    return Math.max(0, Math.ceil(this.#untilMs - this.#node.wallClockMs()));
  }

  /** Calls back when it passes, unless it is disarmed. */
  arm(onPassed: () => void): void {
    const remainingMs = this.#untilMs - this.#createdMs;
    if (remainingMs > TIMER_MAX_MS) return;
    const { engine, timerLane } = this.#node;
    const delayUs = Math.max(0, Math.ceil(remainingMs)) * 1000;
    this.#cancel = engine.schedule(timerLane, delayUs, 'call deadline', onPassed, this.#node);
  }

  disarm(): void {
    this.#cancel?.();
  }

  /** The call has its connection. */
  onPicked(): void {
    this.#pickedMs = this.#node.wallClockMs();
  }

  describe(peer: string, { waitForReady }: { readonly waitForReady: boolean }): string {
    const parts = [`Deadline exceeded after ${seconds(this.#node.wallClockMs() - this.#createdMs)}`];
    const waitedMs = (this.#pickedMs ?? Infinity) - this.#createdMs;
    if (waitForReady && waitedMs > 0) parts.push('wait_for_ready');
    if (waitedMs === Infinity) return [...parts, 'Waiting for LB pick'].join(',');
    if (waitedMs > 0) parts.push(`LB pick: ${seconds(waitedMs)}`);
    return [...parts, `remote_addr=${peer}`].join(',');
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)}s`;
}
