/** Expectations that the code of a test begins and does not await: they are decided, or go with their run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVitest, type VitestRun } from './run-vitest.js';

const fixture = path.resolve(import.meta.dirname, 'fixture');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-not-awaited-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('an expectation that is not awaited', () => {
  let done: VitestRun;
  beforeAll(() => {
    const config = path.join(fixture, 'vitest.config.ts');
    done = runVitest(scratch, ['--root', path.join(fixture, 'not-awaited'), '--config', config]);
  });
  const testNamed = (title: string) => done.tests.find((test) => test.title === title);

  it.each(['in a node that ends', 'in a node that continues', 'in the body'])(
    'and fails is a violation: %s',
    (title) => {
      const [message = ''] = testNamed(title)?.failureMessages ?? [];
      expect(message).toMatch(/: violated after 1 of 3 seeds, seed 0/);
      expect(message).toContain("expected '1' to be 'nope'");
    },
  );

  it.each(['in a node that ends, and it holds', 'in a node that crashes before it is decided'])(
    'holds up nothing: %s',
    (title) => {
      expect(testNamed(title)?.failureMessages).toEqual([]);
      expect(testNamed(title)?.status).toBe('passed');
    },
  );
});
