/** The text in the terminal. */
import type { SweepResult } from '../../sim/explore/sweep-result.js';
import { describe, expect, it } from 'vitest';
import { formatRun, formatSweep } from '../../sim/report/terminal.js';
import { buildRun, buildSweep } from './fixture.js';

const plain = { color: false };
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/;

describe('a run in the terminal', () => {
  it('shows the summary, the numbers, the checks and the faults of a satisfied run', () => {
    expect(formatRun(buildRun({ faults: true }), plain)).toMatchInlineSnapshot(`
      "bank · seed 42 · satisfied
        accounts 5, balance 100, workers 3, transfers 4, variant stm, 3 nodes, 3
        members, etcd 3.6, one-way delay 0.12 ms to 0.98 ms

        acc1                25
        acc2               118
        acc3               128
        acc4               220
        acc5                 9
        sum                500

        transfer            12   10 ok, 2 indefinite
        conflicts           21
        calls               48
        messages           111
        virtual time   18.1 ms
        wall time       148 ms
        events             492
        trace hash     6b1f0c9ad2e84375916f27d0c3ab58e4

      Checks
        ✓ sum-conserved  The balances add up to 500 in every revision.
        ✓ no-overdraft   No balance is ever below 0.
        ✓ exactly-once   What was reported ok is in the log once, what failed is not
                         there.

      Errors
        2  indefinite  GRPCUnavailableError: 14 UNAVAILABLE: Connection dropped

      Faults
             at      for  hits
           0 ms  5.00 ms     3  n2 to m1 slower by 18 ms (jitter 6 ms)
        3.00 ms  2.00 ms     7  n3 cut off from m2
        8.00 ms     0 ms     0  connection of n2 to m1 reset
        9.00 ms  1.00 ms    15  m3 killed, back after 1 ms
        12.0 ms  1.00 ms    19  replies of m1 to n2 lost
          never              0  requests of n1 to m2 lost
      "
    `);
  });

  it('shows how many runs a campaign made, and whether one without a failure was exhaustive', () => {
    const exploration = { strategy: 'exhaustive', runs: 61, complete: true };
    const shown = (more: object) => formatRun({ ...buildRun(), ...more }, plain);
    expect(shown({ exploration })).toMatch(
      /runs of the seed +61 +exhaustive, all tried within\n? *its bounds/,
    );
    expect(shown({ exploration: { ...exploration, complete: false } })).toContain('more left to try');
    expect(shown({ exploration, verdict: 'violated' })).toMatch(/runs of the seed +61 +exhaustive\n/);
  });

  it('describes a violation in words and ends with the replay command', () => {
    expect(formatRun(buildRun({ violated: true, inconclusive: true }), plain)).toMatchInlineSnapshot(`
      "bank · seed 42 · violated
        accounts 5, balance 100, workers 3, transfers 4, variant stm, 3 nodes, 3
        members, etcd 3.6, one-way delay 0.12 ms to 0.98 ms

        acc1                25
        acc2               118
        acc3               128
        acc4               220
        acc5                 9
        sum                500

        transfer            12   10 ok, 2 indefinite
        conflicts           21
        calls               48
        messages           111
        virtual time   18.1 ms
        wall time       148 ms
        events             492
        trace hash     6b1f0c9ad2e84375916f27d0c3ab58e4

      Checks
        ✗ sum-conserved  The balances add up to 500 in every revision.
            At revision 10 the balances add up to 475: one of two concurrent
              transfers was overwritten by the other.
            n3 transfer n3-3 {"from":"acc5","to":"acc1"}
              7.442 ms to 10.737 ms: ok at revision 14, gave {"moved":18}
            n1 transfer n1-3 {"from":"acc5","to":"acc3"}
              8.483 ms to 9.618 ms: ok at revision 12, gave {"moved":71}
            revision 10: acc1 = 13, acc5 = 137
        ✓ no-overdraft   No balance is ever below 0.
        ? exactly-once   What was reported ok is in the log once, what failed is not
                         there.
            The search gave up after 1,000,000 states.

      Errors
        2  indefinite  GRPCUnavailableError: 14 UNAVAILABLE: Connection dropped

      Run it again
      sim --seed 42 --scenario bank
      "
    `);
  });

  it('describes who waits for what in a deadlock, and shows the stack of a node’s error', () => {
    const result = buildRun({ deadlockedNodes: 2, nodeError: true });
    expect(formatRun({ ...result, checks: [], summary: [] }, plain)).toMatchInlineSnapshot(`
      "bank · seed 42 · violated
        accounts 5, balance 100, workers 3, transfers 4, variant stm, 3 nodes, 3
        members, etcd 3.6, one-way delay 0.12 ms to 0.98 ms

        transfer            12   8 ok, 2 indefinite, 2 pending
        conflicts           21
        calls               48
        messages           111
        virtual time   15.2 ms
        wall time       148 ms
        events             492
        trace hash     6b1f0c9ad2e84375916f27d0c3ab58e4

      Problems
        deadlock: nodes still wait, and no event is left
          n1 waits in transfer n1-4 for 812 ms: KV.Txn at m2 for 809 ms
          n2 waits in transfer n2-4 for 812 ms: KV.Txn at m2 for 809 ms
        n2 threw TypeError at 11.204 ms: Cannot read properties of undefined
          (reading 'value')
            at transfer (scenarios/bank.ts:88:31)
            at STM.commit (src/stm.ts:140:12)

      Errors
        2  indefinite  GRPCUnavailableError: 14 UNAVAILABLE: Connection dropped

      Run it again
      sim --seed 42 --scenario bank
      "
    `);
  });

  it('omits virtual time and trace for a run on real etcd', () => {
    const text = formatRun(buildRun({ backend: 'real' }), plain);
    expect(text).toMatch(/^bank · seed 42 · real etcd · satisfied\n/);
    expect(text).not.toMatch(/virtual time|trace hash|one-way delay/);
  });

  it('shows an exhausted budget as inconclusive, with the replay command last', () => {
    const problem = { kind: 'budget', message: 'more than 1000 events', waiting: ['n1 waits'] } as const;
    const text = formatRun({ ...buildRun(), verdict: 'inconclusive', problems: [problem] }, plain);
    expect(text).toContain('  budget: more than 1000 events\n    n1 waits\n');
    expect(lastLine(text)).toBe('sim --seed 42 --scenario bank');
  });

  it('does not end with the replay command when all is well', () => {
    expect(formatRun(buildRun(), plain)).not.toContain('--seed');
  });

  it('has escape codes only if colour is requested, and the same text without them', () => {
    const result = buildRun({ violated: true, faults: true, nodeError: true });
    const colored = formatRun(result, { color: true });
    expect(colored).toContain('\x1b[31m');
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(formatRun(result, plain));
    expect(formatRun(result, plain)).not.toContain('\x1b');
  });

  it.each([40, 60, 80, 100, 120])('keeps to %i columns, except for a hash', (width) => {
    const result = buildRun({ violated: true, inconclusive: true, faults: true, deadlockedNodes: 1 });
    const lines = formatRun(result, { color: false, width }).split('\n');
    expect(lines.filter((line) => line.length > width && !/ [0-9a-f]{32}$/.test(line))).toEqual([]);
  });

  it('lets nothing in a result steer the terminal', () => {
    const evil = '\x1b]0;title\x07\x1b[2J\r\nfake line\u202e\u2028';
    const base = buildRun({ violated: true, nodeError: true, faults: true });
    const [operation] = base.operations;
    if (operation === undefined) throw new Error('the fixture has no operation');
    const result = {
      ...base,
      summary: [{ label: evil, value: evil }],
      counters: { [evil]: 1 },
      faults: [{ index: 0, kind: evil, text: evil, startedUs: 0, hits: 1 }],
      operations: [
        {
          ...operation,
          name: evil,
          input: evil,
          outcome: { kind: 'failed' as const, error: { name: evil, message: evil } },
        },
      ],
      problems: [
        {
          kind: 'node-error' as const,
          node: evil,
          error: { name: evil, message: evil },
          stack: `at ${evil}`,
          timeUs: 1,
        },
        { kind: 'deadlock' as const, message: evil, waiting: [evil] },
      ],
      checks: [
        {
          check: evil,
          description: evil,
          verdict: 'violated' as const,
          message: evil,
          operations: [operation.id, evil],
          revisions: [2],
        },
      ],
      log: [
        {
          revision: 2,
          events: [{ type: 'put' as const, key: evil, value: evil, createRevision: 2, version: 1 }],
        },
      ],
    };
    expect(formatRun(result, plain)).not.toMatch(steering);
  });

  it('shows no more than eight operations of a long witness, and the number of the others', () => {
    const base = buildRun();
    const check = {
      check: 'sum-conserved',
      description: 'The sum stays.',
      verdict: 'violated' as const,
      message: 'it did not',
      operations: base.operations.slice(0, 11).map(({ id }) => id),
      revisions: [],
    };
    const text = formatRun({ ...base, verdict: 'violated', checks: [check] }, plain);
    expect(text).toContain('and 3 more operations');
  });
});

describe('a sweep in the terminal', () => {
  it('shows how many seeds failed, each with its replay command, and the first one in full', () => {
    const violated = { ...buildRun({ violated: true, seed: 17 }) };
    const open = buildRun({ inconclusive: true, seed: 9 });
    expect(formatSweep(buildSweep([violated, open]), plain)).toMatchInlineSnapshot(`
      "bank · 20 seeds · 1 violated

        seeds              20
        satisfied          18
        violated            1
        inconclusive        1
        conflicts         420
        calls           9,600
        messages       21,660
        wall time      1.84 s   11 seeds a second

      Failures
        seed 17  violated      violated in seed 17: the sum is 475, not 500
                               sim --seed 17 --scenario bank
        seed  9  inconclusive  inconclusive in seed 9: the sum is 475, not 500
                               sim --seed 9 --scenario bank

      bank · seed 17 · violated

      Checks
        ✗ sum-conserved  The balances add up to 500 in every revision.
            At revision 10 the balances add up to 475: one of two concurrent
              transfers was overwritten by the other.
            n1 transfer n1-3 {"from":"acc1","to":"acc5"}
              7.373 ms to 9.412 ms: ok at revision 13, gave {"moved":25}
            n3 transfer n3-3 {"from":"acc5","to":"acc2"}
              8.011 ms to 10.570 ms: ok at revision 14, gave {"moved":37}
            revision 10: acc2 = 113, acc3 = 212
        ✓ no-overdraft   No balance is ever below 0.
        ✓ exactly-once   What was reported ok is in the log once, what failed is not
                         there.

      Run it again
      sim --seed 17 --scenario bank
      "
    `);
  });

  it('is short when every seed was satisfied', () => {
    expect(formatSweep(buildSweep([]), plain)).toMatchInlineSnapshot(`
      "bank · 20 seeds · satisfied

        seeds              20
        satisfied          20
        violated            0
        inconclusive        0
        conflicts         420
        calls           9,600
        messages       21,660
        wall time      1.84 s   11 seeds a second
      "
    `);
  });

  it('ends with the replay command of the first violation, not of an inconclusive seed before it', () => {
    const open = buildRun({ inconclusive: true, seed: 3 });
    const violated = buildRun({ violated: true, seed: 8 });
    const sweep = { ...buildSweep([open, violated]), firstFailure: violated };
    expect(lastLine(formatSweep(sweep, plain))).toBe('sim --seed 8 --scenario bank');
  });

  it('shows the shrunk run where there is one, with the faults that hit and its own command', () => {
    const violated = buildRun({ violated: true, seed: 8, faults: true });
    const [fault] = violated.faults;
    if (fault === undefined) throw new Error('expected a fault');
    const small = { ...violated, replay: 'sim replay small.json' };
    const faults = [
      { ...fault, hits: 3, text: 'a fault that hit' },
      { ...fault, hits: 0, text: 'a fault that missed' },
    ];
    const text = formatSweep(
      { ...buildSweep([violated]), firstFailure: violated, shrunk: { ...small, faults } },
      plain,
    );
    expect(text).toMatch(/^bank · seed 8 · violated · shrunk to .*3 nodes/m);
    expect(text).toContain('a fault that hit');
    expect(text).not.toContain('a fault that missed');
    expect(text).not.toContain(fault.text);
    expect(lastLine(text)).toBe('sim replay small.json');
  });

  it('ends with a replay command even without a complete result', () => {
    const { firstFailure: _, ...sweep } = buildSweep([buildRun({ violated: true, seed: 5 })]);
    expect(lastLine(formatSweep(sweep, plain))).toBe('sim --seed 5 --scenario bank');
  });

  it('reports that it was interrupted and how many seeds did not run', () => {
    const text = formatSweep({ ...buildSweep([]), seedsRun: 4, interrupted: true }, plain);
    expect(text).toContain('bank · 4 seeds · satisfied · interrupted');
    expect(text).toMatch(/seeds +4 +of 20/);
  });

  it('lists rare situations that were never or rarely reached, and is brief if all were', () => {
    const mark = (name: string, reached: number) => ({ mark: name, reached, possible: 100 });
    const text = (...marks: SweepResult['marks']) => formatSweep({ ...buildSweep([]), marks }, plain);
    expect(text(mark('a', 0), mark('b', 0), mark('c', 5), mark('d', 6))).toContain(
      'Marks\n  never reached  a, b\n  rarely reached  c (5 of 100)\n',
    );
    expect(text(mark('c', 50), mark('d', 60))).toContain('Marks\n  all 2 marks reached\n');
    expect(text()).not.toContain('Marks');
  });

  it('does not call an empty sweep satisfied', () => {
    const text = formatSweep({ ...buildSweep([]), seedsRun: 0, interrupted: true }, plain);
    expect(text).toContain('0 seeds · nothing ran');
  });

  it('lists ten failures and counts the rest', () => {
    const failing = Array.from({ length: 13 }, (_, seed) => buildRun({ violated: true, seed }));
    expect(formatSweep(buildSweep(failing), plain)).toContain('and 3 more');
  });
});
