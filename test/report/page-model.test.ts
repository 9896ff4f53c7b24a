/** The page's own arithmetic: the view, the positions of bars, the bar under the pointer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endings, witnessesOf } from '../../reports/app/data/operations.js';
import { STYLES } from '../../reports/app/diagram/arrows.js';
import {
  BAND_ROW_HEIGHT,
  geometryOf,
  hitAt,
  rowBox,
  toTimeUs,
  toX,
  type Filter,
} from '../../reports/app/diagram/geometry.js';
import {
  panView,
  revealInView,
  SPAN_MIN_US,
  ticksOf,
  wholeView,
  zoomView,
} from '../../reports/app/diagram/scale.js';
import { firstEndingFrom } from '../../reports/app/diagram/scene.js';
import { formatTick } from '../../reports/app/page/format.js';
import { buildRun } from './fixture.js';
import { sceneOf } from './page-fixture.js';

const everything: Filter = { endings: new Set(endings), styles: new Set(STYLES), hiddenLanes: new Set() };

describe('the view', () => {
  const extent = fc.integer({ min: 1, max: 10_000_000 });

  it('stays within the run and never gets shorter than its minimum, after any input', () => {
    const move = fc.oneof(
      fc.record({
        factor: fc.double({ min: 0.01, max: 100, noNaN: true }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ byUs: fc.integer({ min: -20_000_000, max: 20_000_000 }) }),
    );
    fc.assert(
      fc.property(extent, fc.array(move, { maxLength: 30 }), (extentUs, moves) => {
        let view = wholeView(extentUs);
        for (const step of moves) {
          const span = view.endUs - view.startUs;
          view =
            'byUs' in step
              ? panView(view, step.byUs, extentUs)
              : zoomView(view, step.factor, view.startUs + step.share * span, extentUs);
          expect(view.startUs).toBeGreaterThanOrEqual(0);
          expect(view.endUs).toBeLessThanOrEqual(extentUs + 1e-6);
          expect(view.endUs - view.startUs).toBeGreaterThanOrEqual(Math.min(SPAN_MIN_US, extentUs) - 1e-6);
        }
      }),
    );
  });

  it('keeps the moment under the pointer where it is while zooming in', () => {
    const view = zoomView({ startUs: 1000, endUs: 5000 }, 0.5, 2000, 10_000);
    expect(view).toEqual({ startUs: 1500, endUs: 3500 });
  });

  it('moves only as far as it must to show an operation', () => {
    const view = { startUs: 1000, endUs: 2000 };
    expect(revealInView(view, 1500, 1600, 10_000)).toBe(view);
    expect(revealInView(view, 5000, 5200, 10_000)).toEqual({ startUs: 4600, endUs: 5600 });
  });

  it('has ticks at round times, no more than asked for', () => {
    fc.assert(
      fc.property(extent, fc.integer({ min: 1, max: 20 }), (extentUs, countMax) => {
        const { stepUs, timesUs } = ticksOf(wholeView(extentUs), countMax);
        expect(timesUs.length).toBeLessThanOrEqual(countMax + 1);
        expect(String(stepUs)).toMatch(/^(1|2|5)0*$/);
        for (const timeUs of timesUs) expect(timeUs % stepUs).toBe(0);
      }),
    );
  });

  it('labels ticks in the unit of their distance', () => {
    expect(formatTick(0, 50_000)).toBe('0');
    expect(formatTick(1_500_000, 500_000)).toBe('1,500 ms');
    expect(formatTick(3_000_000, 1_000_000)).toBe('3 s');
    expect(formatTick(20, 10)).toBe('20 µs');
  });
});

describe('the lanes', () => {
  it('are one for each node that did something, and none for an idle one', () => {
    const data = buildRun({ nodes: 3 });
    const idle = {
      ...data,
      plan: { ...data.plan, nodes: [...data.plan.nodes, { name: 'idle', operations: [] }] },
    };
    expect(sceneOf(idle).lanes.map(({ actor }) => actor)).toEqual(['n1', 'n2', 'n3']);
  });

  it('hold every operation once, and no two overlap in a row', () => {
    const operation = fc.record({
      node: fc.constantFrom('n1', 'n2'),
      at: fc.integer({ min: 0, max: 100 }),
      takes: fc.option(fc.integer({ min: 0, max: 60 })),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (drawn) => {
        const operations = drawn
          .sort((a, b) => a.at - b.at)
          .map(({ node, at, takes }, index) => ({
            id: String(index),
            node,
            name: 'x',
            input: null,
            invoke: { sequence: index, timeUs: at },
            ...(takes === null
              ? {}
              : {
                  return: { sequence: 100 + index, timeUs: at + takes },
                  outcome: { kind: 'ok' as const, output: null },
                }),
          }));
        const scene = sceneOf({ ...buildRun({ nodes: 2 }), operations });
        const bars = scene.lanes.flatMap((lane) => lane.rows.flat());
        expect(bars.map((bar) => bar.operation.id).sort()).toEqual(operations.map(({ id }) => id).sort());
        for (const row of scene.lanes.flatMap((lane) => lane.rows)) {
          row
            .slice(1)
            .forEach((bar, index) => expect(bar.startUs).toBeGreaterThanOrEqual(row[index]?.endUs ?? 0));
        }
      }),
    );
  });

  it('draw an operation that never returned to the end of the run', () => {
    const scene = sceneOf(buildRun({ deadlockedNodes: 1 }));
    const open = scene.bars.filter((bar) => bar.ending === 'pending');
    expect(open.map((bar) => bar.endUs)).toEqual([scene.extentUs]);
  });

  it('leave room for an operation that begins and returns at the very end', () => {
    const data = buildRun({ nodes: 1 });
    const operations = data.operations.slice(0, 1).map((operation) => ({
      ...operation,
      invoke: { sequence: 1, timeUs: 2000 },
      return: { sequence: 2, timeUs: 2000 },
    }));
    expect(sceneOf({ ...data, operations, faults: [] }).extentUs).toBeGreaterThan(2000);
  });

  it('shade the lane of the node a fault hit, and all lanes for a member without a lane', () => {
    const { bands } = sceneOf(buildRun({ nodes: 10, operationsPerNode: 100, faults: true }));
    expect(bands.map(({ fault, lanes }) => [fault.kind, lanes])).toEqual([
      ['latency', [1]],
      ['partition', [2]],
      ['member-restart', undefined],
      ['reply-lost', [7]],
    ]);
    expect(bands.map(({ row }) => row)).toEqual([0, 1, 0, 0]);
  });

  it('know each revision once, in order of time', () => {
    const { revisions } = sceneOf(buildRun({ nodes: 4, operationsPerNode: 30 }));
    expect(new Set(revisions.map(({ revision }) => revision)).size).toBe(revisions.length);
    revisions
      .slice(1)
      .forEach(({ timeUs }, index) => expect(timeUs).toBeGreaterThanOrEqual(revisions[index]?.timeUs ?? 0));
  });

  it('find the first bar that can be in view', () => {
    const row = sceneOf(buildRun({ nodes: 1, operationsPerNode: 50 })).lanes[0]?.rows[0] ?? [];
    for (const bar of row) {
      const timeUs = bar.endUs + 1;
      expect(firstEndingFrom(row, timeUs)).toBe(row.filter((other) => other.endUs < timeUs).length);
    }
  });

  it('have no extent for an empty run, and none without an end', () => {
    const empty = sceneOf(buildRun({ nodes: 0, operationsPerNode: 0 }));
    expect(empty.extentUs).toBeGreaterThan(0);
    expect(empty.lanes).toEqual([]);
  });
});

describe('the pointer', () => {
  const scene = sceneOf(buildRun({ nodes: 10, operationsPerNode: 20, faults: true }));
  const geometry = geometryOf(scene, 2000);
  const view = wholeView(scene.extentUs);

  it('finds each bar at its middle', () => {
    for (const bar of scene.bars) {
      const box = rowBox(geometry, scene, bar.lane, bar.row);
      const x = toX((bar.startUs + bar.endUs) / 2, view, geometry.width);
      const hit = hitAt({ x, y: box.top + box.height / 2 }, scene, geometry, view, everything);
      expect(hit?.kind === 'bar' ? hit.bar.operation.id : undefined).toBe(bar.operation.id);
    }
  });

  it('finds no hidden bar', () => {
    const [bar] = scene.bars;
    if (bar === undefined) throw new Error('the fixture has no bar');
    const box = rowBox(geometry, scene, bar.lane, bar.row);
    const point = { x: toX(bar.startUs, view, geometry.width) + 1, y: box.top + 2 };
    expect(hitAt(point, scene, geometry, view, { ...everything, endings: new Set() })).toBeUndefined();
    expect(
      hitAt(point, scene, geometry, view, { ...everything, hiddenLanes: new Set([bar.lane]) }),
    ).toBeUndefined();
  });

  it('finds a fault in the strip above the lanes', () => {
    const band = scene.bands.find(({ fault }) => fault.kind === 'partition');
    if (band === undefined) throw new Error('the fixture has no partition');
    const x = toX((band.startUs + band.endUs) / 2, view, geometry.width);
    const hit = hitAt(
      { x, y: geometry.bandsTop + band.row * BAND_ROW_HEIGHT + 5 },
      scene,
      geometry,
      view,
      everything,
    );
    expect(hit?.kind === 'band' ? hit.band.fault.kind : undefined).toBe('partition');
  });

  it('reads the same time from a pixel that it wrote to it', () => {
    expect(toTimeUs(toX(1234, view, 800), view, 800)).toBeCloseTo(1234, 6);
  });
});

describe('witnesses', () => {
  it('name every check that an operation shows to be violated', () => {
    const data = buildRun();
    const check = { description: '', verdict: 'violated' as const, message: '', revisions: [] };
    const checks = [
      { ...check, check: 'a', operations: ['n1-1'] },
      { ...check, check: 'b', operations: ['n1-1', 'n2-1'] },
    ];
    expect([...witnessesOf({ ...data, checks })]).toEqual([
      ['n1-1', ['a', 'b']],
      ['n2-1', ['b']],
    ]);
  });
});
