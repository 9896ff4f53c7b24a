/** The recording of a run: it changes nothing, its tables fit together, and it agrees with the run's counters. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fates, leaseEvents } from '../../sim/moment/tables.js';
import { FATES, LEASE_EVENTS, type Recording } from '../../sim/history/recording.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { OBSERVER } from '../../sim/scenario/expect-nodes.js';
import { recordedRun } from '../report/recorded-run.js';

const cases = [
  ['register', 1],
  ['mutex', 3],
  ['election', 3],
  ['watch', 1],
] as const;

const execute = (scenario: string, members: number, recordRun: boolean): Promise<RunResult> =>
  recordedRun({ scenario, members, recordRun, options: scenario === 'bank' ? { transfers: 10 } : {} });

function tablesOf(recording: Recording): Record<string, readonly number[]>[] {
  const { calls, messages, moments, commits, attachments, members, events, leases } = recording;
  const { labels: _labels, ...eventColumns } = events;
  const { ids: _ids, ...leaseColumns } = leases;
  return [calls, messages, moments, commits, attachments, members, eventColumns, leaseColumns].map(
    (table) => ({
      ...table,
    }),
  );
}

describe.each(cases)('the recording of %s on %i members', (name, members) => {
  let recorded: RunResult;
  let recording: Recording;
  beforeAll(async () => {
    recorded = await execute(name, members, true);
    if (recorded.recording === undefined) throw new Error('expected a recording');
    ({ recording } = recorded);
  });

  it('changes nothing in the run', async () => {
    const plain = await execute(name, members, false);
    expect(plain.recording).toBeUndefined();
    expect(recorded.trace).toEqual(plain.trace);
    expect(recorded.operations).toEqual(plain.operations);
  });

  it('has tables whose columns are equally long, and every event of the run', () => {
    for (const table of tablesOf(recording)) {
      const lengths = Object.values(table).map((column) => column.length);
      expect(new Set(lengths).size).toBe(1);
    }
    expect(recording.events.timeUs).toHaveLength(recorded.trace?.events ?? -1);
    expect(recording.events.timeUs).toEqual([...recording.events.timeUs].sort((one, other) => one - other));
  });

  it('lets each message leave once, and arrive at most once, after it left', () => {
    const { messages, moments, events } = recording;
    const left = new Map<number, number>();
    const arrived = new Map<number, number>();
    moments.message.forEach((message, at) => {
      const times = moments.arrives[at] === 1 ? arrived : left;
      expect(times.has(message)).toBe(false);
      times.set(message, moments.timeUs[at] ?? NaN);
      // The moment is at the time of its event.
      const event = moments.event[at] ?? 0;
      if (event > 0) expect(events.timeUs[event - 1]).toBe(moments.timeUs[at]);
    });
    expect([...left.keys()].sort((one, other) => one - other)).toEqual(messages.call.map((_, at) => at));
    messages.fate.forEach((fate, message) => {
      if (FATES[fate] !== 'lost') expect(arrived.has(message)).toBe(FATES[fate] !== 'on its way');
      if (arrived.has(message))
        expect(arrived.get(message)).toBeGreaterThanOrEqual(left.get(message) ?? Infinity);
    });
  });

  it('counts the messages that were lost at once as the network does', () => {
    const { message, arrives } = recording.moments;
    const arrived = new Set(message.filter((_, at) => arrives[at] === 1));
    const lost = recording.messages.fate.filter((fate, at) => FATES[fate] === 'lost' && !arrived.has(at));
    expect(lost).toHaveLength(recorded.counters['dropped'] ?? -1);
    expect(recording.messages.call.length).toBeLessThanOrEqual(recorded.counters['messages'] ?? 0);
  });

  it('has no watch of the observer', () => {
    const { calls, methods, actors } = recording;
    const watches = calls.method.filter(
      (method, at) => methods[method] === 'Watch.Watch' && actors[calls.caller[at] ?? 0] === OBSERVER,
    );
    expect(watches).toEqual([]);
  });
});

describe('the page', () => {
  it('knows the meaning of the numbers in the tables', () => {
    expect(fates).toEqual(FATES);
    expect(leaseEvents).toEqual(LEASE_EVENTS);
  });
});
