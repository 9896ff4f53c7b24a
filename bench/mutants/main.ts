/**
 * `npm run mutants -- FOLDER`: which small changes of the code no test notices. stdout has each such change, in one
 * line, and the scores as Markdown.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readSection, writeSection } from '../page.js';
import { measure } from './measure.js';
import { parseRequest, type MutantsRequest } from './request.js';
import { scoreOf } from './score.js';
import { lineOf } from './survivor.js';
import { newestOf, rowOf, rowsOf, scoreTable, type Provenance } from './table.js';

let request: MutantsRequest | undefined;
try {
  request = parseRequest(process.argv.slice(2));
} catch (error) {
  console.error(`mutants: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 64;
}
if (request !== undefined) await run(request);

async function run({ parts, incremental, write }: MutantsRequest): Promise<void> {
  for (const part of parts) {
    const provenance = provenanceNow();
    const results = await measure(part, incremental);
    const unnoticed = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    for (const result of unnoticed) console.log(lineOf(result, readFileSync(result.fileName, 'utf8')));
    const row = rowOf(part.path, scoreOf(results), provenance);
    console.log(scoreTable([row]));
    if (write) writeSection('mutants', scoreTable(newestOf([...rowsOf(readSection('mutants')), row])));
  }
}

function provenanceNow(): Provenance {
  const git = (...words: readonly string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'sim', 'test') === '' ? '' : ' and changes';
  const date = new Date().toISOString().slice(0, 10);
  return { date, commit: `${git('rev-parse', '--short=7', 'HEAD')}${changed}`, node: process.versions.node };
}
