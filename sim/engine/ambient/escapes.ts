/**
 * The ways out of the simulation: sockets, files, other processes and threads, real randomness. Their answers
 * come in real time, or cannot be ordered or repeated. A node that takes one fails at once, and its run ends
 * with an error that names the node and the line. Invariant: outside every node they are unchanged.
 */
import { createRequire } from 'node:module';
import { EscapeError } from '../escape-error.js';
import { currentNode } from '../node.js';
import { importBehind, IMPORT_WHY, imports } from './imports.js';
import { refused, type Refused } from './refused.js';
import { asked, classSlots, ownerOf, slot, type Slot } from './slot.js';

const require = createRequire(import.meta.url);

/**
 * Web streams make a context of their own when a reader or a writer is first released, and keep it. In a node that would
 * be a way out, the first time alone.
 */
const { readable, writable } = new TransformStream();
releaseOnce(readable.getReader());
releaseOnce(writable.getWriter());

function releaseOnce(held: { readonly closed: Promise<unknown>; releaseLock(): void }): void {
  held.closed.catch(() => undefined);
  held.releaseLock();
}

type AnyFunction = (...parameters: unknown[]) => unknown;

/** Ends the run if a node's code is running. @throws EscapeError */
export function refuseInNode(called: string, parameters: readonly unknown[] = []): void {
  const node = currentNode();
  if (node === undefined) return;
  const lazy = importBehind(parameters);
  const escape =
    lazy === undefined
      ? EscapeError.here(node.name, called)
      : new EscapeError(node.name, lazy.called, lazy.where, IMPORT_WHY);
  node.engine.reportEscape(escape);
  throw escape;
}

/** A function or class that refuses nodes. It is a proxy, so that everything else about it stays the same. */
function guarded(
  called: string,
  original: AnyFunction,
  isHarmless: (parameters: unknown[], receiver: unknown) => boolean,
): AnyFunction {
  return new Proxy(original, {
    apply(target, receiver, parameters: unknown[]) {
      if (!isHarmless(parameters, receiver)) refuseInNode(called, parameters);
      return Reflect.apply(target, receiver, parameters);
    },
    construct(target, parameters: unknown[], newTarget) {
      if (!isHarmless(parameters, undefined)) refuseInNode(called, parameters);
      return Reflect.construct(target, parameters, newTarget) as object;
    },
  });
}

function barriers(all: readonly Refused[]): Slot[] {
  return all.flatMap(({ module, target, names, isHarmless = () => false }) =>
    names.flatMap((name) => {
      const original = Reflect.get(target, name) as unknown;
      if (typeof original !== 'function') return [];
      const called = module === '' ? name : `${module}.${name}`;
      const barrier = guarded(called, original as AnyFunction, isHarmless);
      const isClass = /^[A-Z]/.test(name);
      return isClass ? classSlots(target, name, barrier) : [slot(ownerOf(target, name), name, barrier)];
    }),
  );
}

/** Closes them to nodes. */
export function waysOut(): Slot[] {
  const barred = barriers(refused());
  const input = asked(process, 'stdin', (native) => {
    refuseInNode('process.stdin');
    return native;
  });
  return [...barred, input, ...imports()];
}

/** Modules that warn when they are loaded: barred from the first run on that finds them loaded. */
const late = new Map([['wasi', ['WASI']]]);

/** Those that have been loaded since the last call. */
export function lateWaysOut(): Slot[] {
  const loaded = (process as unknown as { readonly moduleLoadList: readonly string[] }).moduleLoadList;
  return [...late].flatMap(([module, names]) => {
    if (!loaded.includes(`NativeModule ${module}`)) return [];
    late.delete(module);
    return barriers([{ module, target: require(`node:${module}`) as object, names }]);
  });
}
