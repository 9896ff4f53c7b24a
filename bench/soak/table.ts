/** The results of a soak as a table, a row for each scenario and one for the total. */
import { formatTable } from '../../sim/report/layout.js';
import type { SoakResult, Unsound } from './job.js';

const HEADINGS = [
  ...['scenario', 'seeds', 'runs', 'faults that hit'],
  ...['violated', 'inconclusive', 'nondeterministic', 'broken'],
] as const;

export function formatSoak(results: readonly SoakResult[]): string {
  const names = [...new Set(results.map(({ job }) => job.scenario))];
  const rows = names.map((name) =>
    rowOf(
      name,
      results.filter(({ job }) => job.scenario === name),
    ),
  );
  return formatTable(HEADINGS, [...rows, rowOf('all', results)]);
}

function rowOf(name: string, results: readonly SoakResult[]): string[] {
  const sum = (count: (result: SoakResult) => number) =>
    results.reduce((total, result) => total + count(result), 0).toLocaleString('en');
  const unsound = (kind: Unsound['kind']) =>
    sum((result) => result.unsound.filter((one) => one.kind === kind).length);
  return [
    name,
    sum(({ job }) => job.seeds),
    sum(({ runs }) => runs),
    sum(({ faultsThatHit }) => faultsThatHit),
    unsound('violated'),
    unsound('inconclusive'),
    unsound('nondeterministic'),
    unsound('broken'),
  ];
}
