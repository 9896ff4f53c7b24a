/** How the programs of the real backend are found and built, with stand-ins for all of them. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provision, type Provision } from '../../sim/backend/real/provision.js';
import {
  composeConfigTool,
  etcdTool,
  sourceOf,
  toxiproxyTool,
  type Env,
} from '../../sim/backend/real/tools.js';
import { eventually } from '../eventually.js';
import { FakeMachine, fakeTool } from './support/fake-programs.js';

let machine: FakeMachine;
let lines: string[];

beforeEach(() => {
  machine = new FakeMachine();
  lines = [];
});
afterEach(() => machine.remove());

function find(env: Env = machine.env, signal?: AbortSignal): Promise<Provision> {
  const root = join(machine.directory, 'root');
  return provision(fakeTool, { env, root, signal, progress: (line) => lines.push(line) });
}

function cachedFiles(): string[] {
  return readdirSync(machine.cache).sort();
}

describe('a missing program', () => {
  it('is built into the cache, with two lines of progress', async () => {
    machine.writeModule();
    machine.writeGo();
    const found = await find();
    expect(found).toMatchObject({ kind: 'found', version: '3.6.14', from: 'build' });
    expect(cachedFiles()).toEqual([expect.stringMatching(/^fake-3\.6\.14-[0-9a-f]{12}$/)]);
    expect(lines).toEqual([
      'building Fake 3.6.14 from tools/fake (about a minute)',
      expect.stringMatching(/^built Fake 3\.6\.14 in \d+ s$/),
    ]);
  });

  it('is taken from the cache afterwards, without Go', async () => {
    machine.writeModule();
    machine.writeGo();
    const built = await find();
    rmSync(join(machine.bin, 'go'));
    lines = [];
    expect(await find()).toEqual({ ...built, from: 'cache' });
    expect(machine.goCalls).toBe(1);
    expect(lines).toEqual([]);
  });

  it('is built anew when its sums change', async () => {
    machine.writeModule('one');
    machine.writeGo();
    await find();
    machine.writeModule('two');
    expect(await find()).toMatchObject({ from: 'build' });
    expect(cachedFiles()).toHaveLength(2);
  });

  it('is built once when two want it at the same time', async () => {
    machine.writeModule();
    machine.writeGo();
    const both = await Promise.all([find(), find()]);
    expect(both).toEqual([
      expect.objectContaining({ kind: 'found' }),
      expect.objectContaining({ kind: 'found' }),
    ]);
    expect(machine.goCalls).toBe(1);
    expect(lines).toContain('waiting while another process builds Fake 3.6.14');
  });

  it('is built although a process died while building it', async () => {
    const source = sourceOf(fakeTool, machine.writeModule());
    machine.writeGo();
    mkdirSync(machine.cache);
    const gone = 2 ** 22 + 1; // above the highest process id of Linux and macOS
    writeFileSync(join(machine.cache, `fake-3.6.14-${source?.fingerprint}.lock`), String(gone));
    expect(await find()).toMatchObject({ kind: 'found', from: 'build' });
    expect(cachedFiles()).toHaveLength(1);
  });

  it('is unavailable without Go, and the message says in one line what to do', async () => {
    machine.writeModule();
    expect(await find()).toEqual({
      kind: 'unavailable',
      message:
        'no fake on PATH and no Go to build it; install Go >= 1.25, or put fake >= 3.4 on PATH, or set SIM_FAKE_BIN',
    });
  });

  it('is unavailable where it may not be built, and the message says how long a build takes', async () => {
    const root = machine.writeModule();
    machine.writeGo();
    const options = { env: machine.env, root, builds: false, progress: (line: string) => lines.push(line) };
    expect(await provision({ ...fakeTool, buildTime: 'an hour' }, options)).toEqual({
      kind: 'unavailable',
      message: 'no Fake 3.6.14 in the cache, and building it takes an hour',
    });
    expect(machine.goCalls).toBe(0);
  });

  it('is unavailable when the build fails, with go’s last line, and leaves nothing in the cache', async () => {
    machine.writeModule();
    machine.writeGo('echo "go: downloading x" >&2; echo "x: no such host" >&2; exit 1');
    expect(await find()).toEqual({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^no fake on PATH and building it failed: x: no such host; install Go/,
      ) as string,
    });
    expect(cachedFiles()).toEqual([]);
  });

  it('leaves nothing in the cache when its build is interrupted', async () => {
    machine.writeModule();
    const interrupt = new AbortController();
    machine.writeGo('exec /bin/sleep 600');
    const search = find(machine.env, interrupt.signal);
    await eventually('go is called', () => (machine.goCalls === 1 ? true : undefined));
    interrupt.abort(new Error('interrupted'));
    await expect(search).rejects.toThrow('interrupted');
    expect(cachedFiles()).toEqual([]);
  });
});

describe('an installed program', () => {
  it('is taken from PATH rather than built', async () => {
    machine.writeModule();
    machine.writeGo();
    const path = machine.writeProgram('3.5.9');
    expect(await find()).toEqual({ kind: 'found', path, version: '3.5.9', from: 'PATH' });
    expect(machine.goCalls).toBe(0);
  });

  it('is not taken from PATH when it is too old, and the message says so', async () => {
    machine.writeModule();
    const path = machine.writeProgram('3.3.27');
    expect(await find()).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(
        `${path} on PATH cannot be used: it is 3.3.27, older than 3.4`,
      ) as string,
    });
  });

  it('is not taken from PATH when the cache has the pinned version', async () => {
    machine.writeModule();
    machine.writeGo();
    await find();
    machine.writeProgram('3.5.9');
    expect(await find()).toMatchObject({ version: '3.6.14', from: 'cache' });
  });

  it('is taken from the environment variable’s path before all else', async () => {
    machine.writeModule();
    machine.writeGo();
    await find();
    const path = machine.writeProgram('3.7.1', join(machine.directory, 'elsewhere'));
    const env = { ...machine.env, SIM_FAKE_BIN: path };
    expect(await find(env)).toEqual({ kind: 'found', path, version: '3.7.1', from: 'environment' });
  });

  it('is unavailable when the environment variable names no executable file, even if another exists', async () => {
    machine.writeProgram('3.5.9');
    const path = join(machine.directory, 'nothing');
    expect(await find({ ...machine.env, SIM_FAKE_BIN: path })).toEqual({
      kind: 'unavailable',
      message: `SIM_FAKE_BIN: expected the path of Fake, got "${path}", which is not an executable file`,
    });
  });
});

describe('the pinned programs', () => {
  it('are the versions that the documentation names', () => {
    expect(sourceOf(etcdTool)?.version).toBe('3.6.14');
    expect(sourceOf(toxiproxyTool)?.version).toBe('2.12.0');
    expect(sourceOf(composeConfigTool)?.version).toMatch(/^2\./);
  });
});
