/**
 * The page of a run, and of the smaller one that shrinking made of it. Invariant: it stays below the size that a browser
 * opens at once: the longer a run is, the more of its details are cut, and the page says so.
 */
import type { RunResult } from '../../run/run-result.js';
import { formatHtml, type PageApp } from '../html.js';
import { pastOfViolation } from '../past/past-of-violation.js';
import { packRun, type PackLimits } from './pack-run.js';
import type { RunPage } from './page-data.js';

/** A run with the text of its repro. */
export interface ShownRun {
  readonly result: RunResult;
  /** Undefined for a run that no file replays. */
  readonly repro?: string | undefined;
}

/** Characters of a page. */
const LENGTH_MAX = 4_800_000;

/** What a page keeps, the best first. */
const LIMITS: readonly PackLimits[] = [
  { momentsMax: 400_000, eventsMax: 200_000, textMax: 4000, reproMax: 2_000_000 },
  { momentsMax: 200_000, eventsMax: 100_000, textMax: 1000, reproMax: 200_000 },
  { momentsMax: 100_000, eventsMax: 20_000, textMax: 200, reproMax: 0 },
  { momentsMax: 20_000, eventsMax: 2_000, textMax: 60, reproMax: 0 },
];

export function formatRunPage(run: ShownRun, shrunk: ShownRun | undefined, app: PageApp): string {
  let html = '';
  const [past, pastOfShrunk] = [run, shrunk].map((one) => one && pastOfViolation(one.result));
  for (const limits of LIMITS) {
    const data: RunPage = {
      kind: 'run',
      run: packRun(run.result, run.repro, limits, past),
      ...(shrunk === undefined ? {} : { shrunk: packRun(shrunk.result, shrunk.repro, limits, pastOfShrunk) }),
    };
    const { plan, verdict } = run.result;
    html = formatHtml({ title: `${plan.scenario} · seed ${plan.seed} · ${verdict}`, verdict, data }, app);
    if (html.length <= LENGTH_MAX) return html;
  }
  return html;
}
