/** The vector clocks of the log for ShiViz are those of what happened before what. */
import { beforeAll, describe, expect, it } from 'vitest';
import { happeningsOf, type Happening } from '../../sim/moment/happenings.js';
import { messagesOf, type Messages } from '../../sim/moment/messages.js';
import { describeHappening } from '../../sim/moment/describe-happening.js';
import {
  clockedEvents,
  formatShiviz,
  SHIVIZ_EXPRESSION,
  type ClockedEvent,
} from '../../reports/app/export/shiviz.js';
import { FATES } from '../../sim/history/recording.js';
import { shownRun } from './page-fixture.js';
import { recordedRun } from './recorded-run.js';

let events: readonly ClockedEvent[];
let before: readonly (readonly number[])[];

const isOfProcess = ({ kind }: Happening) =>
  kind !== 'commit' && kind !== 'lease expired' && !kind.startsWith('fault');

beforeAll(async () => {
  const result = await recordedRun({ scenario: 'mutex', options: { users: 2, rounds: 1, lanes: 1 } });
  const run = shownRun(result);
  if (run.recording === undefined) throw new Error('expected a recording');
  const messages = messagesOf(run.recording);
  const happenings = happeningsOf(run);
  events = clockedEvents(happenings, run, messages);
  before = directlyBefore(
    happenings.filter(isOfProcess),
    (one) => describeHappening(one, run, messages).actor,
    messages,
  );
});

/** For each event the positions of those right before it: the last of its process, and the departure of its message. */
function directlyBefore(
  happenings: readonly Happening[],
  actorOf: (one: Happening) => string,
  messages: Messages,
): number[][] {
  const last = new Map<string, number>();
  const departures = new Map<number, number>();
  return happenings.map((happening, at) => {
    const actor = actorOf(happening);
    const own = last.get(actor);
    last.set(actor, at);
    if (happening.kind === 'departure') departures.set(happening.item, at);
    const taken = FATES[messages.fate[happening.item] ?? 0] === 'arrived';
    const departure = happening.kind === 'arrival' && taken ? departures.get(happening.item) : undefined;
    return [own, departure].filter((one) => one !== undefined);
  });
}

/** Everything that happened before each event. */
function allBefore(): ReadonlySet<number>[] {
  const all: Set<number>[] = [];
  for (const direct of before) all.push(new Set(direct.flatMap((one) => [one, ...(all[one] ?? [])])));
  return all;
}

function isSmaller(one: ClockedEvent, other: ClockedEvent): boolean {
  const names = new Set([...Object.keys(one.clock), ...Object.keys(other.clock)]);
  const pairs = [...names].map((name) => [one.clock[name] ?? 0, other.clock[name] ?? 0] as const);
  return pairs.every(([left, right]) => left <= right) && pairs.some(([left, right]) => left < right);
}

describe('the clocks of a run', () => {
  it('order two events exactly if one happened before the other', () => {
    const all = allBefore();
    expect(events).toHaveLength(before.length);
    expect(events.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    events.forEach((event, at) => {
      events.slice(0, at).forEach((earlier, position) => {
        if (isSmaller(earlier, event) !== (all[at]?.has(position) === true))
          wrong.push(`${position} and ${at}`);
        if (isSmaller(event, earlier)) wrong.push(`${at} is before ${position}`);
      });
    });
    expect(wrong).toEqual([]);
  });

  it('count the events of each process, one by one', () => {
    const counts = new Map<string, number>();
    for (const { host, clock } of events) {
      counts.set(host, (counts.get(host) ?? 0) + 1);
      expect(clock[host]).toBe(counts.get(host));
    }
  });

  it('know some events of other processes', () => {
    expect(events.filter(({ clock }) => Object.keys(clock).length > 3).length).toBeGreaterThan(10);
  });
});

describe('the log', () => {
  it('is read back with the expression that the page names', () => {
    const log = formatShiviz(events);
    // ShiViz finds one event after the other.
    const found = [...log.matchAll(new RegExp(SHIVIZ_EXPRESSION, 'g'))].map(({ groups = {} }) => ({
      host: groups['host'],
      clock: JSON.parse(groups['clock'] ?? '') as unknown,
      event: groups['event'],
    }));
    expect(found).toEqual(events);
  });

  it('keeps hosts apart whose names differ only in what a log cannot hold', async () => {
    const result = await recordedRun({ scenario: 'mutex', options: { users: 2, rounds: 1, lanes: 1 } });
    const run = shownRun(result);
    if (run.recording === undefined) throw new Error('expected a recording');
    const actors = run.recording.actors.map((actor, at) => (at < 2 ? `a${' '.repeat(at + 1)}{b}\n` : actor));
    const hostile = { ...run, recording: { ...run.recording, actors } };
    const made = clockedEvents(happeningsOf(hostile), hostile, messagesOf(hostile.recording));
    expect(new Set(made.map(({ host }) => host)).size).toBeGreaterThanOrEqual(4);
    for (const { host, event } of made) expect(`${host}${event}`).not.toMatch(/\n/);
    for (const { host } of made) expect(host).toMatch(/^[^\s{}]+$/);
  });
});
