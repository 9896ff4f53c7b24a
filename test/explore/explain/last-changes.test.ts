/** The changes that matter if a test finds something wrong at its end, and the mishaps of a long story. */
import { describe, expect, it } from 'vitest';
import { causalPast } from '../../../sim/explore/explain/causal-past.js';
import { foldPast } from '../../../sim/explore/explain/fold.js';
import { lastChanges } from '../../../sim/explore/explain/last-changes.js';
import { STEPS_MAX } from '../../../sim/explore/explain/step-book.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { at, call, log } from '../../history/hand-made-calls.js';

const expired = {
  kind: 'lease expired',
  at: at(3),
  lease: '7',
  node: 'n3',
  revision: 3,
  keys: ['gone'],
} as const;

describe('of the last changes of many keys', () => {
  const beats = ['a', 'b', 'c', 'd', 'e'].map((key, index) => `${index + 10}: ${key}=1`);
  const changes = (entries: readonly string[], more: Partial<RunResult> = {}): number[] =>
    lastChanges({ log: log(...entries), ...more } as RunResult);

  it('a key that is gone is among them, however many others are put after it', () => {
    expect(changes(['2: gone=1', '3: gone', ...beats])).toEqual([3, 12, 13, 14]);
  });

  it('leases that ran out come first, then revoked ones, and the newest change is always there', () => {
    const deletions = ['3: gone', '4: x', '5: left', '6: y', '7: z'];
    const revoke = { ...call({ by: 'n1', sent: 5, wrote: '5: left-' }), revokes: '8' };
    const known = { incidents: [expired], calls: [revoke] };
    expect(changes([...deletions, ...beats], known)).toEqual([3, 5, 7, 14]);
  });

  it('a key that came back is not gone', () => {
    expect(changes(['3: gone', '4: gone=2', ...beats])).toEqual([11, 12, 13, 14]);
  });
});

describe('a story of many heartbeats', () => {
  const held = { ...call({ by: 'n3-1', sent: 1, wrote: '2: gone' }), leases: ['7'] };
  const beats = Array.from({ length: 3 * STEPS_MAX }, (_, index) =>
    call({ by: 'n1-1', sent: 10 + index, wrote: `${index + 10}: beat` }),
  );
  const faults = [{ text: 'connection of n3 to m1 reset', node: 'n3', fromUs: 2000, untilUs: 2000 }];
  const entries = log('2: gone=1', '3: gone', ...beats.map((_, index) => `${index + 10}: beat=1`));
  const story = (calls: typeof beats, revisions = [3, entries.at(-1)?.revision ?? 0]) =>
    causalPast(
      { operations: [], log: entries, calls: [held, ...calls], incidents: [expired], faults },
      { operations: [], revisions },
    );

  it('has a heartbeat that the check names, however old', () => {
    expect(story(beats, [12]).steps.map(({ revision }) => revision)).toContain(12);
  });

  it('has the key that is gone, its lease and the fault, and only the last of the heartbeats', () => {
    const { steps, complete } = story(beats);
    expect(steps.map(({ node, what }) => `${node} ${what}`)).toEqual([
      'n3 put gone = 1 under a lease',
      'fault connection of n3 to m1 reset',
      'etcd the lease of n3 ran out, which deleted gone',
      ...[1, 2, 3].map(() => 'n1 put beat = 1'),
    ]);
    expect(complete).toBe(false);
  });

  it('has the lease and the fault even where nothing else repeats', () => {
    const many = beats.map((beat, index) =>
      call({ by: 'n1-1', sent: beat.sent.order, wrote: `${index + 10}: k${index}` }),
    );
    const { steps } = story(many);
    expect(steps).toHaveLength(STEPS_MAX);
    const lines = foldPast(steps).map(({ text }) => text);
    expect(lines).toContain('connection of n3 to m1 reset');
    expect(lines).toContain('the lease of n3 ran out, which deleted gone');
  });
});
