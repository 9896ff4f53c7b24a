/**
 * The baseline of bench:bugs is a fair one: it accuses no recipe that is right, it finds what can be found without
 * leases that expire and connections that break, and what it finds it finds again.
 */
import fc, { type Scheduler } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBaseline } from '../../bench/bugs/baseline/attempt.js';
import { bankSubject } from '../../bench/bugs/baseline/bank.js';
import { baselineSubjects, rightSubjects } from '../../bench/bugs/baseline/index.js';
import { baselineWays, propertyOf, replayScript } from '../../bench/bugs/baseline/properties.js';
import type { AnySubject, Subject } from '../../bench/bugs/baseline/subject.js';
import { variants } from '../../scenarios/bank/variants.js';
import { specimens } from '../../scenarios/index.js';

// What nodes of a finished run still wait for is rejected when its clients close.
const ignore = (): void => undefined;
beforeAll(() => void process.on('unhandledRejection', ignore));
afterAll(() => void process.off('unhandledRejection', ignore));

/** What one member that never fails, never forgets and never breaks a connection cannot show. */
const outOfReach = ['register-serializable', 'barrier-go', 'lease-etcd3', 'lease-naive', 'watch-etcd3'];

describe.each(baselineWays)('%s', (way) => {
  const right = Object.entries(rightSubjects);
  it.each(right)('accuses nobody of a right recipe: %s', async (_, subject) => {
    expect(await runBaseline({ way, subject, seed: 11, runsMax: 60 })).toMatchObject({
      caught: false,
      runs: 60,
    });
  });

  const reachable = Object.entries(baselineSubjects).filter(([name]) => !outOfReach.includes(name));
  it.each(reachable)('finds %s', async (_, subject) => {
    expect(await runBaseline({ way, subject, seed: 7, runsMax: 2000 })).toMatchObject({ caught: true });
  });

  it('gives the same runs for the same seed', async () => {
    const subject = baselineSubjects['queue-naive'] as AnySubject;
    const once = await runBaseline({ way, subject, seed: 3, runsMax: 2000 });
    expect(await runBaseline({ way, subject, seed: 3, runsMax: 2000 })).toEqual(once);
  });
});

it('there is a baseline for every specimen', () => {
  expect(Object.keys(baselineSubjects)).toEqual(specimens.map(({ name }) => name));
});

it('a script that failed fails again in the order of its tasks', async () => {
  const open = variants['lost-update'];
  if (open === undefined) throw new Error('no such variant');
  const subject = bankSubject(open);
  const property = propertyOf('fast-check-scheduler', subject);
  const { counterexample, errorInstance } = await fc.check(property, { seed: 5, endOnFailure: true });
  const [scheduler, steps, lost] = counterexample as [Scheduler, StepOf<typeof subject>[], number[]];
  const order = scheduler.report().flatMap(({ status, taskId }) => (status === 'pending' ? [] : [taskId]));
  await expect(replayScript(subject, { order, steps, lost })).rejects.toThrow(
    (errorInstance as Error).message,
  );
});

type StepOf<S> = S extends Subject<infer Step> ? Step : never;
