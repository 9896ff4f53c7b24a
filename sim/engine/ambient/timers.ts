/**
 * `setTimeout`, `setInterval`, `setImmediate` and their relatives as events of the running node. Delays are
 * coerced as Node.js coerces them; timers of one node that are due at the same moment fire in the order they were
 * set.
 */
import { AsyncResource } from 'node:async_hooks';
import timersModule from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { currentNode, type VirtualNode } from '../node.js';
import { promisedImmediate, promisedInterval, promisedTimeout, type WaitOptions } from './promised-timers.js';
import { delayUs, IMMEDIATE_US, SimulatedTimer, type Callback } from './simulated-timer.js';
import { slot, type Slot } from './slot.js';

const native = {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  abortTimeout: AbortSignal.timeout.bind(AbortSignal),
};

/** The callback, with the values that AsyncLocalStorage has where the timer is set. */
function inContext(node: VirtualNode, callback: Callback): Callback {
  const context = new AsyncResource('SimulatedTimer');
  return function (this: unknown, ...parameters) {
    // From Node.js 24 on, the context also has the work that set the timer. An event belongs to the node alone.
    context.runInAsyncScope(() => node.run(() => Reflect.apply(callback, this, parameters)));
  };
}

/** A timer function that is simulated inside a node and native elsewhere. */
function starter(kind: 'timeout' | 'interval', fallback: Callback): Callback {
  return (callback: unknown, delay?: unknown, ...parameters: unknown[]) => {
    const node = currentNode();
    if (node === undefined || typeof callback !== 'function') return fallback(callback, delay, ...parameters);
    return new SimulatedTimer(node, kind, inContext(node, callback as Callback), parameters, delayUs(delay));
  };
}

/** @param isByNumber whether Node.js takes a timer's number for the timer */
function stopper(fallback: Callback, isByNumber: boolean): Callback {
  return (timer: unknown) => {
    if (timer instanceof SimulatedTimer) return timer.cancel();
    const node = currentNode();
    if (node === undefined || (typeof timer !== 'number' && typeof timer !== 'string'))
      return fallback(timer);
    // A native timer may have the same number.
    if (isByNumber) SimulatedTimer.numbered(node, Number(timer))?.cancel();
  };
}

function startImmediate(callback: unknown, ...parameters: unknown[]): unknown {
  const node = currentNode();
  if (node === undefined || typeof callback !== 'function') {
    return (native.setImmediate as Callback)(callback, ...parameters);
  }
  return new SimulatedTimer(
    node,
    'immediate',
    inContext(node, callback as Callback),
    parameters,
    IMMEDIATE_US,
  );
}

function abortTimeout(delay: number): AbortSignal {
  const node = currentNode();
  const isTaken = Number.isInteger(delay) && delay >= 0 && delay < 2 ** 32;
  // Node.js has the error for what it does not take.
  if (node === undefined || !isTaken) return native.abortTimeout(delay);
  const controller = new AbortController();
  const expire = () =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  new SimulatedTimer(node, 'timeout', inContext(node, expire), [], delayUs(delay));
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
    clearTimeout: stopper(native.clearTimeout as Callback, true),
    clearInterval: stopper(native.clearInterval as Callback, true),
    clearImmediate: stopper(native.clearImmediate as Callback, false),
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
