/**
 * The store against a model that is too simple to be wrong: it keeps the whole map of keys for every revision and
 * answers everything by looking there.
 */
import { VERSIONS } from '../../sim/etcd/version.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Store, type LeaseBook, type RangeEnd, type StoreRules } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';

interface Entry {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
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
        const { value, lease } = write;
        state.set(write.key, { value, createRevision, modRevision, version, lease });
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

  /** The remaining history, oldest first. */
  history(forgetsDeletes: boolean): readonly ModelChange[] {
    const isLast = ({ key }: ModelChange, index: number) =>
      !this.changes.some(
        (other, later) => later > index && other.key === key && other.modRevision <= this.compacted,
      );
    return this.changes.filter((change, index) => {
      const { modRevision, version } = change;
      if (modRevision > this.compacted) return true;
      if (version === 0 && (modRevision < this.compacted || forgetsDeletes)) return false;
      return isLast(change, index);
    });
  }

  /** Keys by the lease that they hang on. */
  leases(): string[] {
    const state = this.states[this.revision] ?? new Map<string, Entry>();
    return [...state].filter(([, { lease }]) => lease !== 0n).map(([key, { lease }]) => `${lease} ${key}`);
  }

  range(from: string, end: RangeEnd, revision: number): [string, Entry][] {
    return [...(this.states[revision] ?? [])]
      .filter(([key]) => inRange(key, from, end))
      .sort(([left], [right]) => (left < right ? -1 : 1));
  }
}

type Write =
  | { readonly kind: 'put'; readonly key: string; readonly value: string; readonly lease: bigint }
  | { readonly kind: 'delete'; readonly key: string; readonly end: RangeEnd };

type Command =
  | { readonly kind: 'txn'; readonly writes: readonly Write[] }
  | { readonly kind: 'compact'; readonly at: number }
  /** Continues with a copy. */
  | { readonly kind: 'copy' }
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
/** A revision as a share of the newest, so that it has a meaning after any history. */
const at = fc.integer({ min: 0, max: 1000 }).map((share) => share / 1000);
const put = fc.record({
  kind: fc.constant('put' as const),
  key,
  value: fc.string({ maxLength: 2 }),
  lease: fc.constantFrom(0n, 0n, 7n, 8n),
});
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const) }) },
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

/** Which key hangs on which lease, as a store says. */
class Leases implements LeaseBook {
  readonly keys: Set<string>;

  constructor(other?: Leases) {
    this.keys = new Set(other?.keys);
  }

  attach(lease: bigint, key: string): void {
    this.keys.add(`${lease} ${key}`);
  }

  detach(lease: bigint, key: string): void {
    if (!this.keys.delete(`${lease} ${key}`)) throw new Error(`${key} does not hang on ${lease}`);
  }
}

interface World {
  readonly rules: StoreRules;
  readonly model: Model;
  store: Store;
  leases: Leases;
}

function run(command: Command, world: World): void {
  const { rules, leases, model, store } = world;
  switch (command.kind) {
    case 'txn': {
      const transaction = new WriteTransaction(store);
      for (const one of command.writes) {
        if (one.kind === 'put') transaction.put(one.key, one.value, one.lease);
        else transaction.deleteRange(one.key, one.end);
      }
      transaction.end();
      model.write(command.writes);
      expect([...leases.keys].sort()).toEqual(model.leases().sort());
      break;
    }
    case 'copy': {
      world.leases = new Leases(leases);
      world.store = new Store(world.leases, rules);
      world.store.copyFrom(store);
      // What becomes of the other is nothing to the copy.
      const transaction = new WriteTransaction(store);
      transaction.deleteRange('\0', '');
      transaction.end();
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
      compareWatch(command, world);
      break;
  }
  expect([world.store.revision, world.store.compactRevision]).toEqual([model.revision, model.compacted]);
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
    found.value.kvs.map(({ key, value, createRevision, modRevision, version, lease }) => [
      key,
      { value, createRevision, modRevision, version, lease },
    ]),
  ).toEqual(cut);
}

function compareWatch(
  command: Command & { readonly kind: 'watch' },
  { rules: { compactionForgetsDeletes }, store, model }: World,
): void {
  const from = Math.max(1, model.compacted, Math.round(command.at * model.revision));
  const wanted = model
    .history(compactionForgetsDeletes)
    .filter((change) => change.modRevision >= from && inRange(change.key, command.key, command.end));
  const revisions = [...new Set(wanted.map(({ modRevision }) => modRevision))];
  const more = revisions[command.max] ?? 0;
  const expected = more === 0 ? wanted : wanted.filter(({ modRevision }) => modRevision < more);
  const found = store.changesSince(command.key, command.end, from, command.max);
  expect(found).toMatchObject({ changes: expected, moreRevision: more });
}

test.each(['3.4', '3.6'] as const)('the store of etcd %s answers as the model does', (version) => {
  const rules = VERSIONS[version];
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 80 }), (commands) => {
      const leases = new Leases();
      const world: World = { rules, leases, model: new Model(), store: new Store(leases, rules) };
      for (const one of commands) run(one, world);
      const history = world.model.history(rules.compactionForgetsDeletes);
      expect(world.store.history()).toMatchObject(history);
      expect(world.store.history()).toHaveLength(history.length);
    }),
    { numRuns: 200 },
  );
});
