/**
 * Which kept failures belong to a sweep: those with the same options, except for values that shrinking made
 * smaller.
 */
import { describe, expect, it } from 'vitest';
import { entriesFor, isBetter } from '../../sim/harness/corpus/corpus.js';
import { reproOf, type Repro } from '../../sim/repro/repro.js';
import type { OptionSpecs, OptionValues } from '../../sim/plan/options.js';
import { buildRun } from '../report/fixture.js';

const count = { type: 'integer', default: 5, min: 0, max: 100, description: 'how many' } as const;
const specs: OptionSpecs = { accounts: { ...count, shrinks: true }, workers: count };

/** Whether a failure with these options is run before a sweep with those. */
function isRunBefore(asked: OptionValues, kept: OptionValues): boolean {
  const run = buildRun();
  const repro = reproOf({ ...run, plan: { ...run.plan, options: kept, faults: [] } }, BUDGET);
  if (repro === undefined) throw new Error('expected a simulated run');
  const { scenario, etcdVersion } = repro.plan;
  const request = { scenario: { name: scenario, options: specs }, options: asked, etcdVersion };
  const entry = { name: 'one', state: 'failing', repro } as const;
  return entriesFor([entry], { ...request, faults: { kind: 'swarm' } }).length === 1;
}

const BUDGET = { maxEvents: 1000, maxVirtualTimeMs: 1000 };

describe('a failure that is kept', () => {
  it('belongs to a sweep with its options', () => {
    expect(isRunBefore({ accounts: 5, workers: 3 }, { workers: 3, accounts: 5 })).toBe(true);
  });

  it('belongs to a sweep with a larger option if shrinking makes that smaller', () => {
    expect(isRunBefore({ accounts: 5, workers: 3 }, { accounts: 2, workers: 3 })).toBe(true);
    expect(isRunBefore({ accounts: 1, workers: 3 }, { accounts: 2, workers: 3 })).toBe(false);
  });

  it('belongs to no sweep with another value of an option that shrinking does not change', () => {
    expect(isRunBefore({ accounts: 5, workers: 3 }, { accounts: 5, workers: 2 })).toBe(false);
  });

  it('belongs to no sweep that lacks one of its options', () => {
    expect(isRunBefore({ accounts: 5 }, { accounts: 5, workers: 3 })).toBe(false);
  });
});

describe('of two failures with one name', () => {
  const reproWith = (events: number, faults: number): Repro => {
    const run = buildRun();
    const late = { kind: 'compaction', atMs: 9, durationMs: 0, keep: 0 } as const;
    const plan = { ...run.plan, faults: Array.from({ length: faults }, () => late) };
    const repro = reproOf({ ...run, plan }, BUDGET);
    if (repro === undefined) throw new Error('expected a simulated run');
    return { ...repro, trace: { ...repro.trace, events } };
  };

  it('the one that fails after fewer events is kept, and of equals the one with the smaller plan', () => {
    const kept = reproWith(28, 28);
    expect(isBetter(kept, undefined)).toBe(true);
    expect(isBetter(reproWith(27, 40), kept)).toBe(true);
    expect(isBetter(reproWith(28, 0), kept)).toBe(true);
    expect(isBetter(reproWith(28, 28), kept)).toBe(false);
    expect(isBetter(reproWith(29, 0), kept)).toBe(false);
  });
});
