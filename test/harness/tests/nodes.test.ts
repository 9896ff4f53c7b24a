/** Nodes of a test: when they run, how they end, what the test's body waits for. */
import { describe, expect, it } from 'vitest';
import type { NodeEnd, Sim } from '../../../sim/harness/tests/sim.js';
import type { History } from '../../../sim/history/history.js';
import { calmly, checkBody } from './one.js';

/** Does it in the node that the test declares first. */
const inNode = (sim: Sim, act: () => void) =>
  sim.node('n2', async ({ sleep }) => {
    await sleep(1);
    act();
  });

describe('a test', () => {
  it('does what stands before its first node before any node starts', async () => {
    await calmly(async (sim) => {
      await sim.client.put('k').value('set up');
      sim.nodes(2, async ({ client }) => {
        expect(await client.get('k').string()).toBe('set up');
      });
    });
  });

  it('sees each node once, by its name and its place', async () => {
    const seen: string[] = [];
    await calmly(async (sim) => {
      seen.length = 0;
      sim.nodes(2, async ({ name, index, client }) => {
        await client.get('k');
        seen.push(`${name} ${index}`);
      });
      sim.nodes(1, async ({ name, index }) => void seen.push(`${name} ${index}`), { name: 'other' });
      sim.node('last', async ({ name, index }) => void seen.push(`${name} ${index}`));
    });
    expect(seen.sort()).toEqual(['last 0', 'n1 0', 'n2 1', 'other1 0']);
  });

  it('continues once all nodes have ended, and may look at what is left', async () => {
    await calmly(async (sim) => {
      sim.nodes(3, async ({ client, name, sleep }) => {
        await sleep(100);
        await client.put(name).value('done');
      });
      const ends = await sim.nodesEnded();
      expect(ends).toEqual(['n1', 'n2', 'n3'].map((name) => ({ name, how: 'ended' })));
      expect(await sim.client.getAll().strings()).toEqual({ n1: 'done', n2: 'done', n3: 'done' });
    });
  });

  it('may declare nodes later, and as many as the seed says', async () => {
    const counts = new Set<number>();
    const { integer } = (await import('fast-check')).default;
    const body = async (sim: Parameters<Parameters<typeof calmly>[0]>[0]): Promise<void> => {
      const count = sim.draw(integer({ min: 1, max: 4 }));
      let ran = 0;
      sim.node('first', async ({ mark, sleep }) => {
        await sleep(10);
        mark('begun');
      });
      await sim.when('begun');
      sim.nodes(count, async ({ client }) => {
        await client.get('k');
        ran += 1;
      });
      await sim.nodesEnded();
      expect(ran).toBe(count);
      counts.add(count);
    };
    await calmly(body, { seeds: 12 });
    expect(counts.size).toBeGreaterThan(1);
  });

  it('has nodes in virtual time only, and randomness of the seed', async () => {
    const draws: number[] = [];
    const body = async (sim: Parameters<Parameters<typeof calmly>[0]>[0]): Promise<void> => {
      sim.node('a', async ({ client, sleep }) => {
        await client.get('k');
        const before = Date.now();
        await sleep(60_000);
        expect(Date.now() - before).toBe(60_000);
        draws.push(Math.random());
      });
    };
    await calmly(body);
    await calmly(body);
    expect(new Set(draws).size).toBe(1);
  });
});

describe('a daemon', () => {
  it('lives until all others have ended and the body has, with its client', async () => {
    await calmly(async (sim) => {
      const seen: string[] = [];
      sim.node(
        'cache',
        async ({ client, sleep }) => {
          for (;;) {
            seen.push((await client.get('k').string()) ?? 'none');
            await sleep(10);
          }
        },
        { daemon: true },
      );
      sim.node('writer', async ({ client, sleep }) => {
        await sleep(50);
        await client.put('k').value('new');
      });
      const ends = await sim.nodesEnded();
      expect(ends.find(({ name }) => name === 'cache')?.how).toBe('daemon');
      await sim.eventually(() => expect(seen.at(-1)).toBe('new'));
    });
  });
});

describe('a node that fails', () => {
  it('with an error of its own is a violation, named and with its line', async () => {
    const { outcome, failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client }) => {
        await client.get('k');
        throw new RangeError('no such thing');
      });
    });
    expect(outcome).toBe('violated');
    expect(failures[0]?.signature).toBe('node-error RangeError: no such thing');
    expect(failures[0]?.result.problems[0]).toMatchObject({ node: 'a', error: { message: 'no such thing' } });
    expect(JSON.stringify(failures[0]?.result.problems[0])).toContain('nodes.test.ts');
  });

  it('with an error of etcd gave up, and the test learns of it', async () => {
    const ends: (readonly NodeEnd[])[] = [];
    await calmly(async (sim) => {
      sim.node('a', async ({ client, sleep }) => {
        await sleep(1000);
        await client.put('k').value('v');
      });
      sim.node('b', async ({ client }) => void (await client.get('k')));
      await sim.sleep(500);
      await sim.etcd.stop('m1');
      await sim.sleep(1000);
      await sim.etcd.start('m1');
      ends.push(await sim.nodesEnded());
    });
    const [a] = (ends.at(-1) ?? []).filter(({ name }) => name === 'a');
    expect(a?.how).toBe('gave up');
    expect(a?.error).toBeInstanceOf(Error);
  });

  it('that waits for ever is a deadlock', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client, when }) => {
        await client.get('k');
        await when('nobody marks this');
      });
    });
    expect(failures[0]?.signature).toBe('deadlock');
  });
});

describe('the body', () => {
  it('that fails at the end is a violation', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client }) => void (await client.put('k').value(1)));
      await sim.nodesEnded();
      expect(await sim.client.get('k').number()).toBe(2);
    });
    expect(failures[0]?.signature).toMatch(/^node-error AssertionError: /);
    expect(failures[0]?.result.problems[0]).toMatchObject({
      node: 'test',
      error: { message: expect.stringContaining('expected 1 to be 2') as string },
    });
  });

  it('that fails before its first node is one too', async () => {
    const { failures } = await checkBody(() => Promise.reject(new Error('at once')));
    expect(failures[0]?.result.problems[0]).toMatchObject({ node: 'test', error: { message: 'at once' } });
  });

  it('without any node, and without any call, has shown nothing', async () => {
    const { outcome, failures } = await checkBody(() => Promise.resolve());
    expect(outcome).toBe('inconclusive');
    expect(failures[0]?.signature).toBe('inconclusive nothing-succeeded');
  });

  it.each<readonly [string, (sim: Parameters<Parameters<typeof calmly>[0]>[0]) => unknown, RegExp]>([
    [
      'two nodes of one name',
      (sim) => [1, 2].map(() => sim.node('a', async () => undefined)),
      /node a.*twice/,
    ],
    ['a fault at a stranger', (sim) => sim.partition('z'), /got z/],
    [
      'a node inside a node',
      (sim) => inNode(sim, () => sim.node('b', () => Promise.resolve())),
      /node b: .* node n2/,
    ],
    [
      'nodes inside a node',
      (sim) => inNode(sim, () => sim.nodes(2, () => Promise.resolve())),
      /nodes: .* node n2/,
    ],
    [
      'a check that does not exist',
      (sim) => (sim.check as unknown as Record<string, () => void>)['mutualExclusoin']?.(),
      /sim\.check\.mutualExclusoin: .*did you mean mutualExclusion\?/,
    ],
    ['a member that is none', (sim) => sim.etcd.stop('m9'), /m1.*got m9/],
    ['a member started twice', (sim) => sim.etcd.start('m1'), /m1 runs/],
  ])('learns of %s', async (_, act, message) => {
    const checked = checkBody(async (sim) => {
      sim.node('n', async ({ client }) => void (await client.get('k')));
      await act(sim);
    });
    await expect(checked).rejects.toThrow(message);
  });
});

describe('an operation of the body', () => {
  const seen: string[] = [];
  const check = {
    name: 'looks',
    description: 'remembers operations',
    check({ operations }: History) {
      seen.splice(
        0,
        Infinity,
        ...operations.map(({ id, node, outcome }) => `${id} of ${node}: ${outcome?.kind}`),
      );
      return { verdict: 'satisfied' } as const;
    },
  };

  it('is in the history, as one of the node test', async () => {
    await calmly(async (sim) => {
      sim.check(check);
      await sim.op('early', null, () => 1);
      sim.node('a', ({ op, client }) => op('put', null, () => client.put('k').value(1)));
      await sim.nodesEnded();
      expect(await sim.op('view', null, () => 2)).toBe(2);
      await sim.op('view', null, () => Promise.reject(new Error('no'))).catch(() => undefined);
    });
    expect(seen).toEqual([
      'test.early of test: ok',
      'a.put of a: ok',
      'test.view of test: ok',
      'test.view.2 of test: indefinite',
    ]);
  });

  it('that is not awaited makes the test inconclusive, and is named', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', ({ op, client }) => op('put', null, () => client.put('k').value(1)));
      void sim.op('view', null, () => new Promise(() => undefined));
      await sim.nodesEnded();
    });
    expect(failures[0]?.result.problems).toEqual([
      expect.objectContaining({ kind: 'pending', node: 'test', operations: ['test.view'] }),
    ]);
  });

  it('is judged by a check', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.check.eventuallyEqual({ view: 'view', keys: 'flags/', whenAbsent: 'satisfied' });
      sim.node('a', ({ client }) => client.put('flags/a').value('new').exec());
      await sim.nodesEnded();
      await sim.op('view', null, () => ({ a: 'old' }));
    });
    expect(failures[0]?.signature).toBe('check eventually-equal');
  });
});

describe('the times of commits', () => {
  it('decide about a view with keys that no operation reports to have written', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.check.eventuallyEqual({ view: 'view', keys: 'k/' });
      await sim.client.put('k/a').value('old');
      sim.node('cache', async ({ op, sleep }) => {
        await sleep(5000);
        await op('view', null, () => ({ a: 'old' }));
      });
      await sim.sleep(1000);
      await sim.client.put('k/a').value('new');
    });
    expect(failures[0]?.result.checks).toMatchObject([
      { verdict: 'violated', message: 'cache ends with a = old: expected new, as in etcd' },
    ]);
  });
});

describe('the process of a node', () => {
  it.each([
    [
      'gives up',
      () => Promise.reject(Object.assign(new Error('gone'), { code: 14, details: '', metadata: {} })),
    ],
    ['returns', () => Promise.resolve()],
  ])('ends when its body %s, and its lease runs out', async (_, end) => {
    await calmly(async (sim) => {
      sim.node('a', async ({ client, mark }) => {
        await client.lease(10).put('held').value('a');
        mark('held');
        await end();
      });
      sim.node('b', async ({ client, when, sleep }) => {
        await when('held');
        for (let waitedMs = 0; (await client.get('held').string()) !== null; waitedMs += 500) {
          expect(waitedMs).toBeLessThan(20_000);
          await sleep(500);
        }
      });
      await sim.nodesEnded();
    });
  });

  it('of a daemon lives on when its body returns', async () => {
    await calmly(async (sim) => {
      sim.node('keeper', async ({ client }) => void (await client.lease(10).put('held').value('a')), {
        daemon: true,
      });
      sim.node('b', async ({ client, sleep }) => {
        await sleep(30_000);
        expect(await client.get('held').string()).toBe('a');
      });
      const ends = await sim.nodesEnded();
      expect(ends.map(({ name, how }) => [name, how])).toEqual([
        ['keeper', 'daemon'],
        ['b', 'ended'],
      ]);
    });
  });
});

it('the client of the test reaches etcd once the nodes have ended, in every seed', async () => {
  const report = await checkBody(
    async (sim) => {
      sim.nodes(2, async ({ client, sleep, name }) => {
        for (let index = 0; index < 5; index++) {
          await client.put(`k/${name}`).value(index);
          await sleep(2);
        }
      });
      await sim.nodesEnded();
      await sim.client.getAll().prefix('k/').strings();
    },
    { seeds: 60, faults: ['member-restart', 'member-pause', 'compaction'] },
  );
  expect(report.outcome).toBe('satisfied');
});
