/** The terminal's explanation of a failure. */
import { describe, expect, it } from 'vitest';
import { formatRun, formatSweep } from '../../sim/report/terminal.js';
import { decisives, explained, explanationOf } from './explanation-fixture.js';
import { buildRun, buildSweep } from './fixture.js';

const plain = { color: false };
const violated = buildRun({ violated: true });

/** The section, without its heading. */
function whyOf(text: string): string {
  return /\nWhy\n([^]*?)\n\nRun it again\n/.exec(text)?.[1] ?? 'no such section';
}

const withoutPast = (changes: Parameters<typeof explained>[1]) =>
  whyOf(formatRun(explained(violated, { past: [], ...changes }), plain));

describe('why a run failed, in the terminal', () => {
  it('is the sentence, the moment that decides it, and the events that led to it', () => {
    expect(whyOf(formatRun(explained(violated), plain))).toMatchInlineSnapshot(`
      "  in a run of 12 operations of 3 nodes, 6 faults, 3 members:
        sum-conserved: at revision 10 the balances add up to 475
        Decided at 9.000 ms by event 212 of 492: a fault begins: m3 killed, back
          after 1 ms.
          Of the futures that are drawn anew before it 2 of 10 fail, after it 10 of
            10 fail.
          Under way: n1-2, n2-3.
        What led to it:
          1.200 ms  n1  n3-1  reads acc1 = 100 at revision 6
          8.700 ms  m3  n1-1  commits acc1 = 50 at revision 7
          9.000 ms  m3  is killed"
    `);
  });

  it('names the range of events if several contribute', () => {
    const { event } = decisives;
    const decisive = { ...event, before: { ...event.before, events: 180 } };
    const why = withoutPast({ decisive }).replace(/\s+/g, ' ');
    expect(why).toContain(
      'Decided by events 181 to 212 of 492, most of all at 9.000 ms by event 212: a fault',
    );
    expect(why).toContain('drawn anew before them 2 of 10 fail, after them 10 of 10 fail');
    const coarse = withoutPast({ decisive: { ...decisive, isExact: false } }).replace(/\s+/g, ' ');
    expect(coarse).toContain(
      'by some of events 181 to 212 of 492, at 9.000 ms at the latest by event 212: a',
    );
  });

  it('says that the plan alone is enough if futures fail from the start', () => {
    expect(withoutPast({ decisive: decisives.fromStart })).toMatchInlineSnapshot(`
      "  in a run of 12 operations of 3 nodes, 6 faults, 3 members:
        sum-conserved: at revision 10 the balances add up to 475
        No fault is needed: it fails however it unfolds.
          Of the futures that are drawn anew from the start on 9 of 10 fail."
    `);
  });

  it('says that its faults are enough if it has some', () => {
    const why = withoutPast({ decisive: { ...decisives.fromStart, faults: 2 } });
    expect(why).toContain('With its 2 faults it fails however it unfolds.');
  });

  it('says that nothing decides it before the end if futures pass up to there', () => {
    expect(withoutPast({ decisive: decisives.atEnd })).toMatchInlineSnapshot(`
      "  in a run of 12 operations of 3 nodes, 6 faults, 3 members:
        sum-conserved: at revision 10 the balances add up to 475
        Nothing decides it before the end.
          Of the futures that are drawn anew from 18.000 ms on 1 of 10 fails."
    `);
  });

  it('says that the moment is unknown after too few runs, or none', () => {
    const { decisive: _, past: _past, ...rest } = explanationOf(violated);
    const unknown = (runs: number) =>
      whyOf(formatRun({ ...violated, explanation: { ...rest, runs } }, plain));
    expect(unknown(30)).toContain('What decides it is not known: 30 runs were too few.');
    expect(unknown(0)).toContain('What decides it is not known: 492 events are too many');
  });

  it('puts the event below its moment if a line has little room', () => {
    const [step] = explanationOf(violated).past ?? [];
    if (step === undefined) throw new Error('no steps');
    const result = explained(violated, { past: [step] });
    expect(
      whyOf(formatRun(result, { ...plain, width: 40 }))
        .split('\n')
        .slice(-2),
    ).toEqual(['    1.200 ms  n1  n3-1', '      reads acc1 = 100 at revision 6']);
  });

  it('says that it was interrupted', () => {
    const { decisive: _, ...rest } = explanationOf(violated);
    const explanation = { ...rest, interrupted: true as const, runs: 30 };
    expect(whyOf(formatRun({ ...violated, explanation }, plain))).toContain(
      'What decides it is not known: it was interrupted after 30 runs.',
    );
  });

  it('is shown for the first failure of a sweep', () => {
    expect(whyOf(formatSweep(buildSweep([explained(violated)]), plain))).toBe(
      whyOf(formatRun(explained(violated), plain)),
    );
  });

  it('is absent without an explanation', () => {
    expect(formatRun(violated, plain)).not.toContain('\nWhy\n');
  });

  it('has one line for folded steps', () => {
    const folded = [1, 2, 3].map((index) => ({ timeUs: index, node: 'n1', text: `does thing ${index}` }));
    const past = [{ timeUs: 1, node: 'n1', text: '3 more steps', folded }];
    const why = whyOf(formatRun(explained(violated, { past }), plain));
    expect(why).toMatch(/0\.001 ms {2}n1 {2}3 more steps$/);
    expect(why).not.toContain('does thing');
  });

  it('fits into a narrow terminal, and lets nothing in it steer one', () => {
    const text = '\u001b[2Jand then a very long text without an end that goes on and on';
    const past = [{ timeUs: 1, node: 'n\u001b1', operation: 'n1-2', text }];
    const why = whyOf(formatRun(explained(violated, { past }), { color: false, width: 60 }));
    expect(why).not.toContain('\u001b');
    expect(Math.max(...why.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});
