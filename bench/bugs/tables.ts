/**
 * The measurements as Markdown: how soon each specimen is found, with each way in one line, and how small
 * repros become. Invariant: a miss is reported, and counts as later than any detection.
 */
import { table } from '../../sim/docs/table.js';
import { isDetection, type DetectionMeasurement, type Measurement, type Way } from './cells.js';
import { geometricMean, lowerMedian, mean } from './statistics.js';

export function formatTables(measurements: readonly Measurement[]): string {
  const detections = measurements.filter(isDetection);
  const ways = [...new Set(detections.map(({ cell }) => cell.way))];
  // fast-check has too few specimens for a comparison with the others.
  const compared = ways.filter((way) => way !== 'fast-check');
  const parts = [
    detectionTable(detections, ways),
    wayTable(detections, compared),
    shrinkingTable(measurements),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function detectionTable(detections: readonly DetectionMeasurement[], ways: readonly Way[]): string {
  if (detections.length === 0) return '';
  const specimens = [...new Set(detections.map(({ cell }) => cell.specimen))];
  const rows = specimens.map((specimen) => [
    `\`${specimen}\``,
    ...ways.map((way) => {
      const one = detections.find(({ cell }) => cell.specimen === specimen && cell.way === way);
      return one === undefined ? '' : describe(one);
    }),
  ]);
  return table(['specimen', ...ways], rows);
}

/** Such as `8, 0.21 s` or, with the cost of several runs per seed, `2 (14), 0.4 s`; misses follow. */
function describe({ cell, starts }: DetectionMeasurement): string {
  const misses = starts.filter(({ caught }) => !caught).length;
  const missed = misses === 0 ? '' : `, missed ${misses} of ${starts.length}`;
  const needed = (of: 'seeds' | 'runs') =>
    lowerMedian(starts.map((one) => (one.caught ? one[of] : Infinity)));
  const runs = needed('runs');
  if (runs === Infinity) return `>${cell.runsMax}${missed}`;
  const seeds = needed('seeds');
  const count = seeds === runs ? String(runs) : `${seeds} (${runs})`;
  return `${count}, ${formatSeconds(medianCpu(starts))}${missed}`;
}

function medianCpu(starts: DetectionMeasurement['starts']): number {
  return lowerMedian(starts.map(({ caught, cpuSeconds }) => (caught ? cpuSeconds : Infinity)));
}

function wayTable(detections: readonly DetectionMeasurement[], ways: readonly Way[]): string {
  const reference = new Map(
    detections
      .filter(({ cell }) => cell.way === 'time')
      .map(({ cell, starts }) => [cell.specimen, medianCpu(starts)]),
  );
  const rows = ways.map((way) => {
    const own = detections.filter(({ cell }) => cell.way === way);
    const always = own.filter(({ starts }) => starts.every(({ caught }) => caught)).length;
    const ratios = own
      .map(({ cell, starts }) => medianCpu(starts) / (reference.get(cell.specimen) ?? Number.NaN))
      .filter((ratio) => Number.isFinite(ratio) && ratio > 0);
    const ratio = ratios.length === 0 ? '-' : `${geometricMean(ratios).toFixed(2)} (of ${ratios.length})`;
    const sum = own.reduce((total, { starts }) => total + mean(starts.map((one) => one.cpuSeconds)), 0);
    return [way, `${always} of ${own.length}`, ratio, formatSeconds(sum)];
  });
  if (rows.length === 0) return '';
  return table(['way', 'found in every start', 'CPU relative to `time`', 'CPU for one start of each'], rows);
}

function shrinkingTable(measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap((measurement) => {
    if (isDetection(measurement)) return [];
    const { cell, starts } = measurement;
    const middle = (of: 'operations' | 'faults' | 'nodes' | 'runs' | 'explainRuns') =>
      String(lowerMedian(starts.map((one) => one[of])));
    const most = (of: 'operations' | 'faults') => String(Math.max(...starts.map((one) => one[of])));
    return [
      [
        `\`${cell.specimen}\``,
        ...(['operations', 'faults', 'nodes', 'runs', 'explainRuns'] as const).map(middle),
        ...(['operations', 'faults'] as const).map(most),
        formatSeconds(lowerMedian(starts.map(({ cpuSeconds }) => cpuSeconds))),
      ],
    ];
  });
  if (rows.length === 0) return '';
  const headings = ['specimen', 'operations', 'faults', 'nodes', 'runs to shrink it', 'runs to explain it'];
  return table([...headings, 'most operations', 'most faults', 'CPU for both'], rows);
}

/** Such as `0.004 s`, `0.21 s` or `37 s`. */
function formatSeconds(seconds: number): string {
  if (seconds >= 10) return `${Math.round(seconds)} s`;
  return `${seconds.toFixed(seconds < 0.01 ? 3 : seconds < 1 ? 2 : 1)} s`;
}
