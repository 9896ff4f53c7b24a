/**
 * Lost wake-ups against their plain definition: changes after the last read that the watch did not report.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { waitReasons } from '../../sim/backend/wait-reasons.js';
import type { Call } from '../../sim/history/calls.js';
import { call, log, operation, watch, watchOf } from '../history/hand-made-calls.js';

const KEYS = ['a', 'a1', 'b'] as const;

const changes = fc
  .array(
    fc.record({
      key: fc.constantFrom(...KEYS),
      type: fc.constantFrom('put' as const, 'delete' as const),
      by: fc.constantFrom('h1-1', 'h1-1', 'w1-1', undefined),
    }),
    { maxLength: 8 },
  )
  .map((list) => list.map((change, index) => ({ ...change, revision: index + 2 })));

const revisions = fc.integer({ min: 1, max: 10 });

const waits = fc.record({
  keys: fc.constantFrom('a', 'a*', 'a1'),
  only: fc.constantFrom(undefined, undefined, 'put' as const, 'delete' as const),
  state: fc.constantFrom('open' as const, 'open' as const, 'broken' as const),
  /** The first revision requested, or new events only, or unknown. */
  begins: fc.oneof(
    fc.record({ from: revisions }),
    fc.record({ from: fc.constant(0), createdRevision: revisions }),
    fc.constant({ from: 0 }),
  ),
  /** Up to which revision it has received everything. */
  toldUntil: fc.nat(10),
  /** The revisions at which the waiter read itself. */
  looks: fc.array(revisions, { maxLength: 2 }),
  /** The revisions at which others did: another node, and another operation of the same node. */
  others: fc.array(fc.record({ by: fc.constantFrom('h1-1', 'w1-0'), revision: revisions }), { maxLength: 2 }),
});

type Change = typeof changes extends fc.Arbitrary<readonly (infer T)[]> ? T : never;
type Wait = typeof waits extends fc.Arbitrary<infer T> ? T : never;

const isMeant = ({ keys, only }: Wait, { key, type }: Change) =>
  (keys === 'a*' ? key.startsWith('a') : key === keys) && (only === undefined || only === type);

/** The first revision that it reports; undefined if unknown. */
function beginningOf({ begins }: Wait): number | undefined {
  if (begins.from > 0) return begins.from;
  return 'createdRevision' in begins ? begins.createdRevision + 1 : undefined;
}

function isTold(wait: Wait, change: Change): boolean {
  const first = beginningOf(wait);
  const isReached = first !== undefined && change.revision >= first && change.revision <= wait.toldUntil;
  return isMeant(wait, change) && isReached;
}

function callsOf(list: readonly Change[], wait: Wait): Call[] {
  const { keys, begins, looks, others } = wait;
  const look = (by: string, revision: number) =>
    call({ by, sent: 20, method: 'KV.Range', looks: [`${keys}@${revision}`] });
  const more = { ...(wait.only === undefined ? {} : { only: wait.only }), state: wait.state };
  const told = list.filter((change) => isTold(wait, change));
  const reads = told.map(({ key, revision }) => `${key}@${revision}`);
  return [
    ...list.flatMap(({ by, revision }) =>
      by === undefined ? [] : [call({ by, sent: revision, wrote: revision })],
    ),
    ...looks.map((revision) => look('w1-1', revision)),
    ...others.map(({ by, revision }) => look(by, revision)),
    watch('w1-1', watchOf(keys, { by: 'w1-1', ...begins, ...more }), reads),
  ];
}

/** Every change by others after the waiter's first interest that it did not receive. */
function missedBy(list: readonly Change[], wait: Wait): readonly Change[] {
  const first = beginningOf(wait);
  if (first === undefined) return [];
  const lastLook = wait.looks.length === 0 ? first - 1 : Math.max(...wait.looks);
  return list.filter(
    (change) =>
      isMeant(wait, change) && change.by !== 'w1-1' && change.revision > lastLook && !isTold(wait, change),
  );
}

it('a wake-up is lost if and only if a change was missed, and the last such change is named', () => {
  const seen = { before: 0, untold: 0, unwatched: 0, none: 0 };
  fc.assert(
    fc.property(changes, waits, (list, wait) => {
      const entries = list.flatMap(({ revision, key, type }) =>
        log(`${revision}: ${key}${type === 'put' ? '=1' : ''}`),
      );
      const reasons = waitReasons({
        ...{ calls: callsOf(list, wait), log: entries, pending: [operation('w1-1', 0)] },
        ...{ unfinished: new Set(['w1']), crashes: [] },
      });
      const missed = missedBy(list, wait);
      const isLast = ({ key, revision }: Change) =>
        list.every((other) => other.key !== key || other.revision <= revision);
      const named = missed.filter(isLast).at(-1) ?? missed.at(-1);
      const lost = reasons.filter((reason) => reason.kind === 'lost');
      expect(lost.map(({ change }) => change.revision)).toEqual(named === undefined ? [] : [named.revision]);
      const first = beginningOf(wait) ?? 0;
      const later = wait.state === 'open' ? 'untold' : 'unwatched';
      const how = named === undefined ? 'none' : named.revision < first ? 'before' : later;
      expect(lost[0]?.how ?? 'none').toBe(how);
      if (named !== undefined)
        expect(lost[0]).toMatchObject({ fromRevision: first, change: { isLast: isLast(named) } });
      seen[how] += 1;
    }),
    { numRuns: Number(process.env['ROUNDS'] ?? 4000) },
  );
  // Far below the drawn number, so that chance does not matter.
  for (const [how, count] of Object.entries(seen))
    expect({ how, isOften: count > 30 }).toEqual({ how, isOften: true });
});
