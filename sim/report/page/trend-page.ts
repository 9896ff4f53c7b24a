/** The page of a trend. Invariant: its size grows with commits, failures and marks, and not with seeds. */
import { formatHtml, type PageApp } from '../html.js';
import { formatNoun } from '../quantities.js';
import type { Trend, TrendPage } from './trend-data.js';

export function formatTrendPage(trend: Trend, version: string, app: PageApp): string {
  const isFailing = ({ state }: Trend['failures'][number]) =>
    state === 'new' || state === 'back' || state === 'open';
  const data: TrendPage = { kind: 'trend', version, trend };
  return formatHtml(
    {
      title: `Trend · ${formatNoun(trend.commits.length, 'commit')}`,
      verdict: trend.failures.some(isFailing) ? 'violated' : 'satisfied',
      data,
    },
    app,
  );
}
