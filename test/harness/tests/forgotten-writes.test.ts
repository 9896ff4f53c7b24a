/** A write to etcd that a node has forgotten is named with its line; one that it leaves on purpose is not. */
import { describe, expect, it } from 'vitest';
import type { NodeBody, SimNode } from '../../../sim/harness/tests/sim.js';
import { checkBody } from './one.js';

/** The doubts about two such nodes in three calm seeds, or under faults. */
async function doubtsAbout(body: NodeBody, faults: 'none' | 'swarm' = 'none'): Promise<readonly string[]> {
  const { outcome, doubts } = await checkBody(
    async (sim) => {
      await sim.client.put('known').value(1);
      sim.nodes(2, async (node) => {
        await node.client.get('known').string();
        await body(node);
      });
    },
    { seeds: faults === 'none' ? 3 : 15, faults },
  );
  expect(outcome).toBe(doubts.length === 0 ? 'satisfied' : 'inconclusive');
  return doubts;
}

const here = /\(at .*forgotten-writes\.test\.ts:\d+:\d+\)/.source;

/** Gives up on purpose where the network fails: that is not what is tested. */
const gently = async (work: () => unknown): Promise<void> => {
  try {
    await work();
  } catch {
    // A test of writes that are forgotten, not of those that fail.
  }
};

const forgets: Record<string, [NodeBody, RegExp]> = {
  'a put that is built and not sent': [
    async ({ client }) => void client.put('a').value('1'),
    RegExp(`^n1, n2 built put "a" ${here} and never sent it: await it$`),
  ],
  'a delete that is built and not sent': [
    async ({ client }) => void client.namespace('jobs/').delete().key('a'),
    RegExp(`^n1, n2 built delete "jobs/a" ${here} and never sent it`),
  ],
  'a transaction that is not committed': [
    async ({ client }) => void client.if('a', 'Create', '==', 0).then(client.put('a').value('1')),
    RegExp(`^n1, n2 built a transaction ${here} and never sent it: await it with commit\\(\\)$`),
  ],
  'a put inside of stm': [
    async ({ client }) => {
      await client.stm().transact(async (tx) => {
        await tx.get('a').string();
        tx.put('a').value('1');
      });
    },
    RegExp(`^n1, n2 built put "a" ${here} and never sent it`),
  ],
  'a put that was sent at last': [
    async ({ client }) => void client.put('a').value('1').exec(),
    RegExp(`^n1, n2 ended while put "a" ${here} had not returned: await it, or catch its error`),
  ],
  'what a function of its own does at last': [
    async ({ client }) => {
      const release = async (): Promise<void> => void (await client.delete().key('a'));
      void release();
    },
    RegExp(`^n1, n2 ended while delete "a" ${here} had not returned`),
  ],
  'a put that was sent before, and is still under way': [
    async ({ client, sleep }) => {
      void client.put('a').value('1').exec();
      await sleep(1);
    },
    RegExp(`^n1, n2 ended while put "a" ${here} had not returned`),
  ],
};

describe('a node that forgets', () => {
  it.each(Object.entries(forgets))('%s is named', async (_what, [body, expected]) => {
    expect(await doubtsAbout(body)).toEqual([expect.stringMatching(expected) as string]);
  });

  it('of a write that it does not await, an error names the line', async () => {
    const { failures } = await checkBody(
      async (sim) => {
        sim.node('a', async ({ client, sleep }) => {
          void client.put('').value('1').exec();
          await sleep(1000);
        });
        await sim.nodesEnded();
      },
      { seeds: 1 },
    );
    const problem = failures[0]?.result.problems[0];
    expect(problem).toMatchObject({
      kind: 'node-error',
      difference: expect.stringMatching(
        /^it is the error of put "" at .*forgotten-writes\.test\.ts:\d+/,
      ) as string,
      stack: expect.stringMatching(/\n {4}at .*forgotten-writes\.test\.ts:\d+:\d+/) as string,
    });
  });

  it('to commit a transaction that it awaits hangs, and the reason names the transaction', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client }) => {
        // Its `then` takes clauses: an await gives it two functions, and never ends.
        await (client.if('a', 'Create', '==', 0) as unknown as PromiseLike<unknown>);
      });
      await sim.nodesEnded();
    });
    const problem = failures[0]?.result.problems.find(({ kind }) => kind === 'deadlock');
    expect(JSON.stringify(problem)).toMatch(/a has built a transaction \(at .*forgotten-writes.test.ts/);
  });
});

const leaves: Record<string, NodeBody> = {
  'a heartbeat that goes on': async ({ client, sleep }: SimNode) => {
    setInterval(() => void gently(() => client.put('alive').value(1)), 7);
    await sleep(500);
  },
  'a loop in the background': async ({ client, sleep }) => {
    const loop = async (): Promise<void> => {
      for (;;) {
        await gently(() => client.put('alive').value(1));
        await sleep(5);
      }
    };
    void loop();
    await sleep(500);
  },
  'a lease that lives on': async ({ client, name, sleep }) => {
    await gently(() => client.lease(10).put(name).value(1));
    await sleep(5000);
  },
  'a lease that is revoked on the way out': async ({ client, name }) => {
    const lease = client.lease(10);
    await gently(() => lease.put(name).value(1));
    lease.revoke().catch(() => undefined);
  },
  'a delete on the way out whose error is caught': async ({ client }) => {
    client
      .delete()
      .key('a')
      .exec()
      .catch(() => undefined);
  },
  'a watcher that writes': async ({ client, sleep }) => {
    await gently(async () => {
      const watcher = await client.watch().key('known').create();
      watcher.on('put', () => void gently(() => client.put('seen').value(1)));
      await client.put('known').value(2);
    });
    await sleep(100);
  },
  'a put that it does not always need': async ({ client }) => {
    const put = client.put('a').value(1);
    if (Math.random() < 0.5) await gently(() => put);
  },
};

describe('a node that leaves on purpose', () => {
  it.each(Object.entries(leaves))('%s is not', async (_what, body) => {
    expect(await doubtsAbout(body)).toEqual([]);
    expect(await doubtsAbout(body, 'swarm')).toEqual([]);
  });
});
