/**
 * `Date`, `performance`, `process.hrtime` and `process.uptime` read the clocks of the running node; local
 * time is UTC. Invariant: a `Date` taken when a module was loaded gives the same time as the global one.
 */
import { surroundings } from './surroundings.js';
import { asked, ownerOf, slot, type Slot } from './slot.js';

const NativeDate = Date;
const native = {
  now: Date.now,
  performanceNow: performance.now.bind(performance),
  hrtime: process.hrtime,
  hrtimeBigint: process.hrtime.bigint,
  uptime: process.uptime.bind(process),
};

function now(): number {
  return surroundings()?.wallClockMs() ?? native.now();
}

// A function that shares the prototype, not a subclass: dates made before, during and after a run stay
// instances of one class. A proxy would make every `Date.now` cost more than the call itself.
function SimulatedDate(...parameters: unknown[]): unknown {
  if (new.target === undefined) return new NativeDate(now()).toString();
  const isNow = parameters.length === 0 && surroundings() !== undefined;
  const maker = (new.target as unknown) === SimulatedDate ? NativeDate : new.target;
  return Reflect.construct(NativeDate, isNow ? [now()] : parameters, maker);
}
Object.defineProperty(SimulatedDate, 'prototype', { value: NativeDate.prototype, writable: false });
for (const name of ['now', 'parse', 'UTC'] as const) {
  const value = name === 'now' ? now : NativeDate[name];
  Object.defineProperty(SimulatedDate, name, { value, writable: true, configurable: true });
}

function performanceNow(): number {
  const here = surroundings();
  return here === undefined ? native.performanceNow() : here.processUs() / 1000;
}

/** The wall-clock time at which `performance.now()` is 0. */
function timeOrigin(nativeOrigin: unknown): unknown {
  const here = surroundings();
  return here === undefined ? nativeOrigin : here.wallClockMs() - Math.floor(here.processUs() / 1000);
}

function uptime(): number {
  const here = surroundings();
  return here === undefined ? native.uptime() : here.processUs() / 1_000_000;
}

function hrtime(previous?: [number, number]): [number, number] {
  const here = surroundings();
  if (here === undefined) return native.hrtime(previous);
  const nowUs = here.monotonicUs();
  const seconds = Math.floor(nowUs / 1_000_000);
  const nanoseconds = (nowUs % 1_000_000) * 1000;
  if (previous === undefined) return [seconds, nanoseconds];
  const borrow = nanoseconds < previous[1] ? 1 : 0;
  return [seconds - previous[0] - borrow, nanoseconds - previous[1] + borrow * 1_000_000_000];
}

function hrtimeBigint(): bigint {
  const here = surroundings();
  return here === undefined ? native.hrtimeBigint() : BigInt(here.monotonicUs()) * 1000n;
}

hrtime.bigint = hrtimeBigint;

/** Events are stamped when their time is read, not when they are made. */
function timeStamp(stamped: unknown): unknown {
  return surroundings() === undefined ? stamped : performanceNow();
}

/** The clocks. */
export function clocks(): Slot[] {
  return [
    slot(globalThis, 'Date', SimulatedDate),
    slot(NativeDate, 'now', now),
    slot(NativeDate.prototype, 'constructor', SimulatedDate),
    slot(ownerOf(performance, 'now'), 'now', performanceNow),
    asked(ownerOf(performance, 'timeOrigin'), 'timeOrigin', timeOrigin),
    slot(process, 'hrtime', hrtime),
    slot(native.hrtime, 'bigint', hrtimeBigint),
    slot(process, 'uptime', uptime),
    asked(Event.prototype, 'timeStamp', timeStamp),
  ];
}
