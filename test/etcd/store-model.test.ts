/**
 * The store against a model that is too simple to be wrong: it keeps the whole map of keys for every revision and
 * answers everything by looking there.
 */
import { VERSIONS } from '../../sim/etcd/version.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Store, type LeaseBook, type RangeEnd } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';

interface Entry {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

interface ModelChange {
  readonly key: string;
  readonly value: string;
  readonly modRevision: number;
  readonly version: number;
}

const inRange = (key: string, from: string, end: RangeEnd): boolean =>
  end === undefined ? key === from : key >= from && (end === '' || key < end);

class Model {
  /** By revision. */
  readonly states: Map<string, Entry>[] = [new Map<string, Entry>(), new Map<string, Entry>()];
  readonly changes: ModelChange[] = [];
  compacted = -1;

  get revision(): number {
    return this.states.length - 1;
  }

  write(writes: readonly Write[]): void {
    const before = this.states[this.revision] ?? new Map<string, Entry>();
    const state = new Map(before);
    const modRevision = this.revision + 1;
    const changes: ModelChange[] = [];
    for (const write of writes) {
      if (write.kind === 'put') {
        const old = state.get(write.key);
        const version = (old?.version ?? 0) + 1;
        const createRevision = old?.createRevision ?? modRevision;
        state.set(write.key, { value: write.value, createRevision, modRevision, version });
        changes.push({ key: write.key, value: write.value, modRevision, version });
        continue;
      }
      for (const key of [...state.keys()].sort()) {
        if (!inRange(key, write.key, write.end)) continue;
        state.delete(key);
        changes.push({ key, value: '', modRevision, version: 0 });
      }
    }
    if (changes.length === 0) return;
    this.states.push(state);
    this.changes.push(...changes);
  }

  range(from: string, end: RangeEnd, revision: number): [string, Entry][] {
    return [...(this.states[revision] ?? [])]
      .filter(([key]) => inRange(key, from, end))
      .sort(([left], [right]) => (left < right ? -1 : 1));
  }
}

type Write =
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string; readonly end: RangeEnd };

type Command =
  | { readonly kind: 'txn'; readonly writes: readonly Write[] }
  | { readonly kind: 'compact'; readonly at: number }
  | {
      readonly kind: 'range';
      readonly key: string;
      readonly end: RangeEnd;
      readonly at: number;
      readonly limit: number;
      readonly countOnly: boolean;
    }
  | {
      readonly kind: 'watch';
      readonly key: string;
      readonly end: RangeEnd;
      readonly at: number;
      readonly max: number;
    };

const key = fc.constantFrom('a', 'a\0', 'ab', 'b', 'c', '\0', '\xff', 'k1', 'k2', 'k3');
const end = fc.option(fc.oneof(key, fc.constant('')), { nil: undefined });
/** A revision as a share of the newest, so that it means something whatever came before. */
const at = fc.double({ min: 0, max: 1, noNaN: true });
const put = fc.record({ kind: fc.constant('put' as const), key, value: fc.string({ maxLength: 2 }) });
const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 4, arbitrary: put },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key, end }) },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('txn' as const),
      // etcd lets no transaction put one key twice.
      writes: fc.uniqueArray(write, { maxLength: 4, selector: (one) => one.key }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('range' as const),
      key,
      end,
      at,
      limit: fc.integer({ min: 0, max: 4 }),
      countOnly: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('watch' as const),
      key,
      end,
      at,
      max: fc.integer({ min: 1, max: 9 }),
    }),
  },
);

const noLeases: LeaseBook = { attach: () => undefined, detach: () => undefined };

function run(command: Command, store: Store, model: Model): void {
  switch (command.kind) {
    case 'txn': {
      const transaction = new WriteTransaction(store);
      for (const one of command.writes) {
        if (one.kind === 'put') transaction.put(one.key, one.value, 0n);
        else transaction.deleteRange(one.key, one.end);
      }
      transaction.end();
      model.write(command.writes);
      break;
    }
    case 'compact': {
      const revision = Math.round(command.at * (model.revision + 1));
      const expected = revision <= model.compacted || revision > model.revision ? 'failed' : 'ok';
      expect(store.compact(revision).kind).toBe(expected);
      if (expected === 'ok') model.compacted = revision;
      break;
    }
    case 'range':
      compareRange(command, store, model);
      break;
    case 'watch':
      compareWatch(command, store, model);
      break;
  }
  expect(store.revision).toBe(model.revision);
}

function compareRange(command: Command & { readonly kind: 'range' }, store: Store, model: Model): void {
  const revision = Math.max(1, Math.round(command.at * (model.revision + 1)));
  const { limit, countOnly } = command;
  const found = store.range(command.key, command.end, { revision, limit, countOnly });
  if (revision > model.revision || revision < model.compacted) {
    expect(found.kind).toBe('failed');
    return;
  }
  const expected = model.range(command.key, command.end, revision);
  if (found.kind === 'failed') throw new Error(found.error.text);
  expect(found.value.count).toBe(expected.length);
  const cut = countOnly ? [] : limit > 0 && command.end !== undefined ? expected.slice(0, limit) : expected;
  expect(
    found.value.kvs.map(({ key, value, createRevision, modRevision, version }) => [
      key,
      { value, createRevision, modRevision, version },
    ]),
  ).toEqual(cut);
}

function compareWatch(command: Command & { readonly kind: 'watch' }, store: Store, model: Model): void {
  const from = Math.max(1, model.compacted, Math.round(command.at * model.revision));
  const wanted = model.changes.filter(
    (change) => change.modRevision >= from && inRange(change.key, command.key, command.end),
  );
  const revisions = [...new Set(wanted.map(({ modRevision }) => modRevision))];
  const more = revisions[command.max] ?? 0;
  const expected = more === 0 ? wanted : wanted.filter(({ modRevision }) => modRevision < more);
  const found = store.changesSince(command.key, command.end, from, command.max);
  // Of a key that changed twice in the revision of the compaction only the last is kept, as in etcd.
  const seen = withoutSuperseded(expected, model.compacted);
  expect(
    found.changes.map(({ key, value, modRevision, version }) => ({ key, value, modRevision, version })),
  ).toEqual(seen);
  expect(found.moreRevision).toBe(more);
}

function withoutSuperseded(changes: readonly ModelChange[], compacted: number): readonly ModelChange[] {
  return changes.filter(
    (change, index) =>
      change.modRevision !== compacted ||
      !changes.some(
        (other, later) => later > index && other.modRevision === compacted && other.key === change.key,
      ),
  );
}

test('the store answers as the model does', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 80 }), (commands) => {
      const store = new Store(noLeases, VERSIONS['3.6']);
      const model = new Model();
      for (const one of commands) run(one, store, model);
    }),
    { numRuns: 400 },
  );
});
