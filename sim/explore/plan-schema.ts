/**
 * The fields of a plan, as a repro holds them. Invariant: whatever passes can be run, as far as one field alone can tell;
 * what fields must be to one another is seen to in `parse-plan.ts`.
 */
import * as v from 'valibot';
import { etcdVersions } from '../etcd/version.js';
import { faultSchema } from '../faults/index.js';
import { TIME_MAX_MS } from '../faults/fault-schema.js';
import { choice, fields, list, meaning, oneOfMany, seed, text, whole } from '../input/schema.js';
import { PCT_DEPTH_MAX, strategyKinds } from '../plan/strategy-spec.js';

const COUNT_MAX = 1_000_000_000;

/** A delay of the network or a window of a strategy, in microseconds: at most what 32 bits hold. */
const delayUs = whole(0, 1_000_000_000);

/** What keys, users, links and reports are named by. */
const MEMBERS = 'different names of members';

const picks = v.pipe(
  list(
    fields({
      choice: meaning(whole(1, COUNT_MAX), 'Its number in the run'),
      place: meaning(whole(1, COUNT_MAX), 'Which candidate is next, the earliest being 0'),
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
      picks: meaning(picks, 'The choices at which another event than the earliest is next'),
    }),
  ],
  oneOfMany('a strategy of a kind that there is', strategyKinds),
);

const rerolls = v.pipe(
  list(
    fields({
      afterEvents: whole(0, COUNT_MAX),
      seed,
      spreadUs: v.exactOptional(
        meaning(delayUs, 'From then on the network may take so much longer for a message'),
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
  seed: meaning(seed, 'What the plan was drawn from'),
  runtimeSeed: v.exactOptional(
    meaning(seed, 'What is drawn while it runs comes from here; the seed where it is absent'),
  ),
  rerolls: v.exactOptional(
    meaning(rerolls, 'From these points on it is drawn from other seeds still, in order of the points'),
  ),
  options: v.record(v.string(), v.union([v.string(), v.number()], 'a number or a name'), 'options'),
  etcdVersion: choice(etcdVersions),
  members,
  nodes: v.pipe(list(node, 'a list of nodes'), v.minLength(1, 'at least one node')),
  draws: v.exactOptional(
    meaning(v.record(v.string(), v.unknown(), 'values by their draws'), 'What its code drew while it ran'),
  ),
  faults: meaning(list(faultSchema, 'a list of faults'), 'In order of their start'),
  network,
  strategy: v.exactOptional(
    meaning(
      strategy,
      'How to order events that are due at about the same time; by time alone where it is absent',
    ),
  ),
});

/** What a run may use up. */
export const budgetSchema = fields({
  maxEvents: whole(1, COUNT_MAX),
  maxVirtualTimeMs: whole(1, TIME_MAX_MS),
  livenessMs: v.exactOptional(whole(1, TIME_MAX_MS)),
});

/** Each more than the one before it. */
function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number));
}
