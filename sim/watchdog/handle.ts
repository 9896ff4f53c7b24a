/**
 * What the watching thread may do on the main thread, through the debugger's protocol, which knows expressions only.
 * Invariant: what it does was taken before any code of the user's ran, and cannot be replaced.
 */
import fs from 'node:fs';
import { outsideEveryNode } from '../engine/node.js';
import { HANDLE_NAME } from './handle-expression.js';

/** What can be asked for. */
export interface StuckMain {
  /** Gives signals that JavaScript listens to back to the system: no listener runs while the main thread is stuck. */
  release(): void;
}

const STDERR = 2;

// Taken now: the user's code may put others in their place.
const { closeSync, openSync } = fs;
// Not in the types, and what `process.exit` itself calls in the end.
const { reallyExit } = process as unknown as { reallyExit(code: number): never };

/** Offers it to the watching thread, once for the process. */
export function offerHandle(stuckMain: StuckMain): void {
  const key = Symbol.for(HANDLE_NAME);
  if (Object.hasOwn(globalThis, key)) return;
  const value = Object.freeze({
    // Listeners of the node whose code runs are none of the process.
    release: () => outsideEveryNode(() => stuckMain.release()),
    end(code: number) {
      // A node may do none of this, and one is running.
      outsideEveryNode(() => {
        // Everything has been reported. Node.js would add that it waits for a debugger, which is the watching thread.
        try {
          closeSync(STDERR);
          openSync('/dev/null', 'w');
        } catch {
          // Then it does add it.
        }
        reallyExit.call(process, code);
      });
    },
  });
  Object.defineProperty(globalThis, key, { value });
}
