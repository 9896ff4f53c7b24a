/**
 * The planned work of writers and watchers. Invariant: every writer ends with one transaction that touches
 * every key that can be watched, so every watcher can tell when it has all events.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import { operation, type NodeOf, type PlannedOf } from '../../sim/scenario/operations.js';
import type { Bookmark, ToldEvent } from '../../sim/check/watch.js';
import type { Target } from './handle.js';

export const watchOptions = {
  writers: { type: 'integer', default: 2, min: 1, max: 100, description: 'the number of nodes that write' },
  writes: { type: 'integer', default: 15, min: 0, max: 10_000, description: 'writes per node' },
  watchers: { type: 'integer', default: 3, min: 1, max: 100, description: 'the number of nodes that watch' },
  watches: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 1000,
    description: 'watches per node, one after the other; the last runs to the end',
  },
  ahead: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 10_000,
    description: 'how many revisions to come a watch may leave out at most',
  },
} as const satisfies OptionSpecs;

/** Keys that are prefixes of one another. */
const KEYS = ['k', 'k/a', 'k/b', 'k/a/x', 'kk'] as const;

const TARGETS: readonly Target[] = [
  { key: 'k', isPrefix: false },
  { key: 'k/a', isPrefix: false },
  { key: 'k', isPrefix: true },
  { key: 'k/', isPrefix: true },
];

/** A write: of one key, or of several in one transaction; a deleted key has no value. */
export interface WriteInput {
  readonly afterMs: number;
  readonly puts: readonly string[];
  readonly deletes: readonly string[];
}

export interface WatchInput {
  readonly target: Target;
  readonly afterMs: number;
  /** How long after reading the start revision it begins; null if it begins with new events. */
  readonly beginsLateMs: number | null;
  /** How many revisions that are to come it leaves out; none by default. */
  readonly ahead?: number;
  readonly onlyPuts: boolean;
  readonly withPrevious: boolean;
  /** When it is cancelled; null if it continues to the end. */
  readonly forMs: number | null;
}

/** The events that a watcher saw, and why it ended. */
export interface WatchOutput {
  /** The revision that it had read before. */
  readonly after: number;
  readonly batches: readonly (readonly ToldEvent[])[];
  readonly bookmarks: readonly Bookmark[];
  readonly resumedBefore: readonly number[];
  readonly end: string;
}

export const watchOperations = {
  write: operation<WriteInput>(),
  watch: operation<WatchInput, WatchOutput>(),
};

type Node = NodeOf<typeof watchOperations>;
type Options = ValuesOf<typeof watchOptions>;
export type WatchContext = NodeContextOf<typeof watchOptions, typeof watchOperations>;
export type WatchOperation = PlannedOf<typeof watchOperations>;

/** Id of a writer's last operation. */
export function endOf(writer: string): string {
  return `${writer}-end`;
}

export function planWatches(options: Options): Arbitrary<readonly Node[]> {
  const { writes, watches, ahead } = options;
  const writers = Array.from({ length: options.writers }, (_, index) => {
    const name = `w${index + 1}`;
    return fc.array(write, { minLength: writes, maxLength: writes }).map((inputs): Node => {
      const last: WriteInput = { afterMs: 0, puts: [...KEYS], deletes: [] };
      const operations = inputs.map((input, place) => ({
        id: `${name}-${place + 1}`,
        name: 'write' as const,
        input,
      }));
      return { name, operations: [...operations, { id: endOf(name), name: 'write', input: last }] };
    });
  });
  const watchers = Array.from({ length: options.watchers }, (_, index) => {
    const name = `o${index + 1}`;
    const many = fc.array(watch(false, ahead), { minLength: watches - 1, maxLength: watches - 1 });
    return fc.tuple(many, watch(true, 0)).map(([inputs, last]): Node => ({
      name,
      operations: [...inputs, last].map((input, place) => ({
        id: `${name}-${place + 1}`,
        name: 'watch',
        input,
      })),
    }));
  });
  return fc.tuple(...writers, ...watchers);
}

/** Watchers wait for the end of every writer. */
export function everyWriterEnds(nodes: readonly Node[], options: Options): boolean {
  const ids = new Set(nodes.flatMap(({ operations }) => operations.map(({ id }) => id)));
  return Array.from({ length: options.writers }, (_, index) => endOf(`w${index + 1}`)).every((id) =>
    ids.has(id),
  );
}

const key = fc.constantFrom<string>(...KEYS);
const afterMs = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(30) });

const write: Arbitrary<WriteInput> = fc
  .record(
    {
      afterMs,
      keys: fc.uniqueArray(key, { minLength: 1, maxLength: 3 }),
      deletes: fc.nat(3).map((drawn) => drawn === 0),
    },
    { noNullPrototype: true },
  )
  .map(({ keys, deletes, ...rest }) => {
    const [first = 'k', ...others] = keys;
    return { ...rest, puts: deletes ? others : [first, ...others], deletes: deletes ? [first] : [] };
  });

/** @param aheadMax of none that runs to the end: it would wait for a writer whose end it leaves out */
function watch(toTheEnd: boolean, aheadMax: number): Arbitrary<WatchInput> {
  const late = fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(60) },
    ...(toTheEnd ? [] : [{ weight: 1, arbitrary: fc.constant(null) }]),
  );
  return fc
    .record(
      {
        target: fc.constantFrom(...TARGETS),
        afterMs,
        beginsLateMs: late,
        ...(aheadMax === 0 ? {} : { ahead: fc.nat(aheadMax) }),
        onlyPuts: fc.nat(3).map((drawn) => drawn === 0),
        withPrevious: fc.boolean(),
        forMs: toTheEnd ? fc.constant(null) : fc.integer({ min: 1, max: 120 }),
      },
      { noNullPrototype: true },
    )
    .map((input) => ({ ...input, target: { ...input.target } }));
}
