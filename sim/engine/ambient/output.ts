/**
 * What a node prints. Standard output carries the command's data, so everything that a node writes to either
 * stream goes to standard error, or nowhere in a muted run. Invariant: to the node, every write completes at once, so no code waits for
 * the real stream.
 */
/* eslint-disable no-restricted-imports, no-restricted-globals -- loggers write to the descriptors of both streams, and to the console */
import fs from 'node:fs';
import { currentNode, outsideEveryNode } from '../node.js';
import { refuseInNode } from './escapes.js';
import { asked, slot, type Slot } from './slot.js';
import { surroundings } from './surroundings.js';

type AnyFunction = (...parameters: unknown[]) => unknown;
type Chunk = string | ArrayBufferView;

const writeToStandardError = process.stderr.write.bind(process.stderr);

function print(chunk: string | Uint8Array): void {
  if (!isMuted()) outsideEveryNode(() => writeToStandardError(chunk));
}

/** Whether this node's run is muted; if so, the run learns that the node printed something. */
function isMuted(): boolean {
  const onMuted = currentNode()?.engine.onMuted;
  onMuted?.();
  return onMuted !== undefined;
}

function bytesOf(chunk: Chunk, encoding: unknown): Uint8Array {
  if (typeof chunk === 'string')
    return Buffer.from(chunk, (encoding as BufferEncoding | undefined) ?? 'utf8');
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function callLater(callback: unknown, ...parameters: unknown[]): void {
  if (typeof callback === 'function') process.nextTick(callback, ...parameters);
}

/** What a stream has if it is a terminal, or tells of the real one. */
const TERMINAL = [
  ...['isTTY', 'isRaw', 'columns', 'rows', 'getColorDepth', 'hasColors', 'getWindowSize'],
  ...['clearLine', 'clearScreenDown', 'cursorTo', 'moveCursor'],
];
const EMPTY = { writableLength: 0, writableNeedDrain: false };

/** To a node, a standard stream is a pipe that takes everything at once, wherever the command runs. */
function pipeSlots(stream: NodeJS.WriteStream): Slot[] {
  const fixed = { ...Object.fromEntries(TERMINAL.map((name) => [name, undefined])), ...EMPTY };
  return Object.entries(fixed).map(([name, value]) =>
    asked(stream, name, (native) => (surroundings() === undefined ? native : value)),
  );
}

/** `write` and `end` of a standard stream. */
function streamSlots(stream: NodeJS.WriteStream): Slot[] {
  return (['write', 'end'] as const).map((name) => {
    const native = stream[name].bind(stream) as AnyFunction;
    return slot(stream, name, (...parameters: unknown[]): unknown => {
      if (currentNode() === undefined) return native(...parameters);
      const [chunk, encoding] = parameters;
      const isChunk = typeof chunk === 'string' || ArrayBuffer.isView(chunk);
      if (isChunk) print(bytesOf(chunk, typeof encoding === 'string' ? encoding : undefined));
      callLater(parameters.find((parameter) => typeof parameter === 'function'));
      return name === 'write' ? true : stream;
    });
  });
}

/**
 * The part of the chunk that `fs.write` should write: `(buffer, offset, length)` or `(text, position,
 * encoding)`.
 */
function partOf([chunk, second, third]: unknown[]): Uint8Array {
  if (typeof chunk === 'string') return bytesOf(chunk, third);
  const options = (typeof second === 'object' ? second : { offset: second, length: third }) ?? {};
  const { offset, length } = options as { readonly offset?: unknown; readonly length?: unknown };
  const bytes = bytesOf(chunk as Chunk, undefined);
  const start = typeof offset === 'number' ? offset : 0;
  return bytes.subarray(start, typeof length === 'number' ? start + length : undefined);
}

function joined([chunks]: unknown[]): Uint8Array {
  return Buffer.concat((chunks as Chunk[]).map((chunk) => bytesOf(chunk, undefined)));
}

/** A function of `fs` that writes to a descriptor. */
function descriptorSlot(name: string, written: (parameters: unknown[]) => Uint8Array): Slot {
  const native = Reflect.get(fs, name) as AnyFunction;
  const isSync = name.endsWith('Sync');
  const replaced = (descriptor: unknown, ...parameters: unknown[]): unknown => {
    const isStandard = descriptor === 1 || descriptor === 2;
    if (currentNode() === undefined || (isSync && !isStandard)) return native(descriptor, ...parameters);
    if (!isStandard) refuseInNode(`fs.${name}`);
    const bytes = written(parameters);
    print(bytes);
    if (isSync) return bytes.length;
    callLater(parameters.at(-1), null, bytes.length, parameters[0]);
    return undefined;
  };
  // These include the names that `promisify` gives to the callback's arguments.
  for (const key of Object.getOwnPropertySymbols(native)) {
    Object.defineProperty(replaced, key, Object.getOwnPropertyDescriptor(native, key) ?? {});
  }
  return slot(fs, name, replaced);
}

/** A console that already existed keeps its own time, which the node must not see. */
function consoleSlots(): Slot[] {
  const names = Object.keys(console).filter((name) => typeof Reflect.get(console, name) === 'function');
  return names.map((name) => {
    const native = Reflect.get(console, name) as AnyFunction;
    return slot(console, name, (...parameters: unknown[]): unknown => {
      if (currentNode() === undefined) return native.apply(console, parameters);
      return isMuted() ? undefined : outsideEveryNode(() => native.apply(console, parameters));
    });
  });
}

/** The standard streams and their descriptors. */
export function output(): Slot[] {
  return [
    ...streamSlots(process.stdout),
    ...streamSlots(process.stderr),
    ...pipeSlots(process.stdout),
    ...pipeSlots(process.stderr),
    descriptorSlot('write', partOf),
    descriptorSlot('writeSync', partOf),
    descriptorSlot('writev', joined),
    descriptorSlot('writevSync', joined),
    ...consoleSlots(),
  ];
}
