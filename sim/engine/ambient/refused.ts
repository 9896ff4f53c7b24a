/**
 * What nodes may not call, as data, module by module. Invariant: everything that answers in real time,
 * reveals the real machine, or changes the real process is listed here or has a replacement.
 * `test/engine/audit.test.ts` goes through all of Node.js.
 */
/* eslint-disable no-restricted-imports -- to bar nodes from them they have to be named */
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import inspector from 'node:inspector';
import net from 'node:net';
import os from 'node:os';
import perfHooks from 'node:perf_hooks';
import timers from 'node:timers';
import util from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';
import zlib from 'node:zlib';
/* eslint-enable no-restricted-imports */
import { currentNode } from '../node.js';
import { isImporting } from './imports.js';
import { isRepeatable } from './signatures.js';

export interface Refused {
  /** The prefix under which people call it; the function's name follows. */
  readonly module: string;
  readonly target: object;
  readonly names: readonly string[];
  /** Whether a call is allowed after all; by default no call is. */
  readonly isHarmless?: (parameters: unknown[], receiver: unknown) => boolean;
}

/** The functions of a module, except those that finish before they return or only construct something. */
function functionsOf(target: object, isHarmless: (name: string) => boolean = () => false): string[] {
  return Object.keys(target).filter(
    (name) =>
      /^[a-z]/.test(name) &&
      typeof Reflect.get(target, name) === 'function' &&
      !name.endsWith('Sync') &&
      !isHarmless(name),
  );
}

/** The methods of a class, except those that match. */
function methodsOf(target: { readonly prototype: object }, harmless = /^constructor$/): string[] {
  return Object.getOwnPropertyNames(target.prototype).filter((name) => !harmless.test(name));
}

/** `write` and `writev` also serve standard output, and have replacements. */
const FS_HARMLESS = new Set(['close', 'unwatchFile', 'write', 'writev']);
const DNS_HARMLESS = /^(get|set)/;

function files(): Refused[] {
  return [
    {
      module: 'fs',
      target: fs,
      names: [
        ...functionsOf(fs, (name) => FS_HARMLESS.has(name)),
        // Their names are random.
        ...['mkdtempSync', 'mkdtempDisposableSync'],
        ...['ReadStream', 'WriteStream', 'FileReadStream', 'FileWriteStream', 'Utf8Stream'],
      ],
    },
    {
      module: 'fs',
      target: fs,
      names: ['close', 'closeSync'],
      // The standard streams belong to the command.
      isHarmless: ([descriptor]) => typeof descriptor !== 'number' || descriptor > 2,
    },
    {
      module: 'fs',
      target: fs,
      names: ['readFileSync'],
      // From Node.js 24 on, the loader reads modules with it.
      isHarmless: () => currentNode() === undefined || !isImporting(),
    },
    { module: 'fs.promises', target: fs.promises, names: functionsOf(fs.promises) },
    {
      module: 'fs.Dir',
      target: fs.Dir.prototype,
      names: methodsOf(fs.Dir, /^(constructor|path|.*Sync)$/),
    },
  ];
}

function sockets(): Refused[] {
  const resolvers = [
    { module: 'dns.Resolver', target: dns.Resolver },
    { module: 'dns.promises.Resolver', target: dns.promises.Resolver },
  ];
  return [
    { module: 'net.Socket', target: net.Socket.prototype, names: ['connect'] },
    { module: 'net.Server', target: net.Server.prototype, names: ['listen'] },
    { module: 'http.Agent', target: http.Agent.prototype, names: ['addRequest'] },
    { module: 'dgram.Socket', target: dgram.Socket.prototype, names: ['bind', 'connect', 'send'] },
    { module: 'dns', target: dns, names: functionsOf(dns, (name) => DNS_HARMLESS.test(name)) },
    {
      module: 'dns.promises',
      target: dns.promises,
      names: functionsOf(dns.promises, (name) => DNS_HARMLESS.test(name)),
    },
    ...resolvers.map(({ module, target }) => ({
      module,
      target: target.prototype,
      names: methodsOf(target),
    })),
    {
      module: '',
      target: globalThis,
      names: ['fetch', 'WebSocket', 'EventSource', 'MessageChannel', 'BroadcastChannel'],
    },
  ];
}

/** Other processes and threads, and everything that changes or reveals the real one. */
function processes(): Refused[] {
  return [
    { module: 'child_process', target: childProcess.ChildProcess.prototype, names: ['spawn'] },
    { module: 'child_process', target: childProcess, names: ['execFileSync', 'execSync', 'spawnSync'] },
    {
      module: 'worker_threads',
      target: workerThreads,
      names: [
        ...['Worker', 'MessageChannel', 'BroadcastChannel', 'postMessageToThread'],
        ...['moveMessagePortToContext', 'setEnvironmentData'],
      ],
    },
    // A test runner asks its main process through it.
    { module: 'MessagePort', target: MessagePort.prototype, names: ['postMessage'] },
    { module: 'Atomics', target: Atomics, names: ['wait', 'waitAsync'] },
    {
      module: 'process',
      target: process,
      names: [
        ...['abort', 'kill', '_kill', 'reallyExit', 'execve', 'dlopen', 'binding', '_linkedBinding'],
        ...['chdir', 'setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups', 'loadEnvFile'],
        ...[
          'send',
          '_send',
          '_disconnect',
          'disconnect',
          'openStdin',
          'setUncaughtExceptionCaptureCallback',
          'addUncaughtExceptionCaptureCallback',
        ],
        ...['getActiveResourcesInfo', '_getActiveRequests', '_getActiveHandles'],
        ...[
          '_debugProcess',
          '_debugEnd',
          '_startProfilerIdleNotifier',
          '_stopProfilerIdleNotifier',
          '_rawDebug',
        ],
      ],
    },
    { module: 'process.report', target: process.report ?? {}, names: ['getReport', 'writeReport'] },
    // Legacy functions that work with native timers.
    { module: 'timers', target: timers, names: ['active', '_unrefActive', 'enroll', 'unenroll'] },
    { module: 'os', target: os, names: ['setPriority'] },
    {
      module: 'v8',
      target: v8,
      names: functionsOf(v8, (name) => /^(de)?serialize$|^isStringOneByte/.test(name)).concat('GCProfiler'),
    },
    {
      module: 'vm',
      target: vm,
      names: ['createContext', 'runInContext', 'runInNewContext', 'measureMemory'],
    },
    { module: 'vm.Script', target: vm.Script.prototype, names: ['runInContext', 'runInNewContext'] },
    { module: 'inspector', target: inspector, names: ['open', 'close', 'waitForDebugger', 'url'] },
    {
      module: 'inspector.Session',
      target: inspector.Session.prototype,
      // A debugger that was connected before works in the code that it has stopped.
      names: ['connect', 'connectToMainThread'],
    },
    // They have native timers.
    { module: 'util', target: util, names: ['debounce', 'throttle'] },
    { module: 'URL', target: URL, names: ['createObjectURL', 'revokeObjectURL'] },
    {
      module: 'perf_hooks',
      target: perfHooks,
      names: ['monitorEventLoopDelay', 'createSlidingWindowHistogram'],
    },
    { module: 'PerformanceObserver', target: PerformanceObserver.prototype, names: ['observe'] },
    { module: 'performance', target: performance, names: ['markResourceTiming'] },
    {
      module: 'Blob',
      target: Blob.prototype,
      names: ['arrayBuffer', 'bytes', 'stream', 'text', 'textStream'],
    },
  ];
}

/** Functions that work in other threads, or use randomness of their own. */
function computations(): Refused[] {
  return [
    {
      module: 'crypto',
      target: crypto,
      names: [
        ...['checkPrime', 'hkdf', 'pbkdf2', 'scrypt', 'argon2', 'secureHeapUsed', 'setEngine', 'setFips'],
        ...['generateKey', 'generateKeyPair', 'generatePrime', 'encapsulate', 'decapsulate'],
        ...['generateKeySync', 'generateKeyPairSync', 'generatePrimeSync', 'publicEncrypt', 'randomUUIDv7'],
      ],
    },
    {
      module: 'crypto',
      target: crypto,
      names: ['createDiffieHellman'],
      // Given a number, it searches for a prime.
      isHarmless: ([prime]) => typeof prime !== 'number',
    },
    {
      module: 'crypto',
      target: crypto,
      names: ['sign'],
      isHarmless: ([, , key, callback]) => callback === undefined && isRepeatable(key),
    },
    {
      module: 'crypto',
      target: crypto,
      names: ['verify', 'diffieHellman'],
      isHarmless: (parameters) => typeof parameters.at(-1) !== 'function',
    },
    {
      module: 'crypto.Sign',
      target: crypto.Sign.prototype,
      names: ['sign'],
      isHarmless: ([key]) => isRepeatable(key),
    },
    ...['DiffieHellman', 'DiffieHellmanGroup', 'ECDH'].map((name) => ({
      module: `crypto.${name}`,
      target: (Reflect.get(crypto, name) as { readonly prototype: object }).prototype,
      names: ['generateKeys'],
    })),
    {
      module: 'crypto.subtle',
      target: Object.getPrototypeOf(crypto.subtle) as object,
      names: Object.getOwnPropertyNames(Object.getPrototypeOf(crypto.subtle)).filter(
        (name) => name !== 'constructor',
      ),
    },
    {
      module: 'zlib',
      target: zlib,
      // The streams work in threads, however they are made.
      names: Object.keys(zlib).filter(
        (name) => typeof Reflect.get(zlib, name) === 'function' && !/Sync$|^crc32$/.test(name),
      ),
    },
    { module: '', target: globalThis, names: ['CompressionStream', 'DecompressionStream'] },
    {
      module: 'WebAssembly',
      target: Reflect.get(globalThis, 'WebAssembly') as object,
      names: ['compileStreaming', 'instantiateStreaming'],
    },
  ];
}

/** All of them. */
export function refused(): readonly Refused[] {
  return [...files(), ...sockets(), ...processes(), ...computations()];
}
