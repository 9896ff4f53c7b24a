/**
 * `setTimeout`, `setInterval`, `setImmediate` and their relatives as events of the running node. Delays are
 * coerced as Node.js coerces them; timers of one node that are due at the same moment fire in the order they were
 * set.
 */
import timersModule from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { currentNode, type VirtualNode } from '../node.js';
import { slot, type Slot } from './slot.js';

const native = {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  abortTimeout: AbortSignal.timeout.bind(AbortSignal),
  promises: { ...timersPromises },
};

const DELAY_MAX_MS = 2 ** 31 - 1;
/** The cost of one turn of the event loop: code that polls with `setImmediate` must not stop time. */
const IMMEDIATE_US = 10;

type Callback = (...parameters: unknown[]) => void;

/** As in Node.js: a value outside 1 to 2^31 - 1 becomes 1, and fractions are cut off. */
function delayUs(delay: unknown): number {
  const delayMs = Number(delay);
  return (delayMs >= 1 && delayMs <= DELAY_MAX_MS ? Math.trunc(delayMs) : 1) * 1000;
}

/** What `setTimeout`, `setInterval` and `setImmediate` return inside a run. */
class SimulatedTimer {
  #cancel: () => void = () => undefined;
  #dueUs = 0;
  #referenced = true;

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

/** A timer function that is simulated inside a node and native elsewhere. */
function starter(kind: 'timeout' | 'interval', fallback: Callback): Callback {
  return (callback: unknown, delay?: unknown, ...parameters: unknown[]) => {
    const node = currentNode();
    if (node === undefined || typeof callback !== 'function') return fallback(callback, delay, ...parameters);
    return new SimulatedTimer(node, kind, callback as Callback, parameters, delayUs(delay));
  };
}

function stopper(fallback: Callback): Callback {
  return (timer: unknown) => {
    if (timer instanceof SimulatedTimer) timer.cancel();
    else fallback(timer);
  };
}

function startImmediate(callback: unknown, ...parameters: unknown[]): unknown {
  const node = currentNode();
  if (node === undefined || typeof callback !== 'function') {
    return (native.setImmediate as Callback)(callback, ...parameters);
  }
  return new SimulatedTimer(node, 'immediate', callback as Callback, parameters, IMMEDIATE_US);
}

interface WaitOptions {
  readonly signal?: AbortSignal;
}

/** The common form of the promised timers: resolves with `value`, rejects as Node.js does when aborted. */
function wait(
  node: VirtualNode,
  kind: 'timeout' | 'immediate',
  afterUs: number,
  value: unknown,
  options?: WaitOptions,
) {
  return new Promise((resolve, reject) => {
    const signal = options?.signal;
    const abort = () => {
      timer.cancel();
      reject(
        Object.assign(new Error('The operation was aborted'), {
          name: 'AbortError',
          code: 'ABORT_ERR',
          cause: signal?.reason as unknown,
        }),
      );
    };
    const timer = new SimulatedTimer(
      node,
      kind,
      () => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      },
      [],
      afterUs,
    );
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function promisedTimeout(delay?: number, value?: unknown, options?: WaitOptions): Promise<unknown> {
  const node = currentNode();
  if (node === undefined) return native.promises.setTimeout(delay, value, options);
  return wait(node, 'timeout', delayUs(delay), value, options);
}

function promisedImmediate(value?: unknown, options?: WaitOptions): Promise<unknown> {
  const node = currentNode();
  if (node === undefined) return native.promises.setImmediate(value, options);
  return wait(node, 'immediate', IMMEDIATE_US, value, options);
}

async function* promisedInterval(
  delay?: number,
  value?: unknown,
  options?: WaitOptions,
): AsyncGenerator<unknown> {
  const node = currentNode();
  if (node === undefined) yield* native.promises.setInterval(delay, value, options);
  else for (;;) yield await wait(node, 'timeout', delayUs(delay), value, options);
}

function abortTimeout(delay: number): AbortSignal {
  const node = currentNode();
  if (node === undefined) return native.abortTimeout(delay);
  const controller = new AbortController();
  const expire = () =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  new SimulatedTimer(node, 'timeout', expire, [], delayUs(delay));
  return controller.signal;
}

/** The timers of the global object, `node:timers` and `node:timers/promises`. */
export function timers(): Slot[] {
  const functions: Record<string, Callback> = {
    setTimeout: Object.assign(starter('timeout', native.setTimeout as Callback), {
      [promisify.custom]: promisedTimeout,
    }),
    setInterval: starter('interval', native.setInterval as Callback),
    setImmediate: Object.assign(startImmediate, { [promisify.custom]: promisedImmediate }),
    clearTimeout: stopper(native.clearTimeout as Callback),
    clearInterval: stopper(native.clearInterval as Callback),
    clearImmediate: stopper(native.clearImmediate as Callback),
  };
  return [
    ...Object.entries(functions).flatMap(([name, value]) => [
      slot(globalThis, name, value),
      slot(timersModule, name, value),
    ]),
    slot(timersPromises, 'setTimeout', promisedTimeout),
    slot(timersPromises, 'setImmediate', promisedImmediate),
    slot(timersPromises, 'setInterval', promisedInterval),
    slot(timersPromises.scheduler, 'wait', (delay: number, options?: WaitOptions) =>
      promisedTimeout(delay, undefined, options),
    ),
    slot(timersPromises.scheduler, 'yield', () => promisedImmediate()),
    slot(AbortSignal, 'timeout', abortTimeout),
  ];
}
