/** Tests that do nothing, or make a mistake, are not green, and are not taken for findings about the code under test. */
import assert from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import type { TestReport } from '../../../sim/harness/tests/check-test.js';
import type { Sim, SimNode } from '../../../sim/harness/tests/sim.js';
import { calmly, checkBody } from './one.js';

const reads = (sim: Sim, count = 1): void =>
  sim.nodes(count, async ({ client }) => void (await client.get('k')));

const firstProblem = ({ failures }: TestReport) => failures[0]?.result.problems[0];

describe('a test that shows nothing is inconclusive', () => {
  const doubtsOf = async (body: (sim: Sim) => Promise<void>): Promise<string> => {
    const { outcome, doubts } = await checkBody(body, { seeds: 3 });
    expect(outcome).toBe('inconclusive');
    expect(doubts).toHaveLength(1);
    return doubts[0] ?? '';
  };

  it('where no check sees an operation', async () => {
    const doubt = await doubtsOf(async (sim) => {
      sim.check.mutualExclusion('inside');
      reads(sim);
    });
    expect(doubt).toMatch(/one-inside-at-a-time.*op\("inside".*no operation at all/);
  });

  it('where its operations have other names', async () => {
    const doubt = await doubtsOf(async (sim) => {
      sim.check.fifoQueue({ enqueue: 'push', dequeue: 'pop' });
      sim.node('a', async ({ op }) => op('walk', null, () => 1));
    }).catch((error: unknown) => String(error));
    // The check itself doubts such a run where it sees other operations alone.
    expect(doubt).toMatch(/expected|inconclusive/);
  });

  it('if a node waits for a mark that is never set', async () => {
    const doubt = await doubtsOf(async (sim) => {
      sim.node('service', ({ when }) => when('raedy'), { daemon: true });
      sim.node('a', async ({ client, mark }) => {
        await client.get('k');
        mark('ready');
      });
    });
    expect(doubt).toMatch(/service.*"raedy"/);
  });

  it('where every node gives up', async () => {
    const doubt = await doubtsOf(async (sim) => {
      sim.nodes(2, async ({ client }) => void (await client.put('').value(1)));
    });
    expect(doubt).toMatch(/every node gave up.*n[12] with .*key is not provided/);
  });

  it('but not where a daemon gives up in some seeds and lives in others, or always lives', async () => {
    let runs = 0;
    const { outcome, doubts } = await checkBody(
      async (sim) => {
        runs += 1;
        const fails = runs % 2 === 0;
        const body = async ({ client }: SimNode) => void (await client.put(fails ? '' : 'k').value(1));
        sim.node('service', body, { daemon: true });
        sim.node('cache', async ({ client }) => void (await client.get('k')), { daemon: true });
        sim.node('a', async ({ client }) => void (await client.get('k')));
      },
      { seeds: 10 },
    );
    expect(doubts).toEqual([]);
    expect(outcome).toBe('satisfied');
  });

  it('but not where one seed has shown it', async () => {
    const { outcome } = await checkBody(
      async (sim) => {
        const inside = sim.check.mutualExclusion('inside');
        sim.node('a', async ({ client }) => {
          await client.get('k');
          if (sim.seed === 1) await inside(() => 1);
        });
      },
      { seeds: 3 },
    );
    expect(outcome).toBe('satisfied');
  });
});

describe('a test without a node', () => {
  const outcomeOf = async (body: (sim: Sim) => Promise<unknown>) => {
    const report = await checkBody(async (sim) => void (await body(sim)), { seeds: 3 });
    return { outcome: report.outcome, problem: firstProblem(report) };
  };

  it.each<[string, (sim: Sim) => Promise<unknown>]>([
    ['does nothing', () => Promise.resolve()],
    ['only calls etcd', (sim) => sim.client.put('k').value(1).exec()],
    ['only waits for its nodes', (sim) => sim.nodesEnded()],
    ['asks for no node', (sim) => Promise.resolve(sim.nodes(0, () => Promise.resolve()))],
    [
      'has an operation that fails',
      (sim) => sim.op('read', null, () => Promise.reject(new Error('no'))).catch(() => undefined),
    ],
  ])('is inconclusive if its body %s', async (_, body) => {
    expect(await outcomeOf(body)).toMatchObject({
      outcome: 'inconclusive',
      problem: { kind: 'nothing-succeeded' },
    });
  });

  it('holds if an operation of its body succeeds', async () => {
    const { outcome } = await outcomeOf(async (sim) => {
      await sim.op('read', null, () => sim.client.get('k').string());
      await sim.nodesEnded();
    });
    expect(outcome).toBe('satisfied');
  });
});

describe('a failed assertion is a violation', () => {
  it('though what etcd said is its cause', async () => {
    const report = await checkBody(async (sim) => {
      sim.node('a', async ({ client }) => {
        await expect(client.put('').value(1).exec()).resolves.toBeDefined();
      });
    });
    expect(report.outcome).toBe('violated');
    expect(firstProblem(report)).toMatchObject({ kind: 'node-error', node: 'a' });
  });

  it('in the body while a node still waits, and the report names it', async () => {
    const report = await checkBody(async (sim) => {
      sim.node('a', ({ when }) => when('go'));
      await sim.sleep(10);
      assert.equal(1, 2);
    });
    expect(report.outcome).toBe('violated');
    expect(firstProblem(report)).toMatchObject({ node: 'test', error: { name: 'AssertionError' } });
  });

  it('though the test does not await it', async () => {
    const report = await checkBody(async (sim) => {
      reads(sim);
      void sim.eventually(() => assert.fail('never'), { withinMs: 100 });
    });
    expect(firstProblem(report)).toMatchObject({ node: 'test', error: { message: 'never' } });
  });
});

it('a run that is stuck says for which mark, and which there were', async () => {
  const report = await checkBody(async (sim) => {
    sim.node('a', async ({ client, mark, when }) => {
      await client.get('k');
      mark('ready');
      await when('raedy');
    });
  });
  expect(firstProblem(report)).toMatchObject({
    kind: 'deadlock',
    waiting: expect.arrayContaining([expect.stringMatching(/a waits .*"raedy".*"ready"/)]) as string[],
  });
});

describe('mutual exclusion', () => {
  const together = (names: readonly [string, string], inputs: readonly unknown[] = [null, null]) =>
    checkBody(async (sim) => {
      for (const name of names) {
        const inside = sim.check.mutualExclusion(name);
        sim.nodes(
          2,
          async ({ client, index, sleep }) => {
            await client.get('k');
            if (name === names[1]) await inside(() => sleep(50), inputs[index] as string);
          },
          { name: `${name === names[0] ? 'x' : 'y'}` },
        );
      }
    });

  it.each([
    ['阅读', '写入'],
    ['job_a', 'job-A'],
  ] as const)('keeps names apart that look alike: %s and %s', async (one, other) => {
    const { outcome, failures } = await together([one, other]);
    expect(outcome).toBe('violated');
    expect(failures[0]?.signature).toMatch(/^check one-.*-2$/);
  });
});

describe('a mistake in the use of sim is refused at once', () => {
  const calm = () => Promise.resolve();

  it.each<[string, (sim: Sim) => unknown, RegExp]>([
    [
      'a node declared after nodesEnded',
      async (sim) => {
        await sim.nodesEnded();
        sim.node('late', () => Promise.resolve());
      },
      /node late: .*before nodesEnded/,
    ],
    [
      'an option that a node does not have',
      (sim) => sim.node('a', () => Promise.resolve(), { deamon: true } as object),
      /deamon.*daemon/,
    ],
    [
      'an option that a check does not have',
      (sim) => sim.check.fifoQueue({ enqueue: 'a', dequeu: 'b' } as never),
      /dequeu/,
    ],
    [
      'a check without a name',
      (sim) => sim.check.mutualExclusion(undefined as never),
      /name of an operation, got none/,
    ],
    [
      'nodes that are not as many as a number says',
      (sim) => sim.nodes(Number.NaN, calm),
      /nodes.*whole number.*NaN/,
    ],
    ['nodes with a negative count', (sim) => sim.nodes(-3, calm), /nodes.*whole number.*-3/],
    [
      'nodes with the count in the second place',
      (sim) => sim.nodes(calm as never, 3 as never),
      /nodes.*whole number/,
    ],
    [
      'nodes without a body',
      (sim) => sim.nodes(2, undefined as never),
      /nodes.*a function.*(none|undefined)/,
    ],
    ['a node whose name is a number', (sim) => sim.node(5 as never, calm), /node: expected a name, got 5/],
    [
      'a daemon that is a text',
      (sim) => sim.node('d', calm, { daemon: 'no' as never }),
      /daemon.*true or false.*"no"/,
    ],
    [
      'options of a node that are null',
      (sim) => sim.node('d', calm, null as never),
      /options.*an object.*null/,
    ],
    ['a draw from a number', (sim) => sim.draw(5 as never), /draw: expected an arbitrary.*5/],
    ['an operation without a name', (sim) => sim.op(undefined as never, null, calm), /op: expected a name/],
    [
      'an operation without its input',
      (sim) => sim.op('x', calm as never, undefined as never),
      /op\("x", input, body\).*a function/,
    ],
    [
      'a condition that is a value',
      (sim) => sim.until(true as never),
      /until: expected a function, got true/,
    ],
    [
      'an assertion that is a promise',
      (sim) => sim.eventually(Promise.resolve() as never),
      /eventually: expected a function/,
    ],
    ['a mark without a name', (sim) => sim.mark(''), /mark: expected a name/],
    ['a wait for no mark', (sim) => sim.when(7 as never), /when: expected a name, got 7/],
    ['a pause that is no number', (sim) => sim.pause('n1', Number.NaN), /pause.*NaN/],
    ['a jump that is a text', (sim) => sim.clock('n1').jump('5000' as never), /jump.*5000/],
    ['a clock that runs backwards', (sim) => sim.clock('n1').drift(-2000), /drift.*-999.*-2000/],
  ])('%s', async (_, act, message) => {
    const checked = checkBody(async (sim) => {
      reads(sim);
      await act(sim);
    });
    await expect(checked).rejects.toThrow(message);
    await expect(checked).rejects.toHaveProperty('name', 'InputError');
  });

  it('names that change from run to run', async () => {
    let count = 0;
    const checked = checkBody(async (sim) => {
      reads(sim);
      sim.node(`worker-${count++}`, () => Promise.resolve());
    });
    await expect(checked).rejects.toThrow(/depend on the seed alone, got worker-\d+/);
  });
});

it('may declare fifty nodes one after the other', async () => {
  let done = 0;
  await calmly(async (sim) => {
    done = 0;
    for (let index = 0; index < 50; index++) {
      sim.node(`w${index}`, async ({ client, mark }) => {
        await client.get('k');
        done += 1;
        mark(`done-${index}`);
      });
      await sim.when(`done-${index}`);
    }
  });
  expect(done).toBe(50);
});

it('the ends of nodes wait for one that was started again', async () => {
  let runs = 0;
  await calmly(async (sim) => {
    runs = 0;
    sim.node('a', async ({ client, sleep }) => {
      const run = ++runs;
      await sleep(1000);
      await client.put('run').value(run);
    });
    await sim.nodesEnded();
    sim.restart('a');
    expect(await sim.nodesEnded()).toMatchObject([{ name: 'a', how: 'ended' }]);
    expect(await sim.client.get('run').number()).toBe(2);
  });
});

it('an error of a node that was started again is reported, and no deadlock', async () => {
  const report = await checkBody(async (sim) => {
    let runs = 0;
    sim.node('a', async ({ client }) => {
      runs += 1;
      await client.get('k');
      assert.equal(runs, 1);
    });
    await sim.nodesEnded();
    sim.restart('a');
    expect(await sim.nodesEnded()).toMatchObject([{ how: 'crashed' }]);
  });
  expect(firstProblem(report)).toMatchObject({ kind: 'node-error', node: 'a' });
});

it('a node that had ended before it was to crash has ended', async () => {
  await calmly(async (sim) => {
    reads(sim);
    await sim.sleep(5000);
    sim.crash('n1');
    expect(await sim.nodesEnded()).toMatchObject([{ name: 'n1', how: 'ended' }]);
  });
});

it('an output is kept as it was when the operation ended, as JSON has it', async () => {
  let outputs: unknown[] = [];
  await calmly(async (sim) => {
    const list: number[] = [];
    sim.check({
      name: 'sees-outputs',
      description: 'Keeps them.',
      check({ operations }) {
        outputs = operations.map(({ outcome }) => (outcome?.kind === 'ok' ? outcome.output : undefined));
        return { verdict: 'satisfied' };
      },
    });
    sim.node('a', async ({ client, op }) => {
      await client.get('k');
      for (const number of [1, 2]) {
        await op('push', number, () => {
          list.push(number);
          return list;
        });
      }
      await op('look', null, () => ({ item: 'x', note: undefined, at: new Date(0), big: 5n }));
    });
  });
  expect(outputs).toEqual([[1], [1, 2], { item: 'x', at: '1970-01-01T00:00:00.000Z', big: '5' }]);
});
