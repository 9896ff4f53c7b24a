/** `sim trend`: two nights of a sweep, before and after a mend. Needs the built application: `npm run build`. */
import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { originOf } from '../../sim/cli/origin.js';
import { readBlob } from '../../sim/harness/sweep/blob-file.js';
import type { TrendPage } from '../../sim/report/page/trend-data.js';
import { root } from '../architecture/sources.js';
import { simInProcess } from './in-process.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-trend-'));
afterAll(() => rmSync(folder, { recursive: true }));

const night = async (name: string, variant: string) => {
  const words = ['--scenario', 'bank', '--seeds', '6', '--faults', 'none', '--workers', '1', '--keep-going'];
  const size = ['--set', 'accounts=3', '--set', 'transfers=20', '--set', `variant=${variant}`];
  const blob = `blob:${path.join(folder, 'nights', name, 'bank.blob')}`;
  await simInProcess(
    [...words, ...size, '--no-shrink', '--no-report', '--commit', name, '--reporter', blob],
    root,
  );
};

beforeAll(async () => {
  await night('1-before', 'lost-update');
  await night('2-after', 'stm');
});

const trend = (...words: string[]) => simInProcess(['trend', ...words], folder);

it('shows what is gone, on the terminal and as a page', async () => {
  const { code, stdout, stderr } = await trend('nights');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^trend · 2 commits · 12 seeds\n/);
  expect(stdout).toMatch(/gone {2}bank · check sum-conserved\n[^]*sim --seed \d+ --scenario bank/);
  expect(stderr).toBe('trend: reports/trend/index.html\n');
  const html = readFileSync(path.join(folder, 'reports/trend/index.html'), 'utf8');
  const [, type = '', text = ''] = /application\/(json|gzip)" id="data">([^<]*)</.exec(html) ?? [];
  const json = type === 'json' ? text : gunzipSync(Buffer.from(text, 'base64')).toString('utf8');
  const { kind, trend: data } = JSON.parse(json) as TrendPage;
  expect(kind).toBe('trend');
  expect(data.commits.map(({ commit, seedsRun }) => [commit, seedsRun])).toEqual([
    ['1-before', 6],
    ['2-after', 6],
  ]);
});

it('takes a blob once, however often it is named', async () => {
  const file = path.join('nights', '1-before', 'bank.blob');
  const { stdout } = await trend(file, 'nights/1-before', path.resolve(folder, file), '--no-report');
  expect(stdout).toMatch(/^trend · 1 commit · 6 seeds\n/);
});

it('takes a blob once, though links lead to it', async () => {
  const file = path.join(folder, 'nights', '1-before', 'bank.blob');
  linkSync(file, path.join(folder, 'hard.blob'));
  symlinkSync(file, path.join(folder, 'soft.blob'));
  const { stdout } = await trend(file, 'hard.blob', 'soft.blob', '--no-report');
  expect(stdout).toMatch(/^trend · 1 commit · 6 seeds\n/);
});

it('says in one line where the page cannot be written', async () => {
  writeFileSync(path.join(folder, 'plain'), '');
  const { code, stderr } = await trend('nights', '--out', 'plain');
  expect(stderr).toMatch(/^sim: cannot write plain\/trend\/index\.html: .+\n$/);
  expect(code).toBe(70);
});

it('writes no page where none is wanted', async () => {
  const { stderr } = await trend('nights', '--no-report', '--out', 'elsewhere');
  expect([stderr, existsSync(path.join(folder, 'elsewhere'))]).toEqual(['', false]);
});

it.each([
  [[], /^sim: expected the files of blobs after sim trend, got none\n$/],
  [['missing.blob'], /^sim: "missing.blob" is no blob of a sweep: /],
  [['torn.blob'], /^sim: "torn.blob" is no blob of a sweep: /],
  [['reports'], /^sim: expected blobs in "reports", got none\n$/],
])('refuses %j in one line', async (files, message) => {
  writeFileSync(path.join(folder, 'torn.blob'), 'no blob');
  const { code, stderr, stdout } = await trend(...files);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([64, '']);
});

it('knows the commit from the user, from CI, or from Git', async () => {
  const nameOf = async (asked: string | undefined, env: Readonly<Record<string, string>>, cwd = folder) =>
    (await originOf(asked, { env, cwd, timeOfDay: () => '2026-11-29T02:00:00.000Z' }))?.commit;
  expect(await nameOf('mine', { GITHUB_SHA: 'a'.repeat(40) })).toBe('mine');
  expect(await nameOf(undefined, { GITHUB_SHA: 'a'.repeat(40) })).toBe('a'.repeat(12));
  expect(await nameOf(undefined, { GITHUB_SHA: ' ', CI_COMMIT_SHA: 'b'.repeat(40) })).toBe('b'.repeat(12));
  expect(await nameOf(undefined, { PATH: process.env['PATH'] ?? '' })).toBeUndefined();
});

it('keeps the commit in the blob', async () => {
  const { header } = await readBlob(path.join(folder, 'nights/1-before/bank.blob'), 'one');
  expect(header.origin?.commit).toBe('1-before');
});
