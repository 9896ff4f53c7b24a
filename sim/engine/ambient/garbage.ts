/**
 * Garbage is collected at different moments in each run, and code can see it through `WeakRef` and
 * `FinalizationRegistry`. In a node, a weak reference therefore keeps its target and nothing is ever
 * finalized; the language allows both. Invariant: what a node's process keeps goes when the process ends.
 */
import { currentNode, type VirtualNode } from '../node.js';
import { classSlots, slot, type Slot } from './slot.js';

const held = new WeakMap<VirtualNode, Set<object>>();

function hold(node: VirtualNode, target: object): void {
  const set = held.get(node);
  if (set === undefined) held.set(node, new Set([target]));
  else set.add(target);
}

const KeepingWeakRef = new Proxy(WeakRef, {
  construct(native, [target]: [object], caller) {
    const reference = Reflect.construct(native, [target], caller) as object;
    const node = currentNode();
    if (node !== undefined) hold(node, target);
    return reference;
  },
});

/** The classes through which code can see the garbage collector. */
export function garbage(): Slot[] {
  const register = FinalizationRegistry.prototype.register as (...parameters: unknown[]) => void;
  return [
    ...classSlots(globalThis, 'WeakRef', KeepingWeakRef),
    slot(
      FinalizationRegistry.prototype,
      'register',
      function (this: unknown, ...parameters: unknown[]): void {
        if (currentNode() === undefined) Reflect.apply(register, this, parameters);
      },
    ),
  ];
}
