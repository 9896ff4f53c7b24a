/** A report or a corpus that cannot be written never takes the place of the violation. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { simulate, type SimulateOptions } from '../../../sim/harness/tests/simulate.js';
import { SimulationError } from '../../../sim/harness/tests/simulation-error.js';
import type { Sim } from '../../../sim/harness/tests/sim.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'sim-unwritable-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (...names: string[]): string => path.join(scratch, ...names);

async function losesMoney(sim: Sim): Promise<void> {
  sim.nodes(2, async ({ client }) => {
    await client.put('a').value(1);
    throw new Error('MONEY LOST');
  });
}

async function errorOf(options: SimulateOptions): Promise<SimulationError> {
  const seeds = { seed: 40, seeds: 2, faults: 'none', title: 'bank', command: 'npm test' } as const;
  const error: unknown = await simulate(losesMoney, { ...seeds, explain: false, ...options }).catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof SimulationError) return error;
  throw new Error('expected a SimulationError', { cause: error });
}

function expectViolation({ message, report }: SimulationError): void {
  expect(message).toContain('MONEY LOST');
  expect(message).toContain('SIM_SEED=40 npm test');
  expect(report.failures[0]?.seeds).toContain(40);
}

describe('a report that cannot be written', () => {
  const inTheWay: Readonly<Record<string, [directory: () => string, reason: RegExp]>> = {
    'because a file is in its place': [
      () => {
        writeFileSync(at('file'), 'mine');
        return at('file');
      },
      /file": ENOTDIR/,
    ],
    'because a dangling link is in its place': [
      () => {
        symlinkSync('/nonexistent/folder', at('dangling'));
        return at('dangling');
      },
      /dangling": E/,
    ],
    'because its link points to itself': [
      () => {
        symlinkSync('loop', at('loop'));
        return at('loop');
      },
      /loop": ELOOP/,
    ],
    'because a folder has the name of its page': [
      () => {
        mkdirSync(at('page/bank-seed-40/index.html'), { recursive: true });
        return at('page');
      },
      /page": E/,
    ],
    'because its path is none': [() => 'a\0b', /a\\u0000b": .*null bytes/],
  };

  it.each(Object.keys(inTheWay))('%s leaves the violation, and says why', async (name) => {
    const [directory, reason] = inTheWay[name] ?? [];
    const error = await errorOf({ reports: directory?.() ?? '' });
    expectViolation(error);
    expect(error.message.split('\n').filter((line) => reason?.test(line))).toHaveLength(1);
    expect(error.written).toBeUndefined();
  });

  it('as the latest alone, because a file has that name, is there and named', async () => {
    mkdirSync(at('named'));
    writeFileSync(at('named/latest'), 'mine');
    const error = await errorOf({ reports: at('named') });
    expectViolation(error);
    expect(error.message).toMatch(/EEXIST.*named\/latest/);
    const page = /^picture: (.*)$/m.exec(error.message)?.[1] ?? '';
    expect(existsSync(page)).toBe(true);
  });
});

it('a corpus that cannot be written is named once, with the reason', async () => {
  writeFileSync(at('corpus'), 'mine');
  const error = await errorOf({ reports: false, corpus: at('corpus') });
  expectViolation(error);
  expect(error.message.split('\n').filter((line) => /corpus\/failing.*ENOTDIR/.test(line))).toHaveLength(1);
});
