/** A node whose requests never leave its client, because the circuit breaker of etcd3 is open: the story counts them. */
import assert from 'node:assert/strict';
import { expect, it } from 'vitest';
import type { SimNode } from '../../../sim/harness/tests/sim.js';
import { checkBody } from '../../harness/tests/one.js';

const TRIES = 40;

async function pastOf(
  members: number,
  attempt: (node: SimNode, index: number) => Promise<unknown>,
): Promise<readonly string[]> {
  const { failures } = await checkBody(
    async (sim) => {
      sim.node('a', async (node) => {
        await node.client.get('k');
        await node.when('stopped');
        let done = 0;
        for (let index = 0; index < TRIES; index++) {
          await attempt(node, index).then(
            () => (done += 1),
            () => node.sleep(20),
          );
        }
        assert.equal(done, TRIES);
      });
      await sim.sleep(100);
      for (const member of sim.members) await sim.etcd.stop(member);
      sim.mark('stopped');
      await sim.nodesEnded();
    },
    { explain: true, members },
  );
  return (failures[0]?.explanation?.past ?? []).map(
    ({ operation, node, text }) => `${operation ?? node} ${text}`,
  );
}

it('has one line, if no operation makes them', async () => {
  const past = await pastOf(1, ({ client }, index) => client.put('k').value(index).exec());
  const lines = past.filter((line) => line.includes('circuit breaker'));
  // The first requests fail by themselves, before the breaker opens.
  expect(lines).toEqual([
    expect.stringMatching(/^a its open circuit breaker refused (3[5-9]|40) requests, until/),
  ]);
});

it('counts requests, not the breakers of several members that refuse them', async () => {
  const past = await pastOf(3, ({ client }, index) => client.put('k').value(index).exec());
  const lines = past.filter((line) => line.includes('circuit breaker'));
  expect(lines).toEqual([
    expect.stringMatching(/^a its open circuit breaker refused (3\d|40) requests, until/),
  ]);
});

it('has its line beside the last operation that failed', async () => {
  const past = await pastOf(1, ({ client, op }, index) =>
    op('put', index, () => client.put('k').value(index)),
  );
  const lines = past.filter((line) => line.includes('circuit breaker'));
  expect(lines).toEqual([
    expect.stringMatching(/^a its open circuit breaker refused \d\d requests, until/),
    expect.stringMatching(/^a\.put\.40 ended failed: .*circuit breaker is open/),
  ]);
});
