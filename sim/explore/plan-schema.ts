/**
 * The fields of a plan, as a repro holds them. Invariant: an accepted value can be run, as far as single
 * fields can tell; `parse-plan.ts` checks the relations between fields.
 */
import * as v from 'valibot';
import { etcdVersions } from '../etcd/version.js';
import { writtenFaultsSchema } from '../faults/index.js';
import { TIME_MAX_MS } from '../faults/fault-schema.js';
import { choice, fields, list, meaning, oneOfMany, seed, text, whole } from '../input/schema.js';
import { PCT_DEPTH_MAX, strategyKinds } from '../plan/strategy-spec.js';

const COUNT_MAX = 1_000_000_000;

/** A delay of the network or a window of a strategy, in microseconds: at most 32 bits. */
const delayUs = whole(0, 1_000_000_000);

/** The form of names for keys, users, links and reports. */
const MEMBERS = 'different member names';

const picks = v.pipe(
  list(
    fields({
      choice: meaning(whole(1, COUNT_MAX), 'The number of the event in the run'),
      place: meaning(whole(1, COUNT_MAX), 'The candidate to take; the earliest is 0'),
    }),
    'picks',
  ),
  v.check((list) => isAscending(list.map(({ choice: number }) => number)), 'picks in order of their choices'),
);

const windowed = { windowUs: delayUs };

const strategy = v.variant(
  'kind',
  [
    fields({ kind: v.literal('walk'), ...windowed }),
    fields({ kind: v.literal('pos'), ...windowed }),
    fields({
      kind: v.literal('pct'),
      ...windowed,
      depth: whole(1, PCT_DEPTH_MAX),
      choices: whole(1, COUNT_MAX),
    }),
    fields({
      kind: v.literal('scripted'),
      ...windowed,
      picks: meaning(picks, 'The choices that do not take the earliest event'),
    }),
  ],
  oneOfMany('a known kind of strategy', strategyKinds),
);

const rerolls = v.pipe(
  list(
    fields({
      afterEvents: whole(0, COUNT_MAX),
      seed,
      spreadUs: v.exactOptional(
        meaning(delayUs, 'From this event on the network may delay a message by this much longer'),
      ),
    }),
    'rerolls',
  ),
  v.check(
    (list) => isAscending(list.map(({ afterEvents }) => afterEvents)),
    'rerolls in order of their events',
  ),
);

const network = v.pipe(
  fields({ oneWayDelayMinUs: delayUs, oneWayDelayMaxUs: delayUs }),
  v.check(
    ({ oneWayDelayMinUs, oneWayDelayMaxUs }) => oneWayDelayMinUs <= oneWayDelayMaxUs,
    'the smaller delay of the network first',
  ),
);

const node = fields({
  name: text('the name of a node'),
  operations: list(
    fields({
      id: meaning(v.string('an id'), 'Unique within the plan'),
      name: v.string('the name of an operation'),
      input: meaning(v.unknown(), "Any JSON; the scenario's own"),
    }),
    'a list of operations',
  ),
});

const members = v.pipe(
  list(text('the name of a member'), MEMBERS),
  v.minLength(1, MEMBERS),
  v.check((names) => new Set(names).size === names.length, MEMBERS),
);

export const planSchema = fields({
  scenario: v.string('the name of a scenario'),
  seed: meaning(seed, 'The seed of the plan'),
  runtimeSeed: v.exactOptional(
    meaning(seed, 'The seed of everything drawn at run time; absent means the seed of the plan'),
  ),
  rerolls: v.exactOptional(meaning(rerolls, 'The points from which other seeds take over, in order')),
  options: v.record(v.string(), v.union([v.string(), v.number()], 'a number or a name'), 'options'),
  etcdVersion: choice(etcdVersions),
  members,
  nodes: v.pipe(list(node, 'a list of nodes'), v.minLength(1, 'at least one node')),
  draws: v.exactOptional(
    meaning(
      v.record(v.string(), v.unknown(), 'values by their draws'),
      'The values that the code of the test drew',
    ),
  ),
  faults: meaning(writtenFaultsSchema, 'In order of their start'),
  network,
  strategy: v.exactOptional(
    meaning(strategy, 'How to order events that are due at about the same time; absent means by time'),
  ),
});

/** The budget of a run. */
export const budgetSchema = fields({
  maxEvents: whole(1, COUNT_MAX),
  maxVirtualTimeMs: whole(1, TIME_MAX_MS),
  livenessMs: v.exactOptional(whole(1, TIME_MAX_MS)),
});

/** Each greater than the previous one. */
function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number));
}
