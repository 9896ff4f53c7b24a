import { describe, expect, it } from 'vitest';
import { lockChecks } from '../../scenarios/lock/checks.js';
import { complaints, created, deleted, history, type Told } from './hand-written.js';

const MINUTE = 60_000;

function lock(id: string, at: number, token: number, more: Partial<Told> = {}): Told {
  const input = { lock: 'a', mode: 'write', tries: false };
  return { id: `${id}.lock`, at, input, output: { key: `a/${token}`, token, granted: token }, ...more };
}

function unlock(id: string, at: number, more: Partial<Told> & { lost?: boolean; gone?: boolean } = {}): Told {
  const { lost = false, gone = true, ...rest } = more;
  return { id: `${id}.unlock`, at, input: { lock: 'a', mode: 'write', lost }, output: { gone }, ...rest };
}

const inTurn = {
  operations: [
    lock('u1-1', 10, 2),
    unlock('u1-1', 20),
    lock('u2-1', 5, 3, { until: 30 }),
    unlock('u2-1', 40),
  ],
  log: [created(2, 'a/2'), created(3, 'a/3'), deleted(4, 'a/2'), deleted(5, 'a/3')],
};

describe('the checks of locks', () => {
  it('accept one holder after the other', () => {
    const operations = inTurn.operations.map((told) =>
      told.id === 'u2-1.lock' ? { ...told, output: { key: 'a/3', token: 3, granted: 4 } } : told,
    );
    expect(complaints(lockChecks, history(operations, inTurn.log))).toEqual({});
  });

  it('name a user that got a lock which another had', () => {
    const found = complaints(lockChecks, history(inTurn.operations, inTurn.log));
    // At revision 3, at which it claims to have got it, the other's key existed.
    expect(found).toEqual({});
    const early = inTurn.operations.map((told) => (told.id === 'u2-1.lock' ? { ...told, until: 15 } : told));
    expect(complaints(lockChecks, history(early, inTurn.log))).toMatchObject({
      'mutual-exclusion': {
        message: 'u2-1.lock got a at revision 3 while u1-1.lock had it',
        operations: ['u1-1.lock', 'u2-1.lock'],
        revisions: [2, 3],
      },
    });
  });

  it('allow readers together, but no one beside a writer', () => {
    const read = (told: Told): Told => ({
      ...told,
      input: { ...Object(told.input), mode: 'read' } as Told['input'],
    });
    const together = [lock('u1-1', 10, 2), unlock('u1-1', 50), lock('u2-1', 20, 3), unlock('u2-1', 40)];
    expect(complaints(lockChecks, history(together.map(read), inTurn.log))).toEqual({});
    const mixed = together.map((told) => (told.id.startsWith('u1') ? read(told) : told));
    expect(Object.keys(complaints(lockChecks, history(mixed, inTurn.log)))).toEqual(['mutual-exclusion']);
    const others = together.map((told) =>
      told.id.startsWith('u1')
        ? { ...told, input: { ...Object(told.input), lock: 'b' } as Told['input'] }
        : told,
    );
    expect(complaints(lockChecks, history(others, inTurn.log))).toEqual({});
  });

  it('name a user that got a lock without having its key', () => {
    const log = [created(2, 'a/2'), deleted(3, 'a/2'), created(4, 'b')];
    const late = [lock('u1-1', 10, 2, { output: { key: 'a/2', token: 2, granted: 3 } }), unlock('u1-1', 20)];
    expect(complaints(lockChecks, history(late, log))).toMatchObject({
      'mutual-exclusion': { message: 'u1-1.lock got the lock, but its key a/2 was not there at revision 3' },
    });
  });

  it('name a user that heard too late of its loss, but not a paused one', () => {
    const log = [created(2, 'a/2'), deleted(3, 'a/2'), created(4, 'a/4')];
    const operations = (toldAtMs: number | undefined) => [
      lock('u1-1', 10, 2),
      ...(toldAtMs === undefined ? [] : [unlock('u1-1', toldAtMs, { lost: true })]),
      lock('u2-1', 1000, 4),
    ];
    expect(complaints(lockChecks, history(operations(3900), log))).toEqual({});
    expect(complaints(lockChecks, history(operations(4100), log))).toMatchObject({
      'loss-told-in-time': {
        message: 'u1-1.lock still had a when u2-1.lock got it, and learned it 3099 ms later',
      },
    });
    expect(complaints(lockChecks, history(operations(undefined), log))).toMatchObject({
      'loss-told-in-time': { message: 'u1-1.lock still had a when u2-1.lock got it, and never learned it' },
    });
    const standstills = [{ node: 'u1', fromUs: 1_500_000, untilUs: 60_000_000 }];
    expect(complaints(lockChecks, history(operations(MINUTE + 500), log, { standstills }))).toEqual({});
  });

  it('name a user that heard too late although another, with a longer belief, was paused', () => {
    const log = [
      created(2, 'a/2'),
      deleted(3, 'a/2'),
      created(4, 'a/4'),
      deleted(5, 'a/4'),
      created(6, 'a/6'),
    ];
    const operations = [
      lock('u1-1', 10, 2),
      unlock('u1-1', 20_000, { lost: true }),
      lock('u2-1', 1000, 4),
      unlock('u2-1', 9000, { lost: true }),
      lock('u3-1', 2000, 6),
    ];
    const standstills = [{ node: 'u1', fromUs: 500_000, untilUs: 19_000_000 }];
    expect(complaints(lockChecks, history(operations, log, { standstills }))).toMatchObject({
      'loss-told-in-time': { operations: ['u2-1.lock', 'u3-1.lock'] },
    });
  });

  it('blame the user that lost it, even if it heard of its grant after the other', () => {
    const log = [created(2, 'a/2'), deleted(3, 'a/2'), created(4, 'a/4')];
    const told = (lostAt: number) => [
      lock('u1-1', 10, 2, { until: 2000 }),
      unlock('u1-1', lostAt, { lost: true }),
      lock('u2-1', 1000, 4),
      unlock('u2-1', 9000),
    ];
    const gone = [...log, deleted(5, 'a/4')];
    expect(complaints(lockChecks, history(told(2010), gone))).toEqual({});
    expect(complaints(lockChecks, history(told(6000), gone))).toMatchObject({
      'loss-told-in-time': {
        message: 'u1-1.lock still had a when u2-1.lock got it, and learned it 4000 ms later',
      },
    });
  });

  it('count a slow clock only while its node is not paused', () => {
    const log = [created(2, 'a/2'), deleted(3, 'a/2'), created(4, 'a/4')];
    const told = (lostAt: number) => [
      lock('u1-1', 10, 2),
      unlock('u1-1', lostAt, { lost: true }),
      lock('u2-1', 999, 4),
    ];
    const slowly = { node: 'u1', fromUs: 1_000_000, untilUs: 9_000_000 };
    const more = { standstills: [slowly], drifts: [{ ...slowly, perMille: -500 }] };
    expect(complaints(lockChecks, history(told(12_000), log, more))).toEqual({});
    expect(Object.keys(complaints(lockChecks, history(told(12_001), log, more)))).toEqual([
      'loss-told-in-time',
    ]);
  });

  it('name the token that went back', () => {
    const write = (id: string, at: number, token: number): Told => ({ id, at, input: { lock: 'a', token } });
    const log = [created(2, 'guarded/a', '7'), created(3, 'guarded/b', '5'), created(4, 'guarded/a', '6')];
    const operations = [write('u1-1.write', 10, 7), write('u2-1.write', 20, 6)];
    expect(complaints(lockChecks, history(operations, log))).toMatchObject({
      fencing: {
        message: 'revision 4 wrote guarded/a with token 6, after token 7 at revision 2',
        operations: ['u1-1.write', 'u2-1.write'],
      },
    });
    expect(complaints(lockChecks, history(operations, log.slice(0, 2)))).toEqual({});
  });

  it('name an accepted write that is not in the log', () => {
    const log = [created(2, 'guarded/a', '7')];
    const write = (revision: number): Told => {
      return {
        id: 'u1-1.write',
        at: 10,
        input: { lock: 'a', token: 7 },
        revision,
        output: { accepted: true },
      };
    };
    expect(complaints(lockChecks, history([write(2)], log))).toEqual({});
    expect(complaints(lockChecks, history([write(3)], log))).toMatchObject({
      fencing: {
        message: 'u1-1.write was accepted at revision 3, but the log has no write with token 7 there',
      },
    });
  });

  it('name the key left by a released lock', () => {
    const log = [created(2, 'a/2')];
    const left = (more: Parameters<typeof unlock>[2]) =>
      Object.keys(complaints(lockChecks, history([lock('u1-1', 10, 2), unlock('u1-1', 20, more)], log)));
    expect(left({})).toEqual(['let-go']);
    expect(left({ lost: true })).toEqual([]);
    expect(left({ gone: false })).toEqual([]);
    expect(left({ failed: 'indefinite' })).toEqual([]);
    // A key created anew by another user is another key.
    const again = [created(2, 'a/2'), deleted(3, 'a/2'), created(4, 'a/2')];
    expect(complaints(lockChecks, history([lock('u1-1', 10, 2), unlock('u1-1', 20)], again))).toEqual({});
  });

  it('accept an empty run', () => {
    expect(complaints(lockChecks, history([], []))).toEqual({});
  });
});
