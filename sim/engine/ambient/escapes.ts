/**
 * The ways out of the simulation: sockets, files, other processes and threads, whose answers come in real time and can
 * be neither ordered nor repeated. Code of a node that takes one fails there and then, and the run with it, in words
 * that name the node. Invariant: outside every node they are as ever.
 */
/* eslint-disable no-restricted-imports -- to bar nodes from them they have to be named */
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import workerThreads from 'node:worker_threads';
import zlib from 'node:zlib';
/* eslint-enable no-restricted-imports */
import { currentNode } from '../node.js';
import { replace } from './replace.js';

interface WayOut {
  /** As people call it; the name of the function is put behind it. */
  readonly module: string;
  readonly target: object;
  readonly names: readonly string[];
}

/** Functions of a module but those that are done when they return, or that only make something. */
function functionsOf(target: object, isHarmless: (name: string) => boolean = () => false): string[] {
  return Object.keys(target).filter(
    (name) =>
      /^[a-z]/.test(name) &&
      typeof Reflect.get(target, name) === 'function' &&
      !name.endsWith('Sync') &&
      !isHarmless(name),
  );
}

const FS_HARMLESS = new Set(['close', 'unwatchFile']);

function waysOut(): readonly WayOut[] {
  return [
    { module: 'net.Socket', target: net.Socket.prototype, names: ['connect'] },
    { module: 'net.Server', target: net.Server.prototype, names: ['listen'] },
    { module: 'http.Agent', target: http.Agent.prototype, names: ['addRequest'] },
    { module: 'dgram.Socket', target: dgram.Socket.prototype, names: ['bind', 'connect', 'send'] },
    {
      module: 'dns',
      target: dns,
      names: functionsOf(dns, (name) => /^(get|set)/.test(name)),
    },
    {
      module: 'dns.promises',
      target: dns.promises,
      names: functionsOf(dns.promises, (name) => /^(get|set)/.test(name)),
    },
    { module: 'fs', target: fs, names: functionsOf(fs, (name) => FS_HARMLESS.has(name)) },
    { module: 'fs.promises', target: fs.promises, names: functionsOf(fs.promises) },
    {
      module: 'child_process',
      target: childProcess.ChildProcess.prototype,
      names: ['spawn'],
    },
    { module: 'child_process', target: childProcess, names: ['execFileSync', 'execSync', 'spawnSync'] },
    {
      module: 'worker_threads',
      target: workerThreads,
      names: ['Worker', 'MessageChannel', 'BroadcastChannel'],
    },
    {
      module: 'crypto',
      target: crypto,
      names: ['checkPrime', 'generateKey', 'generateKeyPair', 'generatePrime', 'hkdf', 'pbkdf2', 'scrypt'],
    },
    {
      module: 'crypto.subtle',
      target: Object.getPrototypeOf(crypto.subtle) as object,
      names: ['decrypt', 'deriveBits', 'deriveKey', 'digest', 'encrypt', 'sign', 'verify'],
    },
    { module: 'zlib', target: zlib, names: functionsOf(zlib, (name) => /^(create|crc)/.test(name)) },
    { module: 'Atomics', target: Atomics, names: ['wait', 'waitAsync'] },
    {
      module: '',
      target: globalThis,
      // What else reaches out from here, WebSocket for one, needs a socket for it.
      names: ['fetch', 'MessageChannel', 'BroadcastChannel'],
    },
  ];
}

type AnyFunction = (...parameters: unknown[]) => unknown;

function refuseInNode(name: string): void {
  const node = currentNode();
  if (node === undefined) return;
  const error = new Error(
    `${node.name} called ${name}, which leaves the simulation: what comes of it cannot be repeated`,
  );
  node.engine.reportNodeError(node, error);
  throw error;
}

/** The function, or class, that refuses nodes. A proxy, so that everything else about it stays as it is. */
function guarded(name: string, original: AnyFunction): AnyFunction {
  return new Proxy(original, {
    apply(target, receiver, parameters: unknown[]) {
      refuseInNode(name);
      return Reflect.apply(target, receiver, parameters);
    },
    construct(target, parameters: unknown[], newTarget) {
      refuseInNode(name);
      return Reflect.construct(target, parameters, newTarget) as object;
    },
  });
}

/** Bars them to nodes; returns how to open them again. */
export function barEscapes(): (() => void)[] {
  return waysOut().flatMap(({ module, target, names }) =>
    names.flatMap((name) => {
      const original = Reflect.get(target, name) as unknown;
      if (typeof original !== 'function') return [];
      const called = module === '' ? name : `${module}.${name}`;
      return [replace(target, name, guarded(called, original as AnyFunction))];
    }),
  );
}
