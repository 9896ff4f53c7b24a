/** `npm run bench:bugs`, in small: its tables have every specimen and every way, and report a miss. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { baselines } from '../../bench/bugs/baseline/index.js';
import { strategyWays, type Measurement } from '../../bench/bugs/cells.js';
import { sectionOf, withSection } from '../../bench/page.js';
import { parseRequest } from '../../bench/bugs/request.js';
import { formatTables } from '../../bench/bugs/tables.js';

import { specimens } from '../../scenarios/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'etcd-sim-bugs-'));

afterAll(() => rmSync(scratch, { recursive: true }));

function benchBugs(...words: readonly string[]) {
  return spawnSync(process.execPath, ['dist/bench/bugs/main.js', ...words], { cwd: root, encoding: 'utf8' });
}

/** The rows of a table in Markdown, without its rule. */
function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the command', () => {
  it('finds two specimens by two strategies and one by fast-check, and makes the same tables from its file', () => {
    const json = path.join(scratch, 'results.json');
    const ways = ['time', 'walk', 'fast-check'];
    const chosen = ['bank-lost-update', 'mutex-naive'];
    const done = benchBugs(
      ...['--starts', '1', '--shrinks', '1', '--workers', '1', '--json', json],
      ...ways.flatMap((way) => ['--strategy', way]),
      ...chosen.flatMap((specimen) => ['--specimen', specimen]),
    );
    expect(done.status, done.stderr).toBe(0);
    const [detections = '', summary = '', shrinkings = ''] = done.stdout.trim().split('\n\n');
    const [head = '', , ...rows] = detections.split('\n');
    expect(cellsOf(head)).toEqual(['specimen', ...ways]);
    expect(rows.map((row) => cellsOf(row)[0])).toEqual(chosen.map((name) => `\`${name}\``));
    const cells = rows.map((row) => cellsOf(row).slice(1));
    // fast-check has no property for the second.
    expect(cells[1]?.pop()).toBe('');
    for (const cell of cells.flat()) expect(cell).toMatch(/^\d+, \d+(\.\d+)? s$/);
    expect(
      summary
        .split('\n')
        .slice(2)
        .map((row) => cellsOf(row).slice(0, 2)),
    ).toEqual(['time', 'walk'].map((way) => [way, '2 of 2']));
    expect(
      shrinkings
        .split('\n')
        .slice(2)
        .map((row) => cellsOf(row)[0]),
    ).toEqual(chosen.map((name) => `\`${name}\``));
    expect(done.stderr).toContain('7 of 7: ');
    expect(JSON.parse(readFileSync(json, 'utf8'))).toHaveLength(7);
    expect(benchBugs('--from', json).stdout).toBe(done.stdout);
  });

  it('ends with 64 for an unknown name', () => {
    const done = benchBugs('--specimen', 'queue');
    expect(done.status).toBe(64);
    expect(done.stderr).toMatch(/^bench:bugs: --specimen: expected one of bank-lost-update, .* got queue\n$/);
  });
});

describe('a request', () => {
  it('covers every specimen with every strategy by default', () => {
    const { cells } = parseRequest([], specimens);
    for (const { name } of specimens) {
      const own = cells.filter(({ specimen }) => specimen === name);
      const ways = own.flatMap((cell) => (cell.kind === 'detection' ? [cell.way] : []));
      expect(ways).toEqual(Object.hasOwn(baselines, name) ? [...strategyWays, 'fast-check'] : strategyWays);
      expect(own.some(({ kind }) => kind === 'shrinking')).toBe(true);
    }
  });

  it('allows four times as many runs as a specimen’s limit', () => {
    const runsMax = (...words: readonly string[]) =>
      parseRequest(words, specimens).cells.map((cell) => (cell.kind === 'detection' ? cell.runsMax : 0));
    expect(runsMax('--specimen', 'lease-etcd3', '--strategy', 'time', '--shrinks', '0')).toEqual([800]);
    expect(runsMax('--specimen', 'queue-go', '--strategy', 'pos', '--shrinks', '0')).toEqual([400]);
    const lowered = ['--specimen', 'queue-go', '--budget', '7', '--shrinks', '0'];
    expect(new Set(runsMax(...lowered))).toEqual(new Set([7]));
  });

  it.each([
    [['--starts', '0'], '--starts: expected a whole number from 1 on, got 0'],
    [['--workers', 'two'], '--workers: expected a whole number from 1 on, got two'],
    [['--strategy', 'luck'], /^--strategy: expected one of time, .*, got luck$/],
  ])('says what it expected instead of %j', (words, message) => {
    expect(() => parseRequest(words, specimens)).toThrow(message);
  });
});

describe('the tables', () => {
  const start = { caught: true, seeds: 2, runs: 2, cpuSeconds: 0.5 };
  const missed = { caught: false, seeds: 40, runs: 400, cpuSeconds: 20 };
  const cell = { kind: 'detection', specimen: 's', way: 'time', starts: 3, runsMax: 400 } as const;
  const rowOf = (measurement: Measurement) => cellsOf(formatTables([measurement]).split('\n')[2] ?? '')[1];

  it('show the median, and runs beside seeds if they differ', () => {
    const starts = [start, { ...start, seeds: 3, runs: 30 }, { ...start, seeds: 9, runs: 90 }];
    expect(rowOf({ cell, starts })).toBe('3 (30), 0.50 s');
  });

  it('count the starts that missed, and rank them above all others', () => {
    expect(rowOf({ cell, starts: [start, missed, start] })).toBe('2, 0.50 s, missed 1 of 3');
    expect(rowOf({ cell, starts: [missed, missed, start] })).toBe('>400, missed 2 of 3');
  });

  it('compare the ways over the specimens that both have found', () => {
    const others = ['s', 't'].flatMap((specimen): Measurement[] => [
      { cell: { ...cell, specimen }, starts: [start] },
      {
        cell: { ...cell, specimen, way: 'walk' },
        starts: [specimen === 's' ? { ...start, cpuSeconds: 2 } : missed],
      },
    ]);
    const [, summary = ''] = formatTables(others).split('\n\n');
    expect(cellsOf(summary.split('\n')[3] ?? '')).toEqual(['walk', '1 of 2', '4.00 (of 1)', '22 s']);
  });
});

describe('the page', () => {
  it('gets a section between its markers, and keeps everything else', () => {
    const page = 'before\n\n<!-- npm run repros -->\n\nold\n\n<!-- end of repros -->\n\nafter\n';
    const anew = withSection(page, 'repros', 'new');
    expect(anew).toBe(page.replace('old', 'new'));
    expect(sectionOf(anew, 'repros')).toBe('new');
    expect(() => withSection(page, 'bench:bugs', 'new')).toThrow('expected both markers of bench:bugs');
  });

  it('has a row for every specimen', () => {
    const section = sectionOf(readFileSync(path.join(root, 'docs/benchmarks.md'), 'utf8'), 'bench:bugs');
    for (const { name } of specimens) expect(section).toContain(`| \`${name}\` `);
  });
});
