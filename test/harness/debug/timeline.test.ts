/** Stepping through a run: every way to a moment shows the same moment, and the moment is the run's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HappenedEvent } from '../../../sim/engine/steps.js';
import type { Timeline } from '../../../sim/harness/debug/timeline.js';
import { runRepro, timelineOf } from './repros.js';

const NAMES = [
  'bank-lost-update',
  'mutex-etcd3',
  'double-barrier-naive',
  'election-go',
  'queue-naive',
] as const;

describe.each(NAMES)('the timeline of %s', (name) => {
  it('has every event of the run, in order', async () => {
    const happened: HappenedEvent[] = [];
    const { trace } = await runRepro(name, (event) => void happened.push(event));
    const { events, last } = await timelineOf(name);
    expect(last).toBe(trace?.events);
    expect(events.map(({ number }) => number)).toEqual([0, ...happened.map(({ number }) => number)]);
    expect(events.slice(1).map(({ timeUs }) => timeUs)).toEqual(happened.map(({ timeUs }) => timeUs));
  });

  it('shows the same state after an event, whichever way leads to it', async () => {
    const timeline = await timelineOf(name);
    const known = new Map<number, string>();
    const walk = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: timeline.last }), walk, (start, moves) => {
        let at = start;
        for (const move of moves) {
          at = Math.min(timeline.last, Math.max(0, at + move));
          const text = textOf(timeline, at);
          expect(known.get(at) ?? text).toBe(text);
          known.set(at, text);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('shows before an event what it showed after the one before it', async () => {
    const timeline = await timelineOf(name);
    for (let at = 1; at <= timeline.last; at += 7) {
      expect(timeline.at(at).before).toEqual(timeline.at(at - 1).state);
    }
  });

  it('ends with the keys of etcd’s log', async () => {
    const timeline = await timelineOf(name);
    const keys = new Map<string, string>();
    for (const { events } of timeline.result.log) {
      for (const { type, key, value } of events) {
        if (type === 'put') keys.set(key, value);
        else keys.delete(key);
      }
    }
    const shown = timeline.at(timeline.last).state.keys.map(({ key, value }) => [key, value]);
    expect(shown).toEqual([...keys].sort(([one], [other]) => (one < other ? -1 : 1)));
  });

  it('has all that operations did', async () => {
    const timeline = await timelineOf(name);
    const deeds = timeline.events.flatMap((event) => event.deeds.map(({ text }) => text));
    for (const { name: called, id, outcome } of timeline.result.operations) {
      expect(deeds).toContain(`begins ${called} ${id}`);
      if (outcome?.kind === 'ok') expect(deeds).toContain(`${called} ${id} is ok`);
    }
  });
});

/** Without the operations of the result, which are the same for all. */
function textOf(timeline: Timeline, at: number): string {
  return JSON.stringify(timeline.at(at).state);
}

describe('places in a timeline', () => {
  it('are those of the failure, in which the witness of the check is complete', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const { failure = -1, result } = timeline;
    const { event, state } = timeline.at(failure);
    expect(event.failure).toContain('sum-conserved');
    const violated = result.checks.find(({ verdict }) => verdict === 'violated');
    const witness = violated?.verdict === 'violated' ? violated.operations : [];
    expect(witness.length).toBeGreaterThan(0);
    const underWay = state.nodes.flatMap(({ operations }) => operations.map(({ id }) => id));
    expect(underWay.filter((id) => witness.includes(id))).toEqual([]);
    const earlier = timeline.at(failure - 1).state.nodes.flatMap(({ operations }) => operations);
    expect(earlier.some(({ id }) => witness.includes(id))).toBe(true);
  });

  it('are the lines of the story, forth and back', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const forth: number[] = [];
    for (let at = timeline.findStory(0, 1); at !== undefined; at = timeline.findStory(at, 1)) forth.push(at);
    const back: number[] = [];
    for (let at = timeline.findStory(timeline.last, -1); at !== undefined; at = timeline.findStory(at, -1)) {
      back.unshift(at);
    }
    expect(forth.length).toBeGreaterThan(3);
    expect(back).toEqual(forth);
    for (const at of forth) {
      const { story, timeUs, failure } = timeline.events[at] ?? {};
      expect(story?.every((line) => line.timeUs === timeUs)).toBe(true);
      expect(failure !== undefined || (story?.length ?? 0) > 0).toBe(true);
    }
  });

  it('are the changes of a key', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const changes: string[] = [];
    for (let at = timeline.findKey('acc5', 0, 1); at !== undefined; at = timeline.findKey('acc5', at, 1)) {
      changes.push(timeline.events[at]?.deeds.map(({ text }) => text).join() ?? '');
    }
    const expected = timeline.result.log.filter(({ events }) =>
      events.some(({ key }) => key.includes('acc5')),
    );
    expect(changes.length).toBe(expected.length);
    for (const change of changes) expect(change).toMatch(/makes revision \d+: .*acc5 =/);
  });

  it('are the events of one node: its code, and both directions of its links', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const own: (string | undefined)[] = [];
    for (let at = timeline.findOf('w9', 0, 1); at !== undefined; at = timeline.findOf('w9', at, 1)) {
      own.push(timeline.events[at]?.text);
    }
    expect(own.some((text) => text?.endsWith('of w9 reaches m1') === true)).toBe(true);
    expect(own.some((text) => text?.endsWith('reaches w9') === true)).toBe(true);
    expect(own.every((text) => text?.includes('w9') === true)).toBe(true);
  });

  it('are times: the last event up to then', async () => {
    const timeline = await timelineOf('mutex-etcd3');
    for (const { timeUs } of timeline.events) {
      const at = timeline.upTo(timeUs);
      expect(timeline.events[at]?.timeUs).toBe(timeUs);
      expect(timeline.events[at + 1]?.timeUs ?? Infinity).toBeGreaterThan(timeUs);
    }
    expect(timeline.upTo(0)).toBe(timeline.events.findLastIndex(({ timeUs }) => timeUs === 0));
  });

  it('are all in the run', async () => {
    const timeline = await timelineOf('mutex-etcd3');
    expect(() => timeline.at(timeline.last + 1)).toThrow(/expected an event from 0 to/);
  });
});
