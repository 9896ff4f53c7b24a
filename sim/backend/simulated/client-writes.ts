/**
 * The writes that nodes make with etcd3's builders, and forget: they build them and never send them, or return while they
 * are under way. Invariant: it only looks on, and outside of runs builders are as etcd3 made them. Only a run with stacks
 * knows lines, and which promises are awaited.
 */
import { promiseHooks } from 'node:v8';
import { ComparatorBuilder, DeleteBuilder, PutBuilder } from 'etcd3/lib/builder.js';
import { slot, type Slot } from '../../engine/ambient/slot.js';
import { callerOutside } from '../../engine/caller.js';
import { currentNode, currentWork, type NodeEngine, type VirtualNode } from '../../engine/node.js';
import { quote } from '../../input/parsed.js';
import type { LeftWrites, UnawaitedWrite } from '../../scenario/scenario.js';

/** What code has built to be sent to etcd. */
class Write {
  /** The event in which it was sent. */
  begunAt: number | undefined;
  isAwaited = false;
  /** It has come back. */
  isOver = false;
  /** Code has said what is to happen if it fails. */
  isExcused = false;

  constructor(
    readonly builder: object,
    readonly place: string | undefined,
    /** The name of the operation that built it. */
    readonly operation: string | undefined,
  ) {}
}

/** What the writes of one node's process are. */
interface Book {
  /** Those that were built and not sent. */
  readonly built: Set<Write>;
  /** Those that were sent: in a run with stacks all of them, in another those of the latest event. */
  begun: Write[];
}

/** The book-keeper of a run. */
const keepers = new WeakMap<NodeEngine, ClientWrites>();
const writeOf = new WeakMap<object, Write>();
/** By the promise that code of the node received. */
const promised = new WeakMap<object, Write>();

export class ClientWrites {
  readonly #engine: NodeEngine;
  readonly #isWriting: (node: string) => boolean;
  readonly #books = new Map<VirtualNode, Book>();
  readonly #sentAt = new Set<string>();
  /** By the name of an operation: what the first of them built. */
  readonly #builtBy = new Map<string, Write>();
  readonly #sentBy = new Set<string>();
  readonly #hasStacks = Error.stackTraceLimit > 0;
  readonly #unhook: () => void;

  /** @param isWriting whether calls of the node that write are under way */
  constructor(engine: NodeEngine, isWriting: (node: string) => boolean) {
    this.#engine = engine;
    this.#isWriting = isWriting;
    this.#unhook = this.#hasStacks ? hookPromises() : () => undefined;
    keepers.set(engine, this);
  }

  /** The run is over. */
  close(): void {
    this.#unhook();
  }

  built(node: VirtualNode, builder: object): void {
    if (writeOf.has(builder)) return;
    const operation = currentWork()?.name;
    const write = new Write(builder, this.#hasStacks ? callerOutside() : undefined, operation);
    writeOf.set(builder, write);
    if (operation !== undefined && !this.#builtBy.has(operation)) this.#builtBy.set(operation, write);
    this.#bookOf(node).built.add(write);
  }

  /** It is part of a transaction now, or is sent. */
  used(node: VirtualNode, builder: object): Write | undefined {
    const write = writeOf.get(builder);
    if (write === undefined) return undefined;
    this.#bookOf(node).built.delete(write);
    if (write.place !== undefined) this.#sentAt.add(write.place);
    if (write.operation !== undefined) this.#sentBy.add(write.operation);
    return write;
  }

  begins(node: VirtualNode, builder: object, promise: object): void {
    const write = this.used(node, builder);
    if (write === undefined) return;
    const book = this.#bookOf(node);
    const { events } = this.#engine;
    if (!this.#hasStacks) {
      if (book.begun[0]?.begunAt !== events) book.begun = [];
    } else {
      promised.set(promise, write);
      excusable(promise, write);
    }
    write.begunAt = events;
    book.begun.push(write);
  }

  /** What the node leaves behind, which returns in this event. */
  leftBy(node: VirtualNode): LeftWrites {
    const { built, begun } = this.#bookOf(node);
    const { events } = this.#engine;
    // What begins in the last event cannot have come back, awaited or not.
    const open = begun.filter(
      ({ begunAt, isOver, isAwaited, isExcused }) =>
        !isOver && !isExcused && (begunAt === events || (this.#hasStacks && !isAwaited)),
    );
    const left: UnawaitedWrite[] = [
      ...[...built].map((write) => unawaited(write, 'not sent')),
      ...open.map((write) => unawaited(write, 'under way')),
    ];
    const mayBeOpen = !this.#hasStacks && left.length === 0 && this.#isWriting(node.name);
    if (mayBeOpen) left.push({ what: 'a write', state: 'under way' });
    return { left, sentAt: this.#sentAt };
  }

  /** Names of operations of which none has sent what it built, or made it part of a transaction. */
  neverSent(): readonly { readonly operation: string; readonly what: string }[] {
    return [...this.#builtBy].flatMap(([operation, write]) =>
      this.#sentBy.has(operation) ? [] : [{ operation, what: described(write) }],
    );
  }

  /** Writes that the nodes have built and not sent, such as a transaction that was awaited and not committed. */
  notSent(nodes: readonly string[]): readonly string[] {
    return [...this.#books].flatMap(([node, { built }]) =>
      nodes.includes(node.name) && node.alive
        ? [...built].map((write) => `${node.name} has built ${described(write)} and not sent it`)
        : [],
    );
  }

  #bookOf(node: VirtualNode): Book {
    const book = this.#books.get(node) ?? { built: new Set(), begun: [] };
    this.#books.set(node, book);
    return book;
  }
}

/** The write that a promise was made for, with its line; undefined if there is none, or the run had no stacks. */
export function unawaitedBy(promise: unknown): { readonly what: string; readonly place: string } | undefined {
  const write = typeof promise === 'object' && promise !== null ? promised.get(promise) : undefined;
  return write?.place === undefined ? undefined : { what: nameOf(write.builder), place: write.place };
}

/** Hears which promises are awaited, and which have settled; returns how to stop. */
function hookPromises(): () => void {
  return promiseHooks.createHook({
    init(_promise, parent) {
      const write = parent === undefined ? undefined : promised.get(parent);
      if (write !== undefined) write.isAwaited = true;
    },
    settled(promise) {
      const write = promised.get(promise);
      if (write !== undefined) write.isOver = true;
    },
  }) as () => void;
}

/** `catch` says that the write may get lost. */
function excusable(promise: object, write: Write): void {
  const { catch: native } = promise as Promise<unknown>;
  Object.defineProperty(promise, 'catch', {
    value(this: Promise<unknown>, handler: (error: unknown) => unknown) {
      write.isExcused = true;
      return Reflect.apply(native, this, [handler]) as unknown;
    },
    configurable: true,
    writable: true,
  });
}

function unawaited(write: Write, state: UnawaitedWrite['state']): UnawaitedWrite {
  const { place, builder } = write;
  return { what: nameOf(builder), state, ...(place === undefined ? {} : { place }) };
}

function described({ builder, place }: Write): string {
  return `${nameOf(builder)}${place === undefined ? '' : ` (at ${place})`}`;
}

/** The parts of a builder that say what it writes. */
interface Parts {
  readonly request: { readonly key?: Buffer; readonly range_end?: Buffer };
  readonly namespace: { applyKey(key: Buffer): Buffer };
}

function nameOf(builder: object): string {
  if (builder instanceof ComparatorBuilder) return 'a transaction';
  const { request, namespace } = builder as Parts;
  const { key = Buffer.alloc(0), range_end: end } = request;
  const name = quote(namespace.applyKey(key).toString());
  if (builder instanceof PutBuilder) return `put ${name}`;
  return end === undefined ? `delete ${name}` : `delete of keys from ${name}`;
}

type Method = (this: object, ...parameters: unknown[]) => unknown;

/** The methods of builders that build, use or send a write. */
export const writeSlots: readonly Slot[] = [
  watched(PutBuilder, 'value', 'built'),
  ...(['key', 'range', 'inRange'] as const).map((name) => watched(DeleteBuilder, name, 'built')),
  ...(['and', 'then', 'else'] as const).map((name) => watched(ComparatorBuilder, name, 'built')),
  ...[PutBuilder, DeleteBuilder].map((type) => watched(type, 'op', 'used')),
  ...[PutBuilder, DeleteBuilder].map((type) => watched(type, 'exec', 'begins')),
  watched(ComparatorBuilder, 'commit', 'begins'),
];

function watched(
  type: { readonly prototype: object },
  name: string,
  what: 'built' | 'used' | 'begins',
): Slot {
  const native = Reflect.get(type.prototype, name) as Method;
  const replacement: Method = function (...parameters) {
    const result = Reflect.apply(native, this, parameters);
    const node = currentNode();
    const keeper = node && keepers.get(node.engine);
    if (node !== undefined && keeper !== undefined) {
      if (what === 'begins') keeper.begins(node, this, result as object);
      else keeper[what](node, this);
    }
    return result;
  };
  return slot(type.prototype, name, replacement);
}
