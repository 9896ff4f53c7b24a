/**
 * Replaces ambient time, timers, randomness, identity and the ways out of the simulation. Each replacement
 * asks which virtual node is running and passes through to the native function outside every node. Invariant:
 * while a run lasts every slot is filled; when the last run ends, everything ambient is as it was before the
 * first, even after a throw.
 */
import { syncBuiltinESMExports } from 'node:module';
import { clocks } from './clocks.js';
import { environment } from './environment.js';
import { catchStrayErrors } from './errors.js';
import { lateWaysOut, waysOut } from './escapes.js';
import { keepExitCode, restoreExitCode } from './exit-code.js';
import { garbage } from './garbage.js';
import { identity } from './identity.js';
import { listeners } from './listeners.js';
import { fixLocaleEverywhere, holdTimeZone, locales } from './locale.js';
import { output } from './output.js';
import { randomness } from './randomness.js';
import { contextSlots, currentNode, outsideEveryNode } from '../node.js';
import { fill, type Slot } from './slot.js';
import { timeline } from './timeline.js';
import { timers } from './timers.js';
import { compilers } from './web-assembly.js';
import { webObjects } from './web-objects.js';

const nativeSetImmediate = setImmediate;
const TURNS_PER_LOOP = 64;

const slots: Slot[] = [
  ...contextSlots,
  ...clocks(),
  ...timeline(),
  ...timers(),
  ...randomness(),
  ...identity(),
  ...environment(),
  ...locales(),
  ...output(),
  ...listeners(),
  ...garbage(),
  ...webObjects(),
  ...compilers(),
  ...waysOut(),
];

let installed = false;
let holders = 0;
let undo: (() => void)[] = [];

/** Fills the empty slots; returns how to empty those again. */
function fillAll(wanted: readonly Slot[]): (() => void)[] {
  const undone = wanted.map(fill).filter((restore) => restore !== undefined);
  // The module loader rereads the built-in modules only when something has changed.
  if (undone.length > 0) syncBuiltinESMExports();
  return undone;
}

function take(): void {
  slots.push(...lateWaysOut());
  const filled = fillAll(slots);
  undo = [...filled, holdTimeZone(), outsideEveryNode(catchStrayErrors)];
  if (filled.length > 0) undo.unshift(syncBuiltinESMExports);
}

function release(): void {
  restoreExitCode();
  for (const restore of undo.reverse()) restore();
  undo = [];
}

export const Ambient = {
  /**
   * Fills the slots for good. A module that is loaded afterwards then keeps replacements: simulated in a run,
   * native elsewhere. Otherwise the slots are filled for the length of each run.
   */
  install(): void {
    if (installed) return;
    installed = true;
    fillAll(slots);
  },

  /** As {@link install}, for a process that is the simulator's own: time zone and locale are fixed outside nodes too. */
  installEverywhere(): void {
    this.install();
    fixLocaleEverywhere();
    holdTimeZone();
  },

  /**
   * Fills the empty slots while at least one caller holds them. The returned function releases them; calling
   * it again does nothing.
   */
  hold(): () => void {
    if (currentNode() === undefined) keepExitCode();
    if (holders++ === 0) take();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--holders === 0) release();
    };
  },

  /** Another slot is filled too, while others are. Adding it again changes nothing. */
  extend(slot: Slot): void {
    if (slots.includes(slot)) return;
    slots.push(slot);
    if (installed) fillAll([slot]);
    else if (holders > 0) undo.push(...fillAll([slot]));
  },

  /**
   * Calls `turn` until it returns something, and resolves with that. Before each call, every ready microtask
   * and `process.nextTick` has run, with all that follow from it.
   *
   * @param between called with true before native timers and I/O may call back, and with false afterwards
   */
  turns<T>(turn: () => T | undefined, between?: (isBetween: boolean) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false;
      const once = () => {
        if (over) return;
        restoreExitCode();
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
      // Node.js drains ticks and microtasks between two immediates. Immediates queued together share one turn
      // of the native event loop. Its system calls would otherwise cost as much as the rest of a call.
      const batch = () => {
        if (over) return;
        nativeSetImmediate(() => {
          keepExitCode();
          between?.(false);
        });
        for (let index = 0; index < TURNS_PER_LOOP; index++) nativeSetImmediate(once);
        nativeSetImmediate(batch);
        nativeSetImmediate(() => {
          restoreExitCode();
          between?.(true);
        });
      };
      batch();
    });
  },
};
