/** `Date`, `performance`, `process.hrtime` and `process.uptime` as the running node's clocks tell them. */
import { currentNode } from '../node.js';
import { replace, replaceGetter } from './replace.js';

const NativeDate = Date;
const nativePerformanceNow = performance.now.bind(performance);
const nativeTimeOrigin = performance.timeOrigin;
const nativeHrtime = process.hrtime;
const nativeUptime = process.uptime.bind(process);

function nowMs(): number {
  return currentNode()?.wallClockMs() ?? NativeDate.now();
}

// A proxy rather than a subclass: dates made before, during and after a run stay instances of one class.
const SimulatedDate = new Proxy(NativeDate, {
  construct(target, parameters: unknown[], newTarget) {
    const actual = parameters.length === 0 && currentNode() !== undefined ? [nowMs()] : parameters;
    return Reflect.construct(target, actual, newTarget) as object;
  },
  apply(target, receiver, parameters: unknown[]) {
    if (currentNode() === undefined) return Reflect.apply(target, receiver, parameters) as string;
    return new NativeDate(nowMs()).toString();
  },
  get(target, key, receiver) {
    if (key === 'now') return nowMs;
    return Reflect.get(target, key, receiver) as unknown;
  },
});

function performanceNow(): number {
  const node = currentNode();
  return node === undefined ? nativePerformanceNow() : node.monotonicUs() / 1000;
}

/** What `performance.now()` counts from, on the wall clock. */
function timeOrigin(): number {
  const node = currentNode();
  return node === undefined ? nativeTimeOrigin : node.wallClockMs() - Math.floor(node.monotonicUs() / 1000);
}

function uptime(): number {
  const node = currentNode();
  return node === undefined ? nativeUptime() : node.monotonicUs() / 1_000_000;
}

function hrtime(previous?: [number, number]): [number, number] {
  const node = currentNode();
  if (node === undefined) return nativeHrtime(previous);
  const nowUs = node.monotonicUs();
  const seconds = Math.floor(nowUs / 1_000_000);
  const nanoseconds = (nowUs % 1_000_000) * 1000;
  if (previous === undefined) return [seconds, nanoseconds];
  const borrow = nanoseconds < previous[1] ? 1 : 0;
  return [seconds - previous[0] - borrow, nanoseconds - previous[1] + borrow * 1_000_000_000];
}

hrtime.bigint = (): bigint => {
  const node = currentNode();
  return node === undefined ? nativeHrtime.bigint() : BigInt(node.monotonicUs()) * 1000n;
};

/** Replaces the clocks; returns how to restore them. */
export function replaceClocks(): (() => void)[] {
  return [
    replace(globalThis, 'Date', SimulatedDate),
    replace(performance, 'now', performanceNow),
    replaceGetter(performance, 'timeOrigin', timeOrigin),
    replace(process, 'hrtime', hrtime),
    replace(process, 'uptime', uptime),
  ];
}
