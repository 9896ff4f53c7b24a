/** What the code of a test prints is shown for one run of many. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(path.join(tmpdir(), 'sim-output-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('what the code of a test prints', () => {
  const sections = new Map<string, readonly string[]>();
  beforeAll(() => {
    const script = path.resolve(import.meta.dirname, 'fixture/printing.mjs');
    const { stderr, status } = spawnSync(process.execPath, [script, scratch], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    for (const section of stderr.split('== ').slice(1)) {
      const [headline = '', ...lines] = section.trimEnd().split('\n');
      sections.set(headline, lines.sort());
    }
  });

  it('is that of the first seed where all seeds hold, and that run is not counted', () => {
    expect(sections.get('holds')).toEqual(['5 ok', 'a of 3', 'b of 3', 'body of 3 drew more']);
  });

  it('is that of the smallest run of a failure', () => {
    expect(sections.get('is shrunk')).toEqual([
      'a of 2',
      'b of 2',
      'body of 2 drew the least',
      'smallest: a b',
    ]);
  });

  it('is that of the failing run where nothing is shrunk', () => {
    expect(sections.get('is not shrunk')).toEqual([
      'a of 2',
      'b of 2',
      'body of 2 drew more',
      'smallest: a b',
    ]);
  });

  it('is that of a repro', () => {
    expect(sections.get('is a repro')).toEqual(['a of 2', 'b of 2', 'body of 2 drew more', 'smallest: a b']);
  });
});
