/** Repros in a program: read, run again, made smaller, explained. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { explain, readRepro, replay, shrink } from '../../sim/harness/replay.js';
import { check } from '../../sim/harness/check.js';
import { formatRepro, reproOf } from '../../sim/repro/repro.js';
import type { RunnableRepro } from '../../sim/repro/parse-repro.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { specimens } from '../../scenarios/index.js';
import { careful, lossy } from './scenarios.js';

describe('a repro', () => {
  let repro: RunnableRepro;

  beforeAll(async () => {
    const { failures, budget } = await check(lossy, { seeds: 100, shrink: false, explain: false });
    const made = failures[0] === undefined ? undefined : reproOf(failures[0].result, budget);
    repro = readRepro(made === undefined ? '' : formatRepro(made), [careful, lossy]);
  });

  it('is the same run again', async () => {
    const report = await replay(repro);
    expect(report.comparison).toEqual({ kind: 'same' });
    expect(report.isFaithful).toBe(true);
    expect(report.result.verdict).toBe('violated');
    expect(report.result.calls?.length).toBeGreaterThan(0);
  });

  it('is not faithful where the scenario was changed', async () => {
    const report = await replay({ ...repro, scenario: { ...careful, name: 'lossy' } });
    expect(report.comparison.kind).toBe('diverged');
    expect(report.isFaithful).toBe(false);
    expect(report.replayed).toBe('mended');
  });

  it('is not mended where two runs of its plan differ', async () => {
    let runs = 0;
    const scenario: Scenario = {
      ...careful,
      name: 'lossy',
      async setup({ client }) {
        runs += 1;
        await client.put(`run/${runs}`).value('x'.repeat(runs));
      },
    };
    expect((await replay({ ...repro, scenario })).replayed).toBe('nondeterministic');
  });

  it('says where its plan no longer fits the scenario', async () => {
    const scenario: Scenario = { ...careful, name: 'lossy', run: async () => {} };
    expect((await replay({ ...repro, scenario })).replayed).toBe('plan unusable');
  });

  it('shrinks to a repro that replays', async () => {
    const shrunk = await shrink(repro);
    const size = ({ plan }: { plan: RunnableRepro['repro']['plan'] }) =>
      plan.nodes.flatMap(({ operations }) => operations).length;
    expect(size(shrunk.repro)).toBeLessThan(size(repro.repro));
    expect(shrunk.runs).toBeGreaterThan(0);
    const again = await replay({ repro: shrunk.repro, scenario: lossy });
    expect(again.comparison).toEqual({ kind: 'same' });
  });

  it('without its scenario, as shrinking gives it, is refused in one line', async () => {
    const bare = (await shrink(repro)).repro as unknown as RunnableRepro;
    for (const use of [replay, shrink, explain])
      await expect(use(bare)).rejects.toThrow(/^expected a repro that readRepro has read\b.*, got \{.*$/);
    await expect(explain(undefined as unknown as RunnableRepro)).rejects.toThrow(
      /^expected a repro\b.*, got /,
    );
  });

  it('is explained', async () => {
    const explanation = await explain(repro);
    expect(explanation?.sentence).toMatch(/^nothing-lost/);
  });

  it('that does not fail is not shrunk, and has no explanation', async () => {
    const mended = { ...repro, scenario: { ...careful, name: 'lossy' } };
    await expect(shrink(mended)).rejects.toThrow('expected a failing repro, got one that is satisfied');
    expect(await explain(mended)).toBeUndefined();
  });

  it('that makes no sense is refused in one line', () => {
    expect(() => readRepro('{', [lossy])).toThrow('expected a repro in JSON');
    expect(() => readRepro(formatRepro(repro.repro), [careful])).toThrow(/got "lossy"/);
  });
});

describe('a repro of the docs', () => {
  it('is the same run from the library as from the command', async () => {
    const file = new URL('../../docs/examples/repros/queue-naive.json', import.meta.url);
    const report = await replay(readRepro(readFileSync(file, 'utf8'), specimens));
    expect(report.comparison).toEqual({ kind: 'same' });
  });
});
