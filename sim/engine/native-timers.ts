/**
 * Native timers that the code of a node has set: a module took the function before the simulator replaced it. A node that
 * waits for one never wakes up in virtual time. Invariant: it only observes, and only while it is watching.
 */
import { createHook } from 'node:async_hooks';
import { callerOutside } from './caller.js';
import { currentNode } from './node.js';

/** One that has not fired. */
export interface NativeTimer {
  readonly node: string;
  /** The line that set it; undefined if no stack shows it. */
  readonly where: string | undefined;
}

const TYPES = ['Timeout', 'Immediate'];

export class NativeTimers {
  readonly #pending = new Map<number, NativeTimer>();
  readonly #hook = createHook({
    init: (id, type) => {
      if (!TYPES.includes(type)) return;
      const node = currentNode();
      if (node !== undefined) this.#pending.set(id, { node: node.name, where: callerOutside() });
    },
    destroy: (id) => void this.#pending.delete(id),
  });

  /** Watches until {@link end}. It makes promises slower. */
  watch(): void {
    this.#hook.enable();
  }

  get pending(): readonly NativeTimer[] {
    return [...this.#pending.values()];
  }

  end(): void {
    this.#hook.disable();
  }
}
