/** Processes of a real cluster: what their last words are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ManagedProcess } from '../../sim/backend/real/managed-process.js';
import type { Reaper } from '../../sim/backend/real/reaper.js';

const directory = mkdtempSync(path.join(tmpdir(), 'sim-process-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function lastWordsOf(output: string): Promise<string> {
  let died = '';
  const { ended } = new ManagedProcess({
    path: process.execPath,
    arguments: ['-e', `console.error(${JSON.stringify(output)})`],
    env: {},
    logPath: path.join(directory, `${output.length}.log`),
    reaper: { watch: () => undefined, forget: () => undefined } as unknown as Reaper,
    onDeath: (words) => (died = words),
  });
  await ended;
  return died;
}

it('the last words of a process are the last lines of its output', async () => {
  expect(await lastWordsOf('a\nb\nc\nd')).toBe('b | c | d');
});

it('the last words of a program in Go are its panic, not the end of its stacks', async () => {
  const panic = 'panic: runtime error: index out of range [2] with length 2';
  const output = [
    'starts',
    panic,
    '',
    'goroutine 7 [running]:',
    'main.main()',
    '\tmain.go:7',
    'created by x',
  ];
  expect(await lastWordsOf(output.join('\n'))).toBe(`${panic} | goroutine 7 [running]: | main.main()`);
});
