/** Nodes that watch a key and received a change of it, when a test finds something wrong at its end. */
import { expect, it } from 'vitest';
import { causalPast } from '../../../sim/explore/explain/causal-past.js';
import type { Call } from '../../../sim/history/calls.js';
import { OBSERVER } from '../../../sim/scenario/expect-nodes.js';
import { at, call, log, watch, watchOf } from '../../history/hand-made-calls.js';

const entries = log('2: a=1', '3: a', '4: a=2', '5: a');
const changes = [
  call({ by: 'n1', sent: 1, wrote: '2: a' }),
  call({ by: 'n1', sent: 2, wrote: '3: a-' }),
  call({ by: 'n1', sent: 3, wrote: '4: a' }),
  call({ by: 'n1', sent: 20, wrote: '5: a-' }),
];

/** A watch by which the node received these revisions, each at a moment. */
function receiving(by: string, reads: readonly (readonly [revision: number, at: number])[]): Call {
  const stream = watch(by, watchOf('a*', { from: 2 }));
  const received = reads.map(([revision, moment]) => ({
    ...{ key: 'a', revision, at: at(moment) },
    ...(revision % 2 === 1 ? { deletes: true as const } : {}),
  }));
  return { ...stream, reads: received };
}

function story(revisions: readonly number[], ...streams: readonly Call[]): string[] {
  const run = { operations: [], log: entries, calls: [...changes, ...streams] };
  const { steps } = causalPast(run, { operations: [], revisions });
  return steps.flatMap(({ node, what }) => (what.startsWith('received') ? [`${node} ${what}`] : []));
}

it('each node that watches has the change that it received', () => {
  const late = [receiving('n2', [[5, 21]]), receiving('n3', [[5, 22]])];
  expect(story([5], ...late)).toEqual([
    'n2 received the deletion of a of revision 5, which n1 had deleted',
    'n3 received the deletion of a of revision 5, which n1 had deleted',
  ]);
});

it('of what arrived at once, the deletion is named', () => {
  const stream = receiving('n2', [
    [2, 9],
    [3, 9],
  ]);
  expect(story([2, 3], stream)).toEqual([
    'n2 received a of revision 2, and the deletion of a of revision 3, which n1 had deleted',
  ]);
});

it('a node has the last changes that it received', () => {
  const all = receiving('n2', [
    [2, 9],
    [3, 10],
    [4, 11],
    [5, 21],
  ]);
  expect(story([2, 3, 4, 5], all)).toEqual([
    'n2 received a = 2 of revision 4, which n1 had put',
    'n2 received the deletion of a of revision 5, which n1 had deleted',
  ]);
});

it('the author of the change, and the watch of the log, do not count', () => {
  expect(story([5], receiving('n1', [[5, 21]]), receiving(OBSERVER, [[5, 21]]))).toEqual([]);
});
