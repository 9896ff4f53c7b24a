/**
 * `npm run repros`: writes `docs/examples/repros/<specimen>.json` for every specimen, the shrunk repro of its
 * first failure from seed 0 on, and their table in docs/track-record.md. Run it after every change that
 * alters traces.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeSize } from '../../sim/plan/plan.js';
import { formatRepro, reproOf } from '../../sim/repro/repro.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { specimens } from '../../scenarios/index.js';
import { firstFailure, shrinkFailure } from './first-failure.js';
import { writeSection } from '../page.js';
import { readRepros, REPROS, reproTable } from './repro-files.js';

const root = path.resolve(import.meta.dirname, '../../..');
const wanted = process.argv.slice(2);

for (const specimen of specimens) {
  if (wanted.length > 0 && !wanted.includes(specimen.name)) continue;
  const { smallest } = await shrinkFailure(specimen, await firstFailure(specimen, 0));
  const repro = reproOf(smallest, DEFAULT_BUDGET);
  if (repro === undefined) throw new Error('a simulated run has a trace');
  writeFileSync(path.join(root, REPROS, `${specimen.name}.json`), formatRepro(repro));
  console.error(`${specimen.name}: ${describeSize(smallest.plan)}`);
}
writeSection('repros', reproTable(readRepros(root)));
