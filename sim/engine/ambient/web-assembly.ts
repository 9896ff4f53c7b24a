/**
 * `WebAssembly.compile` and `instantiate` work in threads of their own. In a node, the work is done before
 * they return. Invariant: their promises settle as the native ones would.
 */
import { currentNode } from '../node.js';
import { slot, type Slot } from './slot.js';

/** The part of `WebAssembly` in use here, which the types of Node.js leave out. */
interface WebAssemblyLike {
  readonly Module: new (source: unknown) => object;
  readonly Instance: new (module: unknown, imports: unknown) => object;
  compile(source: unknown, ...more: unknown[]): Promise<unknown>;
  instantiate(source: unknown, imports: unknown, ...more: unknown[]): Promise<unknown>;
}

const webAssembly = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyLike;
const { Module, Instance, ...native } = {
  Module: webAssembly.Module,
  Instance: webAssembly.Instance,
  compile: webAssembly.compile.bind(webAssembly),
  instantiate: webAssembly.instantiate.bind(webAssembly),
};

function compile(source: unknown, ...more: unknown[]): Promise<unknown> {
  if (currentNode() === undefined) return native.compile(source, ...more);
  return new Promise((resolve) => resolve(new Module(source)));
}

function instantiate(source: unknown, imports?: unknown, ...more: unknown[]): Promise<unknown> {
  if (currentNode() === undefined) return native.instantiate(source, imports, ...more);
  return new Promise((resolve) => {
    if (source instanceof Module) resolve(new Instance(source, imports));
    else {
      const module = new Module(source);
      resolve({ module, instance: new Instance(module, imports) });
    }
  });
}

/** The functions that compile in the background. */
export function compilers(): Slot[] {
  return [slot(webAssembly, 'compile', compile), slot(webAssembly, 'instantiate', instantiate)];
}
