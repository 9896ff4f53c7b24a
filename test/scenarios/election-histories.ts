/** Small histories of elections: correct ones, and edits that may make them wrong. */
import fc from 'fast-check';
import type { History, LogEntry, Operation } from '../../sim/history/history.js';
import type { Json } from '../../sim/input/json.js';
import {
  freeTick,
  inOrder,
  isBefore,
  moment,
  presentAt,
  Schedule,
  withEndEdited,
} from './plain-definitions.js';

export const ELECTIONS = ['lead', 'lead/a'] as const;
export const NODES = ['c1', 'c2', 'c3'] as const;

/** In ticks. */
const steps = fc.integer({ min: 1, max: 10 });
const rounds = fc.array(
  fc.record({
    node: fc.constantFrom(...NODES),
    election: fc.constantFrom('lead', 'lead', 'lead', 'lead/a'),
    ...{ after: steps, toElection: steps, holds: steps, toGone: steps, toReturn: steps },
    tellsElected: fc.nat(2).map(Boolean),
    proclaims: fc.array(fc.constantFrom('ok', 'ok', 'silent', 'lost', 'failed'), { maxLength: 2 }),
    fate: fc.constantFrom('resigns', 'resigns', 'is told', 'is revoked', 'gives up', 'is unsure', 'stays'),
  }),
  { maxLength: 5 },
);
const looks = fc.array(
  fc.record({
    election: fc.constantFrom('lead', 'lead', 'lead/a'),
    name: fc.constantFrom('leader', 'observe'),
    ...{ begins: fc.nat(30), toSee: steps, observes: fc.nat(150), toReturn: steps },
  }),
  { maxLength: 4 },
);

/** A correct election's answers to candidates and observers: the oldest candidacy leads. */
export const rightElections = fc.tuple(rounds, looks).map(([drawn, seen]): History => {
  const schedule = new Schedule();
  const goneAt = new Map<string, number>();
  const keys = new Map<string, string>();
  const values = new Map<string, string>();
  let asked = 0;
  const planned = drawn.map((round, index) => {
    const { election, fate } = round;
    const id = `${round.node}-${index}`;
    // Some are where etcd3 puts them.
    const key = `${index % 3 === 2 ? 'election/' : ''}${election}/${(index + 10).toString(16)}`;
    keys.set(id, key);
    asked = schedule.place(`${id} asks`, asked + round.after);
    const put = schedule.place(`${id} put ${id}.campaign`, asked + 1);
    const elected = schedule.place(`${id} elected`, Math.max(put, goneAt.get(election) ?? 0) + 1);
    const knows = schedule.place(`${id} knows`, elected + round.toElection);
    const leads = knows < Infinity && ['resigns', 'is told', 'is revoked'].includes(fate);
    const proclaims = round.proclaims.map((one, place) => ({ id: `${id}.proclaim${place + 1}`, fate: one }));
    let last = knows;
    for (const one of leads ? proclaims : []) {
      const begins = schedule.place(`${one.id} begins`, last + 1);
      const done = one.fate === 'failed' ? begins : schedule.place(`${id} put ${one.id}`, begins + 1);
      last = schedule.place(`${one.id} returns`, done + 1);
    }
    const ends = leads ? schedule.place(`${id} ends`, last + round.holds) : knows;
    const early = Math.max(last, ends - round.toGone);
    const gone = fate === 'stays' ? Infinity : fate === 'is revoked' ? early : ends + round.toGone;
    goneAt.set(election, Math.max(goneAt.get(election) ?? 0, schedule.place(`${id} gone`, gone)));
    if (leads) schedule.place(`${id} over`, (fate === 'resigns' ? gone : ends) + round.toReturn);
    return { ...round, id, key, proclaims: leads ? proclaims : [] };
  });
  seen.forEach(({ begins, toSee, observes, toReturn }, index) => {
    const sees = schedule.place(`o${index} sees`, schedule.place(`o${index} begins`, begins * 2) + toSee);
    schedule.place(`o${index} returns`, schedule.place(`o${index} stops`, sees + observes) + toReturn);
  });
  const log: LogEntry[] = [];
  const revisions = new Map<string, number>();
  const told = new Map<string, (string | null)[]>();
  for (const happening of schedule.inOrder()) {
    const [id = '', what, value = ''] = happening.split(' ');
    const key = keys.get(id) ?? '';
    const now: History = { log, operations: [] };
    if (what === 'put') {
      const revision = log.length + 2;
      const createRevision = presentAt(now, key, revision)?.createRevision ?? revision;
      log.push({
        revision,
        events: [{ type: 'put', key, value, createRevision, version: value.includes('campaign') ? 1 : 2 }],
      });
      values.set(key, value);
      revisions.set(value, revision);
    } else if (what === 'gone') {
      log.push({
        revision: log.length + 2,
        events: [{ type: 'delete', key, value: '', createRevision: 0, version: 0 }],
      });
      values.delete(key);
    } else if (what === 'elected') revisions.set(happening, log.length + 1);
    seen.forEach(({ election }, index) => {
      const at = (of: string) => schedule.at(`o${index} ${of}`) ?? 0;
      const tick = schedule.at(happening) ?? 0;
      if (tick < at('sees') || tick > at('stops')) return;
      // Keys are listed in the order of their creation.
      const own = planned.filter((one) => one.election === election && values.has(one.key));
      const leader = values.get(own[0]?.key ?? '') ?? null;
      const list = told.get(`o${index}`) ?? [];
      told.set(`o${index}`, list);
      if (list.length === 0 || list.at(-1) !== leader) list.push(leader);
    });
  }
  const operations = planned.flatMap(
    ({ id, node, election, key, fate, proclaims, tellsElected }): Operation[] => {
      const token = revisions.get(`${id}.campaign`) ?? 0;
      const elected = tellsElected ? (revisions.get(`${id} elected`) ?? 0) : null;
      const stood = {
        id: `${id}.campaign`,
        node,
        name: 'campaign',
        input: { election, value: `${id}.campaign` },
      };
      const campaign: Operation = { ...stood, ...schedule.span(`${id} asks`, `${id} knows`) };
      const ok = (output: Json) => ({ kind: 'ok', output }) as const;
      const outcome =
        fate === 'gives up' ? failed : fate === 'is unsure' ? indefinite : ok({ key, token, elected });
      const lost = fate !== 'resigns';
      const ended = { id: `${id}.resign1`, node, name: 'resign', input: { election, token, lost } };
      const resign: Operation = { ...ended, ...schedule.span(`${id} ends`, `${id} over`) };
      return [
        campaign.return === undefined ? campaign : { ...campaign, outcome },
        ...proclaims.map((one): Operation => {
          const said = { id: one.id, node, name: 'proclaim', input: { election, token, value: one.id } };
          const span = schedule.span(`${one.id} begins`, `${one.id} returns`);
          const revision = one.fate === 'ok' ? { revision: revisions.get(one.id) ?? 0 } : {};
          const ends =
            one.fate === 'failed' ? failed : one.fate === 'lost' ? indefinite : { ...ok(null), ...revision };
          return { ...said, ...span, outcome: ends };
        }),
        ...(schedule.at(`${id} ends`) === undefined
          ? []
          : [resign.return === undefined ? resign : { ...resign, outcome: ok({ gone: !lost }) }]),
      ];
    },
  );
  const looked = seen.map(({ election, name }, index): Operation => {
    const list = told.get(`o${index}`) ?? [];
    const output =
      name === 'leader' ? { value: list[0] ?? null } : { told: list.flatMap((one) => one ?? []) };
    const span = schedule.span(`o${index} begins`, `o${index} returns`);
    return {
      id: `o${index}`,
      node: 'o1',
      name,
      input: { election },
      ...span,
      outcome: { kind: 'ok', output },
    };
  });
  return { log, operations: inOrder([...operations, ...looked]) };
});

const error = { name: 'Error', message: 'refused' };
const failed = { kind: 'failed', error } as const;
const indefinite = { kind: 'indefinite', error } as const;

export const electionEdits = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...([
        'returns',
        'begins',
        'begins',
        'drop',
        'never',
        'outcome',
        'twin',
        'campaign',
        'leader',
        'observe',
        'skip',
      ] as const),
      ...(['observe', 'flag', 'told revision', 'input', 'unwritten', 'again'] as const),
    ),
    ...{ at: fc.nat(30), tick: fc.nat(120) },
  }),
  { maxLength: 3 },
);

type Edit = typeof electionEdits extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

/** Unchanged if the edit would make an impossible history. */
export function editedElection(history: History, edit: Edit): History {
  const next = edited(history, edit);
  return isPossible(next) ? next : history;
}

function edited(history: History, { kind, at, tick }: Edit): History {
  const { log, operations } = history;
  const pick = <Item>(list: readonly Item[]): Item | undefined => list[at % Math.max(1, list.length)];
  const named = (name: string) => pick(operations.filter((operation) => operation.name === name));
  const instead = (one: Operation | undefined, ...others: readonly Operation[]): History => {
    return { ...history, operations: inOrder([...operations.filter((other) => other !== one), ...others]) };
  };
  const withOutput = (
    one: Operation | undefined,
    change: (output: Record<string, Json>) => Json,
  ): History => {
    if (one?.outcome?.kind !== 'ok') return history;
    return instead(one, {
      ...one,
      outcome: { ...one.outcome, output: change(Object(one.outcome.output) as Record<string, Json>) },
    });
  };
  const one = pick(operations);
  if (one === undefined) return history;
  const { outcome } = one;
  switch (kind) {
    case 'returns':
    case 'begins':
    case 'never':
      return instead(one, withEndEdited(history, one, kind, tick));
    case 'drop':
      return instead(one);
    case 'outcome':
      return outcome === undefined
        ? history
        : instead(one, { ...one, outcome: tick % 2 === 0 ? failed : indefinite });
    case 'twin': {
      const twin = named('campaign');
      if (twin?.return === undefined) return history;
      const begins = freeTick(history, twin.return.sequence - 1);
      const ends = freeTick(history, begins + 1 + (tick % 5));
      return instead(undefined, {
        ...twin,
        id: `c9-${tick}.campaign`,
        invoke: moment(begins),
        return: moment(ends),
      });
    }
    case 'campaign':
      return withOutput(named('campaign'), ({ key = '', token, elected }) => {
        if (tick % 3 === 0) return { key, token: Number(token) + 1, elected: elected ?? null };
        return { key, token: token ?? 0, elected: Number(elected ?? token) + (tick % 5) - 2 };
      });
    case 'leader':
      return withOutput(named('leader'), () => ({ value: pick(valuesOf(log)) ?? null }));
    case 'observe':
      return withOutput(named('observe'), ({ told }) => ({
        told: retold(told as readonly string[], pick(valuesOf(log)), tick),
      }));
    case 'skip': {
      const observer = named('observe');
      const { told = [] } = (observer?.outcome?.kind === 'ok' ? observer.outcome.output : {}) as {
        readonly told?: readonly string[];
      };
      const place = 1 + (tick % Math.max(1, told.length - 2));
      const before = log.find(({ events }) => events[0]?.value === told[place - 1]);
      const skipped = withOutput(observer, () => ({ told: told.toSpliced(place, 1) }));
      // Around the revision after which it may have had to skip it.
      return { ...skipped, compactions: [Math.max(0, (before?.revision ?? 0) + (tick % 3) - 1)] };
    }
    case 'flag': {
      const resign = named('resign');
      if (tick % 3 === 0) return withOutput(resign, ({ gone }) => ({ gone: gone !== true }));
      if (resign === undefined) return history;
      const input = Object(resign.input) as Record<string, Json>;
      return instead(resign, { ...resign, input: { ...input, lost: input['lost'] !== true } });
    }
    case 'told revision': {
      const proclaim = named('proclaim');
      if (proclaim?.outcome?.kind !== 'ok') return history;
      const revision = (proclaim.outcome.revision ?? 3) + (tick % 3) - 1;
      return instead(proclaim, { ...proclaim, outcome: { ...proclaim.outcome, revision } });
    }
    case 'input': {
      const proclaim = named('proclaim');
      if (proclaim === undefined) return history;
      const input = Object(proclaim.input) as Record<string, Json>;
      const token = Number(input['token']) + 1;
      return instead(proclaim, {
        ...proclaim,
        input: tick % 2 === 0 ? { ...input, token } : { ...input, election: 'lead/a' },
      });
    }
    case 'unwritten': {
      const entry = pick(log);
      const event = entry?.events[0];
      const isLast = !log.some(
        ({ revision, events }) => revision > (entry?.revision ?? 0) && events[0]?.key === event?.key,
      );
      // The beginning of a key's life is never missing, nor its end if it has another life.
      const isFree = event?.type === 'put' ? event.version > 1 : isLast;
      return isFree ? { ...history, log: log.filter((other) => other !== entry) } : history;
    }
    case 'again': {
      const [event, key] = [pick(log)?.events[0], log[tick % log.length]?.events[0]?.key ?? ''];
      if (event?.type !== 'put') return history;
      const revision = (log.at(-1)?.revision ?? 1) + 1;
      const createRevision = presentAt(history, key, revision)?.createRevision ?? revision;
      const version = createRevision === revision ? 1 : 2;
      return {
        ...history,
        log: [...log, { revision, events: [{ ...event, key, createRevision, version }] }],
      };
    }
  }
}

function retold(told: readonly string[], value: string | undefined, tick: number): readonly string[] {
  const place = tick % (told.length + 1);
  if (tick % 4 === 0) return told.toSpliced(place, 1);
  if (tick % 4 === 1) return told.toSpliced(place, 0, value ?? 'nobody');
  return tick % 4 === 2 ? [...told].reverse() : told.slice(place);
}

function valuesOf(log: readonly LogEntry[]): readonly string[] {
  return log.flatMap(({ events }) => events.flatMap(({ type, value }) => (type === 'put' ? [value] : [])));
}

/** A candidate proclaims and resigns only after it has heard that it leads. */
function isPossible({ operations }: History): boolean {
  return operations.every((one) => {
    const stood = operations.find(({ id }) => id === one.id.replace(/\..*$/, '.campaign'));
    return stood === undefined || stood === one || isBefore(stood.return, one.invoke);
  });
}
