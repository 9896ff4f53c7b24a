/**
 * `node:timers/promises`: waits of the running node. Invariant: arguments that Node.js refuses get its own error, and
 * start no timer.
 */
import timersPromises from 'node:timers/promises';
import { currentNode, type VirtualNode } from '../node.js';
import { delayUs, IMMEDIATE_US, SimulatedTimer } from './simulated-timer.js';

const native = { ...timersPromises };

export interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

/** Whether Node.js takes these. If it does not, its own function has the error. */
function isTaken(delay: unknown, options: unknown): boolean {
  if (delay !== undefined && typeof delay !== 'number') return false;
  if (options === undefined) return true;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
  const { signal, ref } = options as { readonly signal?: unknown; readonly ref?: unknown };
  const isSignal =
    signal === undefined || (typeof signal === 'object' && signal !== null && 'aborted' in signal);
  return isSignal && (ref === undefined || typeof ref === 'boolean');
}

function abortError(signal: AbortSignal | undefined): Error {
  return Object.assign(new Error('The operation was aborted'), {
    name: 'AbortError',
    code: 'ABORT_ERR',
    cause: signal?.reason as unknown,
  });
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
      reject(abortError(signal));
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

export function promisedTimeout(delay?: number, value?: unknown, options?: WaitOptions): Promise<unknown> {
  const node = currentNode();
  if (node === undefined || !isTaken(delay, options)) return native.setTimeout(delay, value, options);
  return wait(node, 'timeout', delayUs(delay), value, options);
}

export function promisedImmediate(value?: unknown, options?: WaitOptions): Promise<unknown> {
  const node = currentNode();
  if (node === undefined || !isTaken(undefined, options)) return native.setImmediate(value, options);
  return wait(node, 'immediate', IMMEDIATE_US, value, options);
}

export async function* promisedInterval(
  delay?: number,
  value?: unknown,
  options?: WaitOptions,
): AsyncGenerator<unknown> {
  const node = currentNode();
  if (node !== undefined && isTaken(delay, options))
    yield* ticks(node, delayUs(delay), value, options?.signal);
  else yield* native.setInterval(delay, value, options);
}

/** The timer keeps its rate while the code works. Ticks that the code has not taken yet come at once. */
async function* ticks(
  node: VirtualNode,
  everyUs: number,
  value: unknown,
  signal?: AbortSignal,
): AsyncGenerator<unknown> {
  let waiting = 0;
  let wake = (): void => undefined;
  const tick = () => {
    waiting++;
    wake();
  };
  const abort = () => wake();
  const timer = new SimulatedTimer(node, 'interval', tick, [], everyUs);
  signal?.addEventListener('abort', abort);
  try {
    for (;;) {
      if (waiting === 0 && signal?.aborted !== true) await new Promise<void>((resolve) => (wake = resolve));
      // Node.js gives the ticks that had come before.
      for (; waiting > 0; waiting--) yield value;
      if (signal?.aborted === true) throw abortError(signal);
    }
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
  }
}
