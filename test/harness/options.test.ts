/** Options of checks, tests and replays: a mistake in them is refused in one line, and no callback's error is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { check } from '../../sim/harness/check.js';
import type { CheckOptions } from '../../sim/harness/check-options.js';
import { explain, readRepro, replay, shrink } from '../../sim/harness/replay.js';
import { simulate } from '../../sim/harness/tests/simulate.js';
import { formatRepro, reproOf } from '../../sim/repro/repro.js';
import { careful, lossy } from './scenarios.js';

function scratchFolder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'sim-options-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

const body = async (): Promise<void> => undefined;

const wrong: readonly (readonly [options: unknown, message: string])[] = [
  [null, 'options: expected an object, got null'],
  [[], 'options: expected an object, got []'],
  [5, 'options: expected an object, got 5'],
  [{ member: 3 }, 'unknown option "member"; did you mean members?'],
  [{ seeds: '5' }, 'seeds: expected a whole number from 1 to 4294967296, got "5"'],
  [{ seeds: 0 }, 'seeds: expected a whole number from 1 to 4294967296, got 0'],
  [{ seed: -1 }, 'seed: expected a whole number from 0 to 4294967295, got -1'],
  [{ members: 0 }, 'members: expected a whole number from 1 to 9, got 0'],
  [{ members: '3' }, 'members: expected a whole number from 1 to 9, got "3"'],
  [{ faults: 5 }, 'faults: expected swarm, all, none, or a list of kinds of fault or of faults, got 5'],
  [{ faults: ['latency', 5] }, 'faults[1]: expected a kind of fault, got 5'],
  [{ strategy: 'mixx' }, 'strategy: expected time, walk, pos, pct, exhaustive or guided, got "mixx"'],
  [
    { strategy: ['walk', 'tme'] },
    'strategy[1]: expected time, walk, pos, pct, exhaustive or guided, got "tme"; did you mean time?',
  ],
  [{ strategy: [] }, 'strategy: expected at least one strategy, got []'],
  [{ etcdVersion: '3.8' }, 'etcdVersion: expected 3.4, 3.5, 3.6 or 3.7, got "3.8"; did you mean 3.4?'],
  [{ backend: {} }, 'backend: expected a backend, such as createSimulatedBackend(), got {}'],
  [{ budget: { events: 'many' } }, 'budget: unknown option "events"; did you mean maxEvents?'],
  [
    { budget: { maxEvents: 'many' } },
    'budget.maxEvents: expected a whole number from 1 to 1000000000, got "many"',
  ],
  [{ shrink: 'yes' }, 'shrink: expected true or false, got "yes"'],
  [{ corpus: '' }, 'corpus: expected the path of a folder, got ""'],
  [{ watchdogSeconds: -1 }, 'watchdogSeconds: expected a whole number from 0 to 86400, got -1'],
  [{ signal: 'stop' }, 'signal: expected an AbortSignal, got "stop"'],
  [{ onProgress: {} }, 'onProgress: expected a function, got {}'],
];

describe('options of a check', () => {
  it.each([...wrong, [{ options: 5 }, 'options: expected an object of options, got 5'] as const])(
    '%j are refused',
    async (options, message) => {
      await expect(check(careful, options as CheckOptions)).rejects.toMatchObject({
        name: 'InputError',
        message,
      });
    },
  );

  it('with getters that throw are refused', async () => {
    const options = {
      get seeds(): number {
        throw new Error('no');
      },
    };
    await expect(check(careful, options)).rejects.toMatchObject({
      message: 'options: a getter threw Error: no',
    });
  });

  it('may be undefined, each, and then have their defaults', async () => {
    const none = { seeds: 1, members: undefined, budget: { maxEvents: undefined }, signal: undefined };
    const { outcome, budget } = await check(careful, { ...(none as object), faults: 'none' });
    expect(outcome).toBe('satisfied');
    expect(budget.maxEvents).toBe(500_000);
  });

  it('may be instances of classes', async () => {
    class Signal extends EventTarget {
      readonly aborted = false;
    }
    const backend = createSimulatedBackend();
    class Own {
      readonly name = 'simulated';
      execute = backend.execute.bind(backend);
    }
    const options = { seeds: 1, faults: 'none', signal: new Signal(), backend: new Own() };
    const report = await check(careful, options as unknown as CheckOptions);
    expect(report.outcome).toBe('satisfied');
  });
});

describe('options of a test', () => {
  it.each([
    ...wrong,
    [{ options: {} }, 'unknown option "options"'] as const,
    [{ title: 5 }, 'title: expected a title, got 5'] as const,
    [{ reports: true }, 'reports: expected the path of a folder, or false, got true'] as const,
    [{ restarts: 1 }, 'restarts: expected true or false, got 1'] as const,
  ])('%j are refused', async (options, message) => {
    await expect(simulate(body, options as object)).rejects.toMatchObject({ name: 'InputError', message });
  });
});

describe('kinds of fault that are named and can never happen', () => {
  it.each([
    ['member-replaced', 'faults: member-replaced needs members: 3, got 1'],
    ['leader-change', 'faults: leader-change needs members: 3, got 1'],
    ['quorum-loss', 'faults: quorum-loss needs members: 3, got 1'],
    ['node-crash', 'faults: node-crash needs a scenario with restart()'],
  ] as const)('are refused: %s', async (kind, message) => {
    await expect(check(careful, { seeds: 1, faults: ['latency', kind] })).rejects.toMatchObject({
      name: 'InputError',
      message,
    });
  });

  it('are refused in a test, with the option that they need', async () => {
    const crash = simulate(body, { seeds: 1, faults: ['node-crash'] });
    await expect(crash).rejects.toThrow('faults: node-crash needs restarts: true');
    const change = simulate(body, { seeds: 1, faults: ['leader-change'] });
    await expect(change).rejects.toThrow('faults: leader-change needs members: 3, got 1');
  });

  it('are left out of swarms and of all', async () => {
    const { outcome } = await check(careful, { seeds: 1, faults: 'all' });
    expect(outcome).toBe('satisfied');
  });
});

describe('options of a replay', () => {
  it('are refused where they make no sense', async () => {
    const { failures, budget } = await check(lossy, { seeds: 100, shrink: false, explain: false });
    const made = failures[0] && reproOf(failures[0].result, budget);
    const repro = readRepro(made === undefined ? '' : formatRepro(made), [lossy]);
    const stray = { onProgres: () => undefined } as object;
    const message = 'unknown option "onProgres"; did you mean onProgress?';
    for (const run of [replay, shrink, explain]) await expect(run(repro, stray)).rejects.toThrow(message);
    await expect(shrink(repro, { maxRuns: -1 })).rejects.toThrow(
      'maxRuns: expected a whole number from 0 to 1000000, got -1',
    );
    const onProgress = (): never => {
      throw new Error('no progress');
    };
    await expect(shrink(repro, { onProgress })).rejects.toThrow('no progress');
  });
});

describe('a listener', () => {
  const failing: Readonly<Record<string, (error: Error) => Promise<void>>> = {
    throws: (error) => {
      throw error;
    },
    rejects: (error) => Promise.reject(error),
    'rejects late': async (error) => {
      await new Promise((resolve) => setImmediate(resolve));
      throw error;
    },
  };
  for (const [how, fail] of Object.entries(failing)) {
    for (const kind of ['seeds', 'failed', 'shrinking', 'explaining', 'kept'] as const) {
      it(`that ${how} when told of ${kind} ends the check with its error`, async () => {
        const unhandled: unknown[] = [];
        const note = (reason: unknown): void => void unhandled.push(reason);
        process.on('unhandledRejection', note);
        onTestFinished(() => void process.off('unhandledRejection', note));
        const error = new Error('the listener failed');
        const told: string[] = [];
        const run = check(lossy, {
          seeds: 100,
          ...(kind === 'kept' ? { corpus: scratchFolder() } : {}),
          onProgress: (progress) => {
            told.push(progress.kind);
            return progress.kind === kind ? fail(error) : undefined;
          },
        });
        await expect(run).rejects.toBe(error);
        await new Promise((resolve) => setImmediate(resolve));
        expect(told).toContain(kind);
        expect(unhandled).toEqual([]);
      });
    }
  }

  it('that rejects while a run is under way ends the check with its error', async () => {
    const error = new Error('the listener failed');
    const busy = {
      ...careful,
      name: 'busy',
      run: async () => {
        for (let index = 0; index < 100_000; index++) await new Promise((resolve) => setTimeout(resolve, 1));
      },
    };
    let told = 0;
    const run = check(busy, {
      seeds: 1,
      faults: 'none',
      onProgress: ({ kind }) => {
        if (kind !== 'run') return;
        told += 1;
        return Promise.reject(error);
      },
    });
    await expect(run).rejects.toBe(error);
    expect(told).toBe(1);
  });
});
