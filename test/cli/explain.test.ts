/** When a failure is explained, what that may cost, and where the explanation goes. */
import { describe, expect, it } from 'vitest';
import { explainFailure, type ExplainRequest } from '../../sim/harness/explain-failure.js';
import { CheckDisplay } from '../../sim/cli/progress.js';
import type { Explanation } from '../../sim/run/explanation.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { ShrunkRun } from '../../sim/report/write.js';
import { buildRun } from '../report/fixture.js';
import { Memory, sim, type Done, type FakeWorld } from './harness.js';

const bank = ['--scenario', 'bank', '--seed', '3'];
const explanation: Explanation = {
  size: 'one operation',
  sentence: 'sum: the sum is 499',
  witness: [],
  moments: [],
  events: 3,
  runs: 0,
};

interface Explained extends Done {
  readonly orders: readonly ExplainRequest[];
  readonly shrunk: readonly (ShrunkRun | undefined)[];
  readonly reported: readonly RunResult[];
}

/** Runs a command whose runs fail, with useCases that remembers what it is asked to explain. */
async function failing(argv: readonly string[], world: FakeWorld = {}): Promise<Explained> {
  const orders: ExplainRequest[] = [];
  const shrunk: (ShrunkRun | undefined)[] = [];
  const reported: RunResult[] = [];
  const done = await sim(argv, {
    answer: () => ({ verdict: 'violated' }),
    ...world,
    useCases: {
      explainFailure: (order) => {
        orders.push(order);
        return Promise.resolve(explanation);
      },
      writeReport: (result, directory, _budget, smallest) => {
        reported.push(result);
        shrunk.push(smallest);
        return Promise.resolve({ page: `${directory}/index.html` });
      },
    },
  });
  return { ...done, orders, shrunk, reported };
}

describe('a failure that is shrunk', () => {
  it('is explained, and the explanation is reported and kept with the smallest run', async () => {
    const { orders, stdout, shrunk, reported } = await failing([...bank, '--reporter', 'json']);
    expect(orders).toHaveLength(1);
    expect(JSON.parse(stdout.text)).toMatchObject({ explanation });
    expect(shrunk[0]?.result.explanation).toEqual(explanation);
    expect(reported[0]?.explanation).toBeUndefined();
  });

  it('is explained where a sweep found it', async () => {
    const { orders, stdout, shrunk } = await failing([
      '--scenario',
      'bank',
      '--seeds',
      '5',
      '--reporter',
      'json',
    ]);
    expect(orders).toHaveLength(1);
    expect(JSON.parse(stdout.text)).toMatchObject({ firstFailure: {}, shrunk: { explanation } });
    expect(shrunk[0]?.result.explanation).toEqual(explanation);
  });

  it.each([['--no-explain'], ['--no-shrink'], ['--no-report']])('is not explained with %s', async (flag) => {
    const { orders, stdout, code } = await failing([...bank, flag, '--reporter', 'json']);
    expect(orders).toEqual([]);
    expect(stdout.text).not.toContain('explanation');
    expect(code).toBe(1);
  });

  it('is not explained on the real backend', async () => {
    expect((await failing([...bank, '--backend', 'real'])).orders).toEqual([]);
  });

  it('is not there in what is well', async () => {
    expect((await failing(bank, { answer: () => ({}) })).orders).toEqual([]);
  });
});

describe('explaining', () => {
  const violated = buildRun({ violated: true });
  const budget = { maxEvents: 5_000_000, maxVirtualTimeMs: 600_000 };

  async function explainWith(
    request: Partial<ExplainRequest>,
    stderr = new Memory(),
    signal = new AbortController().signal,
  ) {
    const runs: number[] = [];
    const display = new CheckDisplay(stderr);
    const result = await explainFailure({
      failure: violated,
      budget,
      run: (_plan, { maxEvents }, onEvent) => {
        runs.push(maxEvents);
        for (let number = 1; number <= (violated.trace?.events ?? 0); number++)
          onEvent?.({ number, timeUs: number, label: 'x', chain: 'x', node: undefined });
        return Promise.resolve(violated);
      },
      progress: (count) => display.show({ kind: 'explaining', runs: count }),
      notice: (line) => stderr.write(`sim: ${line}\n`),
      signal,
      ...request,
    }).finally(() => display.end());
    return { result, runs, stderr };
  }

  it('runs futures within a budget that the failing run needs, and few where all fail from the start', async () => {
    const { runs, result } = await explainWith({});
    expect(result?.decisive?.kind).toBe('from-start');
    // The failing run once more, and ten futures of the start.
    expect(runs).toHaveLength(11);
    expect(Math.max(...runs)).toBe(492 * 4 + 10_000);
  });

  it('runs nothing where the run is too long for the events that all runs may have', async () => {
    const { runs, result } = await explainWith({ eventsMax: 492 * 40 });
    expect(runs).toEqual([]);
    expect(result?.sentence).toContain('sum-conserved');
  });

  it('tells in one line why it could not be done, and has no explanation', async () => {
    const { result, stderr } = await explainWith({ run: () => Promise.reject(new Error('no\nsuch luck')) });
    expect(result).toBeUndefined();
    expect(stderr.lines).toEqual(['sim: could not explain the failure: no such luck']);
  });

  it('says on a terminal how far it is, and leaves an empty line', async () => {
    const { stderr } = await explainWith({}, new Memory(true));
    expect(stderr.text).toContain('explaining: 10 futures run');
    expect(stderr.text.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('gives what is known where it is interrupted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('interrupted'));
    const { result, runs } = await explainWith({}, new Memory(), controller.signal);
    expect(runs).toEqual([]);
    expect(result).toMatchObject({
      sentence: expect.stringContaining('sum-conserved') as string,
      moments: [],
    });
  });
});
