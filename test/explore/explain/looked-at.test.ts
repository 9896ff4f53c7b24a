/** A test that finds something wrong at its end: the story is about what it looked at. */
import assert from 'node:assert/strict';
import { expect, it } from 'vitest';
import type { Sim } from '../../../sim/harness/tests/sim.js';
import { checkBody } from '../../harness/tests/one.js';

/** Two nodes write one key of `done` each; then another one writes much that has nothing to do with it. */
async function twoAndNoise(sim: Sim): Promise<void> {
  sim.nodes(2, async ({ client, name, mark }) => {
    await client.put(`done/job/${name}`).value(1);
    mark(name);
  });
  sim.node('noise', async ({ client, when }) => {
    for (const name of ['n1', 'n2']) await when(name);
    for (let index = 0; index < 8; index++) await client.put(`noise/${index}`).value(1);
  });
  await sim.nodesEnded();
}

async function pastOf(look: (sim: Sim) => Promise<void>): Promise<string> {
  const { failures } = await checkBody(
    async (sim) => {
      await twoAndNoise(sim);
      await look(sim);
    },
    { explain: true },
  );
  return (failures[0]?.explanation?.past ?? []).map(({ node, text }) => `${node}: ${text}`).join('\n');
}

it('names the writers of the keys that it read', async () => {
  const past = await pastOf(async (sim) => {
    const count = await sim.client.getAll().prefix('done/').count();
    assert.equal(count, 1);
  });
  expect(past).toMatch(/n1: put done\/job\/n1/);
  expect(past).toMatch(/n2: put done\/job\/n2/);
  expect(past).not.toContain('noise');
});

it('names the writers of the keys in its message', async () => {
  const past = await pastOf(async (sim) => {
    const keys = await sim.client.getAll().prefix('done/').keys();
    await sim.client.get('noise/7');
    assert.deepEqual(keys, ['done/job/n1'], `jobs done: ${keys.join()}`);
  });
  expect(past).toMatch(/n1: put done\/job\/n1/);
  expect(past).toMatch(/n2: put done\/job\/n2/);
  expect(past).not.toContain('noise');
});

it('names the last writes where it read nothing', async () => {
  const past = await pastOf(() => Promise.reject(new Error('wrong')));
  expect(past).toContain('noise/7');
});

it('has the last refusal of a put that would have brought a key back, with their number', async () => {
  const { failures } = await checkBody(
    async (sim) => {
      sim.node('a', async ({ client, sleep }) => {
        const lease = client.lease(2, { autoKeepAlive: false });
        await lease.put('instances/a').value('here');
        const id = await lease.grant();
        await sleep(4000);
        for (let index = 0; index < 5; index++) {
          await client
            .put('instances/a')
            .value('here')
            .lease(id)
            .exec()
            .catch(() => sleep(100));
        }
      });
      await sim.nodesEnded();
      assert.deepEqual(await sim.client.getAll().prefix('instances/').keys(), ['instances/a']);
    },
    { explain: true },
  );
  const past = failures[0]?.explanation?.past?.map(({ node, text }) => `${node}: ${text}`) ?? [];
  expect(past.slice(-2)).toEqual([
    expect.stringMatching(/^etcd: the lease of a ran out.*never renewed/),
    expect.stringMatching(/^a: was refused to put instances\/a: .*lease not found; asked 5 times$/),
  ]);
});
