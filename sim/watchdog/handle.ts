/**
 * What the watching thread may do on the main thread, through the debugger's protocol, which knows expressions only.
 * Invariant: what it does was taken before any code of the user's ran, and cannot be replaced.
 */
import fs from 'node:fs';
import { HANDLE_NAME } from './handle-expression.js';

/** What can be asked for. */
export interface StuckMain {
  /** Gives signals that JavaScript listens to back to the system: no listener runs while the main thread is stuck. */
  release(): void;
}

const STDERR = 2;

// Taken now: a node may not close the descriptors of the process, and one is running when this is called.
const { closeSync, openSync } = fs;
// Not in the types, and what `process.exit` itself calls in the end.
const { reallyExit } = process as unknown as { reallyExit(code: number): never };

/** Offers it to the watching thread, once for the process. */
export function offerHandle(stuckMain: StuckMain): void {
  const key = Symbol.for(HANDLE_NAME);
  if (Object.hasOwn(globalThis, key)) return;
  const value = Object.freeze({
    release: () => stuckMain.release(),
    end(code: number) {
      // Everything has been reported. Node.js would add that it waits for a debugger, which is the watching thread.
      try {
        closeSync(STDERR);
        openSync('/dev/null', 'w');
      } catch {
        // Then it does add it.
      }
      reallyExit.call(process, code);
    },
  });
  Object.defineProperty(globalThis, key, { value });
}
