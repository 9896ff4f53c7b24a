/**
 * What all seeds of a test together did. Invariant: a test that holds has shown something: what its checks are about was
 * performed, what its code waits for was marked, and its nodes did not all give up, each in at least one seed.
 */
import type { Check } from '../../check/check.js';
import { describeThrown } from '../../input/describe-thrown.js';
import { oneOf, quote, singleLine } from '../../input/parsed.js';

export class Coverage {
  ok = 0;
  failed = 0;
  gaveUp = 0;
  readonly #performed = new Set<string>();
  readonly #checks = new Map<string, readonly string[]>();
  readonly #marked = new Set<string>();
  readonly #awaited = new Map<string, string>();
  #ended = false;
  #firstError: string | undefined;

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

  nodeEnds(): void {
    this.#ended = true;
  }

  nodeGivesUp(node: string, error: unknown): void {
    this.gaveUp += 1;
    this.#firstError ??= `${node} with ${singleLine(describeThrown(error)).slice(0, 200)}`;
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
    const allGaveUp =
      this.#ended || this.#firstError === undefined
        ? []
        : [`every node gave up, in every seed; the first was ${this.#firstError}`];
    return [...unseen, ...unmarked, ...allGaveUp];
  }
}
