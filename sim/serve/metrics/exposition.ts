/**
 * Prometheus' text format. Invariant: numbers are written as Go writes them and everything is in the order of
 * names, so that the page matches etcd's, without the lines of help.
 */
import { Distribution } from '../../etcd/metrics/distribution.js';

export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number | Distribution;
}

export type Labels = Readonly<Record<string, string>>;

/** Families without a sample are left out, because nothing is known about them yet. */
export function expositionOf(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .sort((left, right) => compare(left.name, right.name))
    .map(textOf)
    .join('');
}

function textOf({ name, type, samples }: Family): string {
  const sorted = samples
    .map(({ labels, value }) => ({ labels: sortedLabels(labels), value }))
    .sort((left, right) => compareValues(left.labels, right.labels));
  const lines = sorted.flatMap(({ labels, value }) => linesOf(name, labels, value));
  return `# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Names and values. */
type SortedLabels = readonly (readonly [name: string, value: string])[];

function sortedLabels(labels: Labels): SortedLabels {
  return Object.entries(labels).sort(([left], [right]) => compare(left, right));
}

function compareValues(left: SortedLabels, right: SortedLabels): number {
  for (const [index, [, value]] of left.entries()) {
    const order = compare(value, right[index]?.[1] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function linesOf(name: string, labels: SortedLabels, value: number | Distribution): string[] {
  if (typeof value === 'number') return [line(name, labels, value)];
  let count = 0;
  const buckets = value.counts.map((more, index) => {
    count += more;
    return line(`${name}_bucket`, [...labels, ['le', goNumber(value.bounds[index] ?? Infinity)]], count);
  });
  return [...buckets, line(`${name}_sum`, labels, value.sum), line(`${name}_count`, labels, count)];
}

function line(name: string, labels: SortedLabels, value: number): string {
  const pairs = labels.map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${goNumber(value)}\n`;
}

function escaped(text: string): string {
  if (!/[\\\n"]/.test(text)) return text;
  return text
    .replace(/\\/g, String.raw`\\`)
    .replace(/\n/g, String.raw`\n`)
    .replace(/"/g, String.raw`\"`);
}

/** As `strconv.FormatFloat(value, 'g', -1, 64)`. */
export function goNumber(value: number): string {
  if (Number.isInteger(value) && value >= 0 && value < 1e6) return String(value);
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export function counter(name: string, value: number): Family {
  return { name, type: 'counter', samples: [{ labels: {}, value }] };
}

export function gauge(name: string, value: number | boolean): Family {
  return { name, type: 'gauge', samples: [{ labels: {}, value: Number(value) }] };
}

/** A gauge with the value 1 that carries information in its labels. */
export function fact(name: string, labels: Labels): Family {
  return { name, type: 'gauge', samples: [{ labels, value: 1 }] };
}

/** A histogram for something that takes no time, with the number of times it happened. */
export function instants(name: string, bounds: readonly number[], count: number): Family {
  return { name, type: 'histogram', samples: [{ labels: {}, value: instant(bounds, count) }] };
}

export function instant(bounds: readonly number[], count: number): Distribution {
  const distribution = new Distribution(bounds);
  distribution.counts[0] = count;
  return distribution;
}

/** Bounds that double. */
export function doubling(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first * 2 ** index);
}
