/** Failures that a mistake in the test or in its set-up causes: the message says which line, and what is wrong. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Etcd3 } from 'etcd3';
import { EscapeError } from '../../../sim/engine/escape-error.js';
import { check } from '../../../sim/harness/check.js';
import { simulate } from '../../../sim/harness/tests/simulate.js';
import { parseRepro } from '../../../sim/repro/parse-repro.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import type { TestOptions } from '../../../sim/harness/tests/check-test.js';
import type { Sim, SimNode } from '../../../sim/harness/tests/sim.js';
import { calmly, checkBody } from './one.js';

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true });
});

const quick = { seeds: 1, faults: 'none', shrink: false, explain: false, reports: false } as const;

describe('an operation without an await', () => {
  it('is named with its line, in a test', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('a', async ({ client, op, sleep }) => {
        void op('job', 1, () => sleep(100));
        await client.get('k');
      });
      await sim.nodesEnded();
    });
    expect(failures[0]?.result.problems[0]).toMatchObject({
      kind: 'pending',
      message: expect.stringMatching(
        /^a ended while job a\.job \(at \S*causes\.test\.ts:\d+:\d+\) had not returned: await every op$/,
      ) as string,
    });
  });

  it('is named with its line, in a scenario', async () => {
    const scenario = defineScenario({
      name: 'forgets',
      nodes: () => [{ name: 'a', operations: [{ id: 'a-1', name: 'job', input: null }] }],
      async run({ client, perform }, [operation]) {
        if (operation === undefined) return;
        void perform(operation, async () => ({ output: await client.get('k').string() }));
      },
      checks: () => [],
    });
    const { failures } = await check(scenario, { seeds: 1, faults: 'none', shrink: false, explain: false });
    expect(failures[0]?.result.problems[0]).toMatchObject({
      message: expect.stringMatching(
        /job a-1 \(at \S*causes\.test\.ts:\d+:\d+\) .*: await every perform$/,
      ) as string,
    });
  });
});

describe("an error of the test's body that no code awaits", () => {
  const problemOf = async (act: (sim: Sim) => void) => {
    const { failures } = await checkBody(
      async (sim) => {
        sim.node('a', async ({ client }) => void (await client.get('k')));
        act(sim);
        await sim.nodesEnded();
      },
      { explain: true },
    );
    const [failure] = failures;
    const past = (failure?.explanation?.past ?? []).map(({ node, text }) => `${node}: ${text}`);
    return { problem: failure?.result.problems[0], past };
  };
  const here = expect.stringMatching(/at .*causes\.test\.ts:\d+:\d+/) as string;

  it('is named as one of the test, with its line', async () => {
    const { problem } = await problemOf(() => void Promise.reject(new Error('mine')));
    expect(problem).toMatchObject({ node: 'test', error: { message: 'mine' }, stack: here });
  });

  it('has its call in the story, and the line of its write', async () => {
    const { problem, past } = await problemOf((sim) => void sim.client.put('').value(1).exec());
    expect(problem).toMatchObject({ node: 'test', difference: here });
    expect(past).toEqual([expect.stringMatching(/refused .*key is not provided/)]);
  });

  it('of a timer is named, too', async () => {
    const { problem } = await problemOf(() => {
      setTimeout(() => {
        throw new Error('late');
      }, 1);
    });
    expect(problem).toMatchObject({ node: 'test', error: { message: 'late' }, stack: here });
  });
});

it('a wait of the test in vain says which wake-up a node lost', async () => {
  const { failures } = await checkBody(async (sim) => {
    const seen: string[] = [];
    sim.node(
      'cache',
      async ({ client, mark, when }) => {
        await client.get('k').string();
        mark('read');
        await when('changed');
        const watcher = await client.watch().key('k').create();
        watcher.on('put', ({ value }) => void seen.push(value.toString()));
      },
      { daemon: true },
    );
    await sim.when('read');
    await sim.client.put('k').value('new');
    sim.mark('changed');
    await sim.until(() => seen.includes('new'));
  });
  expect(failures[0]?.result.problems[0]).toMatchObject({
    kind: 'node-error',
    error: {
      message: expect.stringMatching(/^expected .*seen\.includes.* to hold within 60000 ms$/) as string,
    },
    reasons: [
      expect.stringMatching(
        /^the last change of k was its put at revision 2 by .*, before cache began to watch from revision 3: the wake-up was lost$/,
      ),
    ],
    cause: 'lost-before',
  });
});

describe('a test that throws while its nodes work', () => {
  const reasonsOf = async (waits: (sim: Sim) => Promise<unknown>) => {
    const { failures } = await checkBody(async (sim) => {
      sim.nodes(4, async ({ client }) => void (await client.put('k').value(1)));
      sim.node('cache', () => Promise.resolve(), { daemon: true });
      await waits(sim);
      expect(1).toBe(2);
    });
    const [problem] = failures[0]?.result.problems ?? [];
    return problem?.kind === 'node-error' ? problem.reasons : [problem];
  };

  it('names them, and how to wait for their end', async () => {
    expect(await reasonsOf((sim) => sim.client.get('k').exec())).toEqual([
      expect.stringMatching(/^n1, n2, n3 and more had not ended: await sim\.nodesEnded\(\)/),
    ]);
  });

  it('names them also if it has asked for their end without awaiting it', async () => {
    expect(await reasonsOf((sim) => Promise.resolve(void sim.nodesEnded()))).toEqual([
      expect.stringMatching(/had not ended: await sim\.nodesEnded\(\)/),
    ]);
  });

  it('names none if it has waited for their end', async () => {
    expect(await reasonsOf((sim) => sim.nodesEnded())).toBeUndefined();
  });
});

describe('a test that cannot continue', () => {
  const waitingOf = async (body: (sim: Sim) => unknown, options: TestOptions = {}) => {
    const { failures } = await checkBody(async (sim) => void (await body(sim)), options);
    const [problem] = failures[0]?.result.problems ?? [];
    return { kind: problem?.kind, message: '', waiting: [], ...problem };
  };

  it('says that its body has not ended', async () => {
    const { kind, waiting } = await waitingOf(async (sim) => {
      sim.node('a', async ({ client }) => void (await client.get('k')));
      await new Promise(() => undefined);
    });
    expect(kind).toBe('deadlock');
    expect(waiting).toEqual([expect.stringMatching(/body has not ended/)]);
  });

  it('names the nodes that gave up, on which others may wait', async () => {
    const { waiting } = await waitingOf((sim) => {
      sim.node('admin', async ({ client, mark }) => {
        await client.put('').value(1);
        mark('ready');
      });
      sim.node('a', ({ when }) => when('ready'));
    });
    expect(waiting).toEqual([
      expect.stringMatching(/^admin gave up: .*key is not provided/),
      expect.stringMatching(/^a waits for the mark "ready"/),
    ]);
  });

  it('says nothing of a daemon that polls', async () => {
    const { waiting } = await waitingOf((sim) => {
      const polls = async ({ client, sleep }: SimNode) => {
        for (;;) {
          await client.get('k');
          await sleep(100);
        }
      };
      sim.node('daemon', polls, { daemon: true });
      sim.node('a', ({ when }) => when('never'));
      return sim.nodesEnded();
    });
    expect(waiting.filter((line) => line.startsWith('daemon'))).toEqual([]);
  });

  it('is violated if its nodes poll in operations until the time is over, and names what they poll', async () => {
    const polls = (changes: boolean) => (sim: Sim) =>
      sim.node('a', async ({ client, op, sleep }) => {
        for (let round = 0; ; round++) {
          await op('poll', null, () => client.get('turn').string());
          if (changes) await client.put('round').value(round);
          await sleep(500);
        }
      });
    const stuck = await waitingOf(polls(false));
    expect(stuck.kind).toBe('liveness');
    expect(stuck.message).toMatch(/nothing in etcd has changed/);
    expect(stuck.waiting).toEqual([expect.stringMatching(/^a has asked \d+ times .*turn/)]);
    // That may end some day.
    expect((await waitingOf(polls(true))).kind).toBe('budget');
  });
});

describe('slow progress', () => {
  /** One node counts for that long, and the other waits for its end. */
  const counts =
    (seconds: number, count: (node: SimNode, index: number) => Promise<unknown>) => (sim: Sim) => {
      sim.node('worker', async (node) => {
        for (let index = 0; index < seconds; index += 5) {
          await count(node, index);
          await node.sleep(5000);
        }
        await node.client.put('done').value(1);
      });
      sim.node('reader', async ({ client, sleep }) => {
        while ((await client.get('done').string()) === null) await sleep(1000);
      });
      return sim.nodesEnded().then(() => undefined);
    };

  it('outside of operations is no standstill', async () => {
    await calmly(counts(500, ({ client }, index) => client.put('cursor').value(index).exec()));
  });

  it('in an operation that takes too long is one', async () => {
    const { failures } = await checkBody(async (sim) => {
      sim.node('worker', ({ client, op, sleep }) =>
        op('job', null, async () => {
          for (let index = 0; index < 60; index++) {
            await client.put('cursor').value(index);
            await sleep(5000);
          }
        }),
      );
    });
    expect(failures[0]?.result.problems[0]).toMatchObject({ kind: 'liveness' });
  });
});

describe('a client that a module keeps', () => {
  it('is refused in the next run, with the node that used it before', async () => {
    let kept: Etcd3 | undefined;
    const promise = checkBody(async (sim) => {
      sim.node('a', async ({ etcdOptions }) => {
        kept ??= new Etcd3(etcdOptions);
        await kept.put('k').value('v').exec();
      });
      await sim.nodesEnded();
    });
    await expect(promise).rejects.toThrow(
      /^a called KV\.put of an etcd3 client.*, which a of an earlier run has used: make a client in each node/,
    );
    await expect(promise).rejects.toBeInstanceOf(EscapeError);
  });
});

describe('an assertion that fails in a node', () => {
  const storyOf = async (claim: () => void): Promise<string> => {
    const error: unknown = await simulate(
      async (sim) => {
        sim.node('a', async ({ client }) => {
          await client.get('k');
          claim();
        });
        await sim.nodesEnded();
      },
      { ...quick, explain: true },
    ).catch((thrown: unknown) => thrown);
    return error instanceof Error ? error.message : '';
  };
  const jobs = (state: string) => ({
    jobs: Array.from({ length: 4 }, (_, index) => ({ id: index, payload: { url: 'a/long/path', state } })),
  });

  it.each([
    ['of vitest', () => expect(jobs('done')).toEqual(jobs('open'))],
    ['of node:assert', () => assert.deepEqual(jobs('done'), jobs('open'))],
  ])('shows its difference: %s', async (_, claim) => {
    const story = await storyOf(claim);
    expect(story).toMatch(/^ +\+ +state: 'done',?$/m);
    expect(story).toMatch(/^ +- +state: 'open',?$/m);
    expect(story.split('\n').find((line) => line.includes('a threw'))).not.toContain('payload');
  });

  it('of short values says both in one line', async () => {
    const story = await storyOf(() => expect(1).toBe(2));
    expect(story).toContain('a threw AssertionError: expected 1 to be 2');
    expect(story).not.toContain('+ 1');
  });

  it('of large values is cut', async () => {
    const many = (from: number) => Array.from({ length: 5000 }, (_, index) => from + index);
    const story = await storyOf(() => expect(many(0)).toEqual(many(1)));
    expect(story.split('\n').length).toBeLessThan(90);
  });
});

it('the repro of a test says its title and its command', async () => {
  const reports = mkdtempSync(path.join(tmpdir(), 'sim-causes-'));
  scratch.push(reports);
  const command = "npx vitest run job.test.ts -t 'one worker'";
  const body = async (sim: Parameters<Parameters<typeof simulate>[0]>[0]): Promise<void> => {
    sim.node('a', async ({ client }) => {
      await client.get('k');
      throw new Error('boom');
    });
    await sim.nodesEnded();
  };
  await simulate(body, { ...quick, reports, title: 'one worker', command }).catch(() => undefined);
  const file = path.join(reports, 'latest', 'repro.json');
  expect(parseRepro(readFileSync(file, 'utf8'), [], file)).toMatchObject({
    message: `plan.scenario: expected a known scenario, got the test "one worker": SIM_REPRO=${file} ${command} runs it`,
  });
});
