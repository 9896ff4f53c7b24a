/**
 * `Math.random`, the Web Crypto object and the random functions of `node:crypto` as draws from the running
 * node's own stream. Keys and ids made in a run are reproducible, so they are worthless as secrets outside
 * it. Invariant: invalid arguments get Node.js's own error.
 */
import nodeCrypto from 'node:crypto';
import type { RandomStream } from '../random.js';
import { slot, type Slot } from './slot.js';
import { surroundings } from './surroundings.js';

type AnyFunction = (...parameters: unknown[]) => unknown;

const native = {
  random: Math.random,
  getRandomValues: crypto.getRandomValues.bind(crypto) as AnyFunction,
  randomUUID: nodeCrypto.randomUUID as AnyFunction,
  randomBytes: nodeCrypto.randomBytes as AnyFunction,
  randomFillSync: nodeCrypto.randomFillSync as AnyFunction,
  randomFill: nodeCrypto.randomFill as AnyFunction,
  randomInt: nodeCrypto.randomInt as AnyFunction,
};

function fillBytes(stream: RandomStream, bytes: Uint8Array): Uint8Array {
  for (let index = 0; index < bytes.length; index++) bytes[index] = stream.uint32() & 0xff;
  return bytes;
}

/** A version 4 UUID (RFC 9562, section 5.4). */
function uuid(stream: RandomStream): string {
  const bytes = Buffer.from(fillBytes(stream, new Uint8Array(16)));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Answers a `node:crypto` function that takes an optional callback. */
function answer(value: unknown, callback: unknown): unknown {
  if (typeof callback !== 'function') return value;
  process.nextTick(callback, null, value);
  return undefined;
}

function isCallback(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

function randomUUID(stream: RandomStream, [options]: unknown[]): string {
  if (options !== undefined) native.randomUUID(options);
  return uuid(stream);
}

function randomBytes(stream: RandomStream, [size, callback]: unknown[]): unknown {
  if (!isCallback(callback)) return native.randomBytes(size, callback);
  native.randomBytes(size);
  return answer(fillBytes(stream, Buffer.alloc(size as number)), callback);
}

/** `randomInt([min,] max[, callback])`. */
function randomInt(stream: RandomStream, [first, second, third]: unknown[]): unknown {
  const [min, max, callback] = isCallback(second) ? [0, first, second] : [first, second, third];
  if (!isCallback(callback)) return native.randomInt(min, max, callback);
  native.randomInt(min, max);
  return answer(stream.integer(min as number, (max as number) - 1), callback);
}

type Fillable = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** The bytes that `randomFill` should fill. Offset and size count elements; a buffer's elements are bytes. */
function bytesOf(target: Fillable, offset: unknown, size: unknown): Uint8Array {
  const [buffer, start] = ArrayBuffer.isView(target) ? [target.buffer, target.byteOffset] : [target, 0];
  const width = (target as { readonly BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const from = ((offset as number | undefined) ?? 0) * width;
  const length = size === undefined ? target.byteLength - from : (size as number) * width;
  return new Uint8Array(buffer, start + from, length);
}

function randomFillSync(stream: RandomStream, [target, offset, size]: unknown[]): unknown {
  native.randomFillSync(target, offset, size);
  fillBytes(stream, bytesOf(target as Fillable, offset, size));
  return target;
}

/** `randomFill(target[, offset[, size]], callback)`. */
function randomFill(stream: RandomStream, parameters: unknown[]): unknown {
  const at = parameters.findIndex((parameter) => typeof parameter === 'function');
  if (at < 1 || at > 3) return native.randomFill(...parameters);
  const [target, offset, size] = parameters.slice(0, at);
  return answer(randomFillSync(stream, [target, offset, size]), parameters[at]);
}

function getRandomValues(stream: RandomStream, [view]: unknown[]): unknown {
  native.getRandomValues(view);
  fillBytes(stream, bytesOf(view as ArrayBufferView, undefined, undefined));
  return view;
}

/** Uses the node's stream inside a node and the native function elsewhere. */
function drawn(
  fallback: AnyFunction,
  draw: (stream: RandomStream, parameters: unknown[]) => unknown,
): AnyFunction {
  return function (this: unknown, ...parameters) {
    const here = surroundings();
    if (here === undefined) return Reflect.apply(fallback, this, parameters);
    return draw(here.random, parameters);
  };
}

function random(): number {
  return surroundings()?.random.double() ?? native.random();
}

/** The sources of randomness. */
export function randomness(): Slot[] {
  const webCrypto = Object.getPrototypeOf(crypto) as object;
  const values = drawn(Reflect.get(webCrypto, 'getRandomValues') as AnyFunction, getRandomValues);
  const webUuid = drawn(Reflect.get(webCrypto, 'randomUUID') as AnyFunction, randomUUID);
  const oneUuid = drawn(native.randomUUID, randomUUID);
  const bytes = drawn(native.randomBytes, randomBytes);
  return [
    slot(Math, 'random', random),
    // `getRandomValues` of `node:crypto` cannot be replaced, and calls it.
    slot(webCrypto, 'getRandomValues', values),
    slot(webCrypto, 'randomUUID', webUuid),
    slot(nodeCrypto, 'randomUUID', oneUuid),
    ...['randomBytes', 'pseudoRandomBytes', 'prng', 'rng'].map((name) => slot(nodeCrypto, name, bytes)),
    slot(nodeCrypto, 'randomFillSync', drawn(native.randomFillSync, randomFillSync)),
    slot(nodeCrypto, 'randomFill', drawn(native.randomFill, randomFill)),
    slot(nodeCrypto, 'randomInt', drawn(native.randomInt, randomInt)),
  ];
}
