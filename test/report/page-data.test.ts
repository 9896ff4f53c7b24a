/** A run on its way into a page: it reads back as it was, and every cut has a sentence. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { happeningsOf } from '../../sim/moment/happenings.js';
import { messagesOf } from '../../sim/moment/messages.js';
import { pastOf } from '../../reports/app/data/past.js';
import { unpackColumn } from '../../reports/app/data/unpack.js';
import { visible } from '../../reports/app/page/visible.js';
import { packColumn } from '../../sim/report/page/pack-columns.js';
import { packRun } from '../../sim/report/page/pack-run.js';
import { Requests } from '../../sim/report/past/requests.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { explained } from './explanation-fixture.js';
import { buildRun } from './fixture.js';
import { everything, sceneOf, shownRun } from './page-fixture.js';
import { recordedRun } from './recorded-run.js';

let recorded: RunResult;

beforeAll(async () => {
  recorded = await recordedRun({ scenario: 'election' });
});

describe('a packed run', () => {
  it('gives every column back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 1e12 })), (values) => {
        expect(unpackColumn(packColumn(values))).toEqual(values);
      }),
    );
  });

  it('gives operations, log and recording back', () => {
    const { result, recording } = shownRun(recorded);
    expect(result.operations).toEqual(recorded.operations);
    expect(result.log).toEqual(recorded.log);
    const { processes: _processes, steps: _steps, ...onPage } = recorded.recording ?? {};
    expect(recording).toEqual(onPage);
    const whole = buildRun({ faults: true, violated: true, deadlockedNodes: 1 });
    expect(shownRun(whole).result.operations).toEqual(whole.operations);
  });

  it('survives JSON', () => {
    const packed = packRun(recorded, undefined, everything);
    expect(JSON.parse(JSON.stringify(packed))).toEqual(packed);
  });

  it('keeps the last messages if there are too many, and says from when on', () => {
    const { page, recording } = shownRun(recorded, { ...everything, momentsMax: 100, eventsMax: 50 });
    const whole = recorded.recording;
    expect(recording?.moments.timeUs).toEqual(whole?.moments.timeUs.slice(-100));
    expect(recording?.events.timeUs).toEqual(whole?.events.timeUs.slice(-50));
    expect(page.cuts).toHaveLength(2);
    expect(page.cuts.join(' ')).toMatch(/begins with event [\d,]+;.*The diagram begins at [\d,.]+ ms;/);
    // The messages that are left have the same ends and times.
    if (recording === undefined || whole === undefined) throw new Error('expected a recording');
    const [left, all] = [messagesOf(recording), messagesOf(whole)];
    const ends = (messages: typeof all, at: number) =>
      [messages.from[at], messages.to[at], messages.arriveUs[at], messages.bytes[at], messages.fate[at]].join(
        ' ',
      );
    const known = new Set(Array.from({ length: all.count }, (_, at) => ends(all, at)));
    for (let at = 0; at < left.count; at++) expect(known).toContain(ends(left, at));
    expect(shownRun(recorded).page.cuts).toEqual([]);
  });

  it('cuts long texts with their length, and counts them', () => {
    const run = buildRun({ nodes: 1, operationsPerNode: 1 });
    const [entry] = run.log;
    if (entry === undefined) throw new Error('the fixture is too small');
    const log = [
      { ...entry, events: entry.events.map((event) => ({ ...event, value: 'x'.repeat(1_000_000) })) },
    ];
    const { result, page } = shownRun({ ...run, log }, { ...everything, textMax: 100 });
    expect(result.log[0]?.events[0]?.value).toBe(`${'x'.repeat(100)}… (1,000,000 characters)`);
    expect(page.cuts).toEqual(['1 long text of keys, values, inputs and outputs are cut.']);
  });

  it('leaves a repro out that is too long, and says where it is', () => {
    const { page } = { page: packRun(buildRun(), 'x'.repeat(100), { ...everything, reproMax: 99 }) };
    expect(page.repro).toBeUndefined();
    expect(page.cuts).toEqual(['The repro is a file beside this page.']);
  });
});

describe('what happened', () => {
  it('is in order of time, each arrival after its departure, and a request before its answer', () => {
    const run = shownRun(recorded);
    if (run.recording === undefined) throw new Error('expected a recording');
    const messages = messagesOf(run.recording);
    const happenings = happeningsOf(run);
    const seen = new Set<number>();
    const requested = new Set<number>();
    let lastUs = 0;
    for (const { kind, item, timeUs } of happenings) {
      expect(timeUs).toBeGreaterThanOrEqual(lastUs);
      lastUs = timeUs;
      if (kind === 'arrival') {
        expect(seen).toContain(item);
        requested.add(messages.call[item] ?? -1);
      }
      if (kind !== 'departure') continue;
      seen.add(item);
      if (messages.isReply[item] === 1) expect(requested).toContain(messages.call[item]);
    }
    expect(seen.size).toBe(messages.count);
  });

  it('puts the beginning of an operation before the messages that it sends', () => {
    const run = shownRun(recorded);
    const messages = run.recording && messagesOf(run.recording);
    const ids = new Set(run.result.operations.map(({ id: own }) => own));
    const begun = new Set<string>();
    let checked = 0;
    for (const { kind, item } of happeningsOf(run)) {
      const id = run.result.operations[item]?.id ?? '';
      if (kind === 'invoke') begun.add(id);
      if (kind !== 'departure' || messages?.isReply[item] === 1) continue;
      const call = messages?.call[item] ?? -1;
      const operation = run.recording?.operations[run.recording.calls.operation[call] ?? -1];
      if (operation === undefined || !ids.has(operation)) continue;
      checked++;
      expect(begun).toContain(operation);
    }
    expect(checked).toBeGreaterThan(20);
  });
});

describe('what led to a violation', () => {
  const violated = (result: RunResult): RunResult => ({
    ...result,
    verdict: 'violated',
    checks: [
      {
        ...{ check: 'one-leader', description: '', verdict: 'violated', message: 'two lead' },
        ...{ operations: result.operations.slice(0, 1).map(({ id }) => id), revisions: [] },
      },
    ],
  });

  it('has the same messages on a page that has only the last ones of the others', () => {
    const callsOf = (limits: typeof everything) => {
      const run = shownRun(violated(recorded), limits);
      const messages = run.recording && messagesOf(run.recording);
      const past = [...(pastOf(run)?.messages ?? [])];
      return past.map((message) => [
        ...[messages?.call[message], messages?.isReply[message]],
        ...[messages?.departUs[message], messages?.arriveUs[message]],
      ]);
    };
    const whole = callsOf(everything);
    expect(whole.length).toBeGreaterThan(0);
    expect(callsOf({ ...everything, momentsMax: 20 })).toEqual(whole);
  });

  it('knows for each call of a node its place in the recording', () => {
    const { calls = [], recording } = recorded;
    if (recording === undefined) throw new Error('expected a recording');
    const requests = new Requests(calls, recording);
    const unary = calls.filter(({ method }) => method !== 'Watch.Watch');
    for (const call of unary) {
      const request = requests.ofCall(call);
      expect(request?.operation).toBe(call.operation);
      expect(request && requests.endUs(request)).toBe(call.returned?.timeUs ?? Infinity);
    }
    expect(unary.length).toBeGreaterThan(20);
  });

  it('is the witness, what the explanation tells, and their calls', () => {
    const run = explained(buildRun({ violated: true }));
    const past = pastOf(shownRun(run));
    const told = run.explanation?.past?.flatMap(({ operation }) => operation ?? []) ?? [];
    for (const id of told) expect(past?.operations).toContain(id);
    expect(past?.operations.size).toBeLessThan(run.operations.length);
  });

  it('is nothing if nothing is violated', () => {
    expect(pastOf(shownRun(buildRun()))).toBeUndefined();
  });
});

describe('the diagram', () => {
  it('has an arrow for every message, and a lane for every node and member that sent or got one', () => {
    const { arrows, lanes } = sceneOf(recorded);
    expect(arrows.count).toBe(recorded.recording?.messages.call.length);
    const { members } = recorded.plan;
    expect(lanes.filter(({ kind }) => kind === 'member').map(({ actor }) => actor)).toEqual(members);
    for (let at = 1; at < arrows.count; at++) {
      expect(arrows.startUs[at]).toBeGreaterThanOrEqual(arrows.startUs[at - 1] ?? 0);
      expect(arrows.reachUs[at]).toBeGreaterThanOrEqual(arrows.reachUs[at - 1] ?? 0);
    }
    const total = Object.values(arrows.counts).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(arrows.count);
    expect(arrows.counts.lost).toBeGreaterThan(0);
    expect(arrows.counts.delayed).toBeGreaterThan(0);
  });
});

describe('visible text', () => {
  it('shows what hides: controls, direction marks, tags, halves of pairs', () => {
    expect(visible('a\u202eb\u061cc\u{e0041}d\u0007e\ud800f\u200bg')).toBe(
      'a\\u202eb\\u061cc\\u{e0041}d\\u0007e\\ud800f\\u200bg',
    );
    expect(visible('\u001b[31mred')).toBe('\\u001b[31mred');
  });

  it('leaves letters of every script, line breaks and emoji alone', () => {
    const text = 'Grüße, שלום, مرحبا, 日本\n\t👍';
    expect(visible(text)).toBe(text);
  });
});
