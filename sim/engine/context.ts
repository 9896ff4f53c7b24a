/**
 * A value that follows code through every await, tick and callback, as AsyncLocalStorage does. Before Node.js 24 that makes
 * every promise and every tick of the process dear: it gives each a number and a resource. Here they carry the value alone.
 * Invariant: code that was set in motion with a value runs with that value.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import { redefined, slot, type Slot } from './ambient/slot.js';

export interface Context<T extends object> {
  /** The value of the running code. */
  get(): T | undefined;
  /** Runs code with this value. */
  run<R>(value: T, code: () => R): R;
  /** Runs code without a value. */
  exit<R>(code: () => R): R;
  /** The value with which a rejected promise was made, if that is not the value of the code that hears of it. */
  of(promise: unknown): T | undefined;
  /** What must be replaced for the length of a run. */
  readonly slots: readonly Slot[];
}

/** From this version on, AsyncLocalStorage costs next to nothing. */
const CHEAP_SINCE = 24;

/** Made once, at the top of a module: it outlives every run. @param storage used where it is cheap */
export function createContext<T extends object>(storage: AsyncLocalStorage<T>): Context<T> {
  const [major] = process.versions.node.split('.');
  return Number(major) < CHEAP_SINCE ? new CarriedContext<T>() : new StoredContext(storage);
}

export class StoredContext<T extends object> implements Context<T> {
  readonly slots: readonly Slot[] = [];

  constructor(private readonly storage: AsyncLocalStorage<T>) {}

  get(): T | undefined {
    return this.storage.getStore();
  }

  of(): undefined {
    return undefined;
  }

  run<R>(value: T, code: () => R): R {
    return this.storage.run(value, code);
  }

  exit<R>(code: () => R): R {
    return this.storage.exit(code);
  }
}

/** A promise, which holds its value under the key of its context. */
interface Carrier<T> {
  [context: symbol]: T | undefined;
}

type Callback = (...parameters: unknown[]) => unknown;

const native = {
  nextTick: process.nextTick.bind(process) as Callback,
  queueMicrotask: queueMicrotask as Callback,
};

export class CarriedContext<T extends object> implements Context<T> {
  readonly #key = Symbol('context');
  #value: T | undefined;
  #isCarried = false;

  /** Ticks and microtasks, which no promise carries. */
  readonly slots: readonly Slot[] = [
    lasting(process, 'nextTick', (callback, ...parameters) => {
      const value = this.#value;
      if (value === undefined || typeof callback !== 'function') native.nextTick(callback, ...parameters);
      else native.nextTick(this.#resume, value, callback, parameters);
    }),
    slot(globalThis, 'queueMicrotask', (callback: unknown): void => {
      const value = this.#value;
      if (value === undefined || typeof callback !== 'function') native.queueMicrotask(callback);
      else native.queueMicrotask(() => this.#resume(value, callback as Callback, []));
    }),
  ];

  /** Nothing has a value where ticks and microtasks begin. */
  readonly #resume = (value: T, callback: Callback, parameters: readonly unknown[]): void => {
    this.#value = value;
    try {
      callback(...parameters);
    } finally {
      this.#value = undefined;
    }
  };

  get(): T | undefined {
    return this.#value;
  }

  of(promise: unknown): T | undefined {
    return promise instanceof Promise ? (promise as unknown as Carrier<T>)[this.#key] : undefined;
  }

  run<R>(value: T, code: () => R): R {
    if (!this.#isCarried) this.#carry();
    const before = this.#value;
    this.#value = value;
    try {
      return code();
    } finally {
      this.#value = before;
    }
  }

  exit<R>(code: () => R): R {
    const before = this.#value;
    this.#value = undefined;
    try {
      return code();
    } finally {
      this.#value = before;
    }
  }

  /** From now on, for good: what began before has no value. */
  #carry(): void {
    this.#isCarried = true;
    const key = this.#key;
    promiseHooks.createHook({
      init: (promise) => {
        if (this.#value !== undefined) (promise as unknown as Carrier<T>)[key] = this.#value;
      },
      before: (promise) => {
        this.#value = (promise as unknown as Carrier<T>)[key];
      },
      after: () => {
        this.#value = undefined;
      },
    });
  }
}

/** A slot that stays filled although a test runner puts the original back, as Vitest does in the middle of a run. */
function lasting(target: object, key: PropertyKey, replacement: Callback): Slot {
  const { descriptor } = slot(target, key, replacement);
  const original: unknown = Reflect.get(target, key);
  let assigned: unknown;
  return redefined(target, key, {
    get: () => assigned ?? (descriptor.value as unknown),
    set: (value: unknown) => void (assigned = value === original ? undefined : value),
  });
}
