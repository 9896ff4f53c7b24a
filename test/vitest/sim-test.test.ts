/** `simTest` in a real Vitest: how a test is declared, shown, chosen and run again. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVitest } from './run-vitest.js';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-vitest-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs Vitest over one folder. */
function vitest(folder: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const config = path.join(root, 'test/vitest/fixture/vitest.config.ts');
  return runVitest(scratch, ['--root', path.join(root, folder), '--config', config, ...args], env);
}

describe('simTest', () => {
  let done: ReturnType<typeof vitest>;
  beforeAll(() => {
    done = vitest('test/vitest/fixture');
  });
  const testNamed = (title: string) => done.tests.find((test) => test.title === title);

  it('passes, is skipped, and is made for each case', () => {
    expect(testNamed('holds')?.status).toBe('passed');
    expect(testNamed('is skipped')?.status).toMatch(/skipped|pending/);
    expect(testNamed('adds up for 1')?.status).toBe('passed');
    expect(testNamed('adds up for 3')?.status).toBe('failed');
  });

  it('runs alone in its file where it is the only one', () => {
    expect(testNamed('is the only one')?.status).toBe('passed');
    expect(testNamed('is left out')?.status).toMatch(/skipped|pending/);
  });

  it('ends at the timeout of its runner, and leaves timers and clocks to the next test', () => {
    expect(testNamed('is endless')?.status).toBe('failed');
    expect(done.text).toContain('timed out in 300ms');
    expect(testNamed('comes after it, at the time of day')?.status).toBe('passed');
  });

  it('shows the difference of an expect, and the line in the user’s file', () => {
    expect(testNamed('adds up for 3')?.failureMessages.join()).toMatch(/to have a length of 4 but\s+got 3/);
    const [message = ''] = testNamed('fails in a node (of two)')?.failureMessages ?? [];
    expect(message).toMatch(/n\d threw AssertionError.*expected 'n\d' to be 'n\d'/);
    expect(done.text).toMatch(/❯ .*every-kind\.test\.ts:\d+:\d+/);
  });

  it('prints the command that repeats the failing seed, and that command does so', () => {
    const [message = ''] = testNamed('fails in a node (of two)')?.failureMessages ?? [];
    const command = /^SIM_SEED=(\d+) npx vitest run (\S+) -t (.*)$/m.exec(message);
    expect(command?.[3]).toBe(String.raw`'^fails in a node \(of two\)$'`);
    const seed = command?.[1] ?? '';
    const again = vitest('test/vitest/fixture', ['-t', String.raw`^fails in a node \(of two\)$`], {
      SIM_SEED: seed,
    });
    const ran = again.tests.filter(({ status }) => status === 'passed' || status === 'failed');
    expect(ran.map(({ title, status }) => `${title}: ${status}`)).toEqual([
      'fails in a node (of two): failed',
    ]);
    expect(ran[0]?.failureMessages[0]).toContain(`after 1 of 1 seeds, seed ${seed}`);
  });
});

describe('the first test of the docs', () => {
  it('is red, with the story of two workers inside at once, and a picture', () => {
    const { tests } = vitest('docs/examples/first-test');
    expect(tests.map(({ title, status }) => `${title}: ${status}`)).toEqual(['one worker at a time: failed']);
    const [message = ''] = tests[0]?.failureMessages ?? [];
    expect(message).toContain('read that lock was not there');
    expect(message).toMatch(/put lock = taken; overwrote lock of revision \d+, which n\d had put/);
    const picture = /^picture: (.*)$/m.exec(message)?.[1] ?? '';
    expect(existsSync(path.resolve(scratch, picture))).toBe(true);
  });

  it('takes at most 15 lines and three concepts', () => {
    const lines = readFileSync(path.join(root, 'docs/examples/first-test/job-lock.test.ts'), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    expect(lines.length).toBeLessThanOrEqual(15);
  });
});
