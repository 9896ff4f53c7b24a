/** A failure names the nodes that gave up, and the mistakes of its test; such a node does not make a test green. */
import assert from 'node:assert/strict';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { EtcdLockFailedError, type Etcd3 } from 'etcd3';
import { describeReport } from '../../../sim/harness/tests/describe-report.js';
import { simulate } from '../../../sim/harness/tests/simulate.js';
import { calmly, checkBody } from './one.js';

describe('a node that gave up', () => {
  it('whenever it ran, in several seeds, leaves the test inconclusive', async () => {
    const { outcome, doubts } = await checkBody(
      async (sim) => {
        sim.node('b', async ({ client }) => void (await client.put('x').value(1)));
        sim.node('a', async ({ call }) => void (await call('b', 'nothing', {})));
      },
      { seeds: 3 },
    );
    expect(outcome).toBe('inconclusive');
    expect(doubts).toEqual([expect.stringMatching(/^a gave up .*EndpointError.* nothing of b\b/)]);
  });

  it('in some seeds alone is nothing to doubt', async () => {
    await calmly(
      async (sim) => {
        sim.node('b', async ({ client }) => void (await client.put('x').value(1)));
        sim.node('a', async ({ call }) => {
          if (sim.seed !== 1) await call('b', 'nothing', {});
        });
      },
      { seeds: 4 },
    );
  });

  it('is named where the test waits in vain', async () => {
    const { failures } = await checkBody(async (sim) => {
      let isFull = false;
      sim.node('filler', async ({ call }) => {
        await call('filler', 'nothing', {});
        isFull = true;
      });
      await sim.until(() => isFull, { withinMs: 100 });
    });
    expect(failures[0]?.result.problems).toEqual([
      expect.objectContaining({
        error: { name: 'Error', message: expect.stringMatching(/isFull .* 100 ms$/) as unknown },
        reasons: [expect.stringMatching(/^filler gave up: EndpointError\b/)],
      }),
    ]);
  });
});

describe('an error of etcd', () => {
  const outcomeOf = async (error: Error): Promise<string> => {
    const { outcome } = await checkBody(async (sim) => {
      sim.node('a', async ({ client }) => void (await client.put('x').value(1)));
      sim.node('b', () => Promise.reject(error));
    });
    return outcome;
  };

  it('may be of a second copy of its client', async () => {
    const copy = vm.runInThisContext(`(${EtcdLockFailedError.toString()})`) as typeof EtcdLockFailedError;
    expect(new copy('lost')).not.toBeInstanceOf(EtcdLockFailedError);
    expect(await outcomeOf(new copy('lost'))).toBe('satisfied');
  });

  it('is no class of the code under test that has the name of one', async () => {
    class TaskCancelledError extends Error {}
    class EtcdError extends Error {}
    expect(await outcomeOf(new TaskCancelledError('a bug'))).toBe('violated');
    expect(await outcomeOf(new EtcdError('a bug'))).toBe('violated');
    expect(await outcomeOf(new EtcdError('wrapped', { cause: new EtcdLockFailedError('lost') }))).toBe(
      'satisfied',
    );
  });

  it('does not hide an assertion that is its cause', async () => {
    const cause = new assert.AssertionError({ message: 'a bug' });
    expect(await outcomeOf(Object.assign(new EtcdLockFailedError('lost'), { cause }))).toBe('violated');
  });
});

describe('a run that failed', () => {
  it('names the mistake of the test besides, such as the client of another node', async () => {
    const run = simulate(
      async (sim) => {
        let shared: Etcd3 | undefined;
        sim.node('owner', async ({ client, sleep }) => {
          shared = client;
          await sleep(20);
        });
        sim.node('guest', async ({ sleep }) => {
          for (const milliseconds of [10, 50]) {
            await sleep(milliseconds);
            await shared?.put('x').value(1);
          }
        });
      },
      { seeds: 1, faults: 'none', shrink: false, reports: false },
    );
    await expect(run).rejects.toThrow(
      /violated[^]*guest called KV\.Put through the client of owner\b[^]*guest threw /,
    );
  });
});

describe('the line of a test that holds', () => {
  it('counts calls where there are no operations, and otherwise those', async () => {
    const calls = await checkBody(async (sim) => {
      sim.node('a', async ({ client }) => void (await client.put('x').value(1)));
    });
    expect(describeReport(calls)).toMatch(/^1 seed holds: \d+ calls, no faults$/);
    const operations = await checkBody(async (sim) => {
      sim.node('a', async ({ client, op }) =>
        op('put', 1, async () => void (await client.put('x').value(1))),
      );
    });
    expect(describeReport(operations)).toMatch(/^1 seed holds: 1 operation ok, no faults$/);
  });
});
