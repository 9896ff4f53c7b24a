/** The hard specimens do not rot: a recorded plan shows the bug of each, and not without its bug. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hardSpecimens } from '../../bench/bugs/hard/index.js';
import { runOnce } from '../../bench/bugs/run-seed.js';
import { parseRepro, type RunnableRepro } from '../../sim/repro/parse-repro.js';

const directory = path.resolve(import.meta.dirname, '../../bench/bugs/hard/repros');

function reproOf(name: string): RunnableRepro {
  const parsed = parseRepro(readFileSync(path.join(directory, `${name}.json`), 'utf8'), hardSpecimens);
  if (parsed.kind === 'malformed') throw new Error(`${name}: ${parsed.message}`);
  return parsed.value;
}

describe.each(hardSpecimens.map(({ name }) => name))('the recorded plan of %s', (name) => {
  const { repro, scenario } = reproOf(name);

  it('shows its bug to its check', async () => {
    const { checks } = await runOnce(scenario, repro.plan);
    const violations = checks.filter(({ verdict }) => verdict === 'violated');
    expect(violations.map(({ check }) => `check ${check}`)).toEqual([repro.signature]);
  });

  it('violates nothing without the bug', async () => {
    const options = { ...repro.plan.options, variant: 'right' };
    const { checks, problems } = await runOnce(scenario, { ...repro.plan, options });
    expect(checks.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
    expect(problems.filter(({ kind }) => kind !== 'nothing-succeeded')).toEqual([]);
  });
});
