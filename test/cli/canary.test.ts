/** `sim canary`: specimens must be caught. */
import { describe, expect, it } from 'vitest';
import { sim } from './harness.js';

/** The specimen fails with these seeds and no others. */
const failingOn =
  (...seeds: readonly number[]) =>
  (seed: number) =>
    seeds.includes(seed) ? { verdict: 'violated' as const } : {};

describe('sim canary', () => {
  it('ends with 0 and says after how many seeds each specimen was caught', async () => {
    const done = await sim(['canary', '--seed', '10'], { answer: failingOn(12) });
    expect(done.code).toBe(0);
    expect(done.stdout.lines[2]).toMatch(/^\| broken-lock +\| 1 of 1 +\| 3 +\| 3 +\| 100 +\|/);
    expect(done.runs.map(({ plan }) => plan.seed)).toEqual([10, 11, 12]);
  });

  it('ends with 1 and names a specimen that was missed', async () => {
    const done = await sim(['canary', '--budget', '4'], { answer: failingOn(4) });
    expect(done.code).toBe(1);
    expect(done.stdout.lines[2]).toContain('| 0 of 1');
    expect(done.stdout.lines.at(-1)).toBe('missed at least once: broken-lock');
  });

  it('starts anew with other seeds, and says the median', async () => {
    const answer = failingOn(0, 100_002, 200_001);
    const done = await sim(['canary', '--starts', '3'], { answer });
    expect(done.code).toBe(0);
    expect(done.stdout.lines[2]).toMatch(/^\| broken-lock +\| 3 of 3 +\| 2 +\| 3 +\|/);
  });

  it('runs each specimen on its own number of members', async () => {
    const members = async (...more: readonly string[]) =>
      (await sim(['canary', ...more], { answer: failingOn(0) })).plans.map((plan) => plan.members);
    expect(await members()).toEqual([3]);
    expect(await members('--members', '1')).toEqual([1]);
  });

  it('says on stderr how far it is', async () => {
    const done = await sim(['canary'], { answer: failingOn(0) });
    expect(done.stderr.text).toBe('1 of 1: broken-lock was caught after 1 seed\n');
  });

  it('takes one specimen by its name, and no scenario', async () => {
    expect((await sim(['canary', '--scenario', 'broken-lock'], { answer: failingOn(0) })).code).toBe(0);
    const done = await sim(['canary', '--scenario', 'bank']);
    expect(done.code).toBe(64);
    expect(done.stderr.text).toBe('sim: unknown specimen "bank": expected one of broken-lock\n');
  });
});
