/**
 * Ambient time, timers, randomness and sockets for the length of a run. The globals are replaced while at least one run
 * holds them; each replacement asks which virtual node is running and falls back to the native function outside
 * every node. Invariant: when the last holder lets go, everything ambient is as it was, even after a throw.
 */
import { syncBuiltinESMExports } from 'node:module';
import { replaceClocks } from './clocks.js';
import { catchStrayErrors } from './errors.js';
import { barEscapes } from './escapes.js';
import { replaceDateFormats } from './locale-dates.js';
import { replaceRandomness } from './randomness.js';
import { replaceTimers } from './timers.js';

const nativeSetImmediate = setImmediate;
const TURNS_PER_LOOP = 64;

/** What other rooms have replaced for a run. */
const extensions = new Set<() => () => void>();

let holders = 0;
let undo: (() => void)[] = [];

function install(): void {
  undo = [
    ...replaceClocks(),
    ...replaceDateFormats(),
    ...replaceTimers(),
    ...replaceRandomness(),
    ...barEscapes(),
    catchStrayErrors(),
  ];
  for (const extension of extensions) undo.push(extension());
  syncBuiltinESMExports();
}

function uninstall(): void {
  for (const restore of undo.reverse()) restore();
  undo = [];
  syncBuiltinESMExports();
}

export const Ambient = {
  /** Replaces the globals for as long as somebody holds them; the returned function lets go, once. */
  hold(): () => void {
    if (holders++ === 0) install();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--holders === 0) uninstall();
    };
  },

  /**
   * From the next run on, `extension` replaces something too; given again it changes nothing.
   *
   * @param extension replaces it, and returns how to put it back
   */
  extend(extension: () => () => void): void {
    extensions.add(extension);
  },

  /**
   * Calls `turn` again and again until it returns something, and resolves with that. Before each call every
   * microtask and `process.nextTick` that is ready, and all they lead to, has run.
   */
  turns<T>(turn: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false;
      const once = () => {
        if (over) return;
        try {
          const result = turn();
          if (result === undefined) return;
          over = true;
          resolve(result);
        } catch (error) {
          over = true;
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      // Node.js drains ticks and microtasks between two immediates. Queued many at a time, they share one turn of
      // the native event loop, whose system calls would otherwise cost as much as all the rest of a call.
      const batch = () => {
        for (let index = 0; index < TURNS_PER_LOOP && !over; index++) nativeSetImmediate(once);
        if (!over) nativeSetImmediate(batch);
      };
      batch();
    });
  },
};
