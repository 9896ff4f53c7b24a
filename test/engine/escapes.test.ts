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
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };
const nothing = (): void => undefined;

/** What the run says of a node that does this; and that the node was told so itself. */
async function problemOf(escape: () => unknown): Promise<string> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  let told: unknown;
  await engine.run(engine.node('n1'), async () => {
    try {
      await escape();
    } catch (error) {
      told = error;
    }
  });
  const [problem, ...more] = engine.nodeErrors;
  expect(more).toEqual([]);
  expect(problem?.node).toBe('n1');
  expect(problem?.error).toBe(told);
  return problem?.error instanceof Error ? problem.error.message : 'no problem';
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
  'crypto.subtle.digest': () => crypto.subtle.digest('SHA-256', new Uint8Array(1)),
  'zlib.gzip': () => zlib.gzip('a', nothing),
};

describe('code of a node that leaves the simulation fails, and is named:', () => {
  it.each(Object.entries(ESCAPES))('%s', async (name, escape) => {
    expect(await problemOf(escape)).toBe(
      `n1 called ${name}, which leaves the simulation: what comes of it cannot be repeated`,
    );
  });

  it('by whatever way it gets there', async () => {
    expect(await problemOf(() => http2.connect('http://127.0.0.1:9'))).toContain('net.Socket.connect');
    expect(await problemOf(() => lookup('localhost'))).toContain('dns.promises.lookup');
    expect(await problemOf(() => promisify(exec)('true'))).toContain('child_process.spawn');
  });
});

describe('outside every node', () => {
  it('all of it works while a run is under way, and is the same as ever after it', async () => {
    const before = [fs.readFile, globalThis.fetch, Object.getOwnPropertyDescriptor(fs.promises, 'readFile')];
    const engine = new Engine({ seed: 'test', budget: BUDGET });
    const run = engine.run(engine.node('n1'), () => new Promise((resolve) => setTimeout(resolve, 1000)));
    expect(fs.readFile).not.toBe(before[0]);
    expect(await readFile('/dev/null', 'utf8')).toBe('');
    expect(new MessageChannel()).toBeInstanceOf(MessageChannel);
    await run;
    expect([fs.readFile, globalThis.fetch, Object.getOwnPropertyDescriptor(fs.promises, 'readFile')]).toEqual(
      before,
    );
    expect(engine.nodeErrors).toEqual([]);
  });
});

describe('what a node reads without waiting stays as it is', () => {
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
