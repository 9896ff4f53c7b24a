/**
 * The checks of locks that no other test covers, against plain definitions, over small histories, correct and
 * wrong.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lockChecks } from '../../scenarios/lock/checks.js';
import { runChecks } from '../../sim/check/check.js';
import type { History, LogEvent, Operation } from '../../sim/history/history.js';
import {
  expectAsDefined,
  expectBothOften,
  inOrder,
  isBefore,
  isToldInTime,
  presentAt,
  runsOr,
  Schedule,
  troublesOf,
  withEndEdited,
  type Definitions,
  type Tally,
} from './plain-definitions.js';

const NODES = ['u1', 'u2', 'u3'] as const;
const TTL_SECONDS = 2;
const checks = lockChecks.filter(({ name }) => name === 'loss-told-in-time' || name === 'let-go');

/** In ticks. */
const steps = fc.integer({ min: 2, max: 24 });
const rounds = fc.array(
  fc.record({
    node: fc.constantFrom(...NODES),
    lock: fc.constantFrom('a', 'a', 'b'),
    mode: fc.constantFrom('write', 'write', 'read'),
    ...{ after: fc.nat(16), toGrant: steps, holds: steps, toDelete: steps, toReturn: steps },
    fate: fc.constantFrom(
      'lets go',
      'lets go',
      'is told',
      'is revoked',
      'gives up',
      'is unsure',
      'stays',
      'tries',
    ),
  }),
  { maxLength: 6 },
);

/** A correct lock's execution of the rounds: a later request waits until every excluding holder is gone. */
const rightHistories = rounds.map((drawn): History => {
  const schedule = new Schedule();
  let asked = 0;
  const goes: { lock: string; mode: string; at: number }[] = [];
  const planned = drawn.map((round, index) => {
    const id = `${round.node}-${index}`;
    const { lock, mode, fate } = round;
    asked = schedule.place(`${id} asks`, asked + round.after);
    if (fate === 'tries') schedule.place(`${id} knows`, asked + round.toReturn);
    if (fate === 'tries') return { ...round, id };
    const put = schedule.place(`${id} put`, asked + 1);
    const before = goes.filter((one) => one.lock === lock && (one.mode === 'write' || mode === 'write'));
    const free = schedule.place(`${id} free`, Math.max(put, ...before.map(({ at }) => at)) + 1);
    const knows = schedule.place(`${id} knows`, free + round.toGrant);
    const isHolder = ['lets go', 'is told', 'is revoked'].includes(fate);
    const ends = isHolder ? schedule.place(`${id} ends`, knows + round.holds) : knows;
    const early = Math.max(free, ends - round.toDelete);
    const gone = fate === 'stays' ? Infinity : fate === 'is revoked' ? early : ends + round.toDelete;
    goes.push({ lock, mode, at: schedule.place(`${id} gone`, gone) });
    if (isHolder) schedule.place(`${id} over`, Math.max(gone, ends) + round.toReturn);
    return { ...round, id };
  });
  const sorted = schedule.inOrder();
  const changes = sorted.filter((of) => of.endsWith(' put') || of.endsWith(' gone'));
  const revisionOf = (of: string) => changes.indexOf(of) + 2;
  const log = changes.map((of) => {
    const [id = '', what] = of.split(' ');
    const key = `a/${id}`;
    const revision = revisionOf(of);
    const event: LogEvent =
      what === 'put'
        ? { type: 'put', key, value: '', createRevision: revision, version: 1 }
        : { type: 'delete', key, value: '', createRevision: 0, version: 0 };
    return { revision, events: [event] };
  });
  const operations = planned.flatMap(({ id, node, lock, mode, fate }): Operation[] => {
    const at = (what: string) => schedule.at(`${id} ${what}`);
    const span = (from: string, until: string) => schedule.span(`${id} ${from}`, `${id} ${until}`);
    const [token, isKnown] = [revisionOf(`${id} put`), at('knows') !== undefined];
    const free = sorted.slice(0, sorted.indexOf(`${id} free`)).filter((of) => changes.includes(of));
    const output = fate === 'tries' ? null : { key: `a/${id}`, token, granted: free.length + 1 };
    const outcome =
      fate === 'gives up'
        ? ({ kind: 'failed', error } as const)
        : fate === 'is unsure'
          ? ({ kind: 'indefinite', error } as const)
          : ({ kind: 'ok', output } as const);
    const got = { id: `${id}.lock`, node, name: 'lock', input: { lock, mode, tries: fate === 'tries' } };
    const asks: Operation = { ...got, ...span('asks', 'knows'), ...(isKnown ? { outcome } : {}) };
    if (at('ends') === undefined) return [asks];
    const lost = fate !== 'lets go';
    const ended = { id: `${id}.unlock`, node, name: 'unlock', input: { lock, mode, lost } };
    const over =
      at('over') === undefined ? {} : { outcome: { kind: 'ok', output: { gone: !lost } } as const };
    return [asks, { ...ended, ...span('ends', 'over'), ...over }];
  });
  return { log, operations: inOrder(operations) };
});

const error = { name: 'Error', message: 'refused' };

const edits = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'returns',
      'begins',
      'begins',
      'drop',
      'unsure',
      'never',
      'flag',
      'lock',
      'mode',
      'stays',
      'anew',
    ),
    ...{ at: fc.nat(20), tick: fc.nat(150) },
  }),
  { maxLength: 3 },
);

type Edit = typeof edits extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

function edited(history: History, { kind, at, tick }: Edit): History {
  const { log } = history;
  const index = at % Math.max(1, history.operations.length);
  const one = history.operations[index];
  if (one === undefined) return history;
  const { return: returned, input } = one;
  const instead = (...others: readonly Operation[]): History => {
    return { log, operations: inOrder(history.operations.toSpliced(index, 1, ...others)) };
  };
  switch (kind) {
    case 'returns':
    case 'begins':
    case 'never':
      return instead(withEndEdited(history, one, kind, tick));
    case 'drop':
      return instead();
    case 'unsure':
      return returned === undefined ? history : instead({ ...one, outcome: { kind: 'indefinite', error } });
    case 'flag':
      return instead({ ...one, input: { ...Object(input), lost: tick % 2 === 0 } as Operation['input'] });
    case 'lock':
      return instead({ ...one, input: { ...Object(input), lock: 'a' } as Operation['input'] });
    case 'mode':
      return instead({
        ...one,
        input: { ...Object(input), mode: tick % 2 === 0 ? 'read' : 'write' } as Operation['input'],
      });
    case 'stays': {
      const place = at % Math.max(1, log.length);
      const key = log[place]?.events[0]?.key;
      // Only the end of a key's life can be missing.
      const isLast = log.slice(place + 1).every(({ events }) => events[0]?.key !== key);
      return isLast ? { ...history, log: log.toSpliced(place, 1) } : history;
    }
    case 'anew': {
      const key = log[at % Math.max(1, log.length)]?.events[0]?.key ?? '';
      const revision = (log.at(-1)?.revision ?? 1) + 1;
      if (presentAt(history, key, revision) !== undefined) return history;
      const again: LogEvent = { type: 'put', key, value: '', createRevision: revision, version: 1 };
      return { ...history, log: [...log, { revision, events: [again] }] };
    }
  }
}

/** A user releases a lock only after it has heard that it has it. */
function isPossible({ operations }: History): boolean {
  return operations.every(({ id, invoke }) => {
    const got = operations.find((other) => other.id === id.replace('.unlock', '.lock') && other.id !== id);
    return got?.return === undefined || isBefore(got.return, invoke);
  });
}

/** A lock that a user got, and the unlock of its round. */
function gotIn({ operations }: History) {
  return operations.flatMap((got) => {
    if (got.name !== 'lock' || got.outcome?.kind !== 'ok' || got.outcome.output === null) return [];
    const { key, token, granted } = got.outcome.output as Readonly<{
      key: string;
      token: number;
      granted: number;
    }>;
    const { lock, mode } = got.input as { readonly lock: string; readonly mode: string };
    const ends = operations.find(({ id }) => id === got.id.replace('.lock', '.unlock'));
    if (got.return === undefined) return [];
    return [{ node: got.node, lock, mode, key, token, granted, since: got.return, ends }];
  });
}

const definitions: Definitions = {
  'loss-told-in-time': (history) =>
    gotIn(history).every((first) =>
      gotIn(history).every((second) => {
        if (first.lock !== second.lock || (first.mode === 'read' && second.mode === 'read')) return true;
        // The earlier one has lost it if both believe that they have it.
        const isLoser =
          first.granted < second.granted ||
          (first.granted === second.granted && isBefore(first.since, second.since));
        const from = isBefore(first.since, second.since) ? second.since : first.since;
        const [told, others] = [first.ends?.invoke, second.ends?.invoke];
        if (!isLoser || isBefore(told, from) || isBefore(others, from)) return true;
        return isToldInTime(history, { node: first.node, from, told, seconds: TTL_SECONDS });
      }),
    ),
  'let-go': (history) =>
    gotIn(history).every(({ key, token, ends }) => {
      const isLost = (ends?.input as { readonly lost?: boolean } | undefined)?.lost === true;
      const isOver =
        ends?.outcome?.kind === 'ok' && (ends.outcome.output as { gone: boolean }).gone && !isLost;
      return !isOver || presentAt(history, key, Infinity)?.createRevision !== token;
    }),
};

it('correct locks pass', () => {
  fc.assert(
    fc.property(rightHistories, (history) => {
      expect(runChecks(lockChecks, history).filter(({ verdict }) => verdict !== 'satisfied')).toEqual([]);
    }),
    { numRuns: runsOr(1000) },
  );
});

it('timely reports of losses, and left keys, agree with every pair and every tick', () => {
  const tally: Tally = new Map();
  fc.assert(
    fc.property(rightHistories, edits, troublesOf(NODES), (right, list, troubles) => {
      const wrong = list.reduce((one, edit) => {
        const next = edited(one, edit);
        return isPossible(next) ? next : one;
      }, right);
      const history = { ...wrong, ...troubles };
      expectAsDefined(checks, definitions, { history, tally });
    }),
    { numRuns: runsOr(4000) },
  );
  expectBothOften(tally, checks, 5);
});
