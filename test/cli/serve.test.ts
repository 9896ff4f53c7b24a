/** `sim serve`: what it asks for, what it prints, how it ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import type { ServeOptions } from '../../sim/serve/serve.js';
import { sim } from './harness.js';

/** An etcd that is interrupted as soon as it is served. */
function interrupted(endpoints = ['http://127.0.0.1:2379']) {
  const orders: ServeOptions[] = [];
  const interruption = new AbortController();
  let closed = 0;
  const serveEtcd = (order: ServeOptions) => {
    orders.push(order);
    interruption.abort();
    const close = () => Promise.resolve(void closed++);
    return Promise.resolve({ endpoints, close });
  };
  return {
    orders,
    world: { useCases: { serveEtcd }, signal: interruption.signal },
    closed: () => closed,
  };
}

describe('sim serve', () => {
  it('listens where etcd does, on loopback alone', async () => {
    const { orders, world } = interrupted();
    await sim(['serve'], world);
    expect(orders).toMatchObject([
      { listen: '127.0.0.1:2379', members: 1, tls: undefined, version: '3.6', quotaBackendBytes: 0 },
    ]);
  });

  it('has as much room as it is given', async () => {
    const { orders, world } = interrupted();
    await sim(['serve', '--quota-backend-bytes', '4000000'], world);
    expect(orders).toMatchObject([{ quotaBackendBytes: 4_000_000 }]);
  });

  it('is the etcd of the version that is asked for, and says so', async () => {
    const { orders, world } = interrupted();
    const done = await sim(['serve', '--etcd-version', '3.4'], world);
    expect(orders).toMatchObject([{ version: '3.4' }]);
    expect(done.stderr.text).toContain('etcd 3.4');
  });

  it('prints its endpoint, and on stderr that its data is in memory', async () => {
    const done = await sim(['serve'], interrupted().world);
    expect(done.stdout.text).toBe('http://127.0.0.1:2379\n');
    expect(done.stderr.lines).toHaveLength(1);
    expect(done.stderr.text).toContain('from memory');
  });

  it.each([
    ['http://0.0.0.0:2379', 1],
    ['http://[::]:2379', 1],
    ['https://etcd.example:2379', 1],
    ['http://127.8.9.1:2379', 0],
    ['http://[::1]:2379', 0],
    ['http://localhost:2379', 0],
  ])('warns where other machines may reach it: %s', async (endpoint, warnings) => {
    const { stderr } = await sim(['serve'], interrupted([endpoint]).world);
    const warned = stderr.lines.filter((line) => line.includes('warning') && line.includes(endpoint));
    expect(warned).toHaveLength(warnings);
  });

  it('reports an exception that nobody has caught, and serves on', async () => {
    const { world } = interrupted();
    let outlived = 0;
    const outliveExceptions = (report: (error: unknown) => void) => {
      report(new Error('of nobody'));
      return () => outlived++;
    };
    const serveEtcd = (options: ServeOptions) => {
      options.onInternalError?.(new Error('of a call'));
      return world.useCases.serveEtcd(options);
    };
    const done = await sim(['serve'], { ...world, useCases: { serveEtcd }, outliveExceptions });
    expect(done.code).toBe(0);
    expect(done.stderr.text).toContain('of a call');
    expect(done.stderr.text).toContain('of nobody');
    expect(outlived).toBe(1);
  });

  it('is closed by an interruption and ends with 0', async () => {
    const { world, closed } = interrupted();
    expect((await sim(['serve'], world)).code).toBe(0);
    expect(closed()).toBe(1);
  });

  it('serves over TLS with the files it is given', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'sim-serve-'));
    writeFileSync(path.join(directory, 'a.pem'), 'certificate');
    writeFileSync(path.join(directory, 'b.pem'), 'key');
    const { orders, world } = interrupted();
    const files = ['--cert-file', 'a.pem', '--key-file', 'b.pem'];
    await sim(['serve', ...files], { ...world, cwd: directory });
    rmSync(directory, { recursive: true });
    expect(orders[0]?.tls).toEqual({ certificate: 'certificate', key: 'key' });
  });

  it.each([
    [['--listen', '2379'], '--listen: expected HOST:PORT'],
    [['--listen', '127.0.0.1:65536'], '--listen: expected HOST:PORT'],
    [['--quota-backend-bytes', '4MB'], '--quota-backend-bytes: expected a whole number'],
    [['--cert-file', 'a.pem'], '--cert-file needs --key-file'],
    [['--key-file', 'a.pem'], '--key-file is of use only with --cert-file'],
  ])('ends with 64 where the flags make no sense: %j', async (flags, message) => {
    const done = await sim(['serve', ...flags], interrupted().world);
    expect(done.code).toBe(64);
    expect(done.stderr.lines).toHaveLength(1);
    expect(done.stderr.text).toContain(message);
  });

  it('ends with 70 and one line where it cannot listen', async () => {
    const serveEtcd = () => Promise.reject(new EnvironmentError('cannot listen: the port is taken'));
    const done = await sim(['serve'], { useCases: { serveEtcd } });
    expect(done.code).toBe(70);
    expect(done.stderr.text).toBe('sim: cannot listen: the port is taken\n');
  });

  it('ends with 70 and one line where a file cannot be read', async () => {
    const files = ['--cert-file', 'missing.pem', '--key-file', 'missing.pem'];
    const done = await sim(['serve', ...files], interrupted().world);
    expect(done.code).toBe(70);
    expect(done.stderr.lines).toHaveLength(1);
    expect(done.stderr.text).toContain('cannot read "missing.pem"');
  });
});
