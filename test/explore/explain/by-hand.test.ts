/** A fault by hand counts, has a line in the story, and decides it if the run passes without it. */
import { expect, it } from 'vitest';
import { checkTest } from '../../../sim/harness/tests/check-test.js';
import { formatRun } from '../../../sim/report/terminal.js';

it('a partition by hand during which a lease expires', async () => {
  const { failures } = await checkTest(
    'lock',
    async (sim) => {
      sim.node('w', async ({ client, sleep, op }) => {
        const lease = client.lease(1);
        lease.on('lost', () => undefined);
        await lease.put('lock').value('w');
        await sleep(5000);
        await op('write', null, () => client.put('record').value('w'));
      });
      sim.node('v', async ({ client, sleep, op }) => {
        await sleep(500);
        const take = () => client.if('lock', 'Create', '==', 0).then(client.put('lock').value('v')).commit();
        while (!(await take()).succeeded) await sleep(200);
        await op('write', null, () => client.put('record').value('v'));
      });
      await sim.sleep(300);
      await sim.partition('w');
      await sim.sleep(4000);
      await sim.heal();
      await sim.nodesEnded();
      expect(await sim.client.get('record').string()).toBe('v');
    },
    { seeds: 1, faults: 'none' },
    { replayOf: () => '', replayOfFile: () => '' },
  );
  const [failure] = failures;
  const result = failure?.smallest;
  const explanation = result?.explanation;
  expect(explanation).toMatchObject({
    decisive: { kind: 'by-hand', fault: { text: 'w cut off from m1' }, without: { failed: 0 } },
  });
  expect(explanation?.size).toContain('1 fault by hand');
  const story = explanation?.past?.map(({ node, operation, text }) => `${operation ?? node} ${text}`) ?? [];
  expect(story).toContainEqual(expect.stringMatching(/^fault w cut off from m1, for 4000 ms \(by hand\)$/));
  expect(story).toContainEqual(
    expect.stringMatching(/^etcd the lease of w ran out, which deleted lock; last renewed at \S+ ms$/),
  );
  expect(story).toContainEqual(expect.stringMatching(/^w\.write put record; overwrote .* v\.write had put$/));
  if (result === undefined) throw new Error('expected a failure');
  expect(formatRun(result, { color: false })).toContain('by a fault by hand: w cut off from m1');
});
