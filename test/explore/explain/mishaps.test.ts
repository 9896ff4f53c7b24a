/** Events that no code caused, and requests in vain, in stories of hand-written calls. */
import { describe, expect, it } from 'vitest';
import { causalPast } from '../../../sim/explore/explain/causal-past.js';
import { foldPast, LINES_MAX } from '../../../sim/explore/explain/fold.js';
import type { PastStep, RecordedRun } from '../../../sim/explore/explain/recorded-run.js';
import type { Asked, Call } from '../../../sim/history/calls.js';
import { leaseEnds } from '../../../sim/history/lease-ends.js';
import { at, call, log, operation, type CallWords } from '../../history/hand-made-calls.js';

const asking = ({ asked, ...words }: CallWords & { readonly asked: Asked }): Call => ({
  ...call(words),
  ...asked,
});

function story(operations: readonly string[], run: Partial<RecordedRun>): string[] {
  const { steps } = causalPast({ operations: [], calls: [], log: [], ...run }, { operations, revisions: [] });
  return steps.map(({ node, operation: by, what }) => `${by ?? node} ${what}`);
}

const held = asking({ by: 'n2-1', sent: 1, wrote: '2: lock', asked: { puts: ['lock'], leases: ['7'] } });
const taken = asking({ by: 'n1-1', sent: 9, wrote: '4: lock', asked: { puts: ['lock'] } });
const entries = log('2: lock=n2', '3: lock', '4: lock=n1');

describe('the story has', () => {
  it('the lease that expired, and the node that was paused in between', () => {
    const calls = [held, taken];
    const [end] = leaseEnds(calls, entries, new Map([[3, at(7)]]), new Map());
    if (end === undefined) throw new Error('expected the end of a lease');
    expect(end).toMatchObject({ node: 'n2', lease: '7', revision: 3, keys: ['lock'] });
    const pause = { text: 'n2 stands still for 5 ms', node: 'n2', fromUs: 2000, untilUs: 7000 };
    const others = [1, 2, 3].map((index) => ({ ...pause, text: `n9 is late ${index}`, node: 'n9' }));
    expect(story(['n1-1'], { calls, log: entries, incidents: [end], faults: [pause, ...others] })).toEqual([
      'fault n2 stands still for 5 ms',
      'etcd the lease of n2 ran out, which deleted lock; it was never renewed',
      'n1-1 put lock',
    ]);
  });

  it('the last renewal of the lease that expired', () => {
    const calls = [held, taken];
    const renewedAt = new Map([
      ['7', at(4)],
      ['8', at(5)],
    ]);
    const incidents = leaseEnds(calls, entries, new Map([[3, at(7)]]), renewedAt);
    expect(story(['n1-1'], { calls, log: entries, incidents })).toContain(
      'etcd the lease of n2 ran out, which deleted lock; last renewed at 4.000 ms',
    );
  });

  it('no expired lease if a client deleted the key', () => {
    const deletion = call({ by: 'n3-1', sent: 4, wrote: '3: lock-' });
    expect(leaseEnds([held, deletion, taken], entries, new Map([[3, at(7)]]), new Map())).toEqual([]);
  });

  it('the fault that revoked a lease, with its key and its owner', () => {
    const revoke = asking({ by: 'observer', sent: 4, wrote: '3: lock-', asked: { revokes: '7' } });
    const revoked = { lease: '7', keys: ['lock'] };
    const faults = [{ text: 'lease 1 (of key lock) revoked', fromUs: 3000, untilUs: 3000, revoked }];
    expect(story(['n1-1'], { calls: [held, revoke, taken], log: entries, faults })).toEqual([
      'fault lease 1 (of key lock, granted to n2) revoked, which deleted lock',
      'n1-1 put lock',
    ]);
  });

  it('a refused request with its reason and count, and the author of the key in its way', () => {
    const failed = { key: 'lock', of: 'create revision', relation: '=', expected: '0' } as const;
    const asked = { puts: ['lock'], failed: { ...failed, found: '2', revision: 2 } };
    const calls = [held, ...[5, 6, 7, 8].map((sent) => asking({ by: 'n1-1', sent, asked }))];
    expect(story(['n1-1'], { calls, log: log('2: lock=n2'), stuck: ['n1'] })).toEqual([
      'n2-1 put lock under a lease',
      'n1-1 was refused to put lock: expected that it was not there, found revision 2, which n2-1 had put; asked 4 times',
    ]);
  });

  it('the value that the other branch of a refused transaction read', () => {
    const failed = { key: 'lock', of: 'create revision', relation: '=', expected: '0' } as const;
    const asked = { puts: ['lock'], failed: { ...failed, found: '2', revision: 2 } };
    const refused = asking({ by: 'n1-1', sent: 5, reads: ['lock@2'], looks: ['lock@2'], asked });
    const calls = [held, refused];
    expect(story(['n1-1'], { calls, log: log('2: lock=token'), stuck: ['n1'] })).toContain(
      'n1-1 was refused to put lock: expected that it was not there, found revision 2 = token, which n2-1 had put',
    );
  });

  it('how often a key was read in vain, and that its author is dead', () => {
    const reads = Array.from({ length: 212 }, (_, index) =>
      call({ by: 'n1-1', sent: 10 + index, reads: ['lock@2'], looks: ['lock@2'] }),
    );
    const incidents = [{ kind: 'crashed' as const, node: 'n2', at: at(5) }];
    const run = { calls: [held, ...reads], log: log('2: lock=n2'), incidents, stuck: ['n1'] };
    expect(story(['n1-1'], { ...run, operations: [operation('n1-1', 9)] })).toEqual([
      'n2-1 put lock under a lease',
      'n2 its process died',
      'n1-1 began and never returned',
      'n1-1 read lock of revision 2, which n2-1 had put; asked 212 times',
    ]);
  });

  it('a deletion that found nothing, and keys outside the prefix', () => {
    const missed = [{ key: 'lock' }];
    const release = asking({ by: 'n3-1', sent: 5, asked: { deletes: missed, missed } });
    const read = call({ by: 'n1-1', sent: 7, reads: ['lock@2'] });
    const run = { calls: [held, release, read], log: log('2: lock=n2'), outsideKeys: ['lock'] };
    expect(story(['n1-1'], { ...run, operations: [operation('n1-1', 6, 9)] })).toEqual([
      'n2-1 put lock (outside the prefix) under a lease',
      'n3-1 deleted lock (outside the prefix): there was none',
      'n1-1 read lock (outside the prefix) of revision 2, which n2-1 had put',
      'n1-1 ended ok',
    ]);
  });

  it('the activity of a node when its code threw', () => {
    const asked = { puts: ['job'], error: 'etcdserver: requested lease not found' };
    const put = asking({ by: 'n1', sent: 5, asked });
    const { steps } = causalPast(
      { operations: [], calls: [put], log: [] },
      { operations: [], revisions: [], nodes: [{ node: 'n1', untilUs: 9000 }] },
    );
    expect(steps.map(({ what }) => what)).toEqual([
      'was refused to put job: etcdserver: requested lease not found',
    ]);
  });
});

describe('a long story', () => {
  const step = (index: number, weight: number, node = `n${index % 2}`): PastStep => ({
    ...{ moment: at(index), node, kind: 'read', what: `does ${index}`, ofWitness: false, weight },
  });

  it('keeps its decisive lines, even if they came first, and folds the rest by node', () => {
    const steps = [step(0, 90, 'etcd'), ...Array.from({ length: 30 }, (_, index) => step(index + 1, 10))];
    const lines = foldPast(steps);
    expect(lines.length).toBeLessThanOrEqual(LINES_MAX);
    expect(lines[0]).toMatchObject({ node: 'etcd', text: 'does 0' });
    const folded = lines.flatMap((line) => line.folded ?? []);
    expect(folded.length + lines.filter((line) => line.folded === undefined).length).toBe(steps.length);
    expect(lines.filter((line) => line.folded !== undefined).map(({ node }) => node)).toEqual(['n1', 'n0']);
  });

  it('folds no more than it has to: single steps of several nodes share a line', () => {
    const steps = [step(0, 1, 'setup'), ...Array.from({ length: 11 }, (_, index) => step(index + 1, 9))];
    const lines = foldPast([...steps, step(12, 1, 'n9')]);
    expect(lines).toHaveLength(LINES_MAX);
    expect(lines[0]?.folded?.map(({ node }) => node)).toEqual(['setup', 'n9']);
  });

  it('has at most as many lines as fit, however many nodes there are', () => {
    const steps = Array.from({ length: 60 }, (_, index) => step(index, index % 7, `n${index}`));
    const lines = foldPast(steps);
    expect(lines.length).toBeLessThanOrEqual(LINES_MAX);
    expect(lines.some(({ text }) => /^\d+ more steps of \d+ nodes$/.test(text))).toBe(true);
  });
});

it('counts the refusals of a circuit breaker up to the end of the node in the story', () => {
  const incidents = [
    { kind: 'breaker open', at: at(2), node: 'n1', timesUs: [2000, 5000, 9000, 50_000] },
  ] as const;
  const lines = (endsAt: number) =>
    story(['n1-1'], { operations: [operation('n1-1', 1, endsAt)], incidents }).filter((line) =>
      line.includes('breaker'),
    );
  expect(lines(20)).toEqual(['n1 its open circuit breaker refused 3 requests, until 9.000 ms']);
  expect(lines(4)).toEqual(['n1 its open circuit breaker refused a request']);
  expect(lines(1)).toEqual([]);
});
