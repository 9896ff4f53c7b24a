/**
 * The line of the user's code that is running: no part of a trace, for messages alone. To write a stack out, with source
 * maps, takes much longer than to look at its frames: each stack is written out once.
 */

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

/** More stacks than code that repeats itself has. */
const KNOWN_MAX = 1000;
/** Callers by the positions of their stack. */
const known = new Map<string, readonly string[]>();

function callersOutside(): readonly string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  const stack = positionsOutside();
  let callers = known.get(stack);
  if (callers === undefined) {
    callers = writtenCallers();
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(stack, callers);
  }
  Error.stackTraceLimit = limit;
  return callers;
}

/** The frames outside Node.js and the simulator, without source maps. */
function positionsOutside(): string {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error().stack as unknown as readonly NodeJS.CallSite[];
  Error.prepareStackTrace = prepareStackTrace;
  let positions = '';
  for (const site of sites) {
    const file = site.getFileName();
    if (!file || file.startsWith('node:') || isOwn(file)) continue;
    positions += `${file}:${site.getLineNumber()}:${site.getColumnNumber()}\n`;
  }
  return positions;
}

/** Those of the stack in words. */
function writtenCallers(): string[] {
  const { stack = '' } = new Error();
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
