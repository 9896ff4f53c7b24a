/** How much of a span a node could not use. */
import { expect, it } from 'vitest';
import { clocksGainedUs, stoodStillUs } from '../../sim/history/history.js';

const span = { fromUs: 1000, untilUs: 5000 };
const still = (fromUs: number, untilUs: number, node = 'n1') => ({ node, fromUs, untilUs });
const of = (...standstills: Parameters<typeof stoodStillUs>[0]['standstills'] & object) =>
  stoodStillUs({ operations: [], log: [], standstills }, 'n1', span);

it('is the overlap of its pauses with the span, none counted twice', () => {
  expect(of()).toBe(0);
  expect(of(still(0, 2000), still(4000, 9000))).toBe(2000);
  expect(of(still(1500, 3000), still(2000, 2500), still(2900, 3100))).toBe(1600);
  expect(of(still(1500, 3000, 'n2'))).toBe(0);
});

it('shows the time that clocks gained and lost within the span', () => {
  const drift = (fromUs: number, untilUs: number, perMille: number, node = 'n1') => ({
    ...{ node, fromUs, untilUs, perMille },
  });
  const gained = (...drifts: ReturnType<typeof drift>[]) =>
    clocksGainedUs({ operations: [], log: [], drifts }, 'n1', span);
  expect(gained()).toBe(0);
  expect(gained(drift(0, 2000, 250))).toBe(250);
  expect(gained(drift(6000, 7000, 250), drift(1000, 5000, 100, 'n2'))).toBe(0);
  expect(gained(drift(1000, 5000, -100), drift(2000, 3000, 50))).toBe(-350);
});
