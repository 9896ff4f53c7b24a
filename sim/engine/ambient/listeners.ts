/**
 * The listeners of `process` and of the standard streams. Those that a node adds or removes are listeners of its own
 * process: a restarted node begins without any, and they go with the run. Invariant: code of a node neither adds a
 * listener to the real process nor takes one away.
 */
import { EventEmitter } from 'node:events';
import { currentNode, type VirtualNode } from '../node.js';
import { slot, type Slot } from './slot.js';

type AnyFunction = (...parameters: unknown[]) => unknown;
type Emit = (event: string | symbol, ...parameters: unknown[]) => boolean;

/** They return what they are called on. */
const CHAINED = [
  ...['on', 'addListener', 'once', 'prependListener', 'prependOnceListener', 'off', 'removeListener'],
  ...['removeAllListeners', 'setMaxListeners'],
];
const ASKING = ['listeners', 'rawListeners', 'listenerCount', 'eventNames', 'getMaxListeners'];

/** The simulator listens to these itself: errors of the node, even if its own code emits them. */
const STRAY_ERRORS = new Set<string | symbol>([
  ...['unhandledRejection', 'uncaughtException', 'uncaughtExceptionMonitor'],
]);

const emitters = new WeakMap<VirtualNode, Map<object, EventEmitter>>();

/** What stands in for `process` or a stream in this process of the node. */
function emitterOf(node: VirtualNode, target: object): EventEmitter {
  let own = emitters.get(node);
  if (own === undefined) emitters.set(node, (own = new Map<object, EventEmitter>()));
  let emitter = own.get(target);
  if (emitter === undefined) own.set(target, (emitter = new EventEmitter()));
  return emitter;
}

function methodSlots(target: NodeJS.EventEmitter): Slot[] {
  return [...CHAINED, ...ASKING].map((name) => {
    const native = Reflect.get(target, name) as AnyFunction;
    return slot(target, name, function (this: unknown, ...parameters: unknown[]): unknown {
      const node = currentNode();
      if (node === undefined) return Reflect.apply(native, this, parameters);
      const emitter = emitterOf(node, target);
      const answer = Reflect.apply(Reflect.get(emitter, name) as AnyFunction, emitter, parameters);
      return answer === emitter ? target : answer;
    });
  });
}

function emitSlot(target: NodeJS.EventEmitter): Slot {
  const native = target.emit as Emit;
  return slot(target, 'emit', function (this: unknown, event: string | symbol, ...parameters: unknown[]) {
    const node = currentNode();
    const isOwn = node !== undefined && !(target === process && STRAY_ERRORS.has(event));
    const isHeard = isOwn && emitterOf(node, target).emit(event, ...parameters);
    // Node.js prints warnings as a listener of the real process.
    const isElsewhere = !isOwn || (target === process && event === 'warning');
    return isElsewhere ? Reflect.apply(native, this, [event, ...parameters]) : isHeard;
  });
}

/** Everything through which code listens to the process and its standard streams. */
export function listeners(): Slot[] {
  return [process, process.stdout, process.stderr].flatMap((target) => [
    ...methodSlots(target),
    emitSlot(target),
  ]);
}
