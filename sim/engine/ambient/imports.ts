/**
 * `import()` in a node. A module that is loaded already comes at once; another one is read in real time, and its code would
 * run in the first run alone, with the clock and the randomness of that node. So it is refused by its own name. Invariant:
 * the refusal names the module, and the line of the user's code where a stack or the loader shows it.
 */
import { callerOutside } from '../caller.js';
import { currentNode } from '../node.js';
import { redefined, type Slot } from './slot.js';

/** What Node.js calls its loader of modules in a stack. */
const LOADER = 'node:internal/modules/esm/';
/** The stack has it as long as the import itself has not returned. */
const BEGINS = 'importModuleDynamically';
const FRAMES_MAX = 100;

export const IMPORT_WHY =
  'which reads a module in real time, so the run cannot be repeated: import it at the top of the file';

/** An `import()` of a module that was not loaded. */
export interface LazyImport {
  readonly called: string;
  /** The line, or else the file; undefined if neither is known. */
  readonly where: string | undefined;
}

/** The lines that import modules in nodes, by the path of the module. The loader reads a module later. */
const lines = new Map<string, string>();

function stackOf(frames: number): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return stack;
}

/** Whether the running code is the loader, on behalf of an `import()` that has not returned yet. */
export function isImporting(): boolean {
  return stackOf(FRAMES_MAX).includes(BEGINS);
}

/** The `import()` that this call is part of, if it is part of one. */
export function importBehind([first]: readonly unknown[]): LazyImport | undefined {
  if (stackOf(FRAMES_MAX).includes(LOADER)) {
    const path = first instanceof URL ? decodeURI(first.pathname) : String(first).replace(/^file:\/\//, '');
    return { called: calledFor(path), where: lines.get(path) ?? callerOutside() };
  }
  // A test runner loads modules itself: Vitest asks its main process.
  const { m: method, a: given } = (first ?? {}) as { readonly m?: unknown; readonly a?: unknown };
  if (method !== 'fetch' || !Array.isArray(given)) return undefined;
  const [module, importer] = given as unknown[];
  return { called: calledFor(String(module)), where: typeof importer === 'string' ? importer : undefined };
}

function calledFor(path: string): string {
  return `import('${path}')`;
}

/** The loader asks for the path of a module while the line that imports it is still running. */
function note(path: string): void {
  if (!stackOf(4).includes(LOADER)) return;
  const line = callerOutside();
  if (line !== undefined) lines.set(decodeURI(path), line);
}

/** What shows the lines that import modules. */
export function imports(): Slot[] {
  const native = Object.getOwnPropertyDescriptor(URL.prototype, 'pathname');
  if (native?.get === undefined) return [];

  const read = native.get as (this: unknown) => string;
  return [
    redefined(URL.prototype, 'pathname', {
      ...native,
      get(this: unknown): string {
        const path = read.call(this);
        if (currentNode() !== undefined) note(path);
        return path;
      },
    }),
  ];
}
