/** At most one leader, each that asks told the truth, and a lease's loss told in time. */

import { describe, expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import type { History } from '../../../sim/history/history.js';
import { logOf, op, verdictOf } from './histories.js';

const unsure = { end: 'indefinite' } as const;
const pause = (node: string, from: number, until: number): Partial<History> => ({
  standstills: [{ node, fromUs: from * 1_000_000, untilUs: until * 1_000_000 }],
});

describe('one leader', () => {
  const check = checks.oneLeader({ reign: 'lead', told: 'ask' });
  const told = (leader: string | null) => ({ output: { leader } });

  it('leads at a time', () => {
    expect(verdictOf(check, [op('a lead', [1, 3]), op('b lead', [4, 6])])).toBe('satisfied');
    expect(verdictOf(check, [op('a lead', [1, 5]), op('b lead', [4, 6])])).toMatch(
      /^violated by lead@1, lead@4: lead@4 began to lead while lead@1 still led: expected one leader at a time \(lead@1 by a, lead@4 by b\)/,
    );
    const of = (election: string) => ({ input: { election } });
    expect(verdictOf(check, [op('a lead', [1, 5], of('x')), op('b lead', [4, 6], of('y'))])).toBe(
      'satisfied',
    );
  });

  it('is what an answer says, where it led all the while', () => {
    const led = op('a lead', [1, 9]);
    expect(verdictOf(check, [led, op('c ask', [2, 3], told('a'))])).toBe('satisfied');
    expect(verdictOf(check, [led, op('c ask', [2, 3], told('b'))])).toMatch(
      /^violated by lead@1, ask@2: ask@2 saw b lead: expected a, which led the whole time \(lead@1\)/,
    );
    expect(verdictOf(check, [led, op('c ask', [2, 3], told(null))])).toMatch(/saw nobody lead: expected a/);
  });

  it('does not break an answer that overlaps its beginning or its end, or that has no answer', () => {
    const led = op('a lead', [2, 9]);
    expect(verdictOf(check, [led, op('c ask', [1, 3], told(null))])).toBe('satisfied');
    expect(verdictOf(check, [led, op('c ask', [8, 10], told('b'))])).toBe('satisfied');
    expect(verdictOf(check, [led, op('c ask', [3, 4], unsure), op('c ask', [5])])).toBe('satisfied');
  });

  it('may be another where it could not know that it leads no longer', () => {
    const operations = [op('a lead', [1, 9]), op('b lead', [5, 8]), op('c ask', [6, 7], told('b'))];
    expect(verdictOf(check, operations)).toMatch(/^violated/);
    expect(verdictOf(check, operations, pause('a', 2, 8))).toBe('satisfied');
    expect(verdictOf(check, operations, { revocations: ['7'] })).toBe('satisfied');
  });

  describe('by campaigns', () => {
    const pair = checks.oneLeader({
      ...{ campaign: 'campaign', resign: ['resign', 'lost'], told: 'ask' },
      known: ({ input }) => input.as,
    });
    const as = (name: string) => ({ input: { as: name } });

    it('leads from its campaign to its resignation', () => {
      const operations = [op('a campaign', [1, 2], as('A')), op('b campaign', [1.5, 5], as('B'))];
      expect(verdictOf(pair, [...operations, op('a resign', [4, 6])])).toBe('satisfied');
      expect(verdictOf(pair, [...operations, op('a resign', [5.5, 6])])).toMatch(
        /^violated by campaign@1, campaign@1.5/,
      );
      expect(
        verdictOf(pair, [
          op('a campaign', [1, 2], { ...as('A'), ...unsure }),
          operations[1] ?? op('b x', [1]),
        ]),
      ).toBe('satisfied');
    });

    it('is one that stood for it', () => {
      const stood = op('a campaign', [1, 2], { ...as('A'), ...unsure });
      expect(verdictOf(pair, [stood, op('c ask', [3, 4], told('A'))])).toBe('satisfied');
      expect(verdictOf(pair, [stood, op('c ask', [3, 4], told('Z'))])).toMatch(
        /^violated by ask@3: ask@3 saw Z lead: expected a candidate, got one that never campaigned \(candidates: A/,
      );
      const byOutput = checks.oneLeader({
        ...{ campaign: 'campaign', resign: 'resign', told: 'ask' },
        known: ({ output }) => output.as,
      });
      expect(verdictOf(byOutput, [stood, op('c ask', [3, 4], told('Z'))])).toBe('satisfied');
    });
  });
});

describe('a lease', () => {
  const check = checks.leaseToldInTime({ during: 'hold', look: 'look' });
  const on = (key: string) => ({ input: { key } });
  const saw = (...keys: string[]) => ({ output: { keys } });

  it('is held until another node may see its key gone', () => {
    const held = op('a hold', [1, 9], on('k'));
    expect(verdictOf(check, [held, op('b look', [2, 3], saw('k')), op('b look', [10, 11], saw())])).toBe(
      'satisfied',
    );
    expect(verdictOf(check, [held, op('b look', [4, 5], saw('other'))])).toMatch(
      /^violated by hold@1, look@4: hold@1 still held k when look@4 saw that it was gone, and learned it 4000 ms later: expected the holder to learn it first/,
    );
    expect(verdictOf(check, [op('a hold', [1], on('k')), op('b look', [4, 5], saw())])).toMatch(
      /never learned it/,
    );
  });

  it('may be gone for a look that began before it was held, or has no answer', () => {
    const held = op('a hold', [3, 9], on('k'));
    expect(verdictOf(check, [op('b look', [2, 5], saw()), held])).toBe('satisfied');
    expect(verdictOf(check, [held, op('b look', [4, 5], unsure), op('b look', [6])])).toBe('satisfied');
  });

  it('may outlast its key while its owner is paused, or after an operator revoked it, until the owner learns of it', () => {
    const operations = [
      op('a hold', [1, 9], { input: { key: 'k', lease: '7' } }),
      op('b look', [4, 5], saw()),
    ];
    expect(verdictOf(check, operations, pause('a', 2, 8))).toBe('satisfied');
    expect(verdictOf(check, operations, { revocations: ['7'] })).toBe('satisfied');
    expect(verdictOf(check, operations, { revocations: ['8'] })).toMatch(/^violated/);
    const strict = checks.leaseToldInTime({ during: 'hold', look: 'look', toldWithinSeconds: 1 });
    expect(verdictOf(strict, operations, { revocations: ['7'] })).toMatch(/^violated/);
  });

  it('is gone for every node that reported a revision after its deletion', () => {
    const pair = checks.leaseToldInTime({ acquire: 'grant', release: ['revoke', 'lost'] });
    const log = logOf({ k: '1' }, { x: '1' }, { k: null }, { x: '2' });
    const granted = op('a grant', [1, 2], { ...on('k'), revision: 2 });
    const wrote = (from: number, revision: number) => op('b put', [from, from + 1], { revision });
    const ended = op('a lost', [9, 9.5], on('k'));
    expect(verdictOf(pair, [granted, wrote(3, 3), ended], { log })).toBe('satisfied');
    expect(verdictOf(pair, [granted, wrote(3, 5), ended], { log })).toMatch(/^violated by grant@1, put@3/);
    expect(verdictOf(pair, [granted, wrote(8.5, 5), ended], { log })).toBe('satisfied');
  });
});
