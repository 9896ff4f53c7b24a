/** The picture of `sim debug` on the screen: it fits any size, and keeps what matters when there is little room. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFrame, promptLine, type View } from '../../../sim/cli/debug/frame.js';
import { KEYS, meaningOf } from '../../../sim/cli/debug/keys.js';
import { Stepper } from '../../../sim/cli/debug/stepper.js';
import { createPaint } from '../../../sim/report/paint.js';
import { sectionNames } from '../../../sim/report/moment/sections.js';
import { timelineOf } from '../../harness/debug/repros.js';

const all: View = { section: 'all', isHelp: false, scrolled: 0 };
const plain = createPaint(false);
const withoutColours = (line: string) => line.replaceAll(/\u001b\[\d+m/g, '');

describe.each(['bank-lost-update', 'mutex-etcd3', 'double-barrier-naive', 'election-go'])(
  'a frame of %s',
  (name) => {
    it('has the size of any screen', async () => {
      const timeline = await timelineOf(name);
      const view = fc.record({
        section: fc.constantFrom('all' as const, ...sectionNames),
        isHelp: fc.boolean(),
        scrolled: fc.nat(60),
      });
      const size = fc.record({
        width: fc.integer({ min: 30, max: 160 }),
        height: fc.integer({ min: 2, max: 60 }),
      });
      fc.assert(
        fc.property(fc.nat(timeline.last), view, size, fc.boolean(), (number, shown, screen, isColored) => {
          const stepper = new Stepper(timeline, { kind: 'event', number });
          const { lines } = drawFrame(
            stepper,
            shown,
            { paint: createPaint(isColored), ...screen },
            undefined,
          );
          expect(lines).toHaveLength(screen.height);
          for (const line of lines.map(withoutColours)) {
            expect(line.length, line).toBeLessThanOrEqual(Math.max(screen.width, 80));
            if (screen.width >= 80) expect(line.length, line).toBeLessThanOrEqual(screen.width);
            expect(line).not.toContain('\n');
          }
        }),
        { numRuns: 150 },
      );
    });
  },
);

describe('a small screen', () => {
  it('keeps a line for each part that says something, and what has just changed', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const number = timeline.findKey('acc4', 15, 1) ?? 0;
    const stepper = new Stepper(timeline, { kind: 'event', number });
    const { lines } = drawFrame(stepper, all, { paint: plain, width: 79, height: 17 }, undefined);
    const text = lines.join('\n');
    expect(text).toContain('Under way');
    expect(text).toMatch(/^Keys at revision 4 \(\d more\)$/m);
    expect(text).toMatch(/^ {2}\* {2}bank\/accounts\/acc4/m);
    expect(text).toContain('No lease, no watch, all clocks are right, no fault.');
  });

  it('scrolls to the rest', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const stepper = new Stepper(timeline, { kind: 'failure' });
    const screen = { paint: plain, width: 79, height: 12 };
    const { scrollMax } = drawFrame(stepper, all, screen, undefined);
    expect(scrollMax).toBeGreaterThan(0);
    const { lines } = drawFrame(stepper, { ...all, scrolled: scrollMax }, screen, undefined);
    expect(lines.slice(-3, -1)).toEqual(['Faults', '  no fault']);
  });
});

describe('the start', () => {
  it('is of no node', async () => {
    const stepper = new Stepper(await timelineOf('bank-lost-update'), { kind: 'start' });
    expect(() => stepper.move({ kind: 'node', direction: 1 })).toThrow('expected the name of a node');
    stepper.move({ kind: 'node', direction: 1, node: 'w9' });
    expect(stepper.moment.event.node).toBe('w9');
  });
});

describe('the keys', () => {
  it('are all in the help, and no two are the same', async () => {
    const names = KEYS.flatMap((key) => key.names);
    expect(new Set(names).size).toBe(names.length);
    const stepper = new Stepper(await timelineOf('bank-lost-update'), { kind: 'start' });
    const { lines } = drawFrame(
      stepper,
      { ...all, isHelp: true },
      { paint: plain, width: 79, height: 40 },
      undefined,
    );
    for (const { shown, help } of KEYS)
      expect(lines.some((line) => line.includes(shown) && line.includes(help))).toBe(true);
  });

  it('mean what they say', () => {
    expect(meaningOf({ name: 'right' })).toEqual({ kind: 'step', direction: 1, count: 1 });
    expect(meaningOf({ name: 's', sequence: 's' })).toEqual({ kind: 'story', direction: 1 });
    expect(meaningOf({ name: 's', sequence: 'S' })).toEqual({ kind: 'story', direction: -1 });
    expect(meaningOf({ name: 'c', sequence: '\u0003', ctrl: true })).toEqual({ kind: 'quit' });
    expect(meaningOf({ name: 'c', sequence: 'c' })).toEqual({ kind: 'show', section: 'clocks' });
    expect(meaningOf({ name: 'n', sequence: '\u000e', ctrl: true })).toBeUndefined();
    expect(meaningOf({ sequence: 'ß' })).toBeUndefined();
  });

  it('are shown as they are typed, the end first where there is little room', () => {
    expect(promptLine('place', '12.5ms', 40)).toBe('go to event or time: 12.5ms_');
    expect(promptLine('key', 'x'.repeat(50), 20)).toBe(`…${'x'.repeat(18)}_`);
  });
});
