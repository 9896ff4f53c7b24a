import { describe, expect, it } from 'vitest';
import { leaseChecks } from '../../scenarios/lease/checks.js';
import { complaints, created, deleted, history, type Told } from './hand-written.js';

const grant = (at: number): Told => ({ id: 'h1-1.grant', at, input: null, output: { lease: '7' } });
const put = (at: number, more: Partial<Told> = {}): Told => {
  return { id: 'h1-1.put1', at, input: { lease: '7', key: 'held/h1' }, revision: 2, ...more };
};
const look = (at: number, ...keys: readonly string[]): Told => {
  return { id: `o1-${at}.look`, at, input: null, output: { keys } };
};
const end = (at: number, how: 'lost' | 'close' | 'release', tellings = how === 'lost' ? 1 : 0): Told => {
  return { id: 'h1-1.end', at, input: { lease: '7', how }, output: { tellings } };
};
const log = [created(2, 'held/h1', 'h1-1.put1'), deleted(3, 'held/h1')];

describe('the checks of leases', () => {
  it('accept a loss that is reported before it can be seen', () => {
    const operations = [grant(10), put(20), look(1900, 'held/h1'), end(2010, 'lost'), look(2100)];
    expect(complaints(leaseChecks, history(operations, log))).toEqual({});
  });

  it('name a holder that heard too late', () => {
    const operations = (toldAt: number | undefined) => [
      ...[grant(10), put(20), look(2500)],
      ...(toldAt === undefined ? [] : [end(toldAt, 'lost')]),
    ];
    expect(complaints(leaseChecks, history(operations(3400), log))).toEqual({});
    expect(complaints(leaseChecks, history(operations(3600), log))).toMatchObject({
      'loss-told-in-time': {
        message:
          'h1-1.put1 was still believed to be there when o1-2500.look saw that it was gone, and learned it 1099 ms later',
        operations: ['h1-1.put1', 'o1-2500.look'],
      },
    });
    expect(Object.keys(complaints(leaseChecks, history(operations(undefined), log)))).toEqual([
      'loss-told-in-time',
    ]);
    // After another client's revocation, only the next renewal can report it.
    const revoked = { revocations: ['7'] };
    expect(complaints(leaseChecks, history(operations(5400), log, revoked))).toEqual({});
    expect(Object.keys(complaints(leaseChecks, history(operations(5600), log, revoked)))).toEqual([
      'loss-told-in-time',
    ]);
    // A paused or dead node cannot hear.
    const standstills = [{ node: 'h1', fromUs: 2_600_000, untilUs: 60_000_000 }];
    expect(complaints(leaseChecks, history(operations(60_500), log, { standstills }))).toEqual({});
    const crashes = [{ node: 'h1', at: { sequence: 2000, timeUs: 2_000_000 } }];
    expect(complaints(leaseChecks, history(operations(undefined), log, { crashes }))).toEqual({});
  });

  it('count the reading that knew first, even if another had begun before it', () => {
    const slow = { ...look(2400), until: 3700 };
    const operations = [grant(10), put(20), slow, look(2500), end(3600, 'lost')];
    expect(complaints(leaseChecks, history(operations, log))).toMatchObject({
      'loss-told-in-time': { operations: ['h1-1.put1', 'o1-2500.look'] },
    });
  });

  it('count only readings that began when the key had been written', () => {
    const operations = [grant(10), put(20, { until: 40 }), look(30), end(9000, 'close')];
    expect(complaints(leaseChecks, history(operations, log))).toEqual({});
  });

  it('name a holder that heard of an impossible loss', () => {
    const operations = [grant(10), end(1500, 'lost')];
    expect(complaints(leaseChecks, history(operations, log))).toMatchObject({
      'lost-for-a-reason': {
        message:
          'the lease of h1-1.grant was reported lost when it was 1490 ms old, although nobody had revoked it',
      },
    });
    expect(complaints(leaseChecks, history(operations, log, { revocations: ['7'] }))).toEqual({});
    expect(complaints(leaseChecks, history([grant(10), end(2010, 'lost')], log))).toEqual({});
  });

  it('name a key that disappeared before its lease’s TTL, without an end', () => {
    const operations = (gone: number, how: 'close' | 'release') => [
      ...[grant(10), put(20), end(100, how)],
      look(gone),
    ];
    expect(complaints(leaseChecks, history(operations(1500, 'release'), log))).toMatchObject({
      'lives-its-ttl': {
        message: 'o1-1500.look saw that h1-1.put1 was gone when its lease was 1491 ms old',
        operations: ['h1-1.grant', 'h1-1.put1', 'o1-1500.look'],
      },
    });
    expect(complaints(leaseChecks, history(operations(2010, 'release'), log))).toEqual({});
    expect(complaints(leaseChecks, history(operations(1500, 'close'), log))).toEqual({});
    const revoked = { revocations: ['7'] };
    expect(complaints(leaseChecks, history(operations(1500, 'release'), log, revoked))).toEqual({});
  });

  it('name a holder that heard of its loss twice', () => {
    const found = complaints(leaseChecks, history([grant(10), end(2010, 'lost', 2)], log));
    expect(found).toMatchObject({ 'told-once': { message: 'h1-1.end: the loss was reported 2 times' } });
  });

  it('compare reported writes with the log', () => {
    const missing = complaints(leaseChecks, history([put(20)], []));
    expect(missing).toMatchObject({
      written: { message: 'h1-1.put1 was reported ok, but is not in the log' },
    });
    // A write elsewhere, in addition, does not undo it.
    const twice = [...log, created(4, 'held/h2', 'h1-1.put1')];
    expect(complaints(leaseChecks, history([put(20)], twice))).toEqual({});
    const there = complaints(leaseChecks, history([put(20, { failed: 'failed' })], log));
    expect(there).toMatchObject({
      written: { message: 'h1-1.put1 was reported failed (refused), but is in the log' },
    });
    expect(complaints(leaseChecks, history([put(20, { failed: 'indefinite' })], log))).toEqual({});
    expect(complaints(leaseChecks, history([put(20, { failed: 'indefinite' })], []))).toEqual({});
  });

  it('name the keys left by a closed lease', () => {
    const operations = [grant(10), put(20), end(100, 'close')];
    const stays = log.slice(0, 1);
    expect(complaints(leaseChecks, history(operations, stays))).toMatchObject({
      'closed-is-gone': {
        message: 'held/h1 was still there for ever, although h1-1.end had closed its lease',
      },
    });
    expect(complaints(leaseChecks, history(operations, log))).toEqual({});
    // Unreported writes must not be left either.
    const unsure = [grant(10), put(20, { failed: 'indefinite' }), end(100, 'close')];
    expect(Object.keys(complaints(leaseChecks, history(unsure, stays)))).toEqual(['closed-is-gone']);
    expect(complaints(leaseChecks, history(unsure, log))).toEqual({});
    expect(complaints(leaseChecks, history(unsure, []))).toEqual({});
    const released = [grant(10), put(20), end(100, 'release')];
    expect(complaints(leaseChecks, history(released, stays))).toEqual({});
  });
});
