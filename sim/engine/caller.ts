/** The line of the user's code that is running: no part of a trace, for messages alone. */

const FRAMES_MAX = 100;
/** The folder of this package's simulator, as TypeScript or built. */
const OWN = new URL('..', import.meta.url).href;

/** The nearest caller outside Node.js, the simulator and libraries, if there is one. */
export function callerOutside(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const places = stack
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes('node:'))
    .map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1] ?? '')
    .filter((place) => place !== '' && !place.replace(/^(?!file:)/, 'file://').startsWith(OWN));
  const place = places.find((candidate) => !candidate.includes('node_modules')) ?? places[0];
  return place === undefined ? undefined : decodeURI(place.replace(/^file:\/\//, ''));
}
