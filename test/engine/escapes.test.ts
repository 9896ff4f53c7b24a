import childProcess, { exec } from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import dnsPromises, { lookup } from 'node:dns/promises';
import fs, { readFile as readFileWithCallback } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';
import { EscapeError } from '../../sim/engine/escape-error.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };
const { privateKey: ec } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const nothing = (): void => undefined;

/**
 * How a run ends if its node does this, whether the node catches it or not; checks that the node got the
 * error.
 */
async function escapeOf(escape: () => unknown): Promise<EscapeError> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const told: unknown[] = [];
  const end = await engine.run(engine.node('n1'), async () => {
    try {
      await escape();
    } catch (error) {
      told.push(error);
    }
    await new Promise(() => undefined);
  });
  expect(engine.nodeErrors).toEqual([]);
  if (end.kind !== 'failed' || !(end.error instanceof EscapeError)) throw new Error(`it ended ${end.kind}`);
  expect(told).toEqual([end.error]);
  return end.error;
}

const ESCAPES: Readonly<Record<string, () => unknown>> = {
  fetch: () => fetch('http://127.0.0.1:9'),
  MessageChannel: () => new MessageChannel(),
  BroadcastChannel: () => new BroadcastChannel('x'),
  'net.Socket.connect': () => net.connect(9, '127.0.0.1'),
  'net.Server.listen': () => net.createServer().listen(0, '127.0.0.1'),
  'http.Agent.addRequest': () => http.get('http://127.0.0.1:9'),
  'dgram.Socket.send': () => dgram.createSocket('udp4').send('x', 9, '127.0.0.1'),
  'dns.lookup': () => dns.lookup('localhost', nothing),
  'dns.promises.lookup': () => dnsPromises.lookup('localhost'),
  'fs.readFile': () => readFileWithCallback('/dev/null', nothing),
  'fs.promises.readFile': () => readFile('/dev/null'),
  'child_process.spawn': () => childProcess.spawn('true'),
  'child_process.execSync': () => childProcess.execSync('true'),
  'worker_threads.Worker': () => new Worker('', { eval: true }),
  'crypto.scrypt': () => crypto.scrypt('a', 'b', 16, nothing),
  'crypto.generateKeyPairSync': () => crypto.generateKeyPairSync('ed25519'),
  'crypto.createDiffieHellman': () => crypto.createDiffieHellman(64),
  'crypto.ECDH.generateKeys': () => crypto.createECDH('secp256k1').generateKeys(),
  'crypto.sign': () => crypto.sign('sha256', new Uint8Array(1), ec),
  'crypto.Sign.sign': () => crypto.createSign('sha256').update('a').sign(ec),
  'crypto.subtle.digest': () => crypto.subtle.digest('SHA-256', new Uint8Array(1)),
  'crypto.subtle.generateKey': () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, []),
  'crypto.subtle.importKey': () => crypto.subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', true, []),
  'zlib.gzip': () => zlib.gzip('a', nothing),
  'zlib.createGzip': () => zlib.createGzip().end('a'),
  'zlib.Gunzip': () => new zlib.Gunzip(),
  CompressionStream: () => new CompressionStream('gzip'),
  'dns.Resolver.resolve4': () => new dns.Resolver().resolve4('localhost', nothing),
  'dns.promises.Resolver.resolve4': () => new dnsPromises.Resolver().resolve4('localhost'),
  'fs.mkdtempSync': () => fs.mkdtempSync('x'),
  'fs.ReadStream': () => Reflect.construct(fs.ReadStream, ['/dev/null']) as unknown,
  'process.kill': () => process.kill(process.pid, 0),
  'process.stdin': () => process.stdin.read() as unknown,
  'vm.runInNewContext': () => vm.runInNewContext('Date.now()') as unknown,
  'v8.getHeapStatistics': () => v8.getHeapStatistics(),
  'Blob.text': () => new Blob(['a']).text(),
  'PerformanceObserver.observe': () => new PerformanceObserver(nothing).observe({ entryTypes: ['mark'] }),
};

describe('code of a node that leaves the simulation fails, and is named:', () => {
  it.each(Object.entries(ESCAPES))('%s', async (name, escape) => {
    const { node, called, where, message } = await escapeOf(escape);
    expect([node, called]).toEqual(['n1', name]);
    expect(message).toContain(`n1 called ${name} at ${where}, which leaves the simulation`);
    expect(where).toMatch(/test\/engine\/escapes\.test\.ts:\d+:\d+$/);
  });

  it('in a sweep too, whose errors have no stacks', async () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      expect((await escapeOf(() => fetch('http://127.0.0.1:9'))).where).toContain('escapes.test.ts');
      expect(Error.stackTraceLimit).toBe(0);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });

  it('by any route', async () => {
    const ways: Record<string, () => unknown> = {
      'net.Socket.connect': () => http2.connect('http://127.0.0.1:9'),
      'dns.promises.lookup': () => lookup('localhost'),
      'child_process.spawn': () => promisify(exec)('true'),
    };
    for (const [name, way] of Object.entries(ways)) expect((await escapeOf(way)).called).toBe(name);
  });
});

function snapshot(): unknown[] {
  return [fs.readFile, globalThis.fetch, Object.getOwnPropertyDescriptor(fs.promises, 'readFile')];
}

describe('outside every node', () => {
  it('all of it works during a run, and is unchanged after it', async () => {
    const before = snapshot();
    const engine = new Engine({ seed: 'test', budget: BUDGET });
    const run = engine.run(engine.node('n1'), () => new Promise((resolve) => setTimeout(resolve, 1000)));
    expect(snapshot()).not.toEqual(before);
    expect(await readFile('/dev/null', 'utf8')).toBe('');
    expect(new MessageChannel()).toBeInstanceOf(MessageChannel);
    await run;
    expect(snapshot()).toEqual(before);
    expect(engine.nodeErrors).toEqual([]);
  });
});

describe('a node’s synchronous reads are unchanged', () => {
  it('files and hashes', async () => {
    const engine = new Engine({ seed: 'test', budget: BUDGET });
    const end = await engine.run(engine.node('n1'), () =>
      Promise.resolve([
        fs.readFileSync('/dev/null', 'utf8'),
        crypto.createHash('md5').update('a').digest('hex').length,
      ]),
    );
    expect(end).toEqual({ kind: 'completed', value: ['', 32] });
    expect(engine.nodeErrors).toEqual([]);
  });
});
