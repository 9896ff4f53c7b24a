/** Faults that a test writes as data, in the language of a plan: one story, for every seed. */
import { describe, expect, it } from 'vitest';
import { formatFaultSelection, parseFaultSelection } from '../../../sim/explore/fault-selection.js';
import type { Fault } from '../../../sim/faults/index.js';
import type { Sim } from '../../../sim/harness/tests/sim.js';
import { check } from '../../../sim/harness/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { checkBody } from './one.js';

/** It writes under a lease of ten seconds, sleeps, and takes for granted that it still has the key. */
async function owner(sim: Sim): Promise<void> {
  sim.node('owner', async ({ client, sleep }) => {
    const lease = client.lease(10);
    await lease.put('alive').value('owner');
    await sleep(1000);
    lease.release();
    expect(await client.get('alive').string()).toBe('owner');
  });
  await sim.nodesEnded();
}

const PAUSE: Fault = { kind: 'node-pause', node: 'owner', atMs: 500, durationMs: 30_000 };

describe('written faults', () => {
  it('are those of every seed, and make its story', async () => {
    const calm = await checkBody(owner, { seeds: 20 });
    expect(calm.outcome).toBe('satisfied');
    const report = await checkBody(owner, { seeds: 20, faults: [PAUSE], keepGoing: true });
    expect(report.failures.map(({ seeds }) => seeds.length)).toEqual([20]);
    expect(report.failures[0]?.result.plan.faults).toEqual([PAUSE]);
  });

  it('act when they are due, under every kind', async () => {
    const faults: Fault[] = [
      { kind: 'leader-change', member: 'm2', atMs: 900, durationMs: 0 },
      { kind: 'partition', node: 'a', member: 'm1', atMs: 100, durationMs: 200 },
      { kind: 'reply-lost', node: 'a', member: 'm2', once: true, atMs: 0, durationMs: 300 },
      { kind: 'node-pause', node: 'a', atMs: 400, durationMs: 100 },
      { kind: 'node-crash', node: 'a', atMs: 600, durationMs: 100 },
      { kind: 'clock-jump', node: 'a', byMs: 60_000, atMs: 800, durationMs: 1000 },
      { kind: 'member-restart', member: 'm3', atMs: 1000, durationMs: 100 },
      { kind: 'compaction', keep: 0, atMs: 1200, durationMs: 0 },
      { kind: 'lease-revoked', index: 0, atMs: 1500, durationMs: 0 },
    ];
    const report = await checkBody(
      async (sim) => {
        sim.node('a', async ({ client, sleep }) => {
          for (let round = 0; round < 40; round++) {
            // Several of the faults refuse requests.
            await client
              .put('k')
              .value(String(Date.now()))
              .catch(() => undefined);
            if (round % 5 === 0)
              void client
                .lease(60)
                .put(`leased/${round}`)
                .value('')
                .catch(() => undefined);
            await sleep(50);
          }
        });
        await sim.nodesEnded();
        throw new Error('to see its run');
      },
      { faults, members: 3, restarts: true },
    );
    const ran = report.failures[0]?.result;
    expect(ran?.plan.faults.map(({ atMs }) => atMs)).toEqual([0, 100, 400, 600, 800, 900, 1000, 1200, 1500]);
    expect(ran?.faults.filter(({ hits }) => hits === 0).map(({ kind }) => kind)).toEqual([]);
  });

  it('lose one reply only, with once', async () => {
    const replies = async (once: object): Promise<number> => {
      const report = await checkBody(
        async (sim) => {
          sim.node('a', async ({ client, sleep }) => {
            await client.get('k');
            await sleep(20);
            void client.get('k').exec();
            void client.get('k').exec();
            await sleep(500);
          });
          await sim.nodesEnded();
          throw new Error('to see its run');
        },
        {
          faults: [{ kind: 'reply-lost', node: 'a', member: 'm1', atMs: 10, durationMs: 100, ...once }],
        },
      );
      return report.failures[0]?.result.faults[0]?.hits ?? 0;
    };
    // One reply, and the call that the broken connection ends at last.
    expect(await replies({ once: true })).toBe(2);
    expect(await replies({})).toBeGreaterThan(2);
  });

  it('are accepted by a check of a scenario, which names them in its replay', async () => {
    const scenario = defineScenario({
      name: 'puts',
      async run({ client, perform }, [operation]) {
        if (operation === undefined) return;
        await perform(operation, async () => {
          await client.put('k').value('v');
          return { output: null };
        });
      },
      checks: () => [
        {
          name: 'none',
          description: 'Nothing is written.',
          check: () => ({ verdict: 'violated', message: 'it is', operations: [], revisions: [] }),
        },
      ],
    });
    const faults: Fault[] = [{ kind: 'compaction', keep: 0, atMs: 5, durationMs: 0 }];
    const report = await check(scenario, { seeds: 1, faults, shrink: false, explain: false });
    expect(report.failures[0]?.result.plan.faults).toEqual(faults);
    expect(report.failures[0]?.result.replay).toContain('faults: [{"kind":"compaction",');
  });

  it('are read from text as they are printed', () => {
    const selection = { kind: 'written', faults: [PAUSE] } as const;
    expect(parseFaultSelection(formatFaultSelection(selection))).toEqual({ kind: 'ok', value: selection });
    expect(parseFaultSelection('[{]')).toMatchObject({ kind: 'malformed' });
    expect(parseFaultSelection('[{"kind":"partition"}]')).toMatchObject({ kind: 'malformed' });
  });
});

describe('a mistake in written faults', () => {
  it('is none where the body fails before it declares their nodes', async () => {
    const report = await checkBody(() => Promise.reject(new Error('no such file')), { faults: [PAUSE] });
    expect(report.failures[0]?.result.problems).toMatchObject([{ error: { message: 'no such file' } }]);
  });

  it.each<readonly [string, readonly (object | string)[], RegExp]>([
    ['a node that is not there', [{ ...PAUSE, node: 'ower' }], /faults\[0\] \(node-pause\).*node.*"ower"/],
    [
      'a member that is not there',
      [{ kind: 'leader-change', member: 'm4', atMs: 0, durationMs: 0 }],
      /faults\[0\] \(leader-change\).*"m4"/,
    ],
    ['a field that is missing', [{ kind: 'node-pause', node: 'owner', atMs: 500 }], /durationMs/],
    ['a field that is no field', [{ ...PAUSE, at: '2s' }], /"at"/],
    ['a kind that is none', [{ ...PAUSE, kind: 'node-paused' }], /kind.*node-paused.*node-pause/],
    [
      'a crash of nodes that do not start again',
      [{ kind: 'node-crash', node: 'owner', atMs: 0, durationMs: 10 }],
      /node-crash needs restarts: true/,
    ],
    ['names and faults at once', [PAUSE, 'node-crash'], /faults\[1\]/],
  ])('such as %s is refused in one line', async (_, faults, line) => {
    const members = line.source.includes('m4') ? 3 : 1;
    const promise = (async () => {
      const { simulate } = await import('../../../sim/harness/tests/simulate.js');
      await simulate(owner, { faults: faults as Fault[], seeds: 1, reports: false, members });
    })();
    await expect(promise).rejects.toThrow(line);
    await expect(promise).rejects.toMatchObject({ name: 'InputError' });
  });
});
