/**
 * `npm run bench`: the cost of a simulated run, the store and `sim serve`, as ratios of two measurements.
 * Each measurement alternates with its counterpart, and the median is quoted. A machine whose speed drifts
 * therefore gives the same ratio. `profile` says which room takes how much of the CPU.
 */
import { bankCost } from './bank-cost.js';
import { callRate } from './call-rate.js';
import { checkers } from './checkers.js';
import { commandTime } from './command-time.js';
import { crowds } from './crowds.js';
import { writeSection } from './page.js';
import { profile } from './profile.js';
import { provenance } from './provenance.js';
import { formatRatio, ratioTable, type Ratio } from './ratio.js';
import { parseRequest, type BenchRequest } from './request.js';
import { serveRates } from './serve.js';
import { storeCost } from './store.js';
import { sweepRates } from './sweep.js';
import { work } from './work.js';

/** Measures ratios, or makes a table of its own. */
const benchmarks = {
  'call-rate': callRate,
  'bank-cost': bankCost,
  'command-time': commandTime,
  store: storeCost,
  crowds,
  checkers,
  serve: serveRates,
  sweep: sweepRates,
  work,
  profile,
} as const;

type Name = keyof typeof benchmarks;

let request: BenchRequest<Name> | undefined;
try {
  request = parseRequest(process.argv.slice(2), Object.keys(benchmarks) as Name[]);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 64;
}
if (request !== undefined) await run(request);

async function run({ names, write }: BenchRequest<Name>): Promise<void> {
  let met = true;
  for (const name of names) {
    const measured: string | readonly Ratio[] = await benchmarks[name]();
    const text = typeof measured === 'string' ? measured : measured.map(formatRatio).join('\n');
    console.log(text);
    const isMet = typeof measured === 'string' || measured.every(({ median, wanted }) => median >= wanted);
    met &&= isMet;
    if (!write) continue;
    const table = typeof measured === 'string' ? measured : ratioTable(measured);
    writeSection(`bench ${name}`, `${provenance()}\n\n${table}`);
  }
  process.exitCode = met ? 0 : 1;
}
