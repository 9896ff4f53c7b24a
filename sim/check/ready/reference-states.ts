/**
 * What etcd held under a prefix, and when: the reference that views are compared with. Invariant: a view is held to
 * be wrong only where it lacks what it had time to see; without the times of commits, operations that returned say what
 * it had time to see.
 */
import type { History, Operation } from '../../history/history.js';
import { statesOf } from '../../history/states.js';
import { canonicalJson } from '../../input/canonical-json.js';
import type { Finding } from '../check.js';
import { writersOf } from './conserved-sum.js';
import { inconclusive, violated } from './ready-check.js';

type Texts = Readonly<Record<string, string>>;

/** One revision of the keys, and what it left. */
interface Reached {
  readonly revision: number;
  readonly state: Texts;
  readonly text: string;
  /** Undefined if unknown. */
  readonly committedUs: number | undefined;
}

/** Where the test does not say how long a view may lag, one that lags by more is wrong, and by less is undecided. */
const LAG_MAX_MS = 1000;

export class Reference {
  readonly #keys: string;
  readonly #states: readonly Reached[];
  readonly #names: ReadonlySet<string>;
  readonly #writers: ReadonlyMap<number, Operation>;

  /** @param keys what the keys begin with */
  constructor(history: History, keys: string) {
    const times = new Map((history.commits ?? []).map(({ revision, timeUs }) => [revision, timeUs]));
    const states: Reached[] = [];
    for (const { revision, events, state: all } of statesOf(history)) {
      if (!events.some(({ key }) => key.startsWith(keys))) continue;
      const own = [...all].filter(([key]) => key.startsWith(keys));
      const state = Object.fromEntries(own.map(([key, value]) => [key.slice(keys.length), value]));
      states.push({ revision, state, text: canonicalJson(state), committedUs: times.get(revision) });
    }
    this.#keys = keys;
    this.#states = states;
    this.#names = new Set(states.flatMap(({ state }) => Object.keys(state)));
    this.#writers = writersOf(history);
  }

  /** A view may name its keys with the prefix or without it: with it, unless etcd has had such keys below the prefix. */
  shortKeys(held: Texts): Texts {
    const entries = Object.entries(held);
    const isFull = entries.every(([key]) => key.startsWith(this.#keys) && !this.#names.has(key));
    return isFull
      ? Object.fromEntries(entries.map(([key, value]) => [key.slice(this.#keys.length), value]))
      : held;
  }

  /** @param withinMs how long a view may lag; undefined where the test does not say */
  judge(
    { operation, of }: { readonly operation: Operation; readonly of: string },
    held: Texts,
    withinMs: number | undefined,
  ): Finding | undefined {
    const { invoke, return: end } = operation;
    // A later revision is none of what it could have seen.
    const past = this.#states.filter(({ committedUs = 0 }) => committedUs <= (end?.timeUs ?? Infinity));
    const wanted = canonicalJson(held);
    const empty: Texts = {};
    const last = past.findLastIndex(({ text }) => text === wanted);
    const isFound = last >= 0 || wanted === canonicalJson(empty);
    const unseen = past.slice(last + 1);
    const [next] = unseen;
    if (isFound && next === undefined) return undefined;
    const ageMs = next?.committedUs === undefined ? undefined : (invoke.timeUs - next.committedUs) / 1000;
    // It was what etcd had while it was taken, or not longer before than it may be.
    if (isFound && ageMs !== undefined && ageMs <= (withinMs ?? 0)) return undefined;
    const latest = past.at(-1);
    const [key, has, is] = firstDifference(held, latest?.state ?? empty);
    const message = `${of} ends with ${key} = ${has ?? 'nothing'}`;
    if (isFound && next !== undefined) {
      const surely = unseen.find((one) => this.#hadTime(one, operation, withinMs));
      if (surely === undefined) {
        const what = `revision ${next.revision}`;
        return inconclusive(
          ageMs === undefined
            ? `${message}, but ${what} may have come after ${operation.id}: take the views at the end`
            : `${message}, but ${what} came only ${Math.round(ageMs)} ms before ${operation.id}: take the views later, or say with withinMs how long they may lag`,
        );
      }
      return this.#wrong(message, is, surely.revision, operation);
    }
    return this.#wrong(message, is, lastChangeOf(past, key) ?? latest?.revision, operation);
  }

  /** The view was taken so long after the revision that it should have it. */
  #hadTime({ revision, committedUs }: Reached, { invoke }: Operation, withinMs: number | undefined): boolean {
    if (committedUs !== undefined && (invoke.timeUs - committedUs) / 1000 > (withinMs ?? LAG_MAX_MS))
      return true;
    if (withinMs !== undefined && committedUs !== undefined) return false;
    const writer = this.#writers.get(revision);
    return writer !== undefined && (writer.return?.sequence ?? Infinity) < invoke.sequence;
  }

  #wrong(
    message: string,
    is: string | undefined,
    revision: number | undefined,
    operation: Operation,
  ): Finding {
    const writer = revision === undefined ? undefined : this.#writers.get(revision);
    return violated(
      `${message}: expected ${is ?? 'nothing'}, as in etcd`,
      [writer, operation],
      revision === undefined ? [] : [revision],
    );
  }
}

/** The last revision that changed the key. */
function lastChangeOf(states: readonly Reached[], key: string): number | undefined {
  return states.findLast(({ state }, index) => state[key] !== states[index - 1]?.state[key])?.revision;
}

function firstDifference(
  held: Texts,
  is: Texts,
): readonly [key: string, held: string | undefined, is: string | undefined] {
  const keys = [...new Set([...Object.keys(held), ...Object.keys(is)])].sort();
  const key = keys.find((one) => held[one] !== is[one]) ?? '';
  return [key, held[key], is[key]];
}
