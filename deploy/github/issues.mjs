/**
 * Writes the text of an issue for each kind of failure: `node issues.mjs RESULT.json FOLDER`, with the lines of
 * `sim --reporter json`. The first line of a file is the title, which is the same each night.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [file = '', folder = 'issues'] = process.argv.slice(2);
const MESSAGE_MAX = 2000;
const SEEDS_MAX = 20;

/** One printable line: nothing in it is markup, a mention or a command. */
const lineOf = (text) =>
  text
    .slice(0, MESSAGE_MAX)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('`', "'")
    .trim();

mkdirSync(folder, { recursive: true });
let count = 0;
for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const { scenario, failures = [], shrunk, firstFailure } = JSON.parse(line);
  const kinds = new Map();
  for (const failure of failures) {
    const kind = kinds.get(failure.signature) ?? { ...failure, seeds: [] };
    kind.seeds.push(failure.seed);
    kinds.set(failure.signature, kind);
  }
  for (const { signature, message, replay, seeds } of kinds.values()) {
    const isShown = firstFailure?.plan.seed === seeds[0];
    const more = seeds.length > SEEDS_MAX ? ` and ${seeds.length - SEEDS_MAX} more` : '';
    const text = [
      lineOf(`simulation: ${scenario}: ${signature}`).slice(0, 200),
      'A simulated run fails:',
      '',
      '```text',
      lineOf(message),
      '```',
      '',
      'Run it again:',
      '',
      '```sh',
      lineOf(replay),
      '```',
      '',
      `Seeds that fail so: ${seeds.slice(0, SEEDS_MAX).join(', ')}${more}.`,
      ...(isShown && shrunk !== undefined ? ['The report of this run has its smallest form.'] : []),
      '',
    ];
    count += 1;
    writeFileSync(path.join(folder, `${count}.md`), text.join('\n'));
  }
}
