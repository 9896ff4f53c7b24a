/** Faults by hand: what a test does at a moment of its own choice. */
import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { calmly, checkBody } from './one.js';

describe('a partition', () => {
  it('lets nothing pass until it is healed', async () => {
    await calmly(async (sim) => {
      let answeredMs = 0;
      sim.node('a', async ({ client, mark, when }) => {
        await client.get('k');
        mark('ready');
        await when('cut');
        const askedMs = Date.now();
        await client.get('k');
        answeredMs = Date.now() - askedMs;
      });
      await sim.when('ready');
      await sim.partition('a');
      sim.mark('cut');
      await sim.sleep(2000);
      expect(answeredMs).toBe(0);
      await sim.heal();
      await sim.nodesEnded();
    });
  });

  it('is in the run’s list of faults', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client, sleep }) => {
        await sleep(100);
        await client.get('k');
      });
      await sim.partition('a', 'm1');
      await sim.sleep(50);
      await sim.heal();
      await sim.nodesEnded();
      throw new Error('to see it');
    });
    expect(failures[0]?.result.faults).toMatchObject([
      { kind: 'partition', text: 'a cut off from m1', startedUs: expect.any(Number) as number },
    ]);
  });
});

describe('a crash', () => {
  it('ends a node for good, and the run does not wait for it', async () => {
    await calmly(async (sim) => {
      sim.node('a', async ({ client, mark, sleep }) => {
        await client.put('a').value('begun');
        mark('begun');
        await sleep(1000);
        await client.put('a').value('ended');
      });
      sim.node('b', async ({ client, sleep }) => {
        await sleep(3000);
        await client.get('a');
      });
      await sim.when('begun');
      sim.crash('a');
      const ends = await sim.nodesEnded();
      expect(ends.find(({ name }) => name === 'a')?.how).toBe('crashed');
      expect(await sim.client.get('a').string()).toBe('begun');
    });
  });

  it('and a restart run the body again, with nothing in memory', async () => {
    await calmly(async (sim) => {
      sim.node('a', async ({ client, mark, sleep }) => {
        const starts = (await client.get('starts').number()) ?? 0;
        await client.put('starts').value(starts + 1);
        mark('begun');
        await sleep(1000);
      });
      await sim.when('begun');
      sim.crash('a');
      await sim.sleep(100);
      sim.restart('a');
      expect(await sim.nodesEnded()).toEqual([{ name: 'a', how: 'ended' }]);
      expect(await sim.client.get('starts').number()).toBe(2);
    });
  });

  it('ends the operation that the node was in: none overlaps with the dead', async () => {
    await calmly(async (sim) => {
      const inside = sim.check.mutualExclusion('inside');
      sim.node('a', async ({ mark, sleep, client }) => {
        await client.get('k');
        await inside(async () => {
          mark('in');
          await sleep(1000);
        });
      });
      sim.node('b', async ({ when, sleep, client }) => {
        await when('dead');
        await client.get('k');
        await inside(() => sleep(10));
      });
      await sim.when('in');
      sim.crash('a');
      sim.mark('dead');
      await sim.nodesEnded();
    });
  });
});

describe('a pause', () => {
  it('holds a node up for so long', async () => {
    await calmly(async (sim) => {
      let woke = 0;
      sim.node('a', async ({ client, mark, sleep }) => {
        await client.get('k');
        mark('ready');
        await sleep(10);
        woke = Date.now();
      });
      await sim.when('ready');
      const before = Date.now();
      await sim.pause('a', 5000);
      await sim.nodesEnded();
      expect(woke - before).toBeGreaterThanOrEqual(4990);
    });
  });
});

describe('a clock', () => {
  it('jumps, for its node alone', async () => {
    await calmly(async (sim) => {
      const seen: Record<string, number> = {};
      sim.nodes(2, async ({ client, name, when }) => {
        await client.get('k');
        await when('set');
        seen[name] = Date.now();
      });
      await sim.clock('n1').jump(60_000);
      sim.mark('set');
      await sim.nodesEnded();
      const ahead = (seen['n1'] ?? 0) - (seen['n2'] ?? 0);
      expect(Math.abs(ahead - 60_000)).toBeLessThan(50);
    });
  });
});

describe('a lost reply', () => {
  it('hides one write that was done', async () => {
    await calmly(async (sim) => {
      sim.node('a', async ({ client, mark, when }) => {
        await client.get('k');
        mark('ready');
        await when('armed');
        await client.put('k').value('v');
      });
      await sim.when('ready');
      await sim.loseNextReply('a');
      sim.mark('armed');
      await sim.nodesEnded();
      // Its client sent it again.
      const { kvs } = await sim.client.get('k').exec();
      expect(kvs[0]?.version).toBe('2');
    });
  });
});

describe('a lost reply on three members', () => {
  it('is one reply, whichever member it comes from, and breaks no other connection', async () => {
    const { failures } = await checkBody(
      async (sim) => {
        sim.node('a', async ({ etcdOptions, mark, when }) => {
          const hosts = etcdOptions.hosts as string[];
          const clients = hosts.map((host) => new Etcd3({ ...etcdOptions, hosts: [host], ...once }));
          for (const one of clients) await one.get('k').exec();
          mark('ready');
          await when('armed');
          const ends = await Promise.allSettled(clients.map((one, index) => one.put(`k${index}`).value('v')));
          for (const one of clients) one.close();
          expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
        });
        await sim.when('ready');
        await sim.loseNextReply('a');
        await sim.sleep(5000);
        sim.mark('armed');
        await sim.nodesEnded();
        throw new Error('to see it');
      },
      { members: 3 },
    );
    const { faults = [], problems = [] } = failures[0]?.result ?? {};
    expect(problems).toMatchObject([{ error: { message: 'to see it' } }]);
    expect(faults.map(({ hits, lifted }) => [hits > 0, lifted === true]).sort()).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ]);
  });
});

/** Without retries. */
const once = { faultHandling: { global: noop, host: () => noop } } as unknown as Pick<
  IOptions,
  'faultHandling'
>;

describe('a fault by hand that is never ended', () => {
  it('is over once the nodes have nothing else left to do', async () => {
    await calmly(async (sim) => {
      sim.node('a', async ({ client, mark, when }) => {
        await client.get('k');
        mark('ready');
        await when('cut');
        await client.put('k').value('v');
      });
      await sim.when('ready');
      await sim.partition('a');
      sim.mark('cut');
      await sim.nodesEnded();
      expect(await sim.client.get('k').string()).toBe('v');
    });
  });

  it('is named where the test waits for what it prevents', async () => {
    const { outcome, failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client, mark, when }) => {
        await client.get('k');
        mark('ready');
        await when('cut');
        await client.put('k').value('v');
        mark('put');
      });
      await sim.when('ready');
      await sim.partition('a', 'm1');
      sim.mark('cut');
      await sim.when('put');
    });
    expect(outcome).toBe('inconclusive');
    expect(failures[0]?.result.problems).toMatchObject([
      {
        kind: 'never-healed',
        message: expect.stringMatching(/^the partition of a from m1 was never healed: /) as string,
      },
    ]);
  });

  it('is named by a wait that gives up', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ sleep }) => {
        await sleep(10);
      });
      await sim.etcd.stop('m1');
      await sim.until(() => false, { withinMs: 500 });
    });
    expect(failures[0]?.result.problems).toMatchObject([
      {
        error: { message: 'expected () => false to hold within 500 ms' },
        reasons: ['m1 was stopped and never started'],
      },
    ]);
  });

  it('may last as long as the test sleeps', async () => {
    await calmly(
      async (sim) => {
        sim.node('a', async ({ client, mark, when, op }) => {
          await client.get('k');
          mark('ready');
          await when('cut');
          await op('put', null, () => client.put('k').value('v'));
        });
        await sim.when('ready');
        await sim.partition('a');
        sim.mark('cut');
        await sim.sleep(120_000);
        await sim.heal();
        await sim.nodesEnded();
      },
      { budget: { livenessMs: 30_000 } },
    );
  });

  it('is named where it is a crash', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client, mark, sleep }) => {
        mark('runs');
        await sleep(1000);
        await client.put('k').value('v');
      });
      sim.node('b', async ({ client }) => {
        const watcher = await client.watch().key('k').create();
        await new Promise((resolve) => watcher.on('put', resolve));
      });
      await sim.when('runs');
      sim.crash('a');
      await sim.nodesEnded();
    });
    expect(failures[0]?.result.problems).toMatchObject([
      {
        kind: 'deadlock',
        waiting: expect.arrayContaining(['a was crashed by hand and never started again']) as string[],
      },
    ]);
  });
});

describe('etcd', () => {
  it('is compacted, and has its leases revoked', async () => {
    await calmly(async (sim) => {
      await sim.client.put('old').value(1);
      await sim.client.put('old').value(2);
      sim.node('a', async ({ client, mark, when }) => {
        const lease = client.lease(60);
        await lease.put('leased').value('v');
        mark('leased');
        await when('revoked');
        expect(await client.get('leased').string()).toBeNull();
        lease.release();
      });
      await sim.when('leased');
      await sim.etcd.revokeLease();
      sim.mark('revoked');
      await sim.etcd.compact();
      await sim.nodesEnded();
      const { header } = await sim.client.get('old').exec();
      const older = sim.client
        .get('old')
        .revision(Number(header.revision) - 2)
        .exec();
      await expect(older).rejects.toThrow(/compacted/);
    });
  });

  it('has its leader moved, on three members', async () => {
    await calmly(
      async (sim) => {
        const leaderOf = async () => (await sim.client.maintenance.status()).leader;
        sim.node('a', async ({ client, sleep }) => {
          await client.get('k');
          await sleep(100);
        });
        const before = await leaderOf();
        await sim.sleep(50);
        await sim.etcd.moveLeader('m2');
        await sim.nodesEnded();
        expect(await leaderOf()).not.toBe(before);
      },
      { members: 3 },
    );
  });
});
