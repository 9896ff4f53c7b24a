/** The command as a process, as `npm run build` left it: what a user's shell and a CI job see. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../architecture/sources.js';

const command = path.join(root, 'dist/scenarios/main.js');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-command-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sim` in an empty directory; `onStderr` receives all of its standard error so far. */
function sim(
  argv: readonly string[],
  onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
) {
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...argv], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Splits a replay command as a shell does where nothing is quoted. */
function argumentsOf(replay: string): string[] {
  return replay.split(' ').slice(1);
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** What two identical runs may differ in. */
function withoutWallTime(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => (key === 'wallTimeMs' ? undefined : value));
}

/** A bank of few transfers: these tests are about the process. */
const smallBank = ['--scenario', 'bank', '--set', 'workers=4', '--set', 'transfers=10'];

describe('sim --seed 42 --scenario bank', () => {
  it('exits 0 with balances, their sum and the trace on stdout', async () => {
    const { code, stdout, stderr } = await sim(['--seed', '42', ...smallBank]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/\b500\b/);
    expect(stdout).toMatch(/\b[0-9a-f]{32}\b/);
    expect(stderr).toMatch(/^report: reports\/.+\n$/);
  });

  it('gives the same run in another process, and another seed another', async () => {
    const runOf = async (seed: string) =>
      (await sim(['--seed', seed, ...smallBank, '--reporter', 'json', '--no-report'])).stdout;
    const [first, second, other] = [await runOf('42'), await runOf('42'), await runOf('43')];
    expect(withoutWallTime(second)).toEqual(withoutWallTime(first));
    const hashOf = (json: string) => (JSON.parse(json) as { trace: { hash: string } }).trace.hash;
    expect(hashOf(other)).not.toBe(hashOf(first));
  });
});

describe('a specimen', () => {
  it('is caught by a sweep, and its replay fails identically, twice', async () => {
    const specimen = [...smallBank, '--set', 'variant=lost-update'];
    const found = await sim(['--seeds', '50', ...specimen, '--no-report']);
    expect(found.code, found.stderr).toBe(1);
    const replay = lastLine(found.stdout);
    expect(replay).toMatch(/^sim --seed \d+ --scenario bank (--set \S+ ){2}--set variant=lost-update$/);
    const again = await sim([
      ...argumentsOf(replay),
      '--no-report',
      '--no-shrink',
      '--no-explain',
      '--reporter',
      'json',
    ]);
    const twice = await sim([
      ...argumentsOf(replay),
      '--no-report',
      '--no-shrink',
      '--no-explain',
      '--reporter',
      'json',
    ]);
    expect([again.code, twice.code]).toEqual([1, 1]);
    expect(withoutWallTime(twice.stdout)).toEqual(withoutWallTime(again.stdout));
  });
});

describe('bad input', () => {
  it.each([
    [['--scenario', 'bnak'], /^sim: unknown scenario "bnak": .*did you mean bank\?\n$/],
    [['--scenario', 'bank', '--seed', '1e3'], /^sim: --seed: expected a whole number .*, got "1e3"\n$/],
    [['--scenario', 'bank', '--set', 'varaint=stm'], /^sim: scenario bank: .*did you mean variant\?\n$/],
    [['--scenario', 'bank', '--config', 'none.mjs'], /^sim: config file "none.mjs" does not exist\n$/],
    [['--sede', '1'], /^sim: unknown flag "--sede"; did you mean --seed\?\n$/],
  ] as [string[], RegExp][])('exits 64 with one line: %j', async (argv, line) => {
    const { code, stdout, stderr } = await sim(argv);
    expect(stdout).toBe('');
    expect(stderr).toMatch(line);
    expect(code).toBe(64);
  });

  it('exits 70 with one line where an endpoint does not answer', async () => {
    const argv = ['--scenario', 'bank', '--backend', 'real', '--endpoints', 'http://127.0.0.1:1'];
    const { code, stdout, stderr } = await sim(argv);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^sim: [^\n]*127\.0\.0\.1:1[^\n]*\n$/);
    expect(code).toBe(70);
  });
});

describe('a config file', () => {
  it.each([
    ['ends the process', 'process.exit(0);'],
    ['never settles', 'await new Promise(() => {}); export default {};'],
  ])('that %s is no success', async (_, code) => {
    writeFileSync(path.join(directory, 'sim.config.mjs'), code);
    const ended = await sim(['--scenario', 'bank', '--no-report']);
    expect(ended.code).toBe(70);
    expect(ended.stderr).toMatch(/^sim: [^\n]* ended the process before the command was done\n$/);
  });

  it('that rejects behind our back is an internal error, not a violation', async () => {
    const code = `void Promise.reject(new Error('forgotten')); export default {};`;
    writeFileSync(path.join(directory, 'sim.config.mjs'), code);
    const ended = await sim(['--scenario', 'bank', '--no-report']);
    expect(ended.code).toBe(70);
    expect(ended.stderr).toMatch(/^sim: internal error: Error: forgotten\n/);
  });
});

describe('a reader of stderr that goes away', () => {
  it('does not change what the run found', async () => {
    const child = spawn(process.execPath, [command, '--seeds', '2', ...smallBank, '--no-report'], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });
});

describe('an interruption', () => {
  it('ends a sweep with what was done so far and exit code 130', async () => {
    // A scenario that says when it runs, so that the signal comes in the middle of a sweep.
    writeFileSync(
      path.join(directory, 'sim.config.mjs'),
      `import fc from ${JSON.stringify(import.meta.resolve('fast-check'))};
      export default {
        scenarios: [{
          name: 'telling', description: 'tells that it runs', options: {},
          nodes: () => fc.constant([{ name: 'n1', operations: [{ id: 'n1-1', name: 'look', input: null }] }]),
          setup: async () => {},
          run: async ({ perform }, [look]) => { await perform(look, async () => ({ output: null })); },
          // Outside of the nodes, which are muted in a sweep.
          checks: () => { process.stderr.write('running\\n'); return []; }, summarize: () => [],
        }],
      };`,
    );
    let sent = false;
    const argv = [
      '--seeds',
      '1000000',
      '--scenario',
      'telling',
      '--faults',
      'none',
      '--no-report',
      '--workers',
      '1',
    ];
    const { code, stdout, stderr } = await sim(argv, (text, kill) => {
      if (sent || text.split('running').length < 3) return;
      sent = true;
      kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(stdout).not.toBe('');
    expect(stderr).toMatch(/sim: interrupted after [1-9]\d* of 1000000 seeds\n$/);
  });
});

describe('other commands', () => {
  it('list what there is', async () => {
    const { code, stdout } = await sim(['list']);
    expect(code).toBe(0);
    expect(stdout).toContain('--set variant=');
  });

  it('print help and version', async () => {
    expect((await sim(['--help'])).stdout).toContain('Exit codes');
    expect((await sim(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
