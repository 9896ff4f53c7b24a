/**
 * Locale and time zone of a run: `en-US` and UTC on every machine, unless the code names others. A formatter
 * without a date uses now, on the node's clock in a node. Invariant: outside every node the locale is the
 * machine's, unless the whole process belongs to the simulator.
 */
/* eslint-disable no-restricted-globals -- to fix the locale in nodes, what asks for it has to be named */
import { classSlots, redefined, slot, type Slot } from './slot.js';
import { surroundings } from './surroundings.js';

const LOCALE = 'en-US';
const TIME_ZONE = 'UTC';
const nativeEnvironment = process.env;

type AnyFunction = (this: unknown, ...parameters: unknown[]) => unknown;

let everywhere = false;

/** From now on code outside the nodes has the fixed locale too. */
export function fixLocaleEverywhere(): void {
  everywhere = true;
}

function isFixed(): boolean {
  return everywhere || surroundings() !== undefined;
}

/** Sets the time zone of the process; returns how to restore it. Only a process's main thread can set it. */
export function holdTimeZone(): () => void {
  const before = nativeEnvironment['TZ'];
  if (before === TIME_ZONE) return () => undefined;
  nativeEnvironment['TZ'] = TIME_ZONE;
  return () => {
    if (before === undefined) delete nativeEnvironment['TZ'];
    else nativeEnvironment['TZ'] = before;
  };
}

/** The parameters, with the default locale if none is given. */
function located(parameters: readonly unknown[], at: number): unknown[] {
  const given = [...parameters];
  if (given[at] !== undefined || !isFixed()) return given;
  while (given.length < at) given.push(undefined);
  given[at] = LOCALE;
  return given;
}

function withTimeZone(parameters: unknown[]): unknown[] {
  if (!isFixed()) return parameters;
  const [locale, options] = parameters;
  const isPlain = options === undefined || (typeof options === 'object' && options !== null);
  if (!isPlain || (options as Intl.DateTimeFormatOptions | undefined)?.timeZone !== undefined) {
    return parameters;
  }
  return [locale, Object.assign(Object.create(options ?? null) as object, { timeZone: TIME_ZONE })];
}

/** A method that takes a locale at this position. */
function method(target: object, name: string, at: number): Slot[] {
  const original = Reflect.get(target, name) as AnyFunction | undefined;
  if (original === undefined) return [];
  const replaced: AnyFunction = function (...parameters) {
    return Reflect.apply(original, this, located(parameters, at));
  };
  return [slot(target, name, replaced)];
}

function dateMethod(name: string): Slot {
  const original = Reflect.get(Date.prototype, name) as AnyFunction;
  const replaced: AnyFunction = function (...parameters) {
    return Reflect.apply(original, this, withTimeZone(located(parameters, 0)));
  };
  return slot(Date.prototype, name, replaced);
}

/** Names the time zone in the machine's locale. */
function zonedText(name: string): Slot {
  const original = Reflect.get(Date.prototype, name) as (this: unknown) => string;
  const replaced = function (this: unknown): string {
    const text = original.call(this);
    return isFixed() ? text.replace(/GMT\+0000 \(.*\)$/, 'GMT+0000 (Coordinated Universal Time)') : text;
  };
  return slot(Date.prototype, name, replaced);
}

/** A class of `Intl`; its constructor takes a locale first. */
function formatter(name: string): Slot[] {
  const original = Reflect.get(Intl, name) as unknown;
  if (typeof original !== 'function' || !/^[A-Z]/.test(name) || name === 'Locale') return [];
  const complete = (parameters: unknown[]): unknown[] => {
    const given = located(parameters, 0);
    return name === 'DateTimeFormat' ? withTimeZone(given) : given;
  };
  const replaced = new Proxy(original, {
    construct: (target, parameters: unknown[], newTarget) =>
      Reflect.construct(target, complete(parameters), newTarget) as object,
    apply: (target, receiver, parameters: unknown[]) =>
      Reflect.apply(target, receiver, complete(parameters)) as unknown,
  });
  return classSlots(Intl, name, replaced);
}

type Format = (date?: unknown) => unknown;

function orNow(date: unknown): unknown {
  return date === undefined ? (surroundings()?.wallClockMs() ?? date) : date;
}

/** A method that formats now if it gets no date. */
function dateFormats(): Slot[] {
  const prototype = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as (this: unknown) => Format;
  const formatToParts = prototype.formatToParts as Format;
  return [
    redefined(prototype, 'format', {
      get(this: unknown): Format {
        const bound = format.call(this);
        return (date) => bound(orNow(date));
      },
    }),
    slot(prototype, 'formatToParts', function (this: unknown, date?: unknown) {
      return formatToParts.call(this, orNow(date));
    }),
  ];
}

/** Everything that depends on the locale or the time zone. */
export function locales(): Slot[] {
  return [
    ...Object.getOwnPropertyNames(Intl).flatMap(formatter),
    ...dateFormats(),
    ...['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'].map(dateMethod),
    ...['toString', 'toTimeString'].map(zonedText),
    ...method(Number.prototype, 'toLocaleString', 0),
    ...method(BigInt.prototype, 'toLocaleString', 0),
    ...method(String.prototype, 'localeCompare', 1),
    ...method(String.prototype, 'toLocaleLowerCase', 0),
    ...method(String.prototype, 'toLocaleUpperCase', 0),
  ];
}
