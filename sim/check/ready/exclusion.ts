/**
 * Mutual exclusion, read-write locks and semaphores: of those that believe to be inside at one moment there are never
 * too many. Invariant: a node that could not know that it had lost what it held is not counted, for as long as it takes
 * to tell it.
 */
import * as v from 'valibot';
import type { History } from '../../history/history.js';
import { numberFrom, whole } from '../../input/schema.js';
import type { Check, Finding } from '../check.js';
import { firstUnexplained, type Crowd } from '../crowds.js';
import { couldNotKnow, isToldInTime, TOLD_WITHIN_SECONDS } from './excuses.js';
import { fencedWorkOf } from './fencing.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import type { Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';
import { expectSpan, partOfKey, spanEntries, spansOf, type Span, type SpanOptions } from './spans.js';

interface ExclusionOptions extends ReadyOptions {
  /**
   * The lock or semaphore, such as `({ input }) => input.lock`. By default the field `key` or `lock` of the input;
   * without these, all operations share one.
   */
  readonly key?: Reader | undefined;
  /**
   * How long a holder may continue without a way to know that it is one no longer: its process was paused, its clock
   * ran slow, or an operator revoked its lease. In seconds of its own time; 10 by default.
   */
  readonly toldWithinSeconds?: number | undefined;
}

export type MutualExclusionOptions = ExclusionOptions &
  SpanOptions & {
    /**
     * The fencing token of what an operation that ended ok did, undefined or null where it did nothing. Holders may then
     * overlap, as no lock can prevent; what they did must be in the order of their tokens.
     */
    readonly fencing?: Reader | undefined;
  };

export type SemaphoreOptions = ExclusionOptions &
  SpanOptions & {
    /** How many may be inside at once. */
    readonly permits: number;
  };

export interface ReadWriteLockOptions extends ExclusionOptions {
  /** Operations that last as long as their node holds the lock to read. */
  readonly read: OperationNames;
  /** And to write. */
  readonly write: OperationNames;
}

const common = { key: reader, toldWithinSeconds: v.optional(numberFrom(0, 1e6)) };

/** At most one is inside at a time. */
export function mutualExclusion(options: MutualExclusionOptions): Check {
  expectOptions('mutualExclusion', { ...common, ...spanEntries, fencing: reader }, options);
  expectSpan('mutualExclusion', options);
  const keyOf = partOfKey(options.key);
  return readyCheck({
    factory: 'mutualExclusion',
    options,
    name: 'mutual-exclusion',
    description:
      options.fencing === undefined
        ? 'At most one node is inside at a time.'
        : 'The actions of holders follow the order of their fencing tokens.',
    roles: { during: options.during, acquire: options.acquire, release: options.release },
    judge(history) {
      const spans = spansOf(history, options, keyOf);
      if (options.fencing !== undefined) return fencedWorkOf(spans, options.fencing);
      return tooManyInside(history, spans.map(asOnly), options, 1);
    },
  });
}

/** At most so many are inside at a time. */
export function semaphore(options: SemaphoreOptions): Check {
  expectOptions('semaphore', { ...common, ...spanEntries, permits: whole(1, 1e6) }, options);
  expectSpan('semaphore', options);
  const keyOf = partOfKey(options.key);
  return readyCheck({
    factory: 'semaphore',
    options,
    name: 'semaphore',
    description: `At most ${options.permits} nodes are inside at a time.`,
    roles: { during: options.during, acquire: options.acquire, release: options.release },
    judge: (history) =>
      tooManyInside(history, spansOf(history, options, keyOf).map(asOnly), options, options.permits),
  });
}

/** A writer is alone; readers may be many. */
export function readWriteLock(options: ReadWriteLockOptions): Check {
  expectOptions('readWriteLock', { ...common, read: operationNames, write: operationNames }, options);
  const { read, write } = options;
  const keyOf = partOfKey(options.key);
  const heldBy = (history: History, during: OperationNames, mode: Held['mode']) =>
    spansOf(history, { during: namesOf(during) }, keyOf).map((span) => ({ ...span, mode }));
  return readyCheck({
    factory: 'readWriteLock',
    options,
    name: 'read-write-lock',
    description: 'A writer excludes all other readers and writers.',
    roles: { read, write },
    judge(history) {
      const held = [...heldBy(history, read, 'read'), ...heldBy(history, write, 'write')];
      return tooManyInside(history, held, options, 1);
    },
  });
}

/** One that is inside: alone, as one of several, as a reader or a writer, or as a leader. */
interface Held extends Span {
  readonly mode: 'only' | 'write' | 'read' | 'lead';
}

function asOnly(span: Span): Held {
  return { ...span, mode: 'only' };
}

interface CrowdAt extends Crowd<Held> {
  readonly entering: Held;
}

/** The first moment at which too many were inside of one thing. */
export function tooManyInside(
  history: History,
  spans: readonly Held[],
  { toldWithinSeconds: withinSeconds = TOLD_WITHIN_SECONDS }: Pick<ExclusionOptions, 'toldWithinSeconds'>,
  permits: number,
): Finding | undefined {
  const byKey = new Map<string, Held[]>();
  for (const span of [...spans].sort((one, other) => one.start - other.start)) {
    const own = byKey.get(span.key);
    if (own === undefined) byKey.set(span.key, [span]);
    else own.push(span);
  }
  let first: CrowdAt | undefined;
  for (const own of byKey.values()) {
    const crowds = crowdsOf(history, own, { permits, withinSeconds });
    const found = firstUnexplained<Held, CrowdAt>(crowds, history.revocations?.length ?? 0);
    if (found === undefined) continue;
    if (first === undefined || found.entering.start < first.entering.start) first = found;
  }
  return first === undefined ? undefined : describe(first);
}

/** Each moment at which too many were inside who could know: of a key, by the beginning of the last. */
function crowdsOf(
  history: History,
  spans: readonly Held[],
  { permits, withinSeconds }: { readonly permits: number; readonly withinSeconds: number },
): CrowdAt[] {
  let inside: Held[] = [];
  const found: CrowdAt[] = [];
  for (const entering of spans) {
    inside = inside.filter(({ end }) => end > entering.start);
    const inTheWay = inside.filter(({ mode }) => mode !== 'read' || entering.mode !== 'read');
    inside.push(entering);
    if (inTheWay.length < permits) continue;
    const fromUs = entering.startUs;
    const told = (held: Held) => isToldInTime(history, held, { fromUs, withinSeconds });
    const counts = (held: Held) => !couldNotKnow(history, held, fromUs) || !told(held);
    // Those that were inside before it have been counted when the last of them came.
    if (!counts(entering)) continue;
    const others = inTheWay.filter(counts);
    // Readers are in a writer's way each by itself.
    const isPair = entering.mode === 'read' || entering.mode === 'write';
    const crowds = isPair ? others.map((other) => [other]) : [others];
    for (const some of crowds) {
      const members = [...some, entering];
      if (members.length <= permits) continue;
      found.push({ entering, members, permits, removable: members.filter(told) });
    }
  }
  return found;
}

function describe({ entering, members, permits }: CrowdAt): Finding {
  const others = members.filter((member) => member !== entering);
  const ids = others.map(({ id }) => id).join(', ');
  const what = entering.key === '' ? '' : ` ${entering.key}`;
  const operations = [...others, entering].map(({ operation }) => operation);
  if (entering.mode === 'only') {
    const were = others.length === 1 ? 'was' : 'were';
    const limit = `expected at most ${permits} at a time, got ${members.length}`;
    return violated(`${entering.id} entered${what} while ${ids} ${were} inside: ${limit}`, operations);
  }
  if (entering.mode === 'lead') {
    const message = `${entering.id} began to lead${what} while ${ids} still led: expected one leader at a time`;
    return violated(message, operations);
  }
  const still = others.some(({ mode }) => mode === 'write') ? 'wrote' : 'read';
  const message = `${entering.id} began to ${entering.mode}${what} while ${ids} still ${still}: expected writers to exclude others`;
  return violated(message, operations);
}
