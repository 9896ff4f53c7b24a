/** How often something occurred in the seeds: a few bars, and the same in words. */
import type { Distribution } from '../../../sim/report/page/sweep-data.js';
import { element } from '../page/dom.js';
import { formatCount } from '../page/format.js';
import { spreadOf } from './spread.js';

const PARTS = 24;

export function histogram({ name, values }: Distribution): HTMLElement {
  const spread = spreadOf(values, PARTS);
  if (spread === undefined) return element('div', {});
  const { least, median, most, parts } = spread;
  const words = `${formatCount(least)} to ${formatCount(most)}, median ${formatCount(median)}`;
  const highest = parts.reduce((most_, count) => Math.max(most_, count), 1);
  const bars = parts.map((count) => {
    const bar = element('span', {});
    bar.style.height = `${count === 0 ? 0 : Math.max(4, (count / highest) * 100)}%`;
    return bar;
  });
  return element(
    'figure',
    { class: 'histogram' },
    element('figcaption', {}, element('strong', {}, name), element('span', { class: 'quiet' }, words)),
    element('div', { class: 'bars', role: 'img', 'aria-label': `${name}: ${words}` }, ...bars),
    element(
      'div',
      { class: 'range quiet', 'aria-hidden': 'true' },
      element('span', {}, formatCount(least)),
      element('span', {}, formatCount(most)),
    ),
  );
}

/** `operations 4 to 120 (median 38)`; empty without values. */
export function inWords({ name, values }: Distribution): string {
  const spread = spreadOf(values, 1);
  if (spread === undefined) return '';
  const { least, median, most } = spread;
  if (least === most) return `${name} ${formatCount(least)}`;
  return `${name} ${formatCount(least)} to ${formatCount(most)} (median ${formatCount(median)})`;
}
