/** Breakpoints in the user's code: where they are reached, and what they leave of the run. No debugger is attached here. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { breakAt, type Stop } from '../../../sim/harness/debug/break-at.js';
import { reproNamed, runRepro, timelineOf } from './repros.js';

const SPECIMEN = fileURLToPath(new URL('../../../scenarios/specimens/lost-update.ts', import.meta.url));

async function stopAt(event: number, isOfUser = (url: string) => url.endsWith('specimens/lost-update.ts')) {
  const stops: Stop[] = [];
  const stopper = breakAt({ event, isOfUser, onStop: (stop) => void stops.push(stop) });
  try {
    const { trace } = await runRepro('bank-lost-update', stopper.onEvent);
    return { stops, trace };
  } finally {
    stopper.end();
  }
}

const { trace: expected } = reproNamed('bank-lost-update').repro;

describe('a break at an event', () => {
  it('stops once, in the code that the event resumes, and leaves the run the same', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const answer = timeline.events.find(({ text }) => /the answer of m1 to KV.Txn#\d+ reaches w9/.test(text));
    const { stops, trace } = await stopAt(answer?.number ?? 0);
    expect(stops.map(({ event }) => event.number)).toEqual([answer?.number]);
    const [file = '', line = ''] = stops[0]?.place.split(/:(\d+)$/) ?? [];
    expect(file).toBe(SPECIMEN);
    expect(Number(line)).toBeGreaterThan(1);
    expect(trace?.hash).toBe(expected.hash);
  });

  it('waits for the next event of the node that runs such code', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const { stops, trace } = await stopAt(1);
    const [stop] = stops;
    expect(stops).toHaveLength(1);
    expect(timeline.events[stop?.event.number ?? 0]?.number).toBeGreaterThan(1);
    expect(trace?.hash).toBe(expected.hash);
  });

  it('stays with the node of the event', async () => {
    const timeline = await timelineOf('bank-lost-update');
    const connected = timeline.events.find(({ text }) => text.startsWith('w9 is connected'));
    const { stops } = await stopAt(connected?.number ?? 0);
    expect(stops.map(({ event }) => event.node)).toEqual(['w9']);
  });

  it('never stops where no code of the user’s runs', async () => {
    const { stops, trace } = await stopAt(1, () => false);
    expect(stops).toEqual([]);
    expect(trace?.hash).toBe(expected.hash);
  });
});
