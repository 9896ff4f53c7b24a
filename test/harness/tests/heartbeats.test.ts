/**
 * Nodes that wait for ever while heartbeats change etcd are stuck. A node that may progress slowly is not, even if no
 * waiting code reads its keys.
 */
import { describe, expect, it } from 'vitest';
import type { Sim, SimNode } from '../../../sim/harness/tests/sim.js';
import { checkBody } from './one.js';

const budget = { maxVirtualTimeMs: 60_000, livenessMs: 20_000 };

const problemOf = async (body: (sim: Sim) => void) => {
  const { failures } = await checkBody(
    async (sim) => {
      await sim.client.put('alive').value('at first');
      body(sim);
      await sim.nodesEnded();
    },
    { budget },
  );
  const [problem] = failures[0]?.result.problems ?? [];
  return { kind: problem?.kind, waiting: [], message: '', ...problem };
};

type Beat = (node: SimNode, index: number) => Promise<unknown>;

const beats = (beat: Beat) => {
  return async (node: SimNode): Promise<void> => {
    for (let index = 0; ; index++) {
      await beat(node, index);
      await node.sleep(1000);
    }
  };
};

const puts: Beat = ({ client }, index) => client.put('alive').value(index).exec();

/** Both look again and again whether the other one is ready, which neither is before that. */
const waitForEachOther = (sim: Sim, polled = 'ready/'): void => {
  for (const [me, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    sim.node(me, async ({ client, op, sleep }) => {
      const look = () => client.getAll().prefix(polled).strings();
      while ((await op('look', other, look))[polled + other] === undefined) await sleep(1000);
      await client.put(polled + me).value(1);
    });
  }
};

describe('two nodes that wait for each other are stuck', () => {
  it('while a daemon counts in a key', async () => {
    const { kind, message, waiting } = await problemOf((sim) => {
      sim.node('beacon', beats(puts), { daemon: true });
      waitForEachOther(sim);
    });
    expect(kind).toBe('liveness');
    expect(message).toMatch(/nothing .* changed except alive, .*no node has ended/);
    expect(waiting).toHaveLength(2);
  });

  it('while they themselves put the time in the background', async () => {
    const { kind, waiting } = await problemOf((sim) => {
      for (const me of ['a', 'b']) {
        sim.node(me, async (node) => {
          void beats(({ client }) => client.put('alive').value(Date.now()).exec())(node);
          const look = () => node.client.get('turn').string();
          while ((await node.op('look', null, look)) !== me) await node.sleep(1000);
        });
      }
    });
    expect(kind).toBe('liveness');
    expect(waiting).toEqual(
      ['a', 'b'].map((me) => expect.stringMatching(`^${me} has asked \\d+ times .*turn`) as string),
    );
  });
});

describe('it may be slow progress', () => {
  const open: Record<string, (sim: Sim) => void> = {
    'if those who wait read the key': (sim) => {
      const same: Beat = ({ client }) => client.put('alive').value(1).exec();
      sim.node('beacon', beats(same), { daemon: true });
      waitForEachOther(sim, 'a');
    },
    'if there are new keys': (sim) => {
      const adds: Beat = ({ client }, index) => client.put(`done/${index}`).value(1).exec();
      sim.node('worker', beats(adds), { daemon: true });
      waitForEachOther(sim);
    },
    'if a key goes and comes': (sim) => {
      const flips: Beat = ({ client }, index) =>
        index % 2 === 0 ? client.put('alive').value(1).exec() : client.delete().key('alive').exec();
      sim.node('worker', beats(flips), { daemon: true });
      waitForEachOther(sim);
    },
    'if a node that is to end does not wait': (sim) => {
      sim.node('worker', beats(puts));
      waitForEachOther(sim);
    },
    'if a node counts between its looks': (sim) => {
      sim.node('worker', async ({ client, op, sleep }) => {
        for (let index = 0; index < 1000; index++) {
          if ((await op('look', null, () => client.get('cancelled').string())) !== null) return;
          await client.put('alive').value(index);
          await sleep(100);
        }
      });
      waitForEachOther(sim);
    },
    'if operations begin differently': (sim) => {
      sim.node('beacon', beats(puts), { daemon: true });
      sim.node('worker', async ({ client, op, sleep }) => {
        for (let index = 0; index < 1000; index++) {
          await op('step', index, () => client.get('cancelled').string());
          await sleep(1000);
        }
      });
    },
    'if nodes call each other': (sim) => {
      sim.node('beacon', beats(puts), { daemon: true });
      sim.node('server', async ({ serve }) => void (await serve('work', () => 1)), { daemon: true });
      sim.node(
        'caller',
        beats(({ call }) => call('server', 'work', 1).catch(() => undefined)),
        { daemon: true },
      );
      waitForEachOther(sim);
    },
    'if a watch hears of it': (sim) => {
      sim.node('beacon', beats(puts), { daemon: true });
      sim.node('cache', async ({ client }) => void (await client.watch().prefix('a').create()), {
        daemon: true,
      });
      waitForEachOther(sim);
    },
  };

  it.each(Object.entries(open))('%s', async (_, body) => {
    expect((await problemOf(body)).kind).toBe('budget');
  });
});

it('a program that takes eight minutes holds', async () => {
  const { outcome } = await checkBody(async (sim) => {
    sim.node('worker', async (node) => {
      for (let index = 0; index < 96; index++) {
        await puts(node, index);
        await node.sleep(5000);
      }
      await node.client.put('done').value(1);
    });
    sim.node('reader', async ({ client, op, sleep }) => {
      while ((await op('look', null, () => client.get('done').string())) === null) await sleep(1000);
    });
    await sim.nodesEnded();
  });
  expect(outcome).toBe('satisfied');
});
