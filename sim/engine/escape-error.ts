/**
 * A node has left the simulation. Its actions cannot be ordered or repeated, so the run is worthless.
 * Invariant: it is not a verdict on the code under test; it names the node, the function and the calling
 * line.
 */
import { callerOutside } from './caller.js';

/** Thrown into the node; the run ends with it too. */
export class EscapeError extends Error {
  override readonly name = 'EscapeError';
  /** The shell command that runs it again, once it is known. */
  replay: string | undefined;

  /**
   * @param node the node that called it
   * @param called the function, as people call it
   * @param where the line of the user's code, as `file:line:column`; undefined if no stack shows it
   * @param why the rest of the sentence
   */
  constructor(
    readonly node: string,
    readonly called: string,
    readonly where: string | undefined,
    why = 'which leaves the simulation, so the run cannot be repeated',
  ) {
    const place = where === undefined ? '' : ` at ${where}`;
    super(`${node} called ${called}${place}, ${why}`);
  }

  /** The escape of the code that is now running. */
  static here(node: string, called: string, why?: string): EscapeError {
    return new EscapeError(node, called, callerOutside(), why);
  }
}
