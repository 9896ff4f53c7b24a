/** How the watching thread, which can only send expressions, names what it wants of the main thread. */

/** The key of a symbol on the global object of the main thread, which no other code uses by chance. */
export const HANDLE_NAME = 'etcd-sim watchdog';

/** The expression that does it; `end` takes the exit code. */
export function handleExpression(verb: 'release' | 'end', code?: number): string {
  return `globalThis[Symbol.for(${JSON.stringify(HANDLE_NAME)})].${verb}(${code ?? ''})`;
}
