/** Nodes that serve and call each other, and things outside of etcd. */
import * as grpc from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { EndpointError } from '../../../sim/harness/tests/run/others/endpoints.js';
import type { Sim, SimNode } from '../../../sim/harness/tests/sim.js';
import { calmly, checkBody } from './one.js';

/** A worker that serves until the test is over. */
function worker(sim: Sim, serve: (node: SimNode) => Promise<void>): void {
  sim.node(
    'worker',
    async (node) => {
      await serve(node);
      node.mark('serving');
    },
    { daemon: true },
  );
}

describe('an endpoint', () => {
  it('answers with what its handler returns, and tells it the caller', async () => {
    await calmly(async (sim) => {
      worker(sim, (node) => node.serve('double', (message, from) => ({ from, value: Number(message) * 2 })));
      sim.node('a', async ({ call, client, when }) => {
        await when('serving');
        expect(await call('worker', 'double', 21)).toEqual({ from: 'a', value: 42 });
        await client.put('done').value(1);
      });
      await sim.nodesEnded();
    });
  });

  it('takes time on the network, and waits for a node that is paused', async () => {
    await calmly(async (sim) => {
      worker(sim, (node) => node.serve<string>('echo', (message) => message.concat()));
      sim.node('a', async ({ call, client, when, mark }) => {
        await client.get('k');
        await when('serving');
        await call('worker', 'echo', 'first');
        mark('warm');
        await when('paused');
        const askedMs = Date.now();
        expect(await call('worker', 'echo', 'second')).toBe('second');
        expect(Date.now() - askedMs).toBeGreaterThan(1000);
      });
      await sim.when('warm');
      await sim.pause('worker', 2000);
      sim.mark('paused');
      await sim.nodesEnded();
    });
  });

  it.each([
    [
      'failed',
      'boil',
      'no water',
      (node: SimNode) => node.serve('boil', () => Promise.reject(new Error('no water'))),
    ],
    ['not served', 'boil', 'does not serve', (node: SimNode) => node.serve('fry', () => null)],
    ['timed out', 'boil', '5000 ms', (node: SimNode) => node.serve('boil', () => node.sleep(20_000))],
    ['unreachable', 'boil', 'ECONNREFUSED', () => Promise.resolve()],
  ])('that has %s says so', async (reason, endpoint, words, serve) => {
    await calmly(async (sim) => {
      let thrown: unknown;
      worker(sim, serve);
      sim.node('a', async ({ call, client, when }) => {
        await client.get('k');
        await when('serving');
        thrown = await call('worker', endpoint).catch((error: unknown) => error);
      });
      await sim.nodesEnded();
      expect(thrown).toBeInstanceOf(EndpointError);
      expect(thrown).toMatchObject({ reason });
      expect(String(thrown)).toContain(words);
      expect(String(thrown)).toContain('a called boil of worker');
    });
  });

  it('of a node that has crashed is gone until the node serves it anew', async () => {
    await calmly(async (sim) => {
      worker(sim, (node) => node.serve('echo', (message) => message));
      sim.node('a', async ({ call, client, mark, when }) => {
        await client.get('k');
        await when('serving');
        mark('ready');
        await when('crashed');
        await expect(call('worker', 'echo', 1)).rejects.toThrow('ECONNREFUSED');
        mark('refused');
        await when('again');
        expect(await call('worker', 'echo', 1)).toBe(1);
      });
      await sim.when('ready');
      sim.crash('worker');
      sim.mark('crashed');
      await sim.when('refused');
      sim.restart('worker');
      await sim.sleep(3000);
      sim.mark('again');
      await sim.nodesEnded();
    });
  });

  it('is out of reach for a node that is cut off from it, in both directions, until that heals', async () => {
    await calmly(async (sim) => {
      worker(sim, (node) => node.serve('echo', (message) => message));
      sim.node('a', async ({ call, client, mark, when }) => {
        await client.get('k');
        await when('serving');
        await call('worker', 'echo', 1);
        mark('ready');
        await when('cut');
        await expect(call('worker', 'echo', 1, { timeoutMs: 500 })).rejects.toMatchObject({
          reason: 'timed out',
        });
        await client.get('k');
        mark('noticed');
        await when('healed');
        expect(await call('worker', 'echo', 2)).toBe(2);
      });
      await sim.when('ready');
      await sim.partition('worker', 'a');
      sim.mark('cut');
      await sim.when('noticed');
      await sim.heal();
      sim.mark('healed');
      await sim.nodesEnded();
    });
  });

  it('makes an operation indefinite whose call was not answered', async () => {
    const { failures } = await checkBody(async (sim) => {
      worker(sim, (node) => node.serve('boil', () => node.sleep(20_000)));
      sim.node('a', async ({ call, client, op, when }) => {
        await client.put('k').value(1);
        await when('serving');
        await op('tea', null, () => call('worker', 'boil')).catch(() => undefined);
      });
      await sim.nodesEnded();
      throw new Error('to see it');
    });
    expect(failures[0]?.result.operations).toMatchObject([{ name: 'tea', outcome: { kind: 'indefinite' } }]);
  });

  it.each([
    [
      'fails, with words that say connection refused',
      { kind: 'indefinite' },
      () => Promise.reject(new Error('connect ECONNREFUSED')),
    ],
    ['is not there', { kind: 'failed' }, undefined],
  ] as const)('that %s makes an operation %o', async (_, outcome, handler) => {
    const { failures } = await checkBody(async (sim) => {
      worker(sim, ({ serve }) => serve(handler === undefined ? 'fry' : 'boil', handler ?? (() => null)));
      sim.node('a', async ({ call, client, op, when }) => {
        await client.put('k').value(1);
        await when('serving');
        await op('tea', null, () => call('worker', 'boil')).catch(() => undefined);
      });
      await sim.nodesEnded();
      throw new Error('to see it');
    });
    expect(failures[0]?.result.operations).toMatchObject([{ name: 'tea', outcome }]);
  });

  it('is drawn faults on the way to it, and one that gives up is no failure', async () => {
    const kinds = new Set<string>();
    let answered = 0;
    const report = await checkBody(
      async (sim) => {
        worker(sim, (node) => node.serve('echo', (message) => message));
        sim.nodes(2, async ({ call, client, when, sleep }) => {
          await client.put('k').value(1);
          await when('serving');
          for (let index = 0; index < 10; index++) {
            try {
              await call('worker', 'echo', index);
              answered++;
            } catch (error) {
              if (error instanceof EndpointError) kinds.add(error.reason);
            }
            await sleep(50);
          }
        });
        await sim.nodesEnded();
      },
      { seeds: 30, faults: 'swarm' },
    );
    expect(report.outcome).toBe('satisfied');
    expect([...kinds].sort()).toEqual(['timed out', 'unreachable']);
    expect(answered).toBeGreaterThan(300);
  });

  it('may be in the middle of an operation when the test is over', async () => {
    await calmly(async (sim) => {
      worker(sim, ({ op, serve, sleep }) => serve('slow', () => op('slow', null, () => sleep(20_000))));
      sim.node('a', async ({ call, client, op, when }) => {
        await op('put', null, () => client.put('k').value(1));
        await when('serving');
        await call('worker', 'slow', null, { timeoutMs: 100 }).catch(() => undefined);
      });
      await sim.nodesEnded();
    });
  });

  it('that is not served fails the test of a caller that does not expect it', async () => {
    const { failures } = await checkBody(async (sim) => {
      worker(sim, ({ serve }) => serve('right', () => 1));
      sim.node('a', async ({ call, client, when }) => {
        await client.get('k');
        await when('serving');
        await call('worker', 'wrong');
      });
      await sim.nodesEnded();
    });
    expect(failures[0]?.result.problems).toMatchObject([
      { kind: 'node-error', node: 'a', error: { message: expect.stringContaining('wrong') as string } },
    ]);
  });

  it('fails the test by an assertion in its handler, even if the caller ignores the answer', async () => {
    const { failures } = await checkBody(async (sim) => {
      worker(sim, ({ serve }) => serve('sum', () => expect(1).toBe(2)));
      sim.node('a', async ({ call, client, when }) => {
        await client.put('k').value(1);
        await when('serving');
        await call('worker', 'sum').catch(() => undefined);
      });
      await sim.nodesEnded();
    });
    expect(failures[0]?.result.problems).toMatchObject([{ kind: 'node-error', node: 'worker' }]);
  });

  it('may throw a value that cannot be described', async () => {
    const hostile = Object.create(Error.prototype, { message: { get: () => expect.fail() } }) as Error;
    const { failures } = await checkBody(async (sim) => {
      worker(sim, ({ serve }) => serve('bad', () => Promise.reject(hostile)));
      sim.node('a', async ({ call, client, when }) => {
        await client.put('k').value(1);
        await when('serving');
        await call('worker', 'bad');
      });
      await sim.nodesEnded();
    });
    expect(failures[0]?.result.problems).toMatchObject([{ node: 'a', error: { name: 'EndpointError' } }]);
  });

  it.each([
    [
      'call',
      (_sim: Sim, { call }: SimNode) => call('a', 'e', 1, { timeoutMs: 'soon' as never }),
      'timeoutMs',
    ],
    ['call', (_sim: Sim, { call }: SimNode) => call('a', 'e', 1, { timeout: 5 } as never), 'timeout'],
    ['resource', (sim: Sim) => sim.resource('r', { fence: true } as never), 'fence'],
    ['until', (sim: Sim) => sim.until(() => true, { within: 5 } as never), 'within'],
    ['endpoint', (_sim: Sim, { serve }: SimNode) => serve('\ud800', () => 1), 'expected a name'],
  ])('and %s refuse mistaken options', async (_, use, words) => {
    const checked = checkBody(async (sim) => {
      sim.node('a', async (node) => void (await use(sim, node)));
      await sim.nodesEnded();
    });
    await expect(checked).rejects.toThrow(words);
  });

  it('of a mistaken name or handler is refused', async () => {
    for (const [body, message] of [
      [(node: SimNode) => node.call('wrker', 'echo'), 'expected a node of this test (worker, a), got wrker'],
      [(node: SimNode) => node.call('worker', ''), 'endpoint: expected a name, got ""'],
      [(node: SimNode) => node.serve('echo', 7 as never), 'expected a function as its handler, got 7'],
    ] as const) {
      const checked = checkBody(async (sim) => {
        worker(sim, () => Promise.resolve());
        sim.node('a', body);
        await sim.nodesEnded();
      });
      await expect(checked).rejects.toThrow(message);
    }
  });
});

it('clients and servers of your own protos work between nodes', async () => {
  await calmly(async (sim) => {
    const text = {
      ...{ requestSerialize: Buffer.from, requestDeserialize: String },
      ...{ responseSerialize: Buffer.from, responseDeserialize: String },
    } as unknown as grpc.MethodDefinition<string, string>;
    const hello = {
      ...text,
      path: '/Greeter/Hello',
      requestStream: false as const,
      responseStream: false as const,
    };
    worker(sim, async () => {
      const server = new grpc.Server();
      server.addService(
        { hello },
        {
          hello: (call: grpc.ServerUnaryCall<string, string>, answer: grpc.sendUnaryData<string>) =>
            answer(null, `hello ${call.request}`),
        },
      );
      await new Promise((resolve) =>
        server.bindAsync('0.0.0.0:50051', grpc.ServerCredentials.createInsecure(), resolve),
      );
    });
    sim.node('a', async ({ client, when }) => {
      await client.get('k');
      await when('serving');
      const greeter = new grpc.Client('worker:50051', grpc.credentials.createInsecure());
      const greeting = await new Promise((resolve) => {
        greeter.makeUnaryRequest(
          hello.path,
          hello.requestSerialize,
          hello.responseDeserialize,
          'you',
          (_, value) => resolve(value),
        );
      });
      expect(greeting).toBe('hello you');
    });
    await sim.nodesEnded();
  });
});

describe('the story of a failure', () => {
  it('has the calls between nodes, and what the server did for them', async () => {
    const { failures } = await checkBody(
      async (sim) => {
        const spent = sim.check.mutualExclusion('spend');
        worker(sim, async ({ client, serve }) => {
          // Reads and writes in two steps: two buyers can spend the same coin.
          await serve('spend', async () => {
            const coins = Number(await client.get('coins').string());
            await client.put('coins').value(coins - 1);
            return coins;
          });
        });
        sim.nodes(2, async ({ call, when }) => {
          await when('serving');
          await spent(() => call('worker', 'spend'));
        });
        await sim.nodesEnded();
      },
      { explain: true, seeds: 20 },
    );
    const [failure] = failures;
    const told = (failure?.smallest.explanation?.past ?? []).flatMap(({ node, text, folded = [] }) => [
      `${node} ${text}`,
      ...folded.map((step) => `${step.node} ${step.text}`),
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^n1 .*called spend of worker/),
        expect.stringMatching(/^n2 .*called spend of worker/),
        expect.stringMatching(/^worker put coins/),
      ]),
    );
  });
});

it('a test with endpoints, a resource and restarts is the same run twice, under all faults', async () => {
  const report = await checkBody(
    async (sim) => {
      const record = sim.resource('record');
      worker(sim, ({ serve }) => serve('store', (message) => record.write(message, 1)));
      sim.nodes(3, async ({ call, client, when, name }) => {
        await client.put(name).value(1);
        await when('serving');
        await call('worker', 'store', name);
      });
      await sim.nodesEnded();
    },
    { seeds: 15, faults: 'all', restarts: true, checkDeterminism: true },
  );
  expect(report.differences).toEqual([]);
  expect(report.failures.map(({ result }) => result.problems)).toEqual([]);
  expect(report.outcome).toBe('satisfied');
});
