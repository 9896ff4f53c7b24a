/** Mutual exclusion of operations by their name: of those with the same input, one is under way at a time. */
import { checks } from '../../../../check/ready/index.js';
import type { Check } from '../../../../check/check.js';

export function exclusionOf(name: string, checkName: string): Check {
  return checks.mutualExclusion({
    name: checkName,
    description: `At most one ${name} goes on at a time.`,
    during: name,
    key: ({ input }): unknown => input,
  });
}

/** Such as `one-inside-at-a-time`; names that look alike get a number. */
export function exclusionNameOf(name: string, taken: readonly string[]): string {
  const words = name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  const base = `one-${words === '' ? 'operation' : words}-at-a-time`;
  for (let count = 1; ; count++) {
    const one = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(one)) return one;
  }
}
