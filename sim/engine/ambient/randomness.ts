/**
 * `Math.random`, the Web Crypto object and the random functions of `node:crypto` as draws from the running node's
 * own stream. Keys and ids made in a run are reproducible, hence worthless as secrets outside it.
 */
import nodeCrypto from 'node:crypto';
import { currentNode } from '../node.js';
import type { RandomStream } from '../random.js';
import { replace } from './replace.js';

const native = {
  random: Math.random,
  getRandomValues: crypto.getRandomValues.bind(crypto),
  randomUUID: nodeCrypto.randomUUID,
  randomBytes: nodeCrypto.randomBytes,
  randomFillSync: nodeCrypto.randomFillSync,
  randomFill: nodeCrypto.randomFill,
  randomInt: nodeCrypto.randomInt,
};

type AnyFunction = (...parameters: unknown[]) => unknown;

function fill<T extends ArrayBufferView>(stream: RandomStream, view: T): T {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let index = 0; index < bytes.length; index++) bytes[index] = stream.uint32() & 0xff;
  return view;
}

/** A version 4 UUID (RFC 9562, section 5.4). */
function uuid(stream: RandomStream): string {
  const bytes = fill(stream, Buffer.alloc(16));
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

function randomInt(stream: RandomStream, parameters: unknown[]): unknown {
  const numbers = parameters.filter((parameter) => typeof parameter === 'number');
  const [min, max] = numbers.length > 1 ? [numbers[0] ?? 0, numbers[1] ?? 0] : [0, numbers[0] ?? 0];
  return answer(stream.integer(min, max - 1), parameters.at(-1));
}

/** Uses the node's stream inside a node and the native function elsewhere. */
function drawn(
  fallback: AnyFunction,
  draw: (stream: RandomStream, parameters: unknown[]) => unknown,
): AnyFunction {
  return (...parameters) => {
    const node = currentNode();
    return node === undefined ? fallback(...parameters) : draw(node.random, parameters);
  };
}

/** Replaces the sources of randomness; returns how to restore them. */
export function replaceRandomness(): (() => void)[] {
  const getRandomValues = drawn(native.getRandomValues as AnyFunction, (stream, [view]) =>
    fill(stream, view as ArrayBufferView),
  );
  const randomUUID = drawn(native.randomUUID as AnyFunction, uuid);
  return [
    replace(
      Math,
      'random',
      drawn(native.random, (stream) => stream.double()),
    ),
    replace(crypto, 'getRandomValues', getRandomValues),
    replace(crypto, 'randomUUID', randomUUID),
    replace(nodeCrypto, 'randomUUID', randomUUID),
    replace(
      nodeCrypto,
      'randomBytes',
      drawn(native.randomBytes as AnyFunction, (stream, [size, callback]) =>
        answer(fill(stream, Buffer.alloc(size as number)), callback),
      ),
    ),
    replace(
      nodeCrypto,
      'randomFillSync',
      drawn(native.randomFillSync as AnyFunction, (stream, [view, offset, size]) => {
        const target = view as Uint8Array;
        const start = (offset as number | undefined) ?? 0;
        const end = size === undefined ? target.length : start + (size as number);
        fill(stream, target.subarray(start, end));
        return target;
      }),
    ),
    replace(
      nodeCrypto,
      'randomFill',
      drawn(native.randomFill as AnyFunction, (stream, parameters) =>
        answer(fill(stream, parameters[0] as Uint8Array), parameters.at(-1)),
      ),
    ),
    replace(nodeCrypto, 'randomInt', drawn(native.randomInt as AnyFunction, randomInt)),
  ];
}
