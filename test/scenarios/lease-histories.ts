/** Small histories of leases: correct ones, and edits that may make them wrong. */
import fc from 'fast-check';
import type { Crash, History, LogEntry, Operation } from '../../sim/history/history.js';
import {
  freeTick,
  inOrder,
  isBefore,
  moment,
  presentAt,
  Schedule,
  TICKS_PER_SECOND,
  withEndEdited,
} from './plain-definitions.js';

export const NODES = ['h1', 'h2'] as const;
export const TTL_SECONDS = 2;
export const TTL_TICKS = TTL_SECONDS * TICKS_PER_SECOND;

/** In ticks. */
const steps = fc.integer({ min: 2, max: 8 });
const quick = fc.integer({ min: 1, max: 4 });
const puts = fc.array(
  fc.record({
    ...{ after: fc.nat(8), toDone: quick, toReturn: quick },
    fate: fc.constantFrom('ok', 'ok', 'ok', 'lost', 'failed'),
  }),
  { minLength: 1, maxLength: 2 },
);
const rounds = fc.array(
  fc.record({
    node: fc.constantFrom(...NODES),
    ...{ after: steps, toGrant: quick, holds: fc.nat(40), toGone: steps, toEnd: steps, puts },
    fate: fc.constantFrom('close', 'close', 'release', 'lost', 'revoked', 'crash', 'stays', 'unsure'),
  }),
  { maxLength: 4 },
);
const looks = fc.array(
  fc.record({ after: steps, toSee: steps, toReturn: steps, isSeen: fc.nat(4).map(Boolean) }),
  {
    maxLength: 6,
  },
);

/** A correct history of holders that do one round after the other, and of a reader. */
export const rightLeases = fc.tuple(rounds, looks).map(([drawn, seen]): History => {
  const schedule = new Schedule();
  const freeAt = new Map<string, number>();
  const crashes: Crash[] = [];
  const revocations: string[] = [];
  const planned = drawn.flatMap((round, index) => {
    const { node, fate } = round;
    if (freeAt.get(node) === Infinity) return [];
    const id = `${node}-${index}`;
    const asks = schedule.place(`${id} asks`, (freeAt.get(node) ?? 0) + round.after);
    const knows = schedule.place(`${id} knows`, asks + round.toGrant);
    const isLost = fate === 'lost' || fate === 'unsure';
    const ends = schedule.place(`${id} ends`, isLost ? asks + TTL_TICKS + round.holds : knows + round.holds);
    const gone = new Map([
      ['revoked', Math.max(knows, ends - round.toGone)],
      ['release', ends + TTL_TICKS],
      ['crash', Math.max(ends, asks + TTL_TICKS) + round.toGone],
      ['stays', Infinity],
    ]).get(fate);
    const goneAt = schedule.place(`${id} gone`, gone ?? ends + round.toGone);
    if (fate === 'crash') crashes.push({ node, at: moment(ends) });
    const isOver = !['crash', 'stays', 'unsure'].includes(fate);
    const over = isOver
      ? schedule.place(`${id} over`, (fate === 'revoked' ? ends : goneAt) + round.toEnd)
      : goneAt;
    freeAt.set(node, over);
    if (fate === 'revoked') revocations.push(`lease of ${id}`);
    const written = round.puts.map((one, place) => {
      const put = `${id}.put${place + 1}`;
      const begins = Math.min(knows + one.after, ends - 1);
      if (begins <= knows) return { ...one, put, fate: 'none' };
      const begun = schedule.place(`${put} begins`, begins);
      const done = schedule.place(`${put} done`, begun + one.toDone);
      // A late write is refused.
      const isRefused = one.fate === 'failed' || done > goneAt;
      const returns = schedule.place(`${put} returns`, done + one.toReturn);
      const isHeard = fate !== 'crash' || returns < ends;
      freeAt.set(node, Math.max(freeAt.get(node) ?? 0, fate === 'crash' ? 0 : returns));
      return { ...one, put, fate: isRefused ? 'failed' : one.fate, isHeard };
    });
    return { ...round, id, written, isEnded: fate !== 'crash' && fate !== 'stays' };
  });
  const log: LogEntry[] = [];
  const present = new Set<string>();
  const seenKeys = new Map<string, readonly string[]>();
  // Two nodes read at the same time.
  const lookedAt = [0, 0];
  for (const [index, { after, toSee, toReturn }] of seen.entries()) {
    const begins = schedule.place(`o1-${index} looks`, (lookedAt[index % 2] ?? 0) + after);
    const sees = schedule.place(`o1-${index} sees`, begins + toSee);
    lookedAt[index % 2] = schedule.place(`o1-${index} returns`, sees + toReturn);
  }
  const revisions = new Map<string, number>();
  const fates = new Map(
    planned.flatMap(({ written }) => written.map(({ put, fate }) => [put, fate] as const)),
  );
  for (const happening of schedule.inOrder()) {
    const [id = '', what] = happening.split(' ');
    const revision = log.length + 2;
    if (what === 'done' && fates.get(id) !== 'failed') {
      log.push({
        revision,
        events: [{ type: 'put', key: keyOf(id), value: id, createRevision: revision, version: 1 }],
      });
      present.add(keyOf(id));
      revisions.set(id, revision);
    } else if (what === 'sees') seenKeys.set(id, [...present]);
    else if (what === 'gone') {
      const keys = [...present].filter((key) => key.startsWith(`held/${id}/`));
      const events = keys.map(
        (key) => ({ type: 'delete', key, value: '', createRevision: 0, version: 0 }) as const,
      );
      if (events.length > 0) log.push({ revision, events });
      for (const key of keys) present.delete(key);
    }
  }
  const operations = planned.flatMap(({ id, node, fate, written, isEnded }): Operation[] => {
    const lease = `lease of ${id}`;
    const how = ['lost', 'revoked', 'unsure'].includes(fate) ? 'lost' : fate;
    const grant = {
      id: `${id}.grant`,
      node,
      name: 'grant',
      input: null,
      ...schedule.span(`${id} asks`, `${id} knows`),
    };
    const end = {
      id: `${id}.end`,
      node,
      name: 'end',
      input: { lease, how },
      ...schedule.span(`${id} ends`, `${id} over`),
    };
    const tellings = how === 'lost' ? 1 : 0;
    return [
      { ...grant, outcome: { kind: 'ok', output: { lease } } },
      ...written.flatMap(({ put, fate: one, ...more }): Operation[] => {
        if (one === 'none') return [];
        const { invoke, return: returned } = schedule.span(`${put} begins`, `${put} returns`);
        const base = { id: put, node, name: 'put', input: { lease, key: keyOf(put) }, invoke };
        if (returned === undefined || ('isHeard' in more && !more.isHeard)) return [base];
        if (one === 'lost') return [{ ...base, return: returned, outcome: { kind: 'indefinite', error } }];
        if (one === 'failed') return [{ ...base, return: returned, outcome: { kind: 'failed', error } }];
        const revision = revisions.get(put) ?? 0;
        return [{ ...base, return: returned, outcome: { kind: 'ok', output: null, revision } }];
      }),
      ...(isEnded
        ? [
            end.return === undefined
              ? end
              : { ...end, outcome: { kind: 'ok', output: { tellings } } as const },
          ]
        : []),
    ];
  });
  const looked = seen.map(({ isSeen }, index): Operation => {
    const id = `o1-${index}`;
    const base = {
      id: `${id}.look`,
      node: 'o1',
      name: 'look',
      input: null,
      ...schedule.span(`${id} looks`, `${id} returns`),
    };
    const keys = seenKeys.get(id) ?? [];
    return { ...base, outcome: isSeen ? { kind: 'ok', output: { keys } } : { kind: 'indefinite', error } };
  });
  crashes.sort((one, other) => one.at.sequence - other.at.sequence);
  return { log, operations: inOrder([...operations, ...looked]), crashes, revocations };
});

const error = { name: 'Error', message: 'refused' };

/** `h1-0.put1` writes `held/h1-0/put1`. */
function keyOf(put: string): string {
  return `held/${put.replace('.', '/')}`;
}

export const leaseEdits = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...([
        'returns',
        'begins',
        'drop',
        'never',
        'outcome',
        'how',
        'looks',
        'looks',
        'looks',
        'unseen',
        'unseen',
        'seen',
        'tellings',
      ] as const),
      ...(['key', 'stays', 'unwritten', 'elsewhere', 'revoked', 'owned', 'crash'] as const),
    ),
    ...{ at: fc.nat(30), tick: fc.nat(120) },
  }),
  { maxLength: 3 },
);

type Edit = typeof leaseEdits extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

/** Unchanged if the edit would make an impossible history. */
export function editedLeases(history: History, edit: Edit): History {
  const next = edited(history, edit);
  return isPossible(next) ? next : history;
}

function edited(history: History, { kind, at, tick }: Edit): History {
  const { log, operations, revocations = [], crashes = [] } = history;
  const of = (name: string) => operations.filter((operation) => operation.name === name);
  const pick = <Item>(list: readonly Item[]): Item | undefined => list[at % Math.max(1, list.length)];
  const instead = (one: Operation | undefined, ...others: readonly Operation[]): History => {
    return { ...history, operations: inOrder([...operations.filter((other) => other !== one), ...others]) };
  };
  const one = pick(operations);
  const entry = pick(log);
  if (one === undefined) return history;
  const { return: returned, outcome } = one;
  switch (kind) {
    case 'returns':
    case 'begins':
    case 'never':
      return instead(one, withEndEdited(history, one, kind, tick));
    case 'drop':
      return instead(one);
    case 'outcome':
      if (returned === undefined || outcome === undefined || one.name === 'grant') return history;
      return instead(one, { ...one, outcome: { kind: tick % 2 === 0 ? 'failed' : 'indefinite', error } });
    case 'how': {
      const end = pick(of('end'));
      const how = ['lost', 'close', 'release'][tick % 3] ?? '';
      return end === undefined
        ? history
        : instead(end, { ...end, input: { ...Object(end.input), how } as Operation['input'] });
    }
    case 'tellings': {
      const end = pick(of('end'));
      if (end?.outcome?.kind !== 'ok') return history;
      return instead(end, { ...end, outcome: { ...end.outcome, output: { tellings: 2 } } });
    }
    case 'seen':
    case 'unseen': {
      const look = pick(of('look'));
      if (look?.outcome?.kind !== 'ok') return history;
      const { keys } = look.outcome.output as { readonly keys: readonly string[] };
      const more = of('put').map(({ id }) => keyOf(id));
      const output = {
        keys: kind === 'seen' ? more : keys.filter((_, index) => index !== tick % keys.length),
      };
      return instead(look, { ...look, outcome: { ...look.outcome, output } });
    }
    case 'looks': {
      const [put, look] = [pick(of('put')), pick(of('look'))];
      if (put?.return === undefined || look?.outcome?.kind !== 'ok') return history;
      const begins = freeTick(history, put.return.sequence + 1 + (tick % 7));
      const returns = freeTick(history, begins + 1 + (tick % 4));
      const moved = { ...look, invoke: moment(begins), return: moment(returns) };
      return instead(
        look,
        tick % 3 === 0 ? moved : { ...moved, outcome: { ...look.outcome, output: { keys: [] } } },
      );
    }
    case 'key': {
      const put = pick(of('put'));
      return put === undefined
        ? history
        : instead(put, { ...put, input: { ...Object(put.input), key: 'held/x' } as Operation['input'] });
    }
    case 'stays':
      return { ...history, log: log.filter((other) => other !== entry || entry.events[0]?.type === 'put') };
    case 'unwritten':
      return { ...history, log: log.filter((other) => other !== entry) };
    case 'elsewhere': {
      const event = entry?.events[0];
      if (event?.type !== 'put') return history;
      const revision = (log.at(-1)?.revision ?? 1) + 1;
      const key = tick % 2 === 0 ? 'held/x' : event.key;
      if (presentAt(history, key, revision) !== undefined) return history;
      return {
        ...history,
        log: [...log, { revision, events: [{ ...event, key, createRevision: revision }] }],
      };
    }
    case 'revoked':
      return { ...history, revocations: [...revocations, `lease of ${roundOf(one)}`] };
    case 'owned':
      return { ...history, revocations: revocations.slice(1) };
    case 'crash': {
      const crash = { node: NODES[tick % 2] ?? '', at: moment(freeTick(history, tick) + 0.5) };
      return {
        ...history,
        crashes: [...crashes, crash].sort((left, right) => left.at.sequence - right.at.sequence),
      };
    }
  }
}

/** No process continues a round after a crash, and no lease is used before it is granted. */
function isPossible({ operations, crashes = [] }: History): boolean {
  return operations.every((one) =>
    operations.every((other) => {
      if (roundOf(one) !== roundOf(other)) return true;
      const last = one.return ?? one.invoke;
      if (one.name === 'grant' && one !== other && !isBefore(one.return, other.invoke)) return false;
      return crashes.every(
        ({ node, at }) => node !== one.node || !isBefore(other.invoke, at) || isBefore(last, at),
      );
    }),
  );
}

export function roundOf({ id }: Operation): string {
  return id.slice(0, id.indexOf('.'));
}
