/** The graph of transactions, its components, and the cycle that is reported. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../../sim/check/transactions/components.js';
import { findCycle, type CycleLimits, type Step } from '../../../sim/check/transactions/cycle.js';
import { buildGraph } from '../../../sim/check/transactions/graph.js';
import { committed, edgesIn, graphOf, kinds, versionsOf, type Edge } from '../transaction-graphs.js';

describe('the graph of transactions has', () => {
  const read = { isAbsentFromRange: false, others: [] };
  const a = versionsOf('a', [3, 0], [5, 1]);
  const b = versionsOf('b', [4, 2]);
  const keys = new Map([a, b].map((versions) => [versions.key, versions]));

  it('an edge from a version to the next, from a version to its reader, and from that one to the next version', () => {
    const graph = buildGraph(
      ['t0', 't1', 't2', 't3'].map((id) => committed(id)),
      keys,
      [
        { ...read, reader: 2, versions: a, version: 0 },
        { ...read, reader: 3, versions: b, version: 0 },
        // The absence before the first version has no writer.
        { ...read, reader: 3, versions: a, version: -1 },
      ],
    );
    expect(edgesIn(graph)).toEqual(['0 ww a 1', '0 wr a 2', '2 rw a 1', '2 wr b 3', '3 rw a 0']);
    expect(graph).toMatchObject({ transactions: 4, nodes: 4, keys: ['a', 'b'] });
  });

  it('no edge from a transaction to itself', () => {
    const own = versionsOf('a', [3, 0], [5, 0]);
    const graph = buildGraph([committed('t0')], new Map([['a', own]]), [
      { ...read, reader: 0, versions: own, version: 0 },
    ]);
    expect(edgesIn(graph)).toEqual([]);
  });

  it('a chain of returns, from the last of which before an invocation an edge leads to the invoked one', () => {
    const times: readonly (readonly [number, number?])[] = [
      [6, 9],
      [1, 3],
      [2, 5],
      // At the very moment of a return it is still concurrent.
      [5, 12],
      [10],
    ];
    const graph = buildGraph(
      times.map((time, index) => committed(`t${index}`, { time })),
      new Map(),
      [],
    );
    // They return in the order 1, 2, 0, 3, which are the nodes 5 to 8.
    expect(edgesIn(graph)).toEqual([
      ...['0 time 7', '1 time 5', '2 time 6', '3 time 8'],
      ...['5 time 6', '5 time 3', '6 time 7', '6 time 0', '7 time 8', '7 time 4'],
    ]);
    expect(graph).toMatchObject({ transactions: 5, nodes: 9, keys: [] });
  });
});

/** Any edges between so many nodes; no two share a key. */
const drawnEdges = (nodes: number, edgesMax: number) =>
  fc
    .array(
      fc.tuple(
        fc.nat(nodes - 1),
        fc.integer({ min: 1, max: nodes - 1 }),
        fc.constantFrom('ww' as const, 'wr' as const, 'rw' as const, 'time' as const),
      ),
      { maxLength: edgesMax },
    )
    .map((drawn) =>
      drawn.map(([from, step, kind], index): Edge => {
        const to = (from + step) % nodes;
        return kind === 'time' ? [from, to, kind] : [from, to, kind, `k${index}`];
      }),
    );

describe('components', () => {
  it('are the same for two nodes iff each can be reached from the other, by edges of the wanted kinds', () => {
    const seen = { cyclic: 0, not: 0 };
    fc.assert(
      fc.property(drawnEdges(6, 12), fc.constantFrom(1, 3, 7, 15, 8), (edges, wanted) => {
        const components = componentsOf(graphOf(edges, 6), wanted);
        const reached = Array.from({ length: 6 }, (_, from) => new Set([from]));
        for (let round = 0; round < 6; round++) {
          for (const [from, to, kind] of edges) {
            if ((kinds[kind] & wanted) === 0) continue;
            for (const set of reached) if (set.has(from)) set.add(to);
          }
        }
        const isReached = (from: number, to: number) => reached[from]?.has(to) === true;
        let cyclic = false;
        for (let one = 0; one < 6; one++) {
          for (let other = 0; other < one; other++) {
            const both = isReached(one, other) && isReached(other, one);
            expect(components.of[one] === components.of[other]).toBe(both);
            cyclic ||= both;
          }
        }
        expect(components.cyclic).toBe(cyclic);
        seen[cyclic ? 'cyclic' : 'not'] += 1;
      }),
      { numRuns: 500, seed: 6 },
    );
    expect(seen.cyclic).toBeGreaterThan(50);
    expect(seen.not).toBeGreaterThan(50);
  });
});

/** The order of revisions is that of the numbers. */
const inOrder = (count: number) => Float64Array.from({ length: count }, (_, index) => index);

interface Search {
  readonly positions?: Float64Array;
  /** With those of the chain of returns. */
  readonly nodes?: number;
  readonly limits?: CycleLimits;
}

function cycleOf(
  edges: readonly Edge[],
  transactions: number,
  { positions = inOrder(transactions), nodes = transactions, ...more }: Search = {},
) {
  return findCycle(graphOf(edges, nodes, transactions), positions, more.limits);
}

/** The steps in one text each, such as `0 ww a 1`, from the smallest on. */
function textOf(cycle: readonly Step[] | undefined) {
  return cycle
    ?.map(({ from, kind, key, to }) => [from, kind, ...(key === '' ? [] : [key]), to].join(' '))
    .sort();
}

/** By the definition: the first class that has a cycle, and how many steps its shortest cycle has. */
function plainSearch(edges: readonly Edge[], nodes: number) {
  const classes = [
    ...[
      { wanted: 1, most: 0 },
      { wanted: 3, most: 0 },
      { wanted: 7, most: 1 },
      { wanted: 7, most: 2 },
    ],
    ...[
      { wanted: 9, most: 0 },
      { wanted: 11, most: 0 },
      { wanted: 15, most: 1 },
      { wanted: 15, most: 2 },
    ],
  ];
  for (const { wanted, most } of classes) {
    const usable = edges.filter(([, , kind]) => (kinds[kind] & wanted) !== 0);
    let shortest = Infinity;
    for (let start = 0; start < nodes; start++) {
      // A node, and how many anti-dependencies led there: none, one, or more.
      let places = new Set([3 * start]);
      for (let length = 1; length < shortest && length <= 3 * nodes; length++) {
        const next = new Set<number>();
        for (const place of places) {
          const [node, count] = [Math.floor(place / 3), place % 3];
          for (const [from, to, kind] of usable) {
            if (from === node) next.add(3 * to + Math.min(2, count + (kind === 'rw' ? 1 : 0)));
          }
        }
        if (next.has(3 * start + most)) shortest = length;
        places = next;
      }
    }
    if (shortest < Infinity) return { wanted, most, shortest };
  }
  return undefined;
}

describe('the reported cycle', () => {
  it('is a shortest one of the most severe kind', () => {
    let cyclic = 0;
    const positions = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    fc.assert(
      // A step of real time between two transactions is one edge here.
      fc.property(drawnEdges(5, 9), positions, (drawn, order) => {
        const edges = drawn.map(([from, to, kind], index): Edge => [from, to, kind, `k${index}`]);
        const cycle = cycleOf(edges, 5, { positions: Float64Array.from(order) });
        const expected = plainSearch(edges, 5);
        expect(cycle === undefined).toBe(expected === undefined);
        if (cycle === undefined || expected === undefined) return;
        cyclic += 1;
        const { wanted, most, shortest } = expected;
        const known = new Set(edges.map((edge) => edge.join(' ')));
        expect(cycle).toHaveLength(shortest);
        expect(Math.min(2, cycle.filter(({ kind }) => kind === 'rw').length)).toBe(most);
        for (const [index, { from, kind, key, to }] of cycle.entries()) {
          const name = kind === 'real-time' ? 'time' : kind;
          expect(known.has(`${from} ${to} ${name} ${key}`)).toBe(true);
          expect(kinds[name] & wanted).not.toBe(0);
          expect(cycle[(index + 1) % cycle.length]?.from).toBe(to);
        }
      }),
      { numRuns: 400, seed: 6 },
    );
    expect(cyclic).toBeGreaterThan(100);
  });

  it('is one of overwrites rather than a shorter one with reads, and one without real time rather than with it', () => {
    const overwrites: Edge[] = [
      [0, 1, 'ww', 'a'],
      [1, 2, 'ww', 'b'],
      [2, 0, 'ww', 'c'],
    ];
    const back: Edge = [1, 0, 'wr', 'a'];
    expect(textOf(cycleOf([...overwrites, back], 3))).toEqual(['0 ww a 1', '1 ww b 2', '2 ww c 0']);
    expect(textOf(cycleOf([...overwrites, [1, 0, 'time']], 3))).toHaveLength(3);
    expect(textOf(cycleOf([...overwrites.slice(1), [0, 1, 'rw', 'a'], [1, 0, 'rw', 'b']], 3))).toEqual([
      ...['0 rw a 1', '1 ww b 2', '2 ww c 0'],
    ]);
  });

  it('tells successive overwrites of one key as one step, wherever the search began', () => {
    const edges: Edge[] = [
      [0, 1, 'ww', 'a'],
      [1, 2, 'ww', 'a'],
      [2, 3, 'ww', 'b'],
      [3, 0, 'rw', 'c'],
    ];
    const expected = ['0 ww a 2', '2 ww b 3', '3 rw c 0'];
    expect(textOf(cycleOf(edges, 4))).toEqual(expected);
    // Only the overwrite by transaction 2 goes back, so that the circle is cut within the step.
    const positions = Float64Array.from([1, 2, 0, 0.5]);
    expect(textOf(cycleOf(edges, 4, { positions }))).toEqual(expected);
  });

  it('tells reads one by one, also those of one key', () => {
    const edges: Edge[] = [
      [0, 1, 'rw', 'a'],
      [1, 2, 'rw', 'a'],
      [2, 0, 'rw', 'a'],
    ];
    expect(textOf(cycleOf(edges, 3))).toEqual(['0 rw a 1', '1 rw a 2', '2 rw a 0']);
    const positions = Float64Array.from([1, 2, 0]);
    expect(textOf(cycleOf(edges, 3, { positions }))).toEqual(['0 rw a 1', '1 rw a 2', '2 rw a 0']);
  });

  it('tells the way through the chain of returns as one step from the one that returned', () => {
    const edges: Edge[] = [
      [1, 2, 'time'],
      [2, 3, 'time'],
      [3, 0, 'time'],
      [0, 1, 'rw', 'a'],
    ];
    expect(textOf(cycleOf(edges, 2, { nodes: 4 }))).toEqual(['0 rw a 1', '1 real-time 0']);
  });

  it('may go through the chain more than once', () => {
    const edges: Edge[] = [
      [0, 1, 'rw', 'a'],
      [1, 4, 'time'],
      [4, 2, 'time'],
      [2, 3, 'rw', 'b'],
      [3, 5, 'time'],
      [5, 0, 'time'],
    ];
    const expected = ['0 rw a 1', '1 real-time 2', '2 rw b 3', '3 real-time 0'];
    expect(textOf(cycleOf(edges, 4, { nodes: 6 }))).toEqual(expected);
  });

  it('has few transactions, however long the chain between them is', () => {
    const chain = Array.from({ length: 9 }, (_, index): Edge => [4 + index, 5 + index, 'time']);
    const edges: Edge[] = [
      [1, 0, 'rw', 'a'],
      ...([[0, 4, 'time'], ...chain, [13, 1, 'time']] as Edge[]),
      // This way has fewer edges and more transactions.
      ...([
        [0, 2, 'time'],
        [2, 3, 'wr', 'b'],
        [3, 1, 'wr', 'c'],
      ] as Edge[]),
    ];
    const positions = Float64Array.from([0, 3, 1, 2]);
    expect(textOf(cycleOf(edges, 4, { nodes: 14, positions }))).toEqual(['0 real-time 1', '1 rw a 0']);
  });

  it('is found among transactions of one place in the order of revisions', () => {
    const edges: Edge[] = [
      [0, 1, 'rw', 'a'],
      [1, 0, 'wr', 'b'],
    ];
    expect(cycleOf(edges, 2, { positions: Float64Array.from([7, 7]) })).toHaveLength(2);
  });

  it('is none if no edge leads back', () => {
    expect(cycleOf([], 2)).toBeUndefined();
    expect(
      cycleOf(
        [
          [0, 1, 'ww', 'a'],
          [0, 1, 'rw', 'b'],
          [1, 2, 'time'],
        ],
        3,
      ),
    ).toBeUndefined();
  });
});

describe('the search for a cycle', () => {
  const limits = (beginnings: number, edgesVisited = Infinity) => ({ limits: { beginnings, edgesVisited } });
  /** A circle through all these transactions; the only edge back leads to the first of them. */
  const circle = (key: string, ...members: readonly number[]) =>
    members.map((from, index): Edge => [
      from,
      members[(index + 1) % members.length] ?? 0,
      'wr',
      `${key}${index}`,
    ]);

  it('begins with the earliest edges that go back, and tries as many as it may', () => {
    const edges = [...circle('a', 0, 1, 2, 3), ...circle('b', 4, 5, 6), ...circle('c', 7, 8)];
    expect(cycleOf(edges, 9, limits(1))).toHaveLength(4);
    expect(cycleOf(edges, 9, limits(2))).toHaveLength(3);
    expect(cycleOf(edges, 9, limits(3))).toHaveLength(2);
    const late = Float64Array.from([20, 21, 22, 23, 10, 11, 12, 0, 1]);
    expect(cycleOf(edges, 9, { positions: late, ...limits(1) })).toHaveLength(2);
    const mixed = Float64Array.from([10, 11, 12, 13, 0, 1, 2, 20, 21]);
    expect(cycleOf(edges, 9, { positions: mixed, ...limits(1) })).toHaveLength(3);
  });

  it('counts no beginning that is in no cycle, or not of the wanted kind', () => {
    const idle: Edge[] = [
      [2, 1, 'wr', 'x'],
      [3, 1, 'wr', 'y'],
      [5, 4, 'time'],
    ];
    expect(cycleOf([...idle, ...circle('a', 5, 6)], 7, limits(1))).toHaveLength(2);
    const overwritten: Edge[] = [
      [0, 1, 'ww', 'a'],
      [1, 0, 'rw', 'a'],
      [2, 3, 'ww', 'b'],
      [3, 2, 'ww', 'c'],
    ];
    expect(textOf(cycleOf(overwritten, 4, limits(1)))).toEqual(['2 ww b 3', '3 ww c 2']);
  });

  it('finds some cycle where it may try nothing', () => {
    const edges: Edge[] = [
      [0, 1, 'rw', 'a'],
      [1, 2, 'rw', 'b'],
      [2, 0, 'rw', 'c'],
      [3, 4, 'ww', 'd'],
      [4, 3, 'ww', 'e'],
    ];
    expect(textOf(cycleOf(edges, 5, limits(9)))).toEqual(['3 ww d 4', '4 ww e 3']);
    const any = ['0 rw a 1', '1 rw b 2', '2 rw c 0'];
    expect(textOf(cycleOf(edges, 5, limits(0)))).toEqual(any);
    expect(textOf(cycleOf(edges, 5, limits(9, 0)))).toEqual(any);
    for (const kind of ['ww', 'wr', 'rw'] as const) {
      const two: Edge[] = [
        [0, 1, kind, 'a'],
        [1, 0, 'wr', 'b'],
      ];
      expect(cycleOf(two, 2, limits(0))).toHaveLength(2);
    }
  });

  it('stops when it has visited as many edges as it may, and counts those of each transaction that it visits', () => {
    // The search from 0 back to 3 visits an edge of 0, one of 1 and four of 2; then that from 7 to 8 visits one.
    const aside = [4, 5, 6].map((to): Edge => [2, to, 'wr', `x${to}`]);
    const edges = [...circle('a', 0, 1, 2, 3), ...aside, ...circle('b', 7, 8)];
    const visits = (edgesVisited: number) => cycleOf(edges, 9, limits(9, edgesVisited))?.length;
    expect(visits(99)).toBe(2);
    expect(visits(8)).toBe(2);
    expect(visits(7)).toBe(4);
    // The longer cycle is found in the end, because one search has no limit.
    expect(visits(5)).toBe(4);
    expect(visits(1)).toBe(4);
  });
});
