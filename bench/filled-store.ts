/** A store with 100,000 keys that were put in no order, and a history of any length. */
import { VERSIONS } from '../sim/etcd/version.js';
import { Store, type LeaseBook } from '../sim/etcd/store/store.js';
import { WriteTransaction } from '../sim/etcd/store/write-transaction.js';
import { heapBytes } from './heap.js';

export const KEYS = 100_000;
export const KEYS_PER_PREFIX = 100;

/** It has no common divisor with the number of keys, so that its multiples cover all of them. */
const STRIDE = 61_803;
const EARLY_REVISIONS = 100_000;
const VALUE_LENGTH = 16;

const noLeases: LeaseBook = { attach: () => undefined, detach: () => undefined };

export interface FilledStore {
  readonly store: Store;
  readonly revisions: number;
  readonly bytesPerKey: number;
  /** The number of revisions, without those that created the keys. */
  readonly bytesPerRevision: number;
  /** Of the first of them. */
  readonly bytesPerEarlyRevision: number;
  /** Whole numbers below a limit, the same ones for every store. */
  draw(below: number): number;
}

/** Puts the keys, a hundred per revision, and then one key per revision. */
export function fillStore(revisions: number): FilledStore {
  const store = new Store(noLeases, VERSIONS['3.6']);
  const draw = drawing();
  const empty = heapBytes();
  for (let first = 0; first < KEYS; first += KEYS_PER_PREFIX) {
    const transaction = new WriteTransaction(store);
    for (let index = first; index < first + KEYS_PER_PREFIX; index++) {
      transaction.put(keyOf((index * STRIDE) % KEYS), newValue(index), 0n);
    }
    transaction.end();
  }
  const full = heapBytes();
  const begin = store.revision;
  const bytesPerRevision = (): number => (heapBytes() - full) / (store.revision - begin);
  while (store.revision < Math.min(revisions, EARLY_REVISIONS)) put(store, keyOf(draw(KEYS)));
  const bytesPerEarlyRevision = bytesPerRevision();
  while (store.revision < revisions) put(store, keyOf(draw(KEYS)));
  return {
    store,
    revisions,
    bytesPerKey: (full - empty) / KEYS,
    bytesPerRevision: bytesPerRevision(),
    bytesPerEarlyRevision,
    draw,
  };
}

export function put(store: Store, key: string): void {
  const transaction = new WriteTransaction(store);
  transaction.put(key, newValue(store.revision), 0n);
  transaction.end();
}

/** As it comes from the wire: a string of its own. */
export function keyOf(index: number): string {
  return Buffer.from(`registry/${String(index).padStart(8, '0')}`).toString('latin1');
}

function newValue(number: number): string {
  return Buffer.from(String(number).padStart(VALUE_LENGTH, '0')).toString('latin1');
}

function drawing(): (below: number) => number {
  let state = 12_345;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
