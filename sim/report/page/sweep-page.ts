/** The page of a sweep. Invariant: it has every kind of failure, and its size does not grow with the number of seeds. */
import { formatHtml, type PageApp } from '../html.js';
import type { Verdict } from '../../run/run-result.js';
import type { Distribution, SweepPage, SweptScenario } from './sweep-data.js';

/** A histogram needs no more. */
const VALUES_MAX = 20_000;
const SEEDS_MAX = 2000;

export function formatSweepPage(scenarios: readonly SweptScenario[], version: string, app: PageApp): string {
  const verdict = worstOf(scenarios.map((one) => one.verdict));
  const data: SweepPage = { kind: 'sweep', version, scenarios: scenarios.map(withinSize) };
  const names = scenarios.map(({ scenario }) => scenario).join(', ');
  const seeds = scenarios.reduce((sum, { seedsRun }) => sum + seedsRun, 0);
  return formatHtml({ title: `${names} · ${seeds} seeds · ${verdict}`, verdict, data }, app);
}

function withinSize(swept: SweptScenario): SweptScenario {
  return {
    ...swept,
    failures: swept.failures.map((kind) => ({
      ...kind,
      seeds: kind.seeds.slice(0, SEEDS_MAX),
      replays: kind.replays.slice(0, REPLAYS_MAX),
    })),
    distributions: swept.distributions.map(thinned),
  };
}

const REPLAYS_MAX = 10;

function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('violated')) return 'violated';
  return verdicts.includes('inconclusive') ? 'inconclusive' : 'satisfied';
}

/** Every so many of the sorted values, which keeps the shape. */
function thinned({ name, values }: Distribution): Distribution {
  if (values.length <= VALUES_MAX) return { name, values };
  const sorted = [...values].sort((left, right) => left - right);
  const step = (sorted.length - 1) / (VALUES_MAX - 1);
  return { name, values: Array.from({ length: VALUES_MAX }, (_, at) => sorted[Math.round(at * step)] ?? 0) };
}
