/**
 * The fields of a run, of a sweep and of a line of `--reporter json`. Invariant: `docs/result.schema.json` is generated
 * from them, so that both agree. An object may have further fields, which a later version adds.
 */
import * as v from 'valibot';
import { planSchema } from '../explore/plan-schema.js';
import { choice, list, meaning, seed } from '../input/schema.js';
import { DOUBTS, type DoubtKind } from '../run/run-result.js';

const count = v.pipe(v.number('a count'), v.integer('a count'), v.minValue(0, 'a count'));
const number = v.number('a number');
const string = v.string('a string');
const strings = list(string, 'a list of strings');
const timeUs = meaning(number, 'Microseconds since the start of the run, by its own clock');
const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.looseObject(entries, 'an object');

const verdict = choice(['satisfied', 'violated', 'inconclusive']);
const moment = object({ sequence: meaning(number, 'Position in the order of all events'), timeUs });
const error = object({ name: string, message: string });
const json = meaning(v.unknown(), 'Any JSON');

const outcome = v.variant('kind', [
  object({ kind: v.literal('ok'), output: json, revision: v.exactOptional(number) }),
  object({ kind: v.literal('failed'), error }),
  object({ kind: v.literal('indefinite'), error }),
]);

const operation = object({
  id: string,
  node: string,
  name: string,
  input: json,
  invoke: moment,
  return: v.exactOptional(meaning(moment, 'Absent if it never returned')),
  outcome: v.exactOptional(outcome),
});

const checked = { check: meaning(string, 'The name of the check'), description: string };
const check = v.variant('verdict', [
  object({ ...checked, verdict: v.literal('satisfied') }),
  object({
    ...checked,
    verdict: v.literal('violated'),
    message: string,
    operations: meaning(strings, 'Ids of the operations that show it'),
    revisions: meaning(list(number), 'Revisions of etcd that show it'),
  }),
  object({ ...checked, verdict: v.literal('inconclusive'), reason: string }),
]);

const waiting = { message: string, waiting: meaning(strings, 'What each node waits for') };
const doubts = Object.keys(DOUBTS) as DoubtKind[];
const problem = v.variant('kind', [
  object({ kind: v.literal('deadlock'), ...waiting }),
  object({ kind: v.literal('liveness'), ...waiting }),
  object({ kind: v.literal('budget'), ...waiting }),
  object({ kind: v.literal('scenario-error'), part: string, message: string, stack: string }),
  object({
    ...{ kind: v.literal('node-error'), node: string, error, stack: string, timeUs },
    reasons: v.exactOptional(meaning(strings, 'What may have held up a test that waited in vain')),
  }),
  object({ kind: choice(doubts), message: string, node: v.exactOptional(string), operations: strings }),
]);

const fault = object({
  index: meaning(number, 'Its place in the plan'),
  kind: string,
  text: string,
  startedUs: v.exactOptional(meaning(number, 'Absent if the run ended before it began')),
  endedUs: v.exactOptional(number),
  hits: meaning(count, 'How many messages, calls or connections it touched'),
  node: v.exactOptional(string),
});

const event = object({
  type: choice(['put', 'delete']),
  key: string,
  value: string,
  createRevision: number,
  version: number,
});

const counters = meaning(v.record(string, number, 'counts by their names'), 'Counts by their names');

export const runSchema = object({
  version: meaning(string, 'The version of etcd-sim'),
  backend: choice(['simulated', 'real']),
  plan: meaning(planSchema, 'Everything that the seed drew'),
  verdict,
  checks: list(check, 'a list of checks'),
  problems: list(problem, 'a list of problems'),
  faults: list(fault, 'a list of faults'),
  operations: list(operation, 'a list of operations'),
  log: meaning(
    list(object({ revision: number, events: list(event) }), 'a list of revisions'),
    'Every revision of etcd that touched the keys of the run',
  ),
  skips: v.exactOptional(list(object({ node: string, operation: string, reason: string }))),
  summary: meaning(list(object({ label: string, value: string })), "The scenario's own lines"),
  counters,
  marks: v.exactOptional(list(object({ mark: string, reached: v.boolean('true or false') }))),
  virtualTimeMs: v.exactOptional(meaning(number, 'Absent on the real backend')),
  wallTimeMs: number,
  trace: v.exactOptional(
    meaning(object({ hash: string, events: count }), 'Equal for equal runs; absent on the real backend'),
  ),
  checkpoints: v.exactOptional(list(object({ events: count, timeUs: number, hash: string }))),
  exploration: v.exactOptional(
    meaning(
      object({ strategy: string, runs: count, complete: v.boolean('true or false') }),
      'The campaign that the run belongs to',
    ),
  ),
  replay: meaning(string, 'The shell command that runs it again'),
  explanation: v.exactOptional(
    meaning(
      object({ size: string, sentence: string, witness: strings, events: count, runs: count }),
      'Why it failed',
    ),
  ),
});

const signature = meaning(
  string,
  'What kind of failure it is, such as `check sum-conserved` or `inconclusive budget`',
);

export const findingEntries = {
  verdict: choice(['violated', 'inconclusive']),
  signature,
  message: meaning(string, 'The first finding, as one sentence'),
  replay: meaning(string, 'The shell command that runs this seed again'),
} as const;

export const sweepSchema = object({
  scenario: string,
  seedsPlanned: meaning(count, 'How many seeds were asked for'),
  seedsRun: meaning(count, 'How many of them have run'),
  failures: meaning(
    list(object({ seed, ...findingEntries }), 'a list of failures'),
    'Every seed that was not satisfied',
  ),
  blocked: meaning(count, 'How many seeds are left out, because faults let nothing succeed'),
  lost: meaning(
    list(object({ seed, how: string }), 'a list of seeds'),
    'Seeds with an unknown result, because their processes have ended',
  ),
  counters,
  marks: meaning(
    list(object({ mark: string, reached: count, possible: count }), 'a list of marks'),
    'How many of the seeds that could reach a rare situation did so',
  ),
  wallTimeMs: number,
  interrupted: v.boolean('true or false'),
  outOfTime: meaning(v.boolean('true or false'), 'Whether the time limit ended it'),
  firstFailure: v.exactOptional(meaning(runSchema, 'The run of the first failure')),
  shrunk: v.exactOptional(meaning(runSchema, 'The smallest run that fails in the same way')),
});

/** A line of `--reporter json`: a run, or a sweep. */
export const resultSchema = v.union([sweepSchema, runSchema], 'a run or a sweep');
