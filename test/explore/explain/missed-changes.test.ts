/** Nodes that watch a key and never learned of a change. */
import { describe, expect, it } from 'vitest';
import { missedChanges } from '../../../sim/explore/explain/missed-changes.js';
import type { Call } from '../../../sim/history/calls.js';
import { OBSERVER } from '../../../sim/scenario/expect-nodes.js';
import { at, call, watch, watchOf } from '../../history/hand-made-calls.js';

const a5 = [{ key: 'a', revision: 5 }];
const missedBy = (...calls: Call[]) => missedChanges(calls, a5).map(({ call: { node } }) => node);

describe('a change is missed', () => {
  it('if it came before the watch began, by a node that had read the key before', () => {
    const read = call({ by: 'n1', sent: 1, looks: ['a@4'] });
    const later = call({ by: 'n1', sent: 30, looks: ['b@4'] });
    const began = watch('n1', watchOf('a', { from: 6, asked: at(10) }));
    const [missed] = missedChanges([read, began, later], a5);
    expect(missed).toEqual({ change: a5[0], call: began, watched: began.watches[0], read });
  });

  it('by each node that watches the key, or a range around it, and has no answer', () => {
    const ofRange = watch('n1', watchOf('a*', { from: 3 }), ['a@4']);
    const ofOther = watch('n2', watchOf('b', { from: 3 }));
    const asked = watch('n3', watchOf('a', { from: 0, state: 'broken' }));
    expect(missedBy(ofRange, ofOther, asked)).toEqual(['n1', 'n3']);
  });

  it('by a node that has left its watch only if the watch began after it', () => {
    expect(missedBy(watch('n1', watchOf('a', { from: 3, state: 'left' })))).toEqual([]);
    expect(missedBy(watch('n1', watchOf('a', { from: 6, state: 'left' })))).toEqual(['n1']);
  });
});

describe('a change is known', () => {
  const began = watch('n1', watchOf('a', { from: 6 }));

  it.each([
    ['received it', call({ by: 'n1', sent: 1, reads: ['a@5'] })],
    ['has read a later version', call({ by: 'n1', sent: 1, reads: ['a@7'] })],
    ['found nothing, at that revision or later', call({ by: 'n1', sent: 1, looks: ['a*@5'] })],
    ['has made it', call({ by: 'n1', sent: 1, wrote: '5: a' })],
  ])('to a node that %s', (_, own) => {
    expect(missedBy(began, own)).toEqual([]);
  });

  it('to no other node', () => {
    expect(missedBy(began, call({ by: 'n2', sent: 1, reads: ['a@5'] }))).toEqual(['n1']);
  });
});

it('only the first change that a node missed counts, and the watch of the log does not', () => {
  const changes = [...a5, { key: 'a', revision: 6 }];
  const missed = missedChanges([watch('n1', watchOf('a', { from: 9 }))], changes);
  expect(missed.map(({ change }) => change)).toEqual(a5);
  expect(missedBy(watch(OBSERVER, watchOf('a', { from: 9 })))).toEqual([]);
});
