/** Files that cannot be read, or are not what they should be, end in exit code 64 and one line that names them. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sim } from './harness.js';

const directory = mkdtempSync(path.join(tmpdir(), 'sim-bad-files-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function refusal(argv: readonly string[]): Promise<string> {
  const { code, stderr } = await sim(argv, { cwd: directory });
  expect([code, stderr.lines.length]).toEqual([64, 1]);
  return stderr.text.slice('sim: '.length, -1);
}

describe('a repro', () => {
  const file = () => path.join(directory, 'repro.json');

  it('is refused where it is larger than any repro', async () => {
    writeFileSync(file(), '');
    truncateSync(file(), 100_000_000);
    expect(await refusal(['replay', 'repro.json'])).toBe(
      '"repro.json": expected a repro of at most 50 MB, got 100 MB',
    );
  });

  it('is refused where it is no UTF-8, no JSON, or a directory', async () => {
    writeFileSync(file(), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(await refusal(['replay', 'repro.json'])).toMatch(/^cannot read "repro.json": .*utf-8/);
    writeFileSync(file(), '[1');
    expect(await refusal(['replay', 'repro.json'])).toBe('"repro.json": expected a repro in JSON');
    expect(await refusal(['shrink', '.'])).toMatch(/^cannot read "\.": /);
  });
});

it.each([
  'throw null',
  'export default new Proxy({}, { get: () => { throw 1; } })',
  'export default Promise.resolve({})',
  'export default { get seed() { throw new Error("no"); } }',
])('a config file is refused in one line: %s', async (text) => {
  const name = `config-${text.length}.mjs`;
  writeFileSync(path.join(directory, name), `${text};\n`);
  expect(await refusal(['--scenario', 'bank', '--config', name])).toContain(`config file "${name}"`);
});
