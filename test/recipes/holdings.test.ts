import { expect, it } from 'vitest';
import { Holdings } from '../../src/line/holdings.js';

it('holdings forget what is over', () => {
  const holdings = new Holdings<{ readonly name: string; readonly signal: AbortSignal }>();
  const ends = ['a', 'b'].map((name) => ({ name, end: new AbortController() }));
  for (const { name, end } of ends) holdings.keep({ name, signal: end.signal });
  ends[0]?.end.abort();
  expect(holdings.all.map(({ name }) => name)).toEqual(['b']);
});
