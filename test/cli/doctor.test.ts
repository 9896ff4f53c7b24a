/** `sim doctor` says of each part in one line where it is or what to do. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectNode } from '../../sim/cli/commands/doctor-command.js';
import { inspectRealParts } from '../../sim/cli/commands/inspect-real-parts.js';
import { sim } from './harness.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-doctor-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function program(name: string, output: string): void {
  const bin = path.join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, name), `#!/bin/sh\necho '${output}'\n`);
  chmodSync(path.join(bin, name), 0o755);
}

function inspect(given: { readonly endpoints?: readonly string[]; readonly toxiproxy?: string } = {}) {
  return inspectRealParts({
    endpoints: given.endpoints,
    toxiproxy: given.toxiproxy,
    etcdVersion: '3.6',
    env: { PATH: path.join(directory, 'bin'), SIM_CACHE_DIR: path.join(directory, 'cache'), HOME: directory },
  });
}

describe('sim doctor', () => {
  it('exits 0 where everything is there', async () => {
    const useCases = { inspect: () => Promise.resolve([{ name: 'etcd', usable: true, text: '3.6.14' }]) };
    const done = await sim(['doctor'], { useCases });
    expect(done.code).toBe(0);
    expect(done.stdout.lines).toEqual([
      `ok       Node.js  ${process.versions.node}`,
      'ok       etcd     3.6.14',
    ]);
  });

  it('exits 70 where something is missing', async () => {
    const useCases = {
      inspect: () => Promise.resolve([{ name: 'etcd', usable: false, text: 'install Go' }]),
    };
    const done = await sim(['doctor'], { useCases });
    expect(done.code).toBe(70);
    expect(done.stdout.lines.at(-1)).toBe('missing  etcd     install Go');
  });

  it('exits 0 if only parts are missing that are not needed', async () => {
    const useCases = {
      inspect: () =>
        Promise.resolve([{ name: 'etcd 3.4', usable: false, needed: false, text: 'put it on PATH' }]),
    };
    const done = await sim(['doctor'], { useCases });
    expect(done.code).toBe(0);
    expect(done.stdout.lines.at(-1)).toBe('absent   etcd 3.4  put it on PATH');
  });

  it.each([
    ['20.19.0', true],
    ['20.18.9', false],
    ['22.0.0', true],
    ['19.99.0', false],
    ['100.0.0', true],
  ])('judges Node.js %s', (version, usable) => {
    expect(inspectNode(version).usable).toBe(usable);
  });
});

describe('etcd and Toxiproxy', () => {
  it('are missing where there is neither program nor Go', async () => {
    const [etcd, toxiproxy] = await inspect();
    expect(etcd).toMatchObject({ name: 'etcd', usable: false });
    expect(etcd?.text).toContain('install Go');
    expect(toxiproxy).toMatchObject({ name: 'Toxiproxy', usable: false });
  });

  it('would be built where there is Go, and are not built', async () => {
    program('go', 'must not run');
    const parts = await inspect();
    expect(parts.slice(0, 2).map(({ usable }) => usable)).toEqual([true, true]);
    expect(parts[0]?.text).toContain('builds it with Go');
    expect(readdirSync(directory, { recursive: true })).not.toContainEqual(expect.stringContaining('etcd-3'));
  });

  it('are looked for in the other versions, too, which are needed only if you ask for them', async () => {
    program('go', 'must not run');
    program('etcd', 'etcd Version: 3.4.23');
    const [, , ...others] = await inspect();
    expect(others.map(({ name, usable, needed }) => [name, usable, needed])).toEqual([
      ['etcd 3.4', true, false],
      ['etcd 3.5', true, false],
      ['etcd 3.7', true, false],
    ]);
    expect(others[0]?.text).toContain('3.4.23 at ');
    expect(others[1]?.text).toContain('builds it with Go');
  });

  it('of version 3.4 cannot be built', async () => {
    program('go', 'must not run');
    const [, , first] = await inspect();
    expect(first).toMatchObject({ name: 'etcd 3.4', usable: false });
    expect(first?.text).toContain('SIM_ETCD_3_4_BIN');
  });

  it('are found on PATH', async () => {
    program('etcd', 'etcd Version: 3.6.14');
    const [etcd] = await inspect();
    expect(etcd).toMatchObject({ usable: true, text: expect.stringContaining('3.6.14 at ') as string });
  });

  it('answer where they were given', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const answering = await inspect({ endpoints: [url], toxiproxy: url });
    await new Promise((resolve) => server.close(resolve));
    const silent = await inspect({ endpoints: [url], toxiproxy: url });
    expect(answering.map(({ usable }) => usable)).toEqual([true, true]);
    expect(silent.map(({ usable }) => usable)).toEqual([false, false]);
    expect(silent[0]?.text).toContain(url);
  });
});
