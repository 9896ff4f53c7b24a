/**
 * A node has left the simulation: its actions can be neither ordered nor repeated, so the run is worthless.
 * Invariant: it is not a verdict on the code under test; it names the node, the function and the calling line.
 */

/** Thrown into the node, and what the run ends with. */
export class EscapeError extends Error {
  override readonly name = 'EscapeError';
  /** The shell command that runs it again, once somebody knows it. */
  replay: string | undefined;

  /**
   * @param node who called it
   * @param called the function, as people call it
   * @param where the line of the user's code, as `file:line:column`; undefined where no stack tells
   */
  constructor(
    readonly node: string,
    readonly called: string,
    readonly where: string | undefined,
  ) {
    const place = where === undefined ? '' : ` at ${where}`;
    super(`${node} called ${called}${place}, which leaves the simulation, so the run cannot be repeated`);
  }

  /** The escape of the code that is running now. */
  static here(node: string, called: string): EscapeError {
    return new EscapeError(node, called, callerOutside());
  }
}

const FRAMES_MAX = 100;
/** Where this package's simulator lies, whether as TypeScript or built. */
const OWN = new URL('..', import.meta.url).href;

/** The nearest caller that is neither Node.js, nor the simulator, nor a library, if there is one. */
function callerOutside(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const places = stack
    .split('\n')
    .slice(1)
    .map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1] ?? '')
    .filter((place) => place !== '' && !place.replace(/^(?!file:)/, 'file://').startsWith(OWN));
  const place = places.find((candidate) => !candidate.includes('node_modules')) ?? places[0];
  return place === undefined ? undefined : decodeURI(place.replace(/^file:\/\//, ''));
}
