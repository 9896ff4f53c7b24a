/**
 * How late a node heard, against the plain definition: the ticks in which it could have heard, one by one.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lateness } from '../../sim/check/lateness.js';
import { isToldInTime, moment, runsOr, troublesOf } from './plain-definitions.js';

const NODES = ['n1', 'n1', 'n2'];

it('a node heard in time if it had no more time than allowed, awake and by its own clock', () => {
  const seen = { inTime: 0, late: 0, neither: 0 };
  const times = fc.record({
    from: fc.nat(60),
    ticks: fc.integer({ min: 5, max: 60 }),
    seconds: fc.constantFrom(0, 2),
  });
  fc.assert(
    fc.property(times, troublesOf(NODES), ({ from, ticks, seconds }, troubles) => {
      const history = { operations: [], log: [], ...troubles };
      const [since, told] = [moment(from), moment(from + ticks)];
      const late = lateness(history, {
        node: 'n1',
        fromUs: since.timeUs,
        toldUs: told.timeUs,
        withinSeconds: seconds,
      });
      const isInTime = isToldInTime(history, { node: 'n1', from: since, told, seconds });
      expect(late === undefined).toBe(isInTime);
      const never = lateness(history, {
        node: 'n1',
        fromUs: since.timeUs,
        toldUs: Infinity,
        withinSeconds: seconds,
      });
      expect(never).toBe('and never learned it');
      // Without disturbances, that would have been late.
      const wouldBeLate = !isToldInTime(
        { operations: [], log: [] },
        { node: 'n1', from: since, told, seconds },
      );
      seen[isInTime ? (wouldBeLate ? 'inTime' : 'neither') : 'late'] += 1;
    }),
    { numRuns: runsOr(5000) },
  );
  // Far below the drawn number, so that chance does not matter.
  expect(seen.inTime).toBeGreaterThan(100);
  expect(seen.late).toBeGreaterThan(100);
});
