/**
 * `npm run bench:bugs`: how soon every specimen is found, by every strategy and by fast-check alone, and how small the
 * failures become. stdout is Markdown, stderr is progress.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { subjects } from './subjects.js';
import type { Cell, Measurement } from './cells.js';
import { writeSection } from '../page.js';
import { doAll } from '../pool.js';
import { parseRequest, type BugsRequest } from './request.js';
import { formatTables } from './tables.js';

let request: BugsRequest | undefined;
try {
  request = parseRequest(process.argv.slice(2), subjects);
} catch (error) {
  console.error(`bench:bugs: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 64;
}
if (request !== undefined) await run(request);

async function run({ cells, workers, json, from, write }: BugsRequest): Promise<void> {
  const measurements =
    from === undefined
      ? await doAll<Cell, Measurement>({
          ...{ jobs: cells, workers, script: new URL('./worker.js', import.meta.url) },
          progress(measured, last) {
            console.error(`${measured.length} of ${cells.length}: ${describe(last)}`);
            if (json !== undefined) writeFileSync(json, `${JSON.stringify(measured)}\n`);
          },
        })
      : (JSON.parse(readFileSync(from, 'utf8')) as readonly Measurement[]);
  const tables = formatTables(measurements);
  console.log(tables);
  if (write) writeSection('bench:bugs', tables);
}

function describe({ cell, starts }: Measurement): string {
  const seconds = starts.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0).toFixed(1);
  const what = cell.kind === 'detection' ? `by ${cell.way}` : 'shrunk';
  return `${cell.specimen} ${what}, ${starts.length} starts, ${seconds} s of CPU`;
}
