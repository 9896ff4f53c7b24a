/** The texts of issues: one for each kind of failure, with the same title each night. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../architecture/sources.js';
import { formatJson } from '../../sim/report/json.js';
import { reportOf, violated } from '../report/reporters/reporting.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'sim-issues-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function issuesOf(lines: readonly string[]): string[] {
  const file = path.join(scratch, 'result.json');
  const folder = mkdtempSync(path.join(scratch, 'issues-'));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const script = path.join(root, 'deploy/github/issues.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, file, folder], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

const jsonOf = (scenario: string, ...runs: ReturnType<typeof violated>[]) => {
  const { sweep } = reportOf(runs, scenario);
  if (sweep === undefined) throw new Error('it is a sweep');
  return formatJson(sweep);
};

it('name what fails, and how to run it again', () => {
  const issues = issuesOf([
    jsonOf('queue'),
    jsonOf(
      'bank',
      violated(3, 'sum', 'it is 475'),
      violated(8, 'sum', 'it is 470'),
      violated(9, 'other', 'no'),
    ),
  ]);
  expect(issues.map((text) => text.split('\n')[0])).toEqual([
    'simulation: bank: check sum',
    'simulation: bank: check other',
  ]);
  expect(issues[0]).toContain('```text\nsum: it is 475\n```');
  expect(issues[0]).toContain('```sh\nsim --seed 3 --scenario bank\n```');
  expect(issues[0]).toContain('Seeds that fail so: 3, 8.');
});

it('are plain text for any name and message', () => {
  const hostile = 'x```\n# title\n@team \u202e\u061c\u{e0041}\u001b[31m';
  const [text = ''] = issuesOf([jsonOf('bank', violated(3, hostile, hostile))]);
  expect(text).not.toMatch(/[\u061c\u202e\u001b\u{e0041}]/u);
  expect(text.split('```')).toHaveLength(5);
  expect(text.split('\n')[0]).toMatch(/^simulation: bank: check x''' # title @team/);
});
