/** The check of watches against the plain definition of a watch's promises. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWatch, type Bookmark, type ToldEvent, type ToldWatch } from '../../sim/check/watch.js';
import type { LogEntry } from '../../sim/history/history.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 10_000);

const KEYS = ['k', 'k/a', 'kk'] as const;

/** A log in which every revision changes some keys; only existing keys are deleted. */
const logs = fc
  .array(fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 }), { maxLength: 8 })
  .chain((writes) =>
    fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }).map((deletes) => {
      const there = new Map<string, number>();
      return writes.map((keys, index): LogEntry => {
        const revision = index + 2;
        const events = keys.map((key, place) => {
          const isDelete = there.has(key) && deletes[index * 3 + place] === true;
          const version = isDelete ? 0 : (there.get(key) ?? 0) + 1;
          if (isDelete) there.delete(key);
          else there.set(key, version);
          const value = isDelete ? '' : `${key}@${revision}`;
          return {
            type: isDelete ? 'delete' : 'put',
            key,
            value,
            createRevision: revision,
            version,
          } as const;
        });
        return { revision, events };
      });
    }),
  );

const requests = fc.record({
  only: fc.constantFrom<readonly string[]>(['k'], ['k', 'k/a'], KEYS),
  onlyPuts: fc.boolean(),
  start: fc.oneof(
    fc.constant({ kind: 'now' as const }),
    fc.integer({ min: 1, max: 10 }).map((revision) => ({ kind: 'from' as const, revision })),
  ),
  compactedTo: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(10) }),
});

type Request = typeof requests extends fc.Arbitrary<infer T> ? T : never;

/** Every event of the watch, as it should be sent. */
function due(log: readonly LogEntry[], { only, onlyPuts }: Request): ToldEvent[] {
  const present = new Map<string, string>();
  return log.flatMap(({ revision, events }) =>
    events.flatMap(({ type, key, value }): ToldEvent[] => {
      const previous = present.get(key) ?? null;
      if (type === 'put') present.set(key, value);
      else present.delete(key);
      if (!only.includes(key) || (onlyPuts && type === 'delete')) return [];
      return [{ type, key, value, revision, previous }];
    }),
  );
}

function watchOf(
  { only, onlyPuts, start, compactedTo }: Request,
  batches: ToldEvent[][],
  bookmarks: Bookmark[],
): ToldWatch {
  const matches = (key: string) => only.includes(key);
  return { id: 'o1-1', matches, onlyPuts, start, compactedTo, batches, bookmarks };
}

/**
 * The definition: the sent events are a piece of the due ones, in whole revisions. Whenever progress was
 * reported, that piece reached so far.
 */
function isRight(
  all: readonly ToldEvent[],
  { start, compactedTo }: Request,
  batches: ToldEvent[][],
  bookmarks: readonly Bookmark[],
): boolean {
  const told = batches.flat();
  // The first event that was sent, of either.
  const firstBookmark = bookmarks.find(
    ({ afterBatches }) => batches.slice(0, afterBatches).flat().length === 0,
  );
  const begins = firstBookmark === undefined ? told[0]?.revision : firstBookmark.revision + 1;
  const from = start.kind === 'from' ? start.revision : (begins ?? Infinity);
  const isReached = bookmarks.every(({ revision, afterBatches }) => {
    const until = batches.slice(0, afterBatches).flat();
    const reached = all.filter((event) => event.revision >= from && event.revision <= revision);
    return until.length >= reached.length;
  });
  const piece = all.filter(({ revision }) => revision >= from).slice(0, told.length);
  const isPiece =
    piece.length === told.length &&
    told.every((event, index) => {
      const { previous, ...rest } = piece[index] ?? {};
      const { previous: toldPrevious, ...toldRest } = event;
      expect(Object.keys(rest)).toEqual(Object.keys(toldRest));
      const isForgotten = toldPrevious === null && compactedTo >= event.revision;
      return (
        JSON.stringify(rest) === JSON.stringify(toldRest) &&
        (toldPrevious === undefined || toldPrevious === previous || isForgotten)
      );
    });
  const rest = all.filter(({ revision }) => revision >= from);
  let count = 0;
  const isWhole = batches.every((batch) => {
    count += batch.length;
    return batch.length === 0 || rest[count]?.revision !== batch.at(-1)?.revision;
  });
  return isPiece && isWhole && isReached;
}

/** How the sent events come to differ from the due ones; most draws leave them unchanged. */
const edits = fc.array(
  fc.record({
    kind: fc.constantFrom('drop', 'twice', 'swap', 'invent', 'previous', 'split', 'forget'),
    at: fc.nat(20),
  }),
  { maxLength: 2 },
);

function edited(
  batches: readonly (readonly ToldEvent[])[],
  list: readonly { readonly kind: string; readonly at: number }[],
): ToldEvent[][] {
  let result = batches.map((batch) => [...batch]);
  for (const { kind, at } of list) {
    const batch = result[at % Math.max(1, result.length)];
    const place = at % Math.max(1, batch?.length ?? 1);
    const event = batch?.[place];
    if (batch === undefined || event === undefined) continue;
    const { previous, ...rest } = event;
    if (kind === 'drop') batch.splice(place, 1);
    if (kind === 'twice') batch.splice(place, 0, event);
    if (kind === 'swap') batch.reverse();
    if (kind === 'invent') batch[place] = { ...event, value: 'invented' };
    if (kind === 'previous') batch[place] = { ...event, previous: previous === null ? 'wrong' : null };
    if (kind === 'forget') batch[place] = rest;
    if (kind === 'split') {
      result = result.flatMap((one) => (one === batch ? [one.slice(0, place), one.slice(place)] : [one]));
    }
  }
  return result;
}

it('a watch is satisfied if and only if it matches the log', () => {
  const seen = { satisfied: 0, violated: 0 };
  fc.assert(
    fc.property(
      logs,
      requests,
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 8 }),
      edits,
      fc.array(fc.record({ at: fc.nat(8), ahead: fc.integer({ min: -2, max: 3 }) }), { maxLength: 3 }),
      (log, request, sizes, list, drawn) => {
        const all = due(log, request);
        const from = request.start.kind === 'from' ? request.start.revision : 4;
        const revisions = [
          ...new Set(all.filter(({ revision }) => revision >= from).map((event) => event.revision)),
        ];
        const batches: ToldEvent[][] = [];
        for (const size of sizes) {
          const taken = revisions.splice(0, size);
          if (taken.length > 0) batches.push(all.filter(({ revision }) => taken.includes(revision)));
        }
        const told = edited(batches, list);
        const bookmarks = drawn
          .map(({ at, ahead }): Bookmark => {
            const afterBatches = at % (told.length + 1);
            const last = told.slice(0, afterBatches).flat().at(-1)?.revision ?? from - 1;
            return { revision: Math.max(1, last + ahead), afterBatches };
          })
          .sort((one, other) => one.afterBatches - other.afterBatches);
        const expected = isRight(all, request, told, bookmarks) ? 'satisfied' : 'violated';
        const finding = checkWatch(log, watchOf(request, told, bookmarks));
        expect(finding.verdict).toBe(expected);
        seen[expected] += 1;
      },
    ),
    { numRuns: ROUNDS },
  );
  // Far below the drawn number, so that chance does not matter.
  expect(seen.satisfied).toBeGreaterThan(ROUNDS / 10);
  expect(seen.violated).toBeGreaterThan(ROUNDS / 10);
});

describe('the broken promise is named', () => {
  const put = (key: string, revision: number, previous: string | null = null): ToldEvent => {
    return { type: 'put', key, value: `v${revision}`, revision, previous };
  };
  const log = [2, 3, 4].map((revision): LogEntry => {
    const event = (key: string) =>
      ({ type: 'put', key, value: `v${revision}`, createRevision: 2, version: revision - 1 }) as const;
    return { revision, events: revision === 3 ? [event('a'), event('b')] : [event('a')] };
  });
  const [two, three, four] = [put('a', 2), put('a', 3, 'v2'), put('a', 4, 'v3')];
  const other = put('b', 3);
  it.each<[string, ToldEvent[][], number[], Partial<ToldWatch>?]>([
    ['ordered', [[two], [three, other], [two]], [2, 3]],
    ['unique', [[two], [three, other], [other]], [3]],
    ['reliable', [[two], [four]], [3, 4]],
    ['atomic', [[two], [three], [other]], [3]],
    ['prev_kv', [[put('a', 2, 'v1')]], [2]],
    ['truthful', [[put('c', 2)]], [2]],
    ['resumable', [[two], [two]], [2], { resumedBefore: [1] }],
    ['resumable', [[two], [four]], [3, 4], { resumedBefore: [1] }],
    ['resumable', [[two]], [2], { start: { kind: 'from', revision: 3 } }],
    ['bookmarkable', [[two]], [3], { bookmarks: [{ revision: 3, afterBatches: 1 }] }],
    ['bookmarkable', [[two]], [2], { start: { kind: 'now' }, bookmarks: [{ revision: 2, afterBatches: 0 }] }],
    ['bookmarkable', [[two], [three, other], [two]], [2], { bookmarks: [{ revision: 2, afterBatches: 1 }] }],
  ])('%s', (promise, batches, revisions, more = {}) => {
    const finding = checkWatch(log, {
      ...{ id: 'o1', matches: () => true, onlyPuts: false, compactedTo: 0, batches },
      start: { kind: 'from', revision: 1 },
      ...more,
    });
    expect(finding).toMatchObject({ verdict: 'violated', operations: ['o1'], revisions });
    expect(finding).toMatchObject({ message: expect.stringContaining(`o1, ${promise}: `) as string });
  });
});
