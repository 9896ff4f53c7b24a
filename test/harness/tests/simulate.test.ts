/** `simulate`: what a test with any runner, or none, gets. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CheckProgress } from '../../../sim/harness/check-progress.js';
import { simulate } from '../../../sim/harness/tests/simulate.js';
import { SimulationError } from '../../../sim/harness/tests/simulation-error.js';
import type { Sim } from '../../../sim/harness/tests/sim.js';

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true });
  for (const name of ['SIM_SEED', 'SIM_SEEDS', 'SIM_REPRO', 'SIM_WATCHDOG'])
    Reflect.deleteProperty(process.env, name);
});
function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'sim-test-'));
  scratch.push(made);
  return made;
}

/** A lock that is none: it looks, then takes. */
async function naiveLock(sim: Sim): Promise<void> {
  const inside = sim.check.mutualExclusion('inside');
  sim.nodes(3, async ({ client, sleep }) => {
    while ((await client.get('lock').string()) !== null) await sleep(10);
    await client.put('lock').value('mine');
    await inside(() => sleep(50));
    await client.delete().key('lock');
  });
}

/** etcd decides. */
async function soundLock(sim: Sim): Promise<void> {
  const inside = sim.check.mutualExclusion('inside');
  sim.nodes(3, async ({ client, sleep, name }) => {
    for (;;) {
      const taken = await client.if('lock', 'Create', '==', 0).then(client.put('lock').value(name)).commit();
      if (taken.succeeded) break;
      if ((await client.get('lock').string()) === name) break;
      await sleep(10);
    }
    await inside(() => sleep(50));
    await client.delete().key('lock');
  });
}

async function errorOf(promise: Promise<unknown>): Promise<SimulationError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SimulationError) return error;
  throw new Error('expected a SimulationError', { cause: error });
}

describe('a test that holds', () => {
  it('resolves to its report', async () => {
    const report = await simulate(soundLock, { seeds: 40, faults: ['latency', 'request-delayed'] });
    expect(report.outcome).toBe('satisfied');
    expect(report.sweep?.seedsRun).toBe(40);
  });
});

describe('a test that does not hold', () => {
  it('rejects with the story of its smallest run', async () => {
    const reports = folder();
    const error = await errorOf(
      simulate(naiveLock, { title: 'one at a time', reports, command: 'npm test' }),
    );
    const { message } = error;
    const seed = error.report.failures[0]?.seeds[0] ?? -1;
    expect(message.split('\n')[0]).toMatch(
      new RegExp(`^one at a time: violated after \\d+ of 100 seeds, seed ${seed}$`),
    );
    // The two nodes that it takes, what each looked at and wrote before it was inside, and nothing else.
    expect(error.report.failures[0]?.smallest.plan.nodes).toHaveLength(2);
    expect(message).toMatch(/one-inside-at-a-time: n\d\.inside entered while n\d\.inside was inside/);
    expect(message).toContain('read that lock was not there');
    expect(message).toMatch(/put lock = mine; overwrote lock of revision 2, which n\d had put/);
    expect(message).toContain(`SIM_SEED=${seed} npm test`);
    const picture = /^picture: (.*)$/m.exec(message)?.[1] ?? '';
    expect(existsSync(picture)).toBe(true);
  });

  it('has the line of the user’s own code on its stack', async () => {
    const error = await errorOf(
      simulate(
        async (sim) => {
          sim.node('a', async ({ client }) => {
            await client.get('k');
            expect(1).toBe(2);
          });
        },
        { reports: false, seeds: 1, faults: 'none' },
      ),
    );
    expect(error.stack?.split('\n').find((line) => /^\s+at /.test(line))).toContain('simulate.test.ts');
    expect(error.message).toContain('expected 1 to be 2');
  });

  it('has the line of a mistake on its stack, not that of the test', async () => {
    const misuse = (sim: Sim): void => sim.check.oneLeader({ reign: '' });
    const checked = simulate(
      async (sim) => {
        sim.node('a', async ({ client }) => void (await client.get('k')));
        misuse(sim);
      },
      { reports: false },
    );
    await expect(checked).rejects.toMatchObject({
      name: 'InputError',
      stack: expect.stringMatching(/^.*\n\s+at misuse /) as string,
    });
  });

  it('writes nothing where no reports are wanted', async () => {
    const error = await errorOf(simulate(naiveLock, { reports: false, explain: false }));
    expect(error.written).toBeUndefined();
    expect(error.message).not.toContain('picture:');
  });
});

describe('a repro', () => {
  it('runs again in the test it is of: the smallest run', async () => {
    const reports = folder();
    const first = await errorOf(simulate(naiveLock, { title: 'one at a time', reports, explain: false }));
    const file = /^repro: (.*)$/m.exec(first.message)?.[1] ?? '';
    process.env['SIM_REPRO'] = file;
    const again = await errorOf(simulate(naiveLock, { title: 'one at a time', reports: false }));
    const trace = (error: SimulationError) => error.report.failures[0]?.smallest.trace?.hash;
    expect(trace(again)).toBe(trace(first));
    expect(again.message).toContain(`SIM_REPRO=${file}`);
    expect(again.message).toContain('What led to it');
    expect((await simulate(soundLock, { title: 'one at a time' })).outcome).toBe('satisfied');
  });

  it('of another test is refused in one line', async () => {
    const file = path.join(folder(), 'repro.json');
    const source = new URL('../../../docs/examples/repros/queue-naive.json', import.meta.url);
    writeFileSync(file, readFileSync(source));
    process.env['SIM_REPRO'] = file;
    await expect(simulate(soundLock, { title: 'one at a time' })).rejects.toThrow(/got "queue-naive"/);
  });
});

describe('the environment', () => {
  it('names one seed, or how many', async () => {
    process.env['SIM_SEED'] = '17';
    const error = await errorOf(
      simulate(() => Promise.reject(new Error('always')), { reports: false, shrink: false, explain: false }),
    );
    expect(error.report.failures[0]?.seeds).toEqual([17]);
    Reflect.deleteProperty(process.env, 'SIM_SEED');
    process.env['SIM_SEEDS'] = '3';
    expect((await simulate(soundLock, { faults: 'none' })).sweep?.seedsRun).toBe(3);
  });

  it.each(['x', '-1', '1.5'])('is refused in one line where it says %s', async (text) => {
    process.env['SIM_SEED'] = text;
    await expect(simulate(soundLock)).rejects.toThrow(/^SIM_SEED: expected/);
  });

  it('is refused where the time until the watchdog ends a test is no number', async () => {
    process.env['SIM_WATCHDOG'] = 'off';
    await expect(simulate(soundLock)).rejects.toThrow(/^SIM_WATCHDOG: expected/);
  });
});

describe('draws', () => {
  it('are the seed’s, recorded in the plan, and the same for each node', async () => {
    const drawn: number[][] = [];
    const body = async (sim: Sim): Promise<void> => {
      const values = [sim.draw(fc.nat(1000))];
      drawn.push(values);
      sim.nodes(2, async ({ client, draw }) => {
        await client.get('k');
        values.push(draw(fc.nat(1000)), draw(fc.nat(1000)));
      });
      await sim.nodesEnded();
      expect(values[0]).toBeLessThan(0);
    };
    const options = { seeds: 1, seed: 5, faults: 'none', reports: false, explain: false } as const;
    const error = await errorOf(simulate(body, { ...options, shrink: false }));
    const { draws } = error.report.failures[0]?.result.plan ?? {};
    expect(Object.keys(draws ?? {}).sort()).toEqual(['n1/1', 'n1/2', 'n2/1', 'n2/2', 'test/1']);
    expect(Object.values(draws ?? {}).sort()).toEqual([...(drawn.at(-1) ?? [])].sort());
    await errorOf(simulate(body, { ...options, shrink: false }));
    expect(drawn.at(-1)?.[0]).toBe(draws?.['test/1']);
  });
});

describe('operations', () => {
  it('are in the history with what they took and gave, and throw on what they throw', async () => {
    const error = await errorOf(
      simulate(
        async (sim) => {
          sim.check({
            name: 'shown',
            description: 'shows the history',
            check: ({ operations }) => ({
              verdict: 'violated',
              message: JSON.stringify(
                operations.map(({ id, name, input, outcome }) => [id, name, input, outcome]),
              ),
              operations: [],
              revisions: [],
            }),
          });
          sim.node('a', async ({ client, op }) => {
            expect(await op('put', { to: 'k' }, async () => (await client.put('k').value('v')) && 7)).toBe(7);
            await expect(op('fail', null, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
          });
        },
        { seeds: 1, faults: 'none', reports: false, shrink: false, explain: false },
      ),
    );
    const [shown] = error.report.failures[0]?.result.checks ?? [];
    expect(shown?.verdict === 'violated' ? JSON.parse(shown.message) : undefined).toMatchObject([
      ['a.put', 'put', { to: 'k' }, { kind: 'ok', output: 7 }],
      ['a.fail', 'fail', null, { kind: 'failed' }],
    ]);
  });
});

it.each([true, false])(
  'two runs of a seed that differ are named with the usual reasons (%s)',
  async (twice) => {
    let runs = 0;
    const checked = simulate(
      async (sim) => {
        sim.node('a', async ({ client }) => {
          await client.put('runs').value((runs += 1));
          throw new Error('always');
        });
      },
      { seeds: 1, faults: 'none', reports: false, shrink: false, explain: false, checkDeterminism: twice },
    );
    const { message, report } = await errorOf(checked);
    expect(report.outcome).toBe('nondeterministic');
    expect(message).toMatch(/seed 0 .*two different runs/);
    expect(message.split('\n').filter((line) => /outside the body.*Error\.stack/.test(line))).toHaveLength(1);
  },
);

describe('what makes no sense', () => {
  it('is refused in one line', async () => {
    await expect(simulate('x' as never)).rejects.toThrow(
      /expected the body of a test as a function, got "x"/,
    );
    await expect(simulate(soundLock, { seeds: 0 })).rejects.toThrow(/seeds: expected/);
    await expect(simulate(soundLock, { faults: ['partion'] as never })).rejects.toThrow(/partion/);
  });

  it.each([5n, new Date(0), new Map([['seeds', 3]]), new Set(['seeds']), /seeds/, Promise.resolve({}), null])(
    'is refused in place of options: %s',
    async (options) => {
      await expect(simulate(soundLock, options as never)).rejects.toThrow(
        /^options: expected an object, got/,
      );
    },
  );

  it('is refused in place of a repro, with its path', async () => {
    process.env['SIM_REPRO'] = '/nowhere/nope.json';
    await expect(simulate(soundLock)).rejects.toThrow(
      /^SIM_REPRO: expected the path of a repro, got "\/nowhere\/nope\.json": ENOENT[^\n]*$/,
    );
  });

  it('is a simulation in a node, or in the body', async () => {
    const inner = () => simulate(soundLock, { reports: false });
    const outer = { seeds: 1, faults: 'none', reports: false, shrink: false, explain: false } as const;
    const inNode = simulate(async (sim) => sim.node('a', inner), outer);
    const story = (await errorOf(inNode)).message.replace(/\s+/g, ' ');
    expect(story).toMatch(/a threw InputError .*outside of every other, got a call by \\?"a/);
    expect((await errorOf(simulate(inner, outer))).message).toMatch(/InputError.*\s.*outside/);
  });
});

it('an error that nothing catches prints its story alone', async () => {
  const error = await errorOf(
    simulate(naiveLock, { seeds: 20, reports: false, explain: false, shrink: false }),
  );
  expect(error.report.failures).toHaveLength(1);
  expect(inspect(error).split('\n').length).toBeLessThan(60);
});

describe('a test that its runner ends', () => {
  const saidOf = async (body: (sim: Sim) => Promise<void>, at: CheckProgress['kind']): Promise<string> => {
    const stop = new AbortController();
    const said: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    try {
      let seen = 0;
      const onProgress = ({ kind }: CheckProgress): void => {
        if (kind === at && (seen += 1) === 3) stop.abort(new Error('timed out'));
      };
      const options = { title: 'my test', command: 'run it', seed: 5, reports: false, onProgress } as const;
      await simulate(body, { ...options, faults: 'none', signal: stop.signal }).catch(() => undefined);
    } finally {
      write.mockRestore();
    }
    return said.join('');
  };

  it('says how far it was, and how to run the seed under way alone', async () => {
    expect(await saidOf(soundLock, 'seed')).toBe(
      'sim: my test was ended by its runner after 3 seeds, in seed 8; SIM_SEED=8 run it\n',
    );
  });

  it('names the failure that it was working on', async () => {
    expect(await saidOf(naiveLock, 'shrinking')).toMatch(
      /^sim: my test .*; seed 5 is violated: one-inside-at-a-time: .*; SIM_SEED=5 run it\n$/,
    );
  });
});
