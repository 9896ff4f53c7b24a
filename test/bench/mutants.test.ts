/** `npm run mutants`: what it may be asked, how it counts, and what it keeps of a page. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folders } from '../../bench/mutants/folders.js';
import { parseRequest } from '../../bench/mutants/request.js';
import { scoreOf, type Outcome } from '../../bench/mutants/score.js';
import { lineOf } from '../../bench/mutants/survivor.js';
import { newestOf, rowOf, rowsOf, scoreTable } from '../../bench/mutants/table.js';

const outcomes = (text: string): Outcome[] => {
  const statuses = { k: 'Killed', t: 'Timeout', s: 'Survived', n: 'NoCoverage', i: 'Ignored' } as const;
  return [...text].map((letter) => ({ status: statuses[letter as keyof typeof statuses] }));
};
const measured = { date: '2026-11-28', commit: 'abcdef0', node: '20.19.0' };

it('every test that judges a folder is there', () => {
  const named = folders.flatMap(({ tests }) => tests).filter((test) => !test.includes('*'));
  expect(named.filter((test) => !existsSync(test))).toEqual([]);
});

describe('what it is asked for', () => {
  it('is every folder where none is named', () => {
    const { parts } = parseRequest([]);
    expect(parts.map(({ path }) => path)).toEqual(folders.map(({ name }) => name));
  });

  it('can be a folder, a file or lines of a file', () => {
    const { parts } = parseRequest(['src', 'sim/etcd/lease/lease.ts:3-9']);
    expect(parts.map(({ folder, path }) => [folder.name, path])).toEqual([
      ['src', 'src'],
      ['sim/etcd/lease', 'sim/etcd/lease/lease.ts:3-9'],
    ]);
  });

  it.each([
    [['srcs'], 'got srcs'],
    [['sim/etcd'], 'got sim/etcd'],
    [['sim/check/watch.ts:3-9', '--write'], 'got sim/check/watch.ts:3-9'],
    [['--folder', 'src'], '--folder'],
  ])('%j is refused', (words, reason) => {
    expect(() => parseRequest(words)).toThrow(reason);
  });
});

describe('the score', () => {
  it('counts a change that no test reaches as unnoticed, one that runs for ever as noticed', () => {
    expect(scoreOf(outcomes('kkktsn'))).toMatchObject({ mutants: 6, timedOut: 1, notCovered: 1 });
    expect(scoreOf(outcomes('kkktsn')).percent).toBeCloseTo(66.67);
  });

  it('leaves out what the code excludes', () => {
    expect(scoreOf(outcomes('ksii'))).toMatchObject({ mutants: 2, excluded: 2, percent: 50 });
  });
});

describe('the table', () => {
  const row = (folder: string, text: string) => rowOf(folder, scoreOf(outcomes(text)), measured);

  it('says of what, when and by which Node.js a score was measured', () => {
    expect(scoreTable([row('src', 'ks')])).toMatch(/`src`.* 50\.0 %.*2026-11-28.*abcdef0.*20\.19\.0/);
  });

  it('is read back as it was made, and a newer row takes the place of an older one', () => {
    const old = [row('src', 'ks'), row('sim/check', 'k')];
    expect(rowsOf(scoreTable(old))).toEqual(old);
    const newer = row('src', 'k');
    expect(newestOf([...old, newer])).toEqual([newer, old[1]]);
  });

  it('has rows of files below that of their folder, until the folder is measured again', () => {
    const [src, check, queue] = [row('src', 'ks'), row('sim/check', 'k'), row('sim/check/queue', 'k')];
    const [watch, barrier] = [row('sim/check/watch.ts', 'ks'), row('sim/check/barrier.ts', 'k')];
    const gaps = row('sim/check/queue/gaps.ts', 'k');
    const all = [src, queue, gaps, check, barrier, watch];
    expect(newestOf([watch, gaps, barrier])).toEqual([gaps, barrier, watch]);
    expect(newestOf([src, check, queue, watch, gaps, barrier])).toEqual(all);
    const newer = row('sim/check/watch.ts', 'k');
    expect(newestOf([...all, newer])).toEqual([src, queue, gaps, check, barrier, newer]);
    expect(newestOf([...all, check])).toEqual([src, queue, gaps, check]);
  });
});

it('an unnoticed change is one line: place, what stood there, what took its place', () => {
  const change = {
    fileName: 'src/a.ts',
    mutatorName: 'BlockStatement',
    replacement: '{}',
    status: 'NoCoverage',
    location: { start: { line: 2, column: 3 }, end: { line: 4, column: 3 } },
  } as const;
  const line = lineOf(change, 'first\n  { one();\n  two();\n } after\n');
  expect(line).toMatch(/^src\/a\.ts:2:3 BlockStatement: \{ one\(\); two\(\); \} => \{\} \(no test/);
});
