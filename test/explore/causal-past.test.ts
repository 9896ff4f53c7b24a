/** The causes of a violation: in hand-written runs, and in a real failure that was shrunk. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { causalPast } from '../../sim/explore/explain/causal-past.js';
import type { CausalPast, RecordedRun } from '../../sim/explore/explain/recorded-run.js';
import { STEPS_MAX } from '../../sim/explore/explain/step-book.js';
import { pastOfRun } from '../../sim/explore/explain/past-of-run.js';
import type { Call } from '../../sim/history/calls.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { parseRepro } from '../../sim/repro/parse-repro.js';
import { scenarios, specimens } from '../../scenarios/index.js';
import { at, call, log, operation } from '../history/hand-made-calls.js';

function past(
  operations: readonly string[],
  calls: readonly Call[],
  more: Partial<RecordedRun> & { readonly revisions?: readonly number[] } = {},
): CausalPast {
  const { revisions = [], ...rest } = more;
  return causalPast({ operations: [], log: [], calls, ...rest }, { operations, revisions });
}

const said = ({ steps }: CausalPast): string[] =>
  steps.map(({ node, operation: by, what }) => `${by ?? node ?? ''} ${what}`);

const put = call({ by: 'n1-1', sent: 1, wrote: '3: a' });
const other = call({ by: 'n3-1', sent: 2, wrote: '4: z' });

describe('the past of a witness', () => {
  it('contains its reads and their writers, the most recent last', () => {
    const read = call({ by: 'n2-1', sent: 6, reads: ['a@3'] });
    const result = past(['n2-1'], [put, other, read], { operations: [operation('n2-1', 5, 9)] });
    expect(said(result)).toEqual([
      'n1-1 put a',
      'n2-1 read a of revision 3, which n1-1 had put',
      'n2-1 ended ok',
    ]);
    expect(result.steps.map(({ ofWitness }) => ofWitness)).toEqual([false, true, true]);
    expect(result.complete).toBe(true);
  });

  it('contains the last put under a lease that its node made outside of operations, such as a lock', () => {
    const lock = { ...call({ by: 'n2', sent: 1, wrote: '2: lock' }), leases: ['7'] };
    const heartbeat = call({ by: 'n2', sent: 3, wrote: '3: alive' });
    const foreign = { ...call({ by: 'n3', sent: 4, wrote: '4: other' }), leases: ['8'] };
    const late = { ...call({ by: 'n2', sent: 20, wrote: '6: lock' }), leases: ['9'] };
    const write = call({ by: 'n2-1', sent: 6, wrote: '5: a' });
    const calls = [lock, heartbeat, foreign, write, late];
    expect(said(past(['n2-1'], calls, { operations: [operation('n2-1', 5, 9)] }))).toEqual([
      'n2 put lock under a lease',
      'n2-1 put a',
      'n2-1 ended ok',
    ]);
  });

  it('contains the calls that made the revisions which the check names', () => {
    expect(said(past([], [put, other], { revisions: [3], log: log('3: a=1', '4: z=1') }))).toEqual([
      'n1-1 put a = 1',
    ]);
  });

  it('continues from the writer of a version to its own reads of the same keys', () => {
    const overwrite = call({ by: 'n3-2', sent: 5, wrote: '5: a' });
    const calls = [
      ...[put, other],
      call({ by: 'n3-2', sent: 3, reads: ['a@3', 'z@4'] }),
      overwrite,
      call({ by: 'n2-1', sent: 8, reads: ['a@5'] }),
    ];
    expect(said(past(['n2-1'], calls))).toEqual([
      'n1-1 put a',
      'n3-2 read a of revision 3, which n1-1 had put',
      'n3-2 put a',
      'n2-1 read a of revision 5, which n3-2 had put',
    ]);
  });

  describe('a lost update', () => {
    const lost = call({ by: 'n1-1', sent: 5, wrote: '4: a' });
    const winner = call({ by: 'n3-1', sent: 6, wrote: '5: a' });
    const calls = [
      put,
      call({ by: 'n1-1', sent: 3, reads: ['a@3'] }),
      call({ by: 'n3-1', sent: 3, reads: ['a@3'] }),
      ...[lost, winner],
    ];
    const history = log('3: a=1', '4: a=2', '5: a=2');

    it('is part of the past of the update that won', () => {
      const result = past(['n3-1'], [...calls], { log: history });
      expect(said(result)).toContain('n1-1 put a = 1');
      expect(said(result)).toContain('n3-1 put a = 2; overwrote a of revision 4, which n1-1 had put');
    });

    it('is reported with the update that overwrote it', () => {
      expect(said(past(['n1-1'], [...calls], { log: history }))).toContain(
        'n3-1 put a = 2; overwrote a of revision 4, which n1-1 had put',
      );
    });

    it('is not reported if it was overwritten after everything that the check names had ended', () => {
      const early = call({ by: 'n2-1', sent: 1, looks: ['a@2'] });
      const calls = [
        early,
        ...[call({ by: 'n1', sent: 20, looks: ['a@2'] }), call({ by: 'n3', sent: 20, looks: ['a@2'] })],
        ...[call({ by: 'n1', sent: 30, wrote: '3: a' }), call({ by: 'n3', sent: 31, wrote: '4: a' })],
      ];
      const wrote = log('3: a=1', '4: a=2');
      const until = (end: number) =>
        said(past(['n2-1'], calls, { operations: [operation('n2-1', 0, end)], log: wrote }));
      expect(until(40).join()).toContain('overwrote a of revision 3');
      expect(until(10)).toEqual(['n2-1 read that a was not there', 'n2-1 ended ok']);
    });

    it('does not include a version that was read before it was overwritten', () => {
      const seen = call({ by: 'n3-1', sent: 5, reads: ['a@4'] });
      const result = past(['n3-1'], [...calls.slice(0, -1), seen, winner], { log: history });
      expect(said(result).some((line) => line.includes('overwrote'))).toBe(false);
    });
  });

  it('leaves out reads after the write that matters', () => {
    const calls = [
      call({ by: 'n3-1', sent: 1, wrote: '3: b' }),
      call({ by: 'n1-1', sent: 2, wrote: '4: a' }),
      call({ by: 'n1-1', sent: 6, reads: ['b@3'] }),
      call({ by: 'n2-1', sent: 8, reads: ['a@4'] }),
      call({ by: 'n2-1', sent: 11, wrote: '5: b' }),
    ];
    expect(said(past(['n2-1'], calls))).toEqual([
      'n1-1 put a',
      'n2-1 read a of revision 4, which n1-1 had put',
      'n2-1 put b',
    ]);
  });

  it('has what the same node had written to the same keys before, and nothing else of it', () => {
    const calls = [
      call({ by: 'n1-1', sent: 1, wrote: '3: a' }),
      call({ by: 'n1-2', sent: 3, wrote: '4: z' }),
      call({ by: 'n1-3', sent: 5, wrote: '5: a-' }),
      call({ by: 'n1-4', sent: 7, wrote: '6: a' }),
    ];
    expect(said(past(['n1-4'], calls))).toEqual(['n1-1 put a', 'n1-3 deleted a', 'n1-4 put a']);
  });

  it('has the deletion of an absent key', () => {
    const calls = [
      put,
      call({ by: 'n3-1', sent: 4, wrote: '5: a-' }),
      call({ by: 'n2-1', sent: 8, looks: ['a@6'] }),
    ];
    const entries = log('3: a=1', '5: a');
    expect(said(past(['n2-1'], calls, { log: entries }))).toEqual([
      'n3-1 deleted a, which n1-1 had put at revision 3',
      'n2-1 read that a was not there, which n3-1 had deleted',
    ]);
  });

  it('has the missing answer, the fault that took it, and the process that died', () => {
    const lost = call({ by: 'n1-1', sent: 4, returned: 9, answered: false, wrote: '3: a' });
    const faults = [
      { text: 'replies lost', node: 'n1', fromUs: 3000, untilUs: 8000 },
      { text: 'too early', node: 'n1', fromUs: 0, untilUs: 2000 },
      { text: 'elsewhere', node: 'n2', fromUs: 3000, untilUs: 8000 },
    ];
    const incidents = (['n1', 'n9'] as const).map((node) => ({ kind: 'crashed' as const, node, at: at(6) }));
    const calls = [lost, call({ by: 'n2-1', sent: 11, reads: ['a@3'] })];
    const few = [...faults, { text: 'also elsewhere', node: 'n9', fromUs: 3000, untilUs: 8000 }];
    expect(said(past(['n2-1'], calls, { faults: few, incidents }))).toEqual([
      'fault replies lost, for 5 ms',
      'n1-1 put a; the answer never came',
      'n1 its process died',
      'n2-1 read a of revision 3, which n1-1 had put',
    ]);
  });

  it('names the setup, and of many keys the relevant ones', () => {
    const setup = call({ by: 'observer', sent: 1, wrote: '2: w x y z a' });
    expect(said(past(['n2-1'], [setup, call({ by: 'n2-1', sent: 3, reads: ['a@2'] })]))).toEqual([
      'setup put a and 4 more',
      'n2-1 read a of revision 2, which the setup had put',
    ]);
  });

  it('ends with the nearest causes when there is no more room', () => {
    const chain = Array.from({ length: 60 }, (_, index) => [
      call({ by: `n${index % 7}-${index}`, sent: 10 * index, reads: index === 0 ? [] : [`a@${index}`] }),
      call({ by: `n${index % 7}-${index}`, sent: 10 * index + 5, wrote: `${index + 1}: a` }),
    ]).flat();
    const { steps, complete } = past(['n3-59'], chain);
    expect(steps).toHaveLength(STEPS_MAX);
    expect(complete).toBe(false);
    expect(steps.at(-1)).toMatchObject({ operation: 'n3-59', kind: 'wrote', revision: 60 });
    expect(steps.map(({ moment }) => moment.sequence)).toEqual(
      steps.map(({ moment }) => moment.sequence).sort((left, right) => left - right),
    );
  });

  it('of an operation without a record is how it ended', () => {
    expect(said(past(['n1-1', 'gone'], [], { operations: [operation('n1-1', 3)] }))).toEqual([
      'n1-1 began and never returned',
    ]);
  });
});

it('of a transfer that was applied twice has its two commits, and the reply lost between them', async () => {
  const text = readFileSync(
    new URL('../../docs/examples/repros/stm-applied-twice.json', import.meta.url),
    'utf8',
  );
  const parsed = parseRepro(text, [...scenarios, ...specimens]);
  if (parsed.kind !== 'ok') throw new Error('expected the repro of the documentation');
  const { repro, scenario } = parsed.value;
  const result = await runPlan({
    ...{ scenario, plan: repro.plan, budget: repro.budget, backend: createSimulatedBackend() },
    ...{ stacks: false, replay: '', signal: new AbortController().signal, recordCalls: true },
  });
  const found = result.checks.find(({ verdict }) => verdict === 'violated');
  if (found?.verdict !== 'violated') throw new Error('expected a violation');
  const { steps, complete } = pastOfRun(result, found) ?? { steps: [], complete: false };
  expect(complete).toBe(true);
  expect(
    steps.map(({ operation: by, node, what, revision }) => `${by ?? node ?? ''} ${what} ${revision ?? ''}`),
  ).toMatchInlineSnapshot(`
    [
      "setup put bank/accounts/acc3, bank/accounts/acc5 and 3 more 2",
      "w1-24 read bank/accounts/acc3 = 100 of revision 2, which the setup had put 2",
      "w1-24 read bank/accounts/acc5 = 100 of revision 2, which the setup had put 2",
      "w1-24 put bank/accounts/acc3 = 50, bank/accounts/acc5 = 150, bank/receipts/w1-24; the answer never came 3",
      "fault connection of w1 to m1 reset ",
      "w1-24 was refused to put bank/accounts/acc3, bank/accounts/acc5, bank/receipts/w1-24: expected revision of bank/accounts/acc3 < 3, found 3, which w1-24 had put ",
      "w1-24 put bank/accounts/acc3 = 25, bank/accounts/acc5 = 175, bank/receipts/w1-24 4",
      "w1-24 ended ok {"from":"acc3","to":"acc5"} -> {"amount":25} ",
    ]
  `);
});
