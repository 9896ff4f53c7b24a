/**
 * Elections: at most one node believes that it leads, and an answer about the leader is true. Invariant: an answer is
 * wrong only if another node believed to lead from before the question until after the answer, or if no node of the
 * answered name ever stood.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { numberFrom } from '../../input/schema.js';
import type { Check, Finding } from '../check.js';
import { couldNotKnow } from './excuses.js';
import { tooManyInside } from './exclusion.js';
import {
  expectOptions,
  namesOf,
  optionalNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, partOf, readIfKnown, storedTextOf, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';
import { expectShape, spansOf, type Span, type SpanOptions } from './spans.js';

interface LeaderOptions extends ReadyOptions {
  /** Operations that ask who leads. */
  readonly told?: OperationNames | undefined;
  /**
   * The leader that such an operation reported; null for none. By default the field `leader` or `value` of the output,
   * or the output.
   */
  readonly leader?: Reader | undefined;
  /** By what name a leader is known, of the operation that it began to lead with. By default its node. */
  readonly known?: Reader | undefined;
  /** Which election, where there are several. By default the field `election` of the input. */
  readonly election?: Reader | undefined;
  /**
   * How long a leader may continue without a way to know that it is deposed: its process was paused, its clock ran
   * slow, or an operator revoked its lease. In seconds of its own time; 10 by default.
   */
  readonly toldWithinSeconds?: number | undefined;
}

export type OneLeaderOptions = LeaderOptions &
  (
    | {
        /** Operations that last as long as their node leads. */
        readonly reign: OperationNames;
        readonly campaign?: undefined;
        readonly resign?: undefined;
      }
    | {
        /** Operations that return ok when their node leads. */
        readonly campaign: OperationNames;
        /** What ends it, such as `['resign', 'lost']`. */
        readonly resign: OperationNames;
        readonly reign?: undefined;
      }
  );

/** At most one node leads at a time, and every node that asks for the leader learns the true one. */
export function oneLeader(options: OneLeaderOptions): Check {
  expectOptions(
    'oneLeader',
    {
      ...{ reign: optionalNames, campaign: optionalNames, resign: optionalNames, told: optionalNames },
      leader: reader,
      known: reader,
      election: reader,
      toldWithinSeconds: v.optional(numberFrom(0, 1e6)),
    },
    options,
  );
  const { reign, campaign, resign, told } = options;
  expectShape('oneLeader', { reign }, { campaign, resign });
  return readyCheck({
    factory: 'oneLeader',
    options,
    name: 'one-leader',
    description: 'At most one node leads at a time, and observers see the true leader.',
    roles: { reign, campaign, resign, told },
    judge(history) {
      const spans = spansOf(history, spanOptionsOf(options), (operation) => electionOf(options, operation));
      return tooManyInside(history, spans.map(asReign), options, 1) ?? toldUntrue(history, spans, options);
    },
  });
}

function spanOptionsOf({ reign, campaign, resign }: OneLeaderOptions): SpanOptions {
  return reign === undefined ? { acquire: campaign, release: resign } : { during: reign };
}

function electionOf({ election }: LeaderOptions, operation: Operation): string {
  return partOf({ option: 'election', fields: ['election'] }, election, operation);
}

function asReign(span: Span) {
  return { ...span, mode: 'lead' } as const;
}

/** An answer that does not name the one that led all the while, or names one that never stood. */
function toldUntrue(
  history: History,
  spans: readonly Span[],
  options: OneLeaderOptions,
): Finding | undefined {
  const nameOf = (operation: Operation) =>
    options.known === undefined ? operation.node : storedTextOf(readIfKnown(options.known, operation));
  const stood = namesOf(options.campaign);
  const candidates = history.operations.filter(({ name }) => stood.includes(name));
  const named = candidates.map((operation) => ({ operation, name: nameOf(operation) }));
  const reigns = spans.map((span) => ({ span, name: nameOf(span.operation) }));
  const names = namesOf(options.told);
  const answers = history.operations.filter(
    (operation) => names.includes(operation.name) && endOf(operation) === 'ok',
  );
  for (const answer of answers) {
    const { id, invoke, return: end = { sequence: Infinity, timeUs: Infinity } } = answer;
    const election = electionOf(options, answer);
    const place = { option: 'leader', in: 'output', fields: ['leader', 'value'] } as const;
    const said = storedTextOf(
      found(place, options.leader && ((one) => options.leader?.(one) ?? null), answer),
    );
    const whom = said ?? 'nobody';
    const leads = `${id} saw ${whom} lead${election === '' ? '' : ` ${election}`}`;
    const ruler = reigns.find(
      ({ span, name }) =>
        span.key === election &&
        span.start < invoke.sequence &&
        span.end > end.sequence &&
        name !== said &&
        !couldNotKnow(history, span, end.timeUs) &&
        (history.revocations ?? []).length === 0,
    );
    if (ruler !== undefined) {
      return violated(`${leads}: expected ${ruler.name}, which led the whole time (${ruler.span.id})`, [
        ruler.span.id,
        id,
      ]);
    }
    // Where only reigns are operations, one that was elected may have died before it could begin to lead.
    if (options.reign !== undefined || said === undefined) continue;
    const known = named.filter(({ operation }) => electionOf(options, operation) === election);
    // One that may have stood may have any name.
    if (known.some(({ name }) => name === said || name === undefined)) continue;
    const others = [...new Set(known.map(({ name }) => name))].join(', ');
    return violated(
      `${leads}: expected a candidate, got one that never campaigned (candidates: ${others || 'none'})`,
      [id],
    );
  }
  return undefined;
}
