/**
 * `process.exitCode` of the real process. Node.js does not let it be replaced, so what a node assigns to it is taken back
 * after each turn. Invariant: what code outside the nodes has assigned stays.
 */

let kept: typeof process.exitCode;

/** What it is now comes from code outside the nodes. */
export function keepExitCode(): void {
  kept = process.exitCode;
}

/** Only code of nodes has run since it was kept. */
export function restoreExitCode(): void {
  if (process.exitCode !== kept) process.exitCode = kept;
}
