import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue, type QueuedEvent } from '../../sim/engine/event-queue.js';
import { tieOf, type Lane } from '../../sim/engine/lane.js';

let order = 0;

function lane(name: string, salt: number): Lane {
  return { name, salt, chain: name, chainElsewhere: `${name} elsewhere` };
}

function event(from: Lane, timeUs: number, label: string): QueuedEvent {
  return {
    timeUs,
    tie: tieOf(from, timeUs),
    chain: from.chain,
    order: order++,
    label,
    node: undefined,
    action: () => undefined,
    background: false,
    queued: false,
  };
}

function drain(queue: EventQueue): QueuedEvent[] {
  const events: QueuedEvent[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) events.push(next);
  return events;
}

describe('the event queue', () => {
  it('hands out events in order of time, and within a lane in order of scheduling', () => {
    const lanes = [1, 2, 3].map((salt) => lane(`lane ${salt}`, salt));
    const scheduled = fc.array(fc.record({ lane: fc.constantFrom(...lanes), timeUs: fc.nat(20) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(scheduled, (entries) => {
        const queue = new EventQueue();
        for (const entry of entries) queue.push(event(entry.lane, entry.timeUs, entry.lane.name));
        const out = drain(queue);
        expect(out).toHaveLength(entries.length);
        out.slice(1).forEach((later, index) => {
          const earlier = out[index] as QueuedEvent;
          expect(later.timeUs).toBeGreaterThanOrEqual(earlier.timeUs);
          if (later.timeUs === earlier.timeUs && later.label === earlier.label) {
            expect(later.order).toBeGreaterThan(earlier.order);
          }
        });
      }),
    );
  });

  it('orders simultaneous events of different lanes by their salts, not by scheduling', () => {
    const firstLanes = new Set<string>();
    for (let salt = 0; salt < 32; salt++) {
      const queue = new EventQueue();
      queue.push(event(lane('scheduled first', salt), 5, 'scheduled first'));
      queue.push(event(lane('scheduled second', salt + 1000), 5, 'scheduled second'));
      firstLanes.add(queue.pop()?.label ?? '');
    }
    expect([...firstLanes].sort()).toEqual(['scheduled first', 'scheduled second']);
  });

  it('gives the same order for any order of insertion', () => {
    const lanes = [7, 8, 9, 10].map((salt) => lane(`lane ${salt}`, salt));
    const run = (sequence: Lane[]) => {
      const queue = new EventQueue();
      for (const one of sequence) queue.push(event(one, 3, one.name));
      return drain(queue).map((each) => each.label);
    };
    expect(run([...lanes].reverse())).toEqual(run(lanes));
  });

  it('counts the events ahead without housekeeping, in any order of cancellation', () => {
    const queue = new EventQueue();
    const only = lane('lane', 1);
    const [first, second] = [event(only, 1, 'first'), event(only, 2, 'second')];
    queue.push({ ...event(only, 3, 'housekeeping'), background: true });
    for (const each of [first, second]) queue.push(each);
    expect(queue.foreground).toBe(2);
    expect(queue.pop()).toBe(first);
    queue.cancel(first);
    expect(queue.foreground).toBe(1);
    queue.cancel(second);
    queue.cancel(second);
    expect(queue.foreground).toBe(0);
  });

  it('skips cancelled events', () => {
    const queue = new EventQueue();
    const only = lane('lane', 1);
    const cancelled = event(only, 1, 'cancelled');
    queue.push(cancelled);
    queue.push(event(only, 2, 'kept'));
    queue.cancel(cancelled);
    expect(drain(queue).map((each) => each.label)).toEqual(['kept']);
  });

  it('forgets cancelled events, and hands out the others in the same order', () => {
    const scheduled = fc.array(fc.record({ timeUs: fc.nat(1000), isCancelled: fc.boolean() }), {
      minLength: 200,
      maxLength: 400,
    });
    fc.assert(
      fc.property(scheduled, (entries) => {
        const one = lane('one', 1);
        const events = entries.map(({ timeUs }, index) => event(one, timeUs, String(index)));
        const [queue, only] = [new EventQueue(), new EventQueue()];
        for (const each of events) queue.push(each);
        const gone = events.filter((_, index) => entries[index]?.isCancelled === true || index < 150);
        for (const each of gone) queue.cancel(each);
        for (const each of gone) queue.cancel(each);
        const left = events.filter((each) => !gone.includes(each));
        expect(queue.foreground).toBe(left.length);
        for (const each of left.map((same) => ({ ...same, queued: false }))) only.push(each);
        expect(drain(queue).map(({ label }) => label)).toEqual(drain(only).map(({ label }) => label));
        expect(queue.foreground).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
