/** What a failing test prints to run it again runs that test and no other, and its report is its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVitest, type VitestRun } from './run-vitest.js';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'test/vitest/fixture/replay');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-replay-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const where = ['--root', folder, '--config', path.join(root, 'test/vitest/fixture/vitest.config.ts')];

/** Runs the printed line in a shell; only the place of Vitest and of its files differs. */
function inShell(line: string): VitestRun['tests'] {
  const vitest = [process.execPath, path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...where];
  const command = line.replace('npx vitest run', `${vitest.join(' ')} --reporter=json`);
  const { stdout } = spawnSync('sh', ['-c', command], { cwd: scratch, encoding: 'utf8' });
  const { testResults } = JSON.parse(stdout.slice(stdout.indexOf('{"'))) as {
    readonly testResults: readonly {
      readonly name: string;
      readonly assertionResults: VitestRun['tests'];
    }[];
  };
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: path.basename(name) })),
  );
}

/** What the node threw, by the story. */
function thrownIn(story: string): string {
  return /a threw Error at [\d.]+ ms: (of .*)$/m.exec(story)?.[1] ?? '';
}

/** Of those that ran, where and what they failed with. */
function failedIn(tests: VitestRun['tests']): readonly string[] {
  return tests
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map(({ file, failureMessages }) => `${file}: ${thrownIn(failureMessages.join())}`);
}

describe('a failing test', () => {
  /** The messages, by what each test throws. */
  const messages = new Map<string, string>();
  beforeAll(() => {
    for (const { failureMessages } of runVitest(scratch, where).tests) {
      const message = failureMessages.join();
      if (thrownIn(message) !== '') messages.set(thrownIn(message), message);
    }
  });
  const lineOf = (thrown: string, pattern: RegExp): string =>
    pattern.exec(messages.get(thrown) ?? '')?.[1] ?? '';
  const commandOf = (thrown: string): string => lineOf(thrown, /^ *(SIM_SEED=\d+ npx vitest run .*)$/m);
  const reproOf = (thrown: string): string => lineOf(thrown, /^repro: (.*)$/m);

  it('has a report of its own, although others have the same words', () => {
    expect(messages.size).toBe(7);
    expect(new Set([...messages.keys()].map(reproOf)).size).toBe(7);
    for (const thrown of messages.keys()) {
      expect(JSON.parse(readFileSync(path.join(scratch, reproOf(thrown)), 'utf8'))).toMatchObject({
        message: expect.stringContaining(thrown) as string,
      });
    }
    // The digest is of the names alone.
    expect(reproOf('of the second')).toBe('reports/second-same-e7f665-seed-0/repro.shrunk.json');
  });

  it.each(['of two lines', 'of the second'])('prints a command for a shell: %s', (thrown) => {
    expect(failedIn(inShell(commandOf(thrown)))).toEqual([`locks.test.ts: ${thrown}`]);
  });

  it('has a repro that runs in it alone, and the others are skipped', () => {
    const asked = { SIM_REPRO: reproOf('of lock') };
    const { tests, code } = runVitest(scratch, [...where, 'locks.test.ts', '-t', 'lock'], asked);
    const ran = tests.filter(({ status }) => status !== 'skipped' && status !== 'pending');
    expect(ran.map(({ title, file }) => [title, path.basename(file)])).toEqual([['lock', 'locks.test.ts']]);
    expect(code).toBe(1);
  });

  it('has a repro that is refused where only another test runs', () => {
    const asked = { SIM_REPRO: reproOf('of the first') };
    const { tests } = runVitest(scratch, [...where, 'locks.test.ts', '-t', '^(second|lock) .*'], asked);
    const failed = tests.filter(({ status }) => status === 'failed');
    expect(failed.map(({ title }) => title).sort()).toEqual(['lock two', 'same']);
    for (const { failureMessages } of failed) {
      expect(failureMessages.join()).toMatch(/InputError: .*first (> )?same/);
    }
  });
});
