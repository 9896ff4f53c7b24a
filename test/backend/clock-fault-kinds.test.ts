/** The effects of faults on a node's clocks, and of a lost quorum on all clients. */
import { expect, it } from 'vitest';
import type { PlannedOperation } from '../../sim/plan/plan.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { asFirst, outputOf, refusalOf, run, sleep, THREE } from './fault-runs.js';

it('clock-offset: the wall clock is wrong from the first reading to the last', async () => {
  const hourMs = 3_600_000;
  const looks = asFirst(async () => {
    const first = Date.now();
    await sleep(1000);
    return [first, Date.now()];
  });
  const right = outputOf(await run(looks, []), 'n1') as number[];
  const fault = { kind: 'clock-offset', atMs: 0, durationMs: 0, node: 'n1', byMs: -hourMs } as const;
  const result = await run(looks, [fault]);
  expect(outputOf(result, 'n1')).toEqual(right.map((atMs) => atMs - hourMs));
  expect(result.faults[0]?.hits).toBe(2);
});

it('clock-offset: no strategy lets a node read its clock before', async () => {
  const readings = asFirst(async () => {
    const all = [];
    for (let count = 0; count < 40; count++, await sleep(1)) all.push(Date.now());
    return all;
  });
  const fault = { kind: 'clock-offset', atMs: 0, durationMs: 0, node: 'n1', byMs: -3_600_000 } as const;
  for (let late = 1; late < 20; late++) {
    // Puts off what is due first until the node has done something.
    const picks = Array.from({ length: late }, (_, index) => ({ choice: index + 1, place: 1 }));
    const result = await run(readings, [fault], ['m1'], { kind: 'scripted', windowUs: 50_000, picks });
    const read = outputOf(result, 'n1') as number[];
    const inOrder = read.toSorted((a, b) => a - b);
    expect(read, `${late} picks`).toEqual(inOrder);
  }
});

it.each([{ perMille: 250 }, { perMille: -250 }])(
  'clock-drift: all clocks and timers run fast by $perMille per mille',
  async ({ perMille }) => {
    const body = async ({ node, perform }: NodeContext, operation: PlannedOperation) => {
      await perform(operation, async () => {
        const startedMs = performance.now();
        const fired: number[] = [];
        // Set before, through its beginning, and through its end.
        setTimeout(() => fired.push(Math.round(performance.now() - startedMs)), 3000);
        await sleep(2000);
        setTimeout(() => fired.push(Math.round(performance.now() - startedMs)), 9000);
        await sleep(20_000);
        return { output: [node, Math.round((performance.now() - startedMs) / 1000), ...fired] };
      });
    };
    const result = await run(body, [
      { kind: 'clock-drift', atMs: 1000, durationMs: 8000, node: 'n1', perMille },
    ]);
    const timesOf = (node: string) => (outputOf(result, node) as (string | number)[]).slice(1);
    // By its own clock each timer is on time, except for rounding to a millisecond.
    for (const node of ['n1', 'n2']) {
      const [whole, first = 0, second = 0] = timesOf(node) as number[];
      expect([whole, Math.abs(first - 3000) <= 1, Math.abs(second - 11_000) <= 1]).toEqual([22, true, true]);
    }
    const endOf = (node: string) =>
      result.operations.find((operation) => operation.node === node)?.return?.timeUs ?? 0;
    const gainedMs = Math.round((endOf('n2') - endOf('n1')) / 1000);
    // Eight seconds at that pace, plus the time between the two starts.
    expect(Math.abs(gainedMs - 8 * perMille)).toBeLessThan(20);
    expect(result.faults[0]?.hits).toBeGreaterThan(0);
  },
);

it('quorum-loss: nothing is written until a quorum is back', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(100);
    const options = { deadline: Date.now() + 500 };
    const put = await refusalOf(client.put(`${prefix}key`).value('during').options(options).exec());
    await sleep(12_000);
    await client.put(`${prefix}key`).value('after');
    return [put === 'done', await client.get(`${prefix}key`).string()];
  });
  const fault = { kind: 'quorum-loss', atMs: 50, durationMs: 2000, lost: ['m1', 'm2'] } as const;
  const result = await run(body, [fault], THREE);
  expect(outputOf(result, 'n1')).toEqual([false, 'after']);
  expect(result.faults[0]?.hits).toBe(2);
});
