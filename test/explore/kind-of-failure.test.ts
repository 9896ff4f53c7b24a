/** What makes two failures of one check the same kind. */
import { describe, expect, it } from 'vitest';
import { kindOfFailure } from '../../sim/explore/shrink/kind-of-failure.js';
import type { RunResult } from '../../sim/run/run-result.js';

const CHECK = 'one-at-a-time';

function failed(message: string, nodes: readonly string[] = ['n1', 'n2']): RunResult {
  return {
    plan: { members: ['m1'], nodes: nodes.map((name) => ({ name })) },
    operations: nodes.map((node) => ({ id: `${node}.lock`, name: 'lock', node })),
    log: [{ revision: 3, events: [{ key: 'jobs/first', value: 'taken' }] }],
    checks: [{ check: CHECK, verdict: 'violated', message }],
    problems: [],
  } as unknown as RunResult;
}

const kindOf = (message: string, nodes?: readonly string[]) =>
  kindOfFailure(failed(message, nodes), `check ${CHECK}`);

describe('the kind of a failure', () => {
  it('is the same with other nodes, operations, keys, values, times and revisions', () => {
    const kind = kindOf('n1.lock got jobs at revision 38 while n2.lock had it for 2 ms');
    expect(kindOf('n2.lock got first at revision 7 while n1.lock had it for 150 ms')).toBe(kind);
  });

  it('is the same if the message lists more of the same', () => {
    const kind = kindOf('n1.lock read 3, then n2.lock read 4, which no order explains');
    expect(kindOf('n1.lock read 3, then n2.lock read 4, then n1.lock read 5, which no order explains')).toBe(
      kind,
    );
  });

  it('is another one if the check says another thing', () => {
    expect(kindOf('n1.lock got jobs without its key')).not.toBe(
      kindOf('n1.lock got jobs while n2.lock had it'),
    );
  });

  it('is undefined for a run that fails in another check', () => {
    expect(kindOfFailure(failed('n1.lock got jobs'), 'check other')).toBeUndefined();
  });
});
