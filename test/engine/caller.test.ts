/** The line of the user's code: one for each position, and each stack is written out once. */
import { afterEach, expect, it } from 'vitest';
import { callerOfUser, callerOutside } from '../../sim/engine/caller.js';

const { prepareStackTrace, stackTraceLimit } = Error;
afterEach(() => Object.assign(Error, { prepareStackTrace, stackTraceLimit }));

const here = /test\/engine\/caller\.test\.ts:(\d+):\d+$/;
const lineOf = (place = '') => Number(here.exec(place)?.[1]);

it('is the line that calls, wherever the stack was seen before', () => {
  const places = [callerOutside(), callerOutside()].map(lineOf);
  const next = lineOf(callerOutside());
  expect(places[0]).toBeGreaterThan(0);
  expect([places[1], next]).toEqual([places[0], (places[0] ?? 0) + 1]);
  expect(lineOf(callerOfUser())).toBe(next + 3);
});

it('is written out once for each stack', () => {
  let written = 0;
  const ask = () => {
    Error.prepareStackTrace = (error, sites) => {
      written += 1;
      return prepareStackTrace?.(error, sites) as unknown;
    };
    return [1, 2, 3].map(() => callerOutside());
  };
  const places = ask();
  expect(new Set(places).size).toBe(1);
  expect(places[0]).toMatch(here);
  expect(written).toBe(1);
});

it('leaves the writing and the length of stacks as the code has set them', () => {
  const own = () => 'own';
  Error.prepareStackTrace = own;
  Error.stackTraceLimit = 3;
  // Without places in the stack there is no caller.
  expect(callerOutside()).toBeUndefined();
  expect(Error.prepareStackTrace).toBe(own);
  expect(Error.stackTraceLimit).toBe(3);
});
