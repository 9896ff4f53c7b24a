/**
 * The track record's findings are still found: each of its commands ends as stated, and prints the quoted
 * output.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { simInProcess } from './cli/in-process.js';
import { root } from './documents.js';

interface Finding {
  readonly command: string;
  readonly code: number;
  readonly shows: readonly string[];
}

/**
 * Commands are indented lines; the output of each follows an arrow. Those that need a real etcd are in the
 * text.
 */
function findingsOf(text: string): readonly Finding[] {
  const findings: { command: string; code: number; shows: string[] }[] = [];
  for (const line of text.split('\n')) {
    const [, command, code = '1'] = /^ {4}(sim .*?)(?: # exits (\d+))?$/.exec(line) ?? [];
    if (command !== undefined) findings.push({ command, code: Number(code), shows: [] });
    const [, shown] = /^ {4}→ (.*)$/.exec(line) ?? [];
    if (shown !== undefined) findings.at(-1)?.shows.push(shown);
  }
  return findings;
}

const findings = findingsOf(readFileSync(path.join(root, 'docs/track-record.md'), 'utf8'));

it('has a command for each finding, with an output', () => {
  expect(findings.length).toBeGreaterThan(30);
  expect(findings.filter(({ shows }) => shows.length === 0)).toEqual([]);
});

it.each(findings.map((finding) => [finding.command, finding] as const))('%s', async (command, finding) => {
  const words = [...command.split(' ').slice(1), '--no-report', '--no-shrink', '--no-explain'];
  const { code, stdout, stderr } = await simInProcess(words, root);
  expect(code, stderr).toBe(finding.code);
  const output = stdout.replaceAll(/\s+/g, ' ');
  for (const shown of finding.shows) expect(output).toContain(shown);
});
