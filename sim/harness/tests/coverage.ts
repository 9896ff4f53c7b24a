/**
 * What all seeds of a test together did. Invariant: a test that holds has shown something: what its checks are about was
 * performed, what its code waits for was marked, and no node gave up whenever it ran, in several seeds.
 */
import type { Check } from '../../check/check.js';
import { describeThrown } from '../../input/describe-thrown.js';
import { oneOf, quote, singleLine } from '../../input/parsed.js';

/** How often a node has to give up, without ever ending, to raise a doubt. */
const OFTEN = 3;

interface NodeCount {
  ended: number;
  gaveUp: number;
  firstError?: string;
}

export class Coverage {
  ok = 0;
  failed = 0;
  gaveUp = 0;
  readonly #performed = new Set<string>();
  readonly #checks = new Map<string, readonly string[]>();
  readonly #marked = new Set<string>();
  readonly #awaited = new Map<string, string>();
  readonly #nodes = new Map<string, NodeCount>();

  /** Names of the operations that were performed. */
  get performed(): ReadonlySet<string> {
    return this.#performed;
  }

  performs(name: string): void {
    this.#performed.add(name);
  }

  /** What the test is to hold, by the names of the operations that it is about; those over etcd's log have none. */
  expects({ name, operations = [] }: Check): void {
    if (operations.length > 0) this.#checks.set(name, operations);
  }

  marks(name: string): void {
    this.#marked.add(name);
  }

  /** A node, or the test, waits for the mark. */
  awaits(name: string, who: string): void {
    this.#awaited.set(name, who);
  }

  nodeEnds(node: string): void {
    this.#nodeOf(node).ended += 1;
  }

  nodeGivesUp(node: string, error: unknown): void {
    this.gaveUp += 1;
    const count = this.#nodeOf(node);
    count.gaveUp += 1;
    count.firstError ??= singleLine(describeThrown(error)).slice(0, 200);
  }

  /** Why the seeds have shown nothing, one line each; none where they have. */
  get doubts(): readonly string[] {
    const performed = [...this.#performed].map((name) => quote(name)).join(', ');
    const unseen = [...this.#checks]
      .filter(([, names]) => !names.some((name) => this.#performed.has(name)))
      .map(
        ([check, names]) =>
          `${check} saw no operation in any seed: expected op(${oneOf(names.map((name) => quote(name)))}, …), got ${performed === '' ? 'no operation at all' : `only ${performed}`}`,
      );
    const unmarked = [...this.#awaited]
      .filter(([mark]) => !this.#marked.has(mark))
      .map(([mark, who]) => `${who} waits for the mark ${quote(mark)}, which no seed reached`);
    return [...unseen, ...unmarked, ...this.#givenUp()];
  }

  /** All nodes of a single seed may give up through bad luck; the same node in several seeds has another reason. */
  #givenUp(): string[] {
    const counts = [...this.#nodes];
    const never = counts.filter(([, { ended }]) => ended === 0);
    const [first] = never;
    if (first === undefined) return [];
    const [node, { firstError = '' }] = first;
    if (never.length === counts.length) {
      return [`every node gave up, in every seed; the first was ${node} with ${firstError}`];
    }
    return never
      .filter(([, { gaveUp }]) => gaveUp >= OFTEN)
      .map(
        ([name, count]) => `${name} gave up whenever it ran; the first time with ${count.firstError ?? ''}`,
      );
  }

  #nodeOf(node: string): NodeCount {
    let count = this.#nodes.get(node);
    if (count === undefined) this.#nodes.set(node, (count = { ended: 0, gaveUp: 0 }));
    return count;
  }
}
