/** `--reporter`: which there are, where they write, several at once, and those of users. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../architecture/sources.js';
import { Memory, sim } from './harness.js';
import { simInProcess } from './in-process.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-reporters-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

const sweep = [
  '--scenario',
  'bank',
  '--seeds',
  '5',
  '--no-report',
  '--set',
  'transfers=3,workers=2',
  '--faults',
  'none',
];
const failing = [...sweep, '--set', 'variant=lost-update', '--keep-going'];

describe('several reporters', () => {
  it('may not write one file, which would lose what one of them says', async () => {
    const { code, stderr } = await simInProcess(
      [...sweep, '--reporter', 'junit:same.out,json:./same.out'],
      folder,
    );
    expect([code, stderr]).toEqual([64, 'sim: the reporters junit and json both write "./same.out"\n']);
  });

  it('write what each alone would write, into its own file', async () => {
    const files =
      'terminal,dot:dots.txt,json:result.json,junit:deep/junit.xml,github:summary.md,html:page.html';
    const all = await simInProcess([...failing, '--reporter', files, '--reporter', 'blob:all.blob'], folder);
    const alone = await simInProcess(failing, folder);
    expect(all.code).toBe(1);
    const timeless = (text: string) => text.replace(/^( *wall time).*$/gm, '$1').replace(/ +/g, ' ');
    expect(timeless(all.stdout)).toBe(timeless(alone.stdout));
    expect(timeless(read('dots.txt'))).toMatch(/^[.x]{5}\n/);
    expect(timeless(read('dots.txt').slice(6))).toBe(timeless(alone.stdout));
    expect(JSON.parse(read('result.json'))).toMatchObject({ scenario: 'bank', seedsRun: 5 });
    expect(read('deep/junit.xml')).toMatch(/^<\?xml/);
    expect(read('summary.md')).toContain('| bank | ❌ violated | 5 |');
    expect(all.stderr).toMatch(/^::error .*title=bank/m);
    expect(read('page.html')).toMatch(/^<!doctype html>/);
    const merged = await simInProcess(['merge', 'all.blob', '--no-report'], folder);
    expect(timeless(merged.stdout)).toBe(timeless(alone.stdout));
  });

  it('append the summary of GitHub to the file that it names', async () => {
    const summary = path.join(folder, 'step.md');
    writeFileSync(summary, 'before\n');
    const env = { GITHUB_STEP_SUMMARY: summary };
    await sim(['--scenario', 'bank', '--seeds', '3', '--no-report', '--reporter', 'github'], { env });
    expect(readFileSync(summary, 'utf8')).toMatch(
      /^before\n### Simulation\n[\s\S]*\| bank \| ✅ satisfied \| 3 \| 0 \|/,
    );
  });

  it.each([
    [
      'terminal,json',
      /^sim: --reporter: expected one reporter on stdout, got terminal and json; give one a file: json:FILE\n$/,
    ],
    [
      'xml',
      /^sim: --reporter: expected terminal, dot, .* or the path of a module such as \.\/reporter\.mjs, got "xml"/,
    ],
    ['jsn', /did you mean json\?/],
    ['html', /^sim: --reporter: expected html:FILE, got "html"/],
    ['./nowhere.mjs', /^sim: reporter "\.\/nowhere\.mjs" cannot be loaded: /],
    ['', /^sim: --reporter: expected terminal/],
    ['blob', /^sim: --no-report leaves no place for the blob/],
  ])('refuse %j', async (text, said) => {
    const done = await simInProcess([...sweep, `--reporter=${text}`], folder);
    expect(done.stderr).toMatch(said);
    expect([done.code, done.stdout]).toEqual([64, '']);
  });

  it('refuse a blob of a single run', async () => {
    const done = await simInProcess(
      ['--scenario', 'bank', '--no-report', '--reporter', 'blob:x.blob'],
      folder,
    );
    expect([done.code, done.stderr]).toEqual([64, 'sim: --reporter blob: expected a sweep, got one run\n']);
  });
});

describe('a reporter of your own', () => {
  const page = readFileSync(path.join(root, 'docs/ci.md'), 'utf8');
  const shown = readFileSync(path.join(root, 'docs/examples/reporter/lines.mjs'), 'utf8');

  it('is the one that the docs show', async () => {
    const block = /```js\n(export default[\s\S]*?)```/.exec(page)?.[1] ?? 'none';
    expect(shown).toContain(block);
    writeFileSync(path.join(folder, 'lines.mjs'), shown);
    const done = await simInProcess([...failing, '--reporter', './lines.mjs'], folder);
    expect(done.stdout).toBe('bank is violated after 5\n');
    expect(done.stderr).toMatch(/^bank: seeds 0 to 4\n/);
    expect(done.stderr).toMatch(/^seed \d: check [\w-]+\n/m);
    expect(done.stderr).toMatch(/done, in a terminal\n$/);
  });

  it('hears of a run of a single seed, and may write into a file', async () => {
    writeFileSync(path.join(folder, 'lines.mjs'), shown);
    await simInProcess(['--scenario', 'bank', '--no-report', '--reporter', './lines.mjs:own.txt'], folder);
    expect(read('own.txt')).toBe('bank is satisfied after 1\n');
  });

  it('that throws ends the command with its name, after the others', async () => {
    writeFileSync(
      path.join(folder, 'throws.mjs'),
      'export default () => ({ seed() { throw new Error("no room"); } });',
    );
    const done = await simInProcess([...sweep, '--reporter', './throws.mjs,json:after.json'], folder);
    expect(done.code).toBe(70);
    expect(done.stderr).toMatch(/sim: the reporter \.\/throws\.mjs failed: Error: no room\n$/);
    expect(JSON.parse(read('after.json'))).toMatchObject({ seedsRun: 5 });
  });

  it('is refused if it is no function', async () => {
    writeFileSync(path.join(folder, 'object.mjs'), 'export default { seed() {} };');
    const done = await simInProcess([...sweep, '--reporter', './object.mjs'], folder);
    expect(done.stderr).toMatch(
      /^sim: reporter "\.\/object\.mjs": expected a function as its default export, got \{\}/,
    );
    expect(done.code).toBe(64);
  });

  it.each([
    ['number.mjs', '() => 42', 'expected an object with methods, got 42'],
    ['rejects.mjs', 'async () => { throw new Error("no key") }', 'failed: Error: no key'],
  ])('that makes none is refused: %s', async (file, code, message) => {
    writeFileSync(path.join(folder, file), `export default ${code};`);
    const done = await simInProcess([...sweep, '--reporter', `./${file}`], folder);
    expect(done.stderr).toMatch(/^sim: reporter "\.\/\w+\.mjs"[^\n]*\n$/);
    expect(done.stderr).toContain(message);
    expect(done.code).toBe(64);
  });
});

describe('the dots', () => {
  it('are written while the sweep runs', async () => {
    const stdout = new Memory();
    const seen: string[] = [];
    const answer = (seed: number) => {
      seen.push(stdout.text);
      return seed === 2 ? { verdict: 'inconclusive' as const } : {};
    };
    await sim(['--scenario', 'bank', '--seeds', '4', '--no-report', '--reporter', 'dot'], { stdout, answer });
    expect(seen.slice(0, 4)).toEqual(['', '.', '..', '..?']);
    expect(stdout.text).toMatch(/^\.\.\?\.\nsweep of bank/);
  });
});
