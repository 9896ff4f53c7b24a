/**
 * Ambient time, timers and randomness for the length of a run. The globals are replaced while at least one run
 * holds them; each replacement asks which virtual node is running and falls back to the native function outside
 * every node. Invariant: when the last holder lets go, everything ambient is as it was, even after a throw.
 */
import { syncBuiltinESMExports } from 'node:module';
import { replaceClocks } from './clocks.js';
import { catchStrayErrors } from './errors.js';
import { replaceRandomness } from './randomness.js';
import { replaceTimers } from './timers.js';

const nativeSetImmediate = setImmediate;

let holders = 0;
let undo: (() => void)[] = [];

function install(): void {
  undo = [...replaceClocks(), ...replaceTimers(), ...replaceRandomness(), catchStrayErrors()];
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

  /** Resolves when every microtask and `process.nextTick` that is ready, and all they lead to, has run. */
  drain(): Promise<void> {
    return new Promise((resolve) => nativeSetImmediate(resolve));
  },
};
