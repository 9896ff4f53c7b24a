/** The real etcd3 client over the simulated channel behaves as on a real wire. */
import { EtcdLeaseInvalidError, type Lease, type Watcher } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { DROP } from '../../sim/network/rule.js';
import { inWorld, sleep } from './world.js';

/** Collects the values a watcher reports. */
function valuesOf(watcher: Watcher): string[] {
  const values: string[] = [];
  watcher.on('put', ({ value }) => values.push(value.toString()));
  return values;
}

describe('a watch of etcd3', () => {
  it('reports changes in order, with history from a start revision', async () => {
    const values = await inWorld(async ({ client }) => {
      const writer = client('writer');
      const first = await writer.put('key').value('1');
      await writer.put('key').value('2');
      const watcher = await client('reader').watch().key('key').startRevision(first.header.revision).create();
      const seen = valuesOf(watcher);
      await writer.put('key').value('3');
      // etcd lets watchers that start in the past catch up every 100 ms.
      await sleep(200);
      return seen;
    });
    expect(values).toEqual(['1', '2', '3']);
  });

  it('resumes after its connection broke, without missing or repeating a change', async () => {
    const [values, disconnects] = await inWorld(async ({ client, network }) => {
      const writer = client('writer');
      const watcher = await client('reader').watch().key('key').create();
      const seen = valuesOf(watcher);
      let broken = 0;
      watcher.on('disconnected', () => broken++);
      for (let value = 1; value <= 6; value++) {
        await writer.put('key').value(value);
        if (value % 2 === 0) {
          await sleep(10);
          network.link('reader', 'm1').connection.reset();
        }
      }
      await sleep(60_000);
      return [seen, broken];
    });
    expect(values).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(disconnects).toBeGreaterThanOrEqual(1);
  });

  it('ends when it is cancelled', async () => {
    const values = await inWorld(async ({ client }) => {
      const writer = client('writer');
      const watcher = await client('reader').watch().key('key').create();
      const seen = valuesOf(watcher);
      await writer.put('key').value('1');
      await sleep(10);
      await watcher.cancel();
      await writer.put('key').value('2');
      await sleep(10);
      return seen;
    });
    expect(values).toEqual(['1']);
  });
});

describe('a lease of etcd3', () => {
  async function holdKey(lease: Lease): Promise<Error[]> {
    const losses: Error[] = [];
    lease.on('lost', (error) => losses.push(error));
    await lease.put('held').value('by me');
    return losses;
  }

  it('is kept alive for as long as the node runs', async () => {
    const [value, losses] = await inWorld(async ({ client }) => {
      const holder = client('holder');
      const lost = await holdKey(holder.lease(5));
      await sleep(600_000);
      return [await client('other').get('held').string(), lost];
    });
    expect(value).toBe('by me');
    expect(losses).toEqual([]);
  });

  it('survives a partition that is shorter than its TTL', async () => {
    const value = await inWorld(async ({ client, network }) => {
      await holdKey(client('holder').lease(10));
      const link = network.link('holder', 'm1');
      await sleep(5000);
      const heal = link.addRule(() => DROP);
      await sleep(4000);
      heal();
      link.connection.reset();
      await sleep(60_000);
      return client('other').get('held').string();
    });
    expect(value).toBe('by me');
  });

  it('is lost in a longer partition, and the node hears of it once it can know', async () => {
    const [value, losses] = await inWorld(async ({ client, network }) => {
      const lost = await holdKey(client('holder').lease(10));
      const link = network.link('holder', 'm1');
      const heal = link.addRule(() => DROP);
      await sleep(30_000);
      heal();
      link.connection.reset();
      await sleep(60_000);
      return [await client('other').get('held').string(), lost];
    });
    expect(value).toBeNull();
    expect(losses).toHaveLength(1);
    expect(losses[0]).toBeInstanceOf(EtcdLeaseInvalidError);
  });

  it('takes its keys with it when it is revoked', async () => {
    const value = await inWorld(async ({ client }) => {
      const lease = client('holder').lease(10);
      await holdKey(lease);
      await lease.revoke();
      return client('other').get('held').string();
    });
    expect(value).toBeNull();
  });
});

describe('a call of etcd3', () => {
  it('ends at the deadline of its call options', async () => {
    const [error, tookMs] = await inWorld(async ({ client, network }) => {
      const node = client('node');
      await node.put('key').value('1');
      network.link('node', 'm1').addRule(() => DROP);
      const startedMs = performance.now();
      const failure = await node
        .get('key')
        .options({ deadline: Date.now() + 300 })
        .catch((reason: unknown) => reason);
      return [failure as Error, performance.now() - startedMs];
    });
    expect(error.message).toContain('Deadline exceeded');
    // etcd3 tries three times more, a millisecond apart, each past the deadline at once.
    expect(tookMs).toBe(303);
  });

  it('is retried by etcd3 when its connection breaks: a write may happen twice', async () => {
    const [version, calls] = await inWorld(async ({ client, network }) => {
      const node = client('node');
      await node.put('key').value('1');
      const before = network.calls;
      const link = network.link('node', 'm1');
      const heal = link.addRule((message) => (message.direction === 'reply' ? DROP : { kind: 'pass' }));
      setTimeout(() => {
        heal();
        link.connection.reset();
      }, 50);
      await node.put('key').value('2');
      const sent = network.calls - before;
      const { kvs } = await node.get('key').exec();
      return [kvs[0]?.version, sent];
    });
    expect(calls).toBe(2);
    expect(version).toBe('3');
  });

  it('is refused by the circuit breaker after three failures, until five seconds have passed', async () => {
    const [messages, value] = await inWorld(async ({ client, cluster, network }) => {
      const node = client('node');
      await node.put('key').value('1');
      cluster.stopMember('m1');
      network.resetMember('m1');
      const errors: string[] = [];
      for (let attempt = 0; attempt < 2; attempt++) {
        await node.get('key').catch((error: unknown) => errors.push((error as Error).constructor.name));
      }
      cluster.startMember('m1');
      await sleep(5100);
      return [errors, await node.get('key').string()];
    });
    expect(messages).toEqual(['GRPCUnavailableError', 'BrokenCircuitError']);
    expect(value).toBe('1');
  });
});

describe('recipes of etcd3', () => {
  it('lock: one holder at a time', async () => {
    const order = await inWorld(async ({ client }) => {
      const events: string[] = [];
      const work = async (name: string) => {
        const lock = client(name).lock('resource');
        for (;;) {
          try {
            await lock.acquire();
            break;
          } catch {
            await sleep(5);
          }
        }
        events.push(`${name} in`);
        await sleep(20);
        events.push(`${name} out`);
        await lock.release();
      };
      await Promise.all(['a', 'b', 'c'].map(work));
      return events;
    });
    expect(order).toHaveLength(6);
    for (let index = 0; index < 6; index += 2) {
      const [name] = (order[index] ?? '').split(' ');
      expect(order.slice(index, index + 2)).toEqual([`${name} in`, `${name} out`]);
    }
  });

  it('election: the next leader follows when the first resigns', async () => {
    const leaders = await inWorld(async ({ client }) => {
      const first = client('a').election('job').campaign('a');
      await new Promise((resolve) => first.once('elected', resolve));
      const observer = await client('observer').election('job').observe();
      const seen = [observer.leader()];
      observer.on('change', (value) => seen.push(value));
      const second = client('b').election('job').campaign('b');
      await sleep(100);
      await first.resign();
      await new Promise((resolve) => second.once('elected', resolve));
      await sleep(100);
      return seen;
    });
    expect(leaders).toEqual(['a', 'b']);
  });
});
