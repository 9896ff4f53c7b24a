/** The check of double barriers: correct rounds pass however the calls overlap, and planted errors do not. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { doubleBarrierViolation, type Stay } from '../../sim/check/double-barrier.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5000);

const NODES = ['n1', 'n2', 'n3', 'n4'];

/**
 * Rounds in sequence: all members of one arrive before any learns of it, and all leave before any learns of
 * that.
 */
const rounds = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc
    .array(
      fc.record({
        nodes: fc.shuffledSubarray(NODES, { minLength: count, maxLength: count }),
        // How long each of its steps takes.
        delays: fc.array(fc.nat(40), { minLength: 4 * count, maxLength: 4 * count }),
        givesUp: fc.boolean(),
        loses: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((drawn) => {
      const stays: Stay[] = [];
      drawn.forEach(({ nodes, delays, givesUp, loses }, round) => {
        const start = round * 1000;
        nodes.forEach((node, index) => {
          const at = (step: number) => start + step * 100 + (delays[4 * index + step] ?? 0) + index / 10;
          const id = `${node}-${round}`;
          const isLost = loses && index === 0;
          stays.push({
            ...{ id, node, barrier: 'a', came: at(0), entered: at(1), goes: at(2) },
            ...(isLost ? {} : { left: at(3) }),
            ...{ stayed: !isLost, lost: isLost },
          });
        });
        const other = NODES.find((node) => !nodes.includes(node));
        if (!givesUp || other === undefined) return;
        const id = `${other}-${round}`;
        stays.push({
          ...{ id, node: other, barrier: 'a', came: start + 5, goes: start + 60 },
          ...{ stayed: false, lost: false },
        });
      });
      return { count, stays };
    }),
);

it('correct rounds pass', () => {
  fc.assert(
    fc.property(rounds, ({ count, stays }) => {
      expect(doubleBarrierViolation(stays, count)).toBeUndefined();
    }),
    { numRuns: 5000 },
  );
});

it('a node that learns too early that it is in, or that all have left, is named', () => {
  const seen = { 'entered early': 0, 'left early': 0 };
  fc.assert(
    fc.property(rounds, fc.nat(20), fc.boolean(), ({ count, stays }, which, enters) => {
      const right = stays.filter(({ entered, stayed }) => entered !== undefined && stayed);
      const stay = right[which % right.length];
      if (stay === undefined || count < 2) return;
      const company = stays.filter(
        (other) => other !== stay && Math.floor(other.came / 1000) === Math.floor(stay.came / 1000),
      );
      // No other node has arrived yet, or none leaves before all of them learn it.
      const [alone, others] = enters
        ? [{ ...stay, entered: stay.came + 1 }, company.map((other) => ({ ...other, came: stay.came + 2 }))]
        : [
            { ...stay, left: stay.goes + 1 },
            company.map((other) => ({ ...other, goes: Math.max(other.goes, stay.goes + 2) })),
          ];
      if (!enters && !company.some((other) => other.stayed && (other.entered ?? Infinity) < stay.goes))
        return;
      const wrong = [
        ...stays.filter((other) => other !== stay && !company.includes(other)),
        alone,
        ...others,
      ];
      const found = doubleBarrierViolation(wrong, count);
      expect(found?.kind).toBe(enters ? 'entered early' : 'left early');
      if (found !== undefined) seen[found.kind] += 1;
    }),
    { numRuns: 3000 },
  );
  expect(seen['entered early']).toBeGreaterThan(300);
  expect(seen['left early']).toBeGreaterThan(300);
});

it('a key that a lost session left counts as a member, once for each session', () => {
  const stay = (node: string, came: number, more: Partial<Stay> = {}): Stay => {
    return {
      id: `${node}@${came}`,
      node,
      barrier: 'a',
      came,
      goes: came + 100,
      stayed: true,
      lost: false,
      ...more,
    };
  };
  const ghost = stay('n1', 0, { lost: true, stayed: false });
  const again = stay('n1', 10, { entered: 20 });
  expect(doubleBarrierViolation([ghost, again], 2)).toBeUndefined();
  expect(doubleBarrierViolation([{ ...ghost, lost: false }, again], 2)).toMatchObject({
    kind: 'entered early',
    stay: again,
  });
  expect(doubleBarrierViolation([ghost, again], 3)).toMatchObject({ kind: 'entered early' });
});

/** Any stays of nodes that each do one thing after the other, correct or not. */
const anyStays = fc
  .array(
    fc.record({
      node: fc.constantFrom(...NODES),
      barrier: fc.constantFrom('a', 'a', 'b'),
      steps: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 5 }),
      fate: fc.constantFrom('whole', 'whole', 'whole', 'gives up', 'lost', 'stays'),
    }),
    { maxLength: 9 },
  )
  .map((drawn) => {
    const freeAt = new Map<string, number>();
    return drawn.map(({ node, barrier, steps, fate }, index): Stay => {
      let at = freeAt.get(node) ?? 0;
      // All moments differ, as they do in a run.
      const next = (step: number) => (at += steps[step] ?? 1) + index / 100;
      const id = `${node}-${index}`;
      const common = { id, node, barrier, came: next(0) };
      if (fate === 'gives up') {
        const goes = next(1);
        freeAt.set(node, at);
        return { ...common, goes, stayed: false, lost: false };
      }
      const entered = next(1);
      if (fate === 'lost') {
        freeAt.set(node, at);
        return { ...common, entered, goes: next(2) + 20, stayed: false, lost: true };
      }
      const goes = next(2);
      const left = next(3);
      freeAt.set(node, at);
      if (fate === 'stays') return { ...common, entered, goes, stayed: false, lost: false };
      return { ...common, entered, goes, left, stayed: true, lost: false };
    });
  });

/** Whether every promise was kept, by checking every moment and every pair. */
function isKept(stays: readonly Stay[], count: number): boolean {
  const moments = stays.map(({ came }) => came);
  return stays.every((stay) => {
    const { entered, left } = stay;
    const own = stays.filter(({ barrier }) => barrier === stay.barrier);
    // The number of members only grows when one arrives.
    const wasFull = moments.some(
      (at) =>
        at >= stay.came &&
        at < (entered ?? 0) &&
        own.filter(({ came, goes }) => came <= at && at < goes).length >= count,
    );
    if (entered !== undefined && !wasFull) return false;
    const wasLeft = own.some(
      (other) => other.stayed && (other.entered ?? Infinity) < stay.goes && other.goes > (left ?? Infinity),
    );
    return !wasLeft;
  });
}

it('of any stays those are reported in which no moment was full, or a member was left behind', () => {
  const seen = { kept: 0, broken: 0 };
  fc.assert(
    fc.property(anyStays, fc.integer({ min: 1, max: 3 }), (stays, count) => {
      const found = doubleBarrierViolation(stays, count);
      expect(found === undefined).toBe(isKept(stays, count));
      if (found !== undefined) {
        // The few named ones show it by themselves.
        const witness =
          found.kind === 'left early' ? [found.stay, found.inside] : [found.stay, ...found.company];
        expect(doubleBarrierViolation(witness, count)).toBeDefined();
      }
      seen[found === undefined ? 'kept' : 'broken'] += 1;
    }),
    { numRuns: ROUNDS },
  );
  expect(seen.kept).toBeGreaterThan(ROUNDS / 20);
  expect(seen.broken).toBeGreaterThan(ROUNDS / 20);
});

it('members that were never there at the same time do not count together', () => {
  const stay = (node: string, came: number, goes: number, entered?: number): Stay => {
    const common = { id: `${node}@${came}`, node, barrier: 'a', came, goes, stayed: false, lost: false };
    return entered === undefined ? common : { ...common, entered };
  };
  const alone = stay('n1', 0, 200, 100);
  const [gone, late] = [stay('n2', 1, 10), stay('n3', 50, 99)];
  expect(doubleBarrierViolation([alone, gone, late], 3)).toMatchObject({
    kind: 'entered early',
    stay: alone,
  });
  expect(doubleBarrierViolation([alone, stay('n2', 1, 60), late], 3)).toBeUndefined();
});

it('checks a hundred thousand stays', () => {
  const stays = Array.from({ length: 50_000 }, (_, round): Stay[] =>
    ['n1', 'n2'].map((node, index) => {
      const at = round * 10 + index / 10;
      const times = { came: at, entered: at + 2, goes: at + 4, left: at + 6 };
      return { id: `${node}-${round}`, node, barrier: 'a', ...times, stayed: true, lost: false };
    }),
  ).flat();
  expect(doubleBarrierViolation(stays, 2)).toBeUndefined();
});
