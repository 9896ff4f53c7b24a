/**
 * Where a function is written, as the debugger's protocol reports it. Invariant: nothing of the function runs, and an
 * unknown place is undefined.
 */
import { Session, type Debugger, type Runtime } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { writtenPlace, type Place } from './source-map.js';

/** By this name the debugger finds the function. */
const HANDLE = Symbol.for('etcd-sim.function-place');

/** The place of its first character. */
export function placeOf(wanted: (...parameters: never[]) => unknown): Place | undefined {
  const session = new Session();
  try {
    session.connect();
    return ask(session, wanted);
  } catch {
    // Such as where no debugger is available.
    return undefined;
  } finally {
    session.disconnect();
    Reflect.deleteProperty(globalThis, HANDLE);
  }
}

function ask(session: Session, wanted: unknown): Place | undefined {
  // The frames themselves name scripts by number only.
  const scripts = new Map<string, Debugger.ScriptParsedEventDataType>();
  session.on('Debugger.scriptParsed', ({ params }) => void scripts.set(params.scriptId, params));
  session.post('Debugger.enable');
  Object.defineProperty(globalThis, HANDLE, { value: wanted, configurable: true });
  let place: Place | undefined;
  // In the same thread, every answer comes before the question returns.
  session.post(
    'Runtime.evaluate',
    { expression: `globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(HANDLE))})]` },
    (_, { result }) => {
      const { objectId } = result;
      if (objectId === undefined) return;
      session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_error, found) => {
        place = placeIn(found.internalProperties ?? [], scripts);
      });
    },
  );
  return place;
}

function placeIn(
  properties: readonly Runtime.InternalPropertyDescriptor[],
  scripts: ReadonlyMap<string, Debugger.ScriptParsedEventDataType>,
): Place | undefined {
  const location = properties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value as
    Debugger.Location | undefined;
  const script = location && scripts.get(location.scriptId);
  if (location === undefined || script === undefined) return undefined;
  const [line, column] = [location.lineNumber + 1, (location.columnNumber ?? 0) + 1];
  const { file, ...at } = writtenPlace({ file: script.url, line, column }, script.sourceMapURL);
  return { ...at, file: file.startsWith('file:') ? fileURLToPath(file) : file };
}
