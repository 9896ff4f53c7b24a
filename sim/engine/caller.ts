/** The line of the user's code that is running: no part of a trace, for messages alone. */

const FRAMES_MAX = 100;
/** The folder of this package's simulator, as it runs and, where source maps name that, as it was written. */
const OWN = [new URL('..', import.meta.url).href].flatMap((folder) => [
  folder,
  folder.replace(/\/dist\/sim\/$/, '/sim/'),
]);

/** The nearest caller outside Node.js, the simulator and libraries, or else in a library, if there is one. */
export function callerOutside(): string | undefined {
  const places = callersOutside();
  return places.find(isOfUser) ?? places[0];
}

/** The nearest caller outside Node.js, the simulator and libraries, if there is one. */
export function callerOfUser(): string | undefined {
  return callersOutside().find(isOfUser);
}

function isOfUser(place: string): boolean {
  return !place.includes('node_modules');
}

function callersOutside(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return stack
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes('node:'))
    .map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1] ?? '')
    .filter((place) => place !== '' && !isOwn(place.replace(/^(?!file:)/, 'file://')))
    .map((place) => decodeURI(place.replace(/^file:\/\//, '')));
}

function isOwn(url: string): boolean {
  return OWN.some((folder) => url.startsWith(folder));
}
