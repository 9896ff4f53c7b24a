/** Every fault matches its own schema: drawn or shrunk, and in no other form. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultKindNames, faultKinds, isPossibleFault, type Fault } from '../../sim/faults/index.js';
import type { FaultTargets } from '../../sim/faults/fault.js';
import { simpler } from '../../sim/explore/shrink/candidates.js';
import type { Plan } from '../../sim/plan/plan.js';
import { planOf, tinyScenario } from '../backend/tiny-scenario.js';

const names = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

const targets: fc.Arbitrary<FaultTargets> = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(3, 5),
    fc.integer({ min: 1, max: 10_000 }),
    fc.boolean(),
  )
  .map(([nodes, members, horizonMs, horizonIsLong]) => ({
    ...{ nodes: names('n', nodes), members: names('m', members) },
    ...{ peers: [], horizonMs, horizonIsLong },
  }));

describe.each(faultKindNames)('%s', (kind) => {
  const drawn = targets.chain((some) => faultKinds[kind].arbitrary(some) as fc.Arbitrary<Fault>);

  it('passes when drawn, and when shrunk', () => {
    fc.assert(
      fc.property(drawn, (fault) => {
        expect(isPossibleFault(fault)).toBe(true);
        const plan: Plan = { ...planOf(tinyScenario(() => Promise.resolve())), faults: [fault] };
        for (const smaller of simpler(plan, {}))
          expect(smaller.plan.faults.every(isPossibleFault)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('is refused if one of its fields is missing, or there is an extra one', () => {
    for (const fault of fc.sample(drawn, { numRuns: 3, seed: 1 })) {
      for (const name of Object.keys(fault)) {
        // An expired token without a node means the tokens of all nodes.
        if (kind === 'token-expired' && name === 'node') continue;
        // Older repros do not contain the time before the database is full.
        if (kind === 'no-space' && name === 'letInMs') continue;
        const { [name as 'kind']: _, ...rest } = fault;
        expect(isPossibleFault(rest as Fault), name).toBe(false);
      }
      expect(isPossibleFault({ ...fault, ...{ more: 1 } })).toBe(false);
    }
  });
});
