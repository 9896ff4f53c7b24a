/** Two nodes add to a number without comparing: the story of the failure contains the overwritten write. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pastOfRun } from '../../../sim/explore/explain/past-of-run.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import type { Scenario } from '../../../sim/scenario/scenario.js';
import { runSeeds } from '../run-seeds.js';

const lastWins: Scenario = {
  name: 'last-wins',
  description: 'Two nodes add to a number without comparing.',
  options: {},
  nodes: () =>
    fc.constant(
      ['a', 'b'].map((name) => ({ name, operations: [{ id: `${name}-1`, name: 'add', input: null }] })),
    ),
  async setup({ client, prefix }) {
    await client.put(`${prefix}n`).value(0);
  },
  async run({ client, prefix, perform }, operations) {
    for (const operation of operations) {
      await perform(operation, async () => {
        const before = (await client.get(`${prefix}n`).number()) ?? 0;
        await client.put(`${prefix}n`).value(before + 1);
        return { output: before + 1 };
      });
    }
  },
  checks: () => [
    {
      name: 'all-different',
      description: 'No two additions make the same number.',
      check({ operations }) {
        const made = operations.flatMap(({ id, outcome }) =>
          outcome?.kind === 'ok' ? [{ id, output: outcome.output }] : [],
        );
        const [first, second] = made;
        if (first === undefined || first.output !== second?.output) return { verdict: 'satisfied' };
        // The check names only the second write: the first has to be found.
        const message = `${first.id} and ${second.id} both made the same`;
        return { verdict: 'violated', message, operations: [second.id], revisions: [] };
      },
    },
  ],
  summarize: () => [],
};

it('names the write that was overwritten unseen, from either of the two', async () => {
  const runs = await runSeeds(lastWins, { seeds: 20, recordCalls: true });
  const named = runs.flatMap((run) => storyOf(run));
  expect(named.length).toBeGreaterThan(3);
  for (const story of named) {
    expect(story.filter(({ kind }) => kind === 'wrote').map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['a-1', 'b-1']),
    );
    const over = story.filter(({ what }) => /overwrote n of revision \d+, which [ab]-1 had put/.test(what));
    expect(over).toHaveLength(1);
  }
  expect(new Set(runs.flatMap(witnessOf))).toEqual(new Set(['a-1', 'b-1']));
});

function storyOf(run: RunResult) {
  const operations = witnessOf(run);
  const past = operations.length === 0 ? undefined : pastOfRun(run, { operations, revisions: [] });
  return past === undefined ? [] : [past.steps];
}

function witnessOf({ checks }: RunResult): readonly string[] {
  return checks.flatMap((check) => (check.verdict === 'violated' ? check.operations : []));
}
