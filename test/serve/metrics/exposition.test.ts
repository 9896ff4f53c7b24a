/** Prometheus' text format: numbers as Go writes them, labels, histograms. */
import { expect, it } from 'vitest';
import { Distribution } from '../../../sim/etcd/metrics/distribution.js';
import { counter, expositionOf, gauge, goNumber } from '../../../sim/serve/metrics/exposition.js';

it.each([
  [0, '0'],
  [-1, '-1'],
  [20480, '20480'],
  [999_999, '999999'],
  [1_000_000, '1e+06'],
  [1_048_576, '1.048576e+06'],
  [2_147_483_648, '2.147483648e+09'],
  [2 ** 64, '1.8446744073709552e+19'],
  [0.5, '0.5'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
  [NaN, 'NaN'],
])('writes %d as %s', (value, text) => {
  expect(goNumber(value)).toBe(text);
});

it('is in the order of names, and then of labels', () => {
  const samples = [
    { labels: { zone: 'b', area: 'x' }, value: 1 },
    { labels: { zone: 'a', area: 'x' }, value: 2 },
  ];
  expect(expositionOf([gauge('later', true), { name: 'first', type: 'counter', samples }])).toBe(
    [
      '# TYPE first counter',
      'first{area="x",zone="a"} 2',
      'first{area="x",zone="b"} 1',
      '# TYPE later gauge',
      'later 1\n',
    ].join('\n'),
  );
});

it('shows nothing without a sample', () => {
  expect(expositionOf([{ name: 'unknown', type: 'gauge', samples: [] }, counter('known', 3)])).toBe(
    '# TYPE known counter\nknown 3\n',
  );
});

it('escapes special characters in labels', () => {
  const samples = [{ labels: { text: 'a "b"\n\\' }, value: 1 }];
  expect(expositionOf([{ name: 'x', type: 'gauge', samples }])).toContain(
    String.raw`x{text="a \"b\"\n\\"} 1`,
  );
});

it('adds up the buckets of a histogram', () => {
  const value = new Distribution([1, 2, 4]);
  for (const observed of [1, 1.5, 2, 3, 5]) value.observe(observed);
  expect(expositionOf([{ name: 'h', type: 'histogram', samples: [{ labels: { of: 'x' }, value }] }])).toBe(
    [
      '# TYPE h histogram',
      'h_bucket{of="x",le="1"} 1',
      'h_bucket{of="x",le="2"} 3',
      'h_bucket{of="x",le="4"} 4',
      'h_bucket{of="x",le="+Inf"} 5',
      'h_sum{of="x"} 12.5',
      'h_count{of="x"} 5\n',
    ].join('\n'),
  );
});
