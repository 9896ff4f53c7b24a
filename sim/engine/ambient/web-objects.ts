/**
 * Objects that take a time or a name when they are made: files, marks, histograms. In a node, the time is that of the
 * node. Invariant: a time that the code gives itself stays.
 */
import buffer from 'node:buffer';
import perfHooks from 'node:perf_hooks';
import { classSlots, slot, type Slot } from './slot.js';
import { surroundings, type Surroundings } from './surroundings.js';

type AnyFunction = (...parameters: unknown[]) => unknown;
type Class = new (...parameters: unknown[]) => object;

/** A class whose last parameter has options; in a node, they have the default that Node.js takes from a real clock. */
function timed(original: Class, at: number, defaults: (here: Surroundings) => object): Class {
  return new Proxy(original, {
    construct(target, parameters: unknown[], caller) {
      const here = surroundings();
      const given = [...parameters];
      const options = given[at] ?? {};
      // Node.js has the error for other options, and for parameters that are missing.
      const isComplete = here !== undefined && given.length >= at && typeof options === 'object';
      if (isComplete) given[at] = { ...defaults(here), ...options };
      return Reflect.construct(target, given, caller) as object;
    },
  });
}

/** A blob in a form becomes a file, with the time. */
function formSlots(File: Class): Slot[] {
  return ['append', 'set'].map((name) => {
    const native = Reflect.get(FormData.prototype, name) as AnyFunction;
    return slot(FormData.prototype, name, function (this: unknown, ...parameters: unknown[]): unknown {
      const [field, value, filename = 'blob'] = parameters;
      const isTimed = surroundings() !== undefined && value instanceof Blob && !(value instanceof File);
      if (!isTimed) return Reflect.apply(native, this, parameters);
      const file = new File([value], String(filename), { type: value.type });
      return Reflect.apply(native, this, [field, file]);
    });
  });
}

/** `recordDelta` of histograms, in the time of the node's monotonic clock. */
function histogramSlot(): Slot {
  const lastUs = new WeakMap<object, number>();
  const prototype = Object.getPrototypeOf(perfHooks.createHistogram()) as object;
  const native = Reflect.get(prototype, 'recordDelta') as AnyFunction;
  return slot(prototype, 'recordDelta', function (this: perfHooks.RecordableHistogram): unknown {
    const here = surroundings();
    if (here === undefined) return Reflect.apply(native, this, []);
    const nowUs = here.monotonicUs();
    const beforeUs = lastUs.get(this);
    lastUs.set(this, nowUs);
    // As in Node.js, the first call only starts to measure, and the smallest value is 1.
    return beforeUs === undefined ? undefined : this.record(Math.max(1, (nowUs - beforeUs) * 1000));
  });
}

/** The classes and methods that look at a clock. */
export function webObjects(): Slot[] {
  const File = timed(buffer.File as unknown as Class, 2, (here) => ({ lastModified: here.wallClockMs() }));
  const Mark = timed(PerformanceMark as unknown as Class, 1, (here) => ({
    startTime: here.processUs() / 1000,
  }));
  return [
    ...[globalThis, buffer].flatMap((target) => classSlots(target, 'File', File)),
    ...[globalThis, perfHooks].flatMap((target) => classSlots(target, 'PerformanceMark', Mark)),
    ...formSlots(File),
    histogramSlot(),
  ];
}
