/** The library in several processes: one program of a user, whose output has a fact for each behaviour. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../architecture/sources.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-workers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { PATH, HOME } = process.env;
const program = path.join(root, 'test/process/library-workers/program.mjs');
const { stdout, stderr, status } = spawnSync(process.execPath, [program], {
  encoding: 'utf8',
  // Only for a program that hangs: Vitest cannot end it.
  timeout: 600_000,
  env: { PATH, HOME, PROCESSES: path.join(folder, 'processes') },
});
if (status !== 0) throw new Error(`expected exit code 0, got ${String(status)}: ${stderr}`);
const facts = JSON.parse(stdout) as Readonly<Record<string, unknown>>;

/** Their results are the same in one process and in three, and no process is left. */
const same = { isEqual: true, alone: true, others: true, left: 0 };

it('a check that holds reports the same in one process and in three', () => {
  expect(facts['green']).toEqual({ ...same, outcome: 'satisfied', seedsRun: 9 });
});

it('a check that fails reports the same failure, shrunk and explained', () => {
  expect(facts['failing']).toEqual({ ...same, outcome: 'violated', seedsRun: 5, smallest: 2 });
});

it('shrink makes the same repro', () => {
  expect(facts['shrunk']).toEqual({ ...same, smallest: 2 });
});

it('explain gives the same reason', () => {
  expect(facts['explained']).toMatchObject(same);
  expect(facts['explained']).toHaveProperty('sentence', expect.stringMatching(/./));
});

it('a process that hangs, or dies, costs its seed, and stderr names seed, node and line', () => {
  const seeds = [
    { seed: 2, how: 'exit code 70' },
    { seed: 4, how: 'SIGKILL' },
  ];
  expect(facts['lost']).toMatchObject({ outcome: 'lost', seedsRun: 7, left: 0, seeds });
  expect(stderr).toMatch(/scenarios\.mjs:\d+.*node a in seed 2 of loses/);
});

it('an abort ends the processes, even one that hangs', () => {
  expect(facts['aborted']).toEqual({ outcome: 'interrupted', left: 0, seedsRun: 2 });
});

it('a scenario that no other process can import is refused in one line', () => {
  expect(facts['refused']).toMatch(/^workers: expected a scenario of loadScenario\(module\).*$/);
});
