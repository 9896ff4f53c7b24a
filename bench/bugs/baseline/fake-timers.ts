/**
 * Fake timers, as in a test framework: the process's timers and clocks stop until they are advanced, one
 * timer at a time. Invariant: `uninstall` restores everything, and timers fire in the order in which they are
 * due.
 */
interface Timer {
  readonly id: number;
  dueMs: number;
  readonly everyMs: number | undefined;
  readonly action: () => void;
}

/** The return value of `setTimeout`: enough for code that stores it, compares it or calls `unref`. */
interface Handle {
  readonly id: number;
  ref(): Handle;
  unref(): Handle;
  hasRef(): boolean;
  refresh(): Handle;
  [Symbol.toPrimitive](): number;
}

const START_MS = Date.UTC(2026, 0, 1);

export class FakeTimers {
  nowMs = 0;
  readonly #onAdd: () => void;
  readonly #timers = new Map<number, Timer>();
  #ids = 0;
  #restore = (): void => undefined;

  /** @param onAdd called whenever there is a timer to advance to */
  constructor(onAdd: () => void) {
    this.#onAdd = onAdd;
  }

  /** The time until the next timer is due; Infinity if there is none. */
  get nextInMs(): number {
    return Math.min(...[...this.#timers.values()].map(({ dueMs }) => dueMs)) - this.nowMs;
  }

  install(): void {
    const { setTimeout, clearTimeout, setInterval, clearInterval, Date } = globalThis;
    // Undefined if it is inherited, as in Node.js.
    const now = Object.getOwnPropertyDescriptor(performance, 'now');
    this.#restore = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, Date });
      Reflect.deleteProperty(performance, 'now');
      if (now !== undefined) Object.defineProperty(performance, 'now', now);
    };
    const wallMs = () => START_MS + Math.floor(this.nowMs);
    class FakeDate extends Date {
      constructor(...given: [] | [number]) {
        super(...(given.length === 0 ? ([wallMs()] as const) : given));
      }

      static override now(): number {
        return wallMs();
      }
    }
    const add =
      (repeats: boolean) =>
      (action: (...given: unknown[]) => void, delayMs = 0, ...given: unknown[]): Handle =>
        this.#handleOf(this.add(() => action(...given), delayMs, repeats));
    const clear = (handle: Handle | number | undefined): void => {
      if (handle !== undefined) this.remove(Number(handle));
    };
    Object.assign(globalThis, {
      setTimeout: add(false),
      setInterval: add(true),
      clearTimeout: clear,
      clearInterval: clear,
      Date: FakeDate,
    });
    performance.now = () => this.nowMs;
  }

  uninstall(): void {
    this.#restore();
    this.#timers.clear();
  }

  /** @returns a function that removes it */
  add(action: () => void, delayMs: number, repeats = false): number {
    const id = ++this.#ids;
    const everyMs = Math.max(1, delayMs);
    this.#timers.set(id, {
      ...{ id, action, dueMs: this.nowMs + Math.max(0, delayMs) },
      everyMs: repeats ? everyMs : undefined,
    });
    this.#onAdd();
    return id;
  }

  remove(id: number): void {
    this.#timers.delete(id);
  }

  /** Fires the next timer, and all that are due at the same time. */
  advance(): void {
    const waitMs = this.nextInMs;
    if (waitMs === Infinity) return;
    this.nowMs += Math.max(0, waitMs);
    for (const timer of [...this.#timers.values()].filter((one) => one.dueMs <= this.nowMs)) {
      // An earlier one may have removed it.
      if (!this.#timers.has(timer.id)) continue;
      if (timer.everyMs === undefined) this.#timers.delete(timer.id);
      else timer.dueMs += timer.everyMs;
      timer.action();
    }
  }

  #handleOf(id: number): Handle {
    const handle: Handle = {
      id,
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      refresh: () => handle,
      [Symbol.toPrimitive]: () => id,
    };
    return handle;
  }
}
