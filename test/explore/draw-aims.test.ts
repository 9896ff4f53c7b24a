/** How the faults of a plan are aimed, prolonged and made to meet. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { parsePlan } from '../../sim/explore/parse-plan.js';
import { isMeeting } from '../../sim/faults/aim.js';
import { kindOf } from '../../sim/faults/index.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import { lease } from '../../scenarios/lease.js';

const planOf = (seed: number) =>
  drawPlan({
    ...{ scenario: lease, seed, members: 3 },
    ...{ options: defaultOptions(lease.options), faults: { kind: 'all' } },
  });

it('every drawn plan is one that a repro may hold', () => {
  fc.assert(
    fc.property(fc.nat(10_000), (seed) => {
      const plan = planOf(seed);
      expect(parsePlan(JSON.parse(JSON.stringify(plan)), lease)).toEqual({ kind: 'ok', value: plan });
    }),
    { numRuns: 30 },
  );
});

it('aims fit the kind, only outages last as long as leases, and no two faults wait for one another', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const { faults } = planOf(seed);
    const waiting = new Set(faults.filter(({ aim }) => aim && isMeeting(aim.at)).map(({ kind }) => kind));
    for (const fault of faults) {
      const { aims = [], isOutage = false } = kindOf(fault);
      if (fault.ttls !== undefined) seen.add('long').add(String(isOutage));
      if (fault.aim === undefined) continue;
      const { at, fault: met } = fault.aim;
      seen.add(at);
      if (met === undefined) expect(aims).toContain(at);
      else expect(waiting.has(met as typeof fault.kind)).toBe(false);
    }
  }
  expect([...seen].sort()).toEqual(['after', 'during', 'leader', 'lease', 'long', 'reply', 'true', 'write']);
});
