/**
 * For files that share a process: leftovers of one would disturb another, so the file with leftovers fails
 * here. Checks the functions that simulated runs replace, the environment, and the listeners of the process.
 */
import { afterAll, expect, vi } from 'vitest';
import { Ambient } from '../sim/engine/ambient/ambient.js';

const PLACES: Readonly<Record<string, object>> = {
  process,
  'process.env': process.env,
  performance,
  'Performance.prototype': Object.getPrototypeOf(performance) as object,
  Math,
  Date,
  Error,
  Promise,
  'Promise.prototype': Promise.prototype,
};

/** Globals; others are created at their first use. */
const GLOBALS =
  /^((set|clear)(Timeout|Interval|Immediate)|queueMicrotask|Date|Math|performance|crypto|fetch|console)$/;

/** Vitest's own listeners, and those that Node.js replaces once `node:worker_threads` is loaded. */
const NOT_OURS = /^(__vite|VITE|TINYPOOL|chdir$)/;

function snapshot(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const add = (place: string, object: object, isOurs: (name: string) => boolean): void => {
    for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if (isOurs(name)) found.set(`${place}.${name}`, get ?? (value as unknown));
    }
  };
  add('globalThis', globalThis, (name) => GLOBALS.test(name));
  for (const [place, object] of Object.entries(PLACES)) add(place, object, (name) => !NOT_OURS.test(name));
  for (const event of process.eventNames()) {
    found.set(`listeners of ${String(event)}`, process.listenerCount(event));
  }
  return found;
}

const before = snapshot();
/** To fill and empty hundreds of places in each run takes long. They stay filled for a file, as in a user's test. */
const release = /[\\/]test[\\/]engine[\\/]/.test(expect.getState().testPath ?? '')
  ? () => undefined
  : Ambient.hold();

afterAll(() => {
  // Vitest does this after the file. A mock of a run's replacement would then come back for good.
  vi.restoreAllMocks();
  release();
  const after = snapshot();
  const names = new Set([...before.keys(), ...after.keys()]);
  const changed = [...names].filter((name) => !Object.is(before.get(name), after.get(name)));
  expect(changed, 'left behind by this file').toEqual([]);
});
