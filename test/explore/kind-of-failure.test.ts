/** What makes two failures of one check the same kind. */
import { describe, expect, it } from 'vitest';
import { kindOfFailure } from '../../sim/explore/shrink/kind-of-failure.js';
import type { RunResult, WaitCause } from '../../sim/run/run-result.js';
import { isSameSignature, signaturesOf } from '../../sim/run/signature.js';

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

describe('the kind of an error that a node threw', () => {
  const thrown = (message: string, name = 'AssertionError'): RunResult => ({
    ...failed('', ['n1', 'n2']),
    checks: [],
    problems: [{ kind: 'node-error', node: 'n1', error: { name, message }, stack: '', timeUs: 0 }],
  });
  const signatureOf = (message: string, name?: string) => signaturesOf(thrown(message, name))[0] ?? '';
  const kindIn = (message: string, of: string, name?: string) =>
    kindOfFailure(thrown(message, name), signatureOf(of, name));

  it('has the first words of its message in its signature, without those of the run', () => {
    expect(signatureOf('MONEY LOST by job 72,0,13')).toBe('node-error AssertionError: MONEY LOST by job …');
    expect(signatureOf("expected [ 'a', 'b' ] to deeply equal []\n\n- Expected")).toBe(
      'node-error AssertionError: expected … to deeply equal …',
    );
    expect(signatureOf('n1.lock left "taken" in jobs/first at revision 38.', 'Error')).toBe(
      'node-error Error: … left … in … at revision …',
    );
    expect(signatureOf('')).toBe('node-error AssertionError');
  });

  it('has its name alone if that is one of its own', () => {
    expect(signatureOf('index out of range [0]', 'PanicError')).toBe('node-error PanicError');
  });

  it('is the same with other values, or with fewer of them', () => {
    const kind = kindIn('jobs 3 and 4 ran twice', 'jobs 3 and 4 ran twice');
    expect(kindIn('jobs 17 and 20 ran twice', 'jobs 3 and 4 ran twice')).toBe(kind);
    const plural = kindIn('2 tasks ran twice', '2 tasks ran twice');
    expect(kindIn('1 task ran twice', '2 tasks ran twice')).toBe(plural);
  });

  it('is another one with other words, or of another name', () => {
    const kind = kindIn('money lost', 'money lost');
    expect(kindIn('a job without weight', 'money lost')).not.toBe(kind);
    expect(kindOfFailure(thrown('money lost', 'TypeError'), signatureOf('money lost'))).toBeUndefined();
  });

  it('is that of a repro which an older version kept under the name of the error', () => {
    expect(isSameSignature('node-error TypeError: x is not a function', 'node-error TypeError')).toBe(true);
    expect(isSameSignature('node-error TypeErrors', 'node-error TypeError')).toBe(false);
    expect(isSameSignature('node-error TypeError', 'node-error TypeError: x is not a function')).toBe(false);
    expect(isSameSignature(undefined, undefined)).toBe(true);
  });
});

describe('the kind of a wait in vain', () => {
  const waited = (cause: WaitCause | undefined, reasons: readonly string[]): RunResult => ({
    ...failed(''),
    checks: [],
    problems: [
      {
        ...{ kind: 'node-error', node: 'test', error: { name: 'Error', message: 'expected x' } },
        ...{ stack: '', timeUs: 0, reasons, ...(cause === undefined ? {} : { cause }) },
      },
    ],
  });
  const kind = (run: RunResult) => kindOfFailure(run, 'node-error Error: expected x');

  it('has the cause of the wait, and not what else may have held it up', () => {
    const lost = kind(waited('lost-before', ['the last change of k came before n1 watched']));
    expect(lost).toBeDefined();
    expect(kind(waited('lost-before', ['n1 gave up']))).toBe(lost);
    expect(kind(waited('circle', ['n1 gave up']))).not.toBe(lost);
    expect(kind(waited(undefined, []))).not.toBe(lost);
    expect(signaturesOf(waited('circle', ['n1 gave up']))).toEqual(signaturesOf(waited(undefined, [])));
  });
});
