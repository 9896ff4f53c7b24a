/**
 * Leases: a node learns that it has lost one before any other node can see that its key is gone. Invariant: the key
 * counts as gone only if an operation that ran while its owner still held it saw so, or reported a revision after its
 * deletion.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import type { Moment } from '../../history/moment.js';
import { endOf } from '../../history/operations.js';
import { describeValue } from '../../input/describe-value.js';
import { InputError } from '../../input/parsed.js';
import { numberFrom } from '../../input/schema.js';
import type { Check } from '../check.js';
import { lateness } from '../lateness.js';
import { couldNotKnow, TOLD_WITHIN_SECONDS } from './excuses.js';
import {
  expectOptions,
  namesOf,
  optionalNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, foundStored, performed, storedNameOf, storedTextOf, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';
import { expectSpan, spanEntries, spansOf, type Span, type SpanOptions } from './spans.js';

export type LeaseToldInTimeOptions = ReadyOptions &
  SpanOptions & {
    /** The key that the lease keeps. By default the field `key` of the input. */
    readonly key?: Reader | undefined;
    /** The lease, in decimal, where the history should tell whether it was revoked. By default the field `lease` of the input. */
    readonly lease?: Reader | undefined;
    /**
     * Operations that list the existing keys; needed with `during`. Without any, the check uses the operations that
     * reported a revision after the deletion of the key; `acquire` must then report the revision at which it made the
     * key.
     */
    readonly look?: OperationNames | undefined;
    /** The keys that a look saw. By default the field `keys` of the output, or the output. */
    readonly keys?: Reader | undefined;
    /**
     * How long an owner may continue without a way to know of its loss: its process was paused, its clock ran slow, or
     * an operator revoked its lease. In seconds of its own time; 10 by default.
     */
    readonly toldWithinSeconds?: number | undefined;
  };

/** A node learns that its lease is lost before any other node can see that its key is gone. */
export function leaseToldInTime(options: LeaseToldInTimeOptions): Check {
  expectOptions(
    'leaseToldInTime',
    {
      ...spanEntries,
      ...{ key: reader, lease: reader, look: optionalNames, keys: reader },
      toldWithinSeconds: v.optional(numberFrom(0, 1e6)),
    },
    options,
  );
  expectSpan('leaseToldInTime', options);
  if (options.during !== undefined && options.look === undefined) {
    throw new InputError('checks.leaseToldInTime: expected look as well as during, got none');
  }
  const { during, acquire, release, look, toldWithinSeconds = TOLD_WITHIN_SECONDS } = options;
  return readyCheck({
    factory: 'leaseToldInTime',
    options,
    name: 'lease-told-in-time',
    description: 'A node learns that its lease is lost before any other node can see that its key is gone.',
    roles: { during, acquire, release, look },
    judge(history) {
      const spans = spansOf(history, options, (operation) => keyOf(options, operation));
      const gone = new GoneKeys(history, options);
      for (const span of spans) {
        const seen = gone.firstAfter(span);
        const told = seen?.return;
        if (seen === undefined || told === undefined || told.sequence > span.end) continue;
        const isExcused = isRevoked(history, span, options) || couldNotKnow(history, span, told.timeUs);
        const late = lateness(history, {
          ...{ node: span.node, fromUs: Math.max(told.timeUs, span.startUs), toldUs: span.endUs },
          withinSeconds: isExcused ? toldWithinSeconds : 0,
        });
        if (late === undefined) continue;
        return violated(
          `${span.id} still held ${span.key} when ${seen.id} saw that it was gone, ${late}: expected the holder to learn it first`,
          [span.operation, seen],
        );
      }
      return undefined;
    },
  });
}

function keyOf({ key }: LeaseToldInTimeOptions, operation: Operation): string {
  const place = { option: 'key', in: 'input', fields: ['key'] } as const;
  return foundStored(place, key, operation);
}

/** If the lease is unknown, any revoked one may be it. */
function isRevoked(
  { revocations = [] }: History,
  { operation }: Span,
  { lease }: LeaseToldInTimeOptions,
): boolean {
  const { input } = operation;
  const own =
    lease === undefined ? (Object(input) as { lease?: unknown }).lease : lease(performed(operation));
  const id = storedTextOf(own);
  return id === undefined ? revocations.length > 0 : revocations.includes(id);
}

/** The operations that saw that a key was gone. */
class GoneKeys {
  readonly #looks: readonly { readonly look: Operation; readonly keys: ReadonlySet<string> }[];
  /** Operations that reported a revision. */
  readonly #told: readonly { readonly operation: Operation; readonly revision: number }[];
  readonly #deletions = new Map<string, number[]>();
  /** Whether a revision of the operation that began a span is that of its key. */
  readonly #isPair: boolean;

  constructor({ operations, log }: History, { look, keys, during }: LeaseToldInTimeOptions) {
    this.#isPair = during === undefined;
    const names = namesOf(look);
    const ended = operations.filter(
      (operation) => endOf(operation) === 'ok' && operation.return !== undefined,
    );
    this.#looks = ended
      .filter(({ name }) => names.includes(name))
      .map((operation) => ({ look: operation, keys: keysSeenBy(operation, keys) }));
    this.#told = ended.flatMap((operation) => {
      const revision = operation.outcome?.kind === 'ok' ? operation.outcome.revision : undefined;
      return revision === undefined ? [] : [{ operation, revision }];
    });
    for (const { revision, events } of log) {
      for (const { type, key } of events) {
        if (type !== 'delete') continue;
        const own = this.#deletions.get(key);
        if (own === undefined) this.#deletions.set(key, [revision]);
        else own.push(revision);
      }
    }
  }

  /** The first operation to return of those that saw so after the span had begun. */
  firstAfter({ key, start, operation }: Span): Operation | undefined {
    const seen = this.#looks
      .filter(({ look, keys }) => look.invoke.sequence > start && !keys.has(key))
      .map(({ look }) => look);
    // It was there when it was granted, and has been deleted since.
    const { outcome } = operation;
    const granted = this.#isPair && outcome?.kind === 'ok' ? outcome.revision : undefined;
    const deleted =
      granted === undefined ? undefined : this.#deletions.get(key)?.find((revision) => revision > granted);
    const told = this.#told
      .filter((one) => deleted !== undefined && one.revision >= deleted && one.operation !== operation)
      .map((one) => one.operation);
    return [...seen, ...told].reduce(
      (one: Operation | undefined, other) => (returnOf(one) <= returnOf(other) ? one : other),
      undefined,
    );
  }
}

function keysSeenBy(look: Operation, keys: Reader | undefined): ReadonlySet<string> {
  const list = found({ option: 'keys', in: 'output', fields: ['keys'] }, keys, look);
  if (Array.isArray(list)) return new Set(list.map((key) => storedNameOf('keys', key, look)));
  throw new Error(`expected keys of ${look.id} to be a list, got ${describeValue(list)}`);
}

function returnOf(operation: Operation | undefined): number {
  const end: Moment | undefined = operation?.return;
  return end?.sequence ?? Infinity;
}
