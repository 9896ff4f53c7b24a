/** How the nodes of a run ended. Invariant: a node that was started again has not ended until it ends again. */
import { describeThrown } from '../../../../input/describe-thrown.js';
import { singleLine } from '../../../../input/parsed.js';
import type { NodeEnd } from '../../sim.js';

const ERROR_LENGTH_MAX = 200;

export class NodeEnds {
  readonly #ends = new Map<string, NodeEnd>();
  #look = (): void => undefined;

  of(name: string): NodeEnd | undefined {
    return this.#ends.get(name);
  }

  /** The nodes that gave up, and with which error: one line each. */
  get gaveUp(): readonly string[] {
    return [...this.#ends.values()].flatMap(({ name, how, error }) =>
      how === 'gave up'
        ? [`${name} gave up: ${singleLine(describeThrown(error)).slice(0, ERROR_LENGTH_MAX)}`]
        : [],
    );
  }

  set(end: NodeEnd): void {
    this.#ends.set(end.name, end);
    this.#look();
  }

  /** It runs again. */
  forget(name: string): void {
    this.#ends.delete(name);
  }

  /** Resolves once all of these have ended. */
  async all(names: readonly string[]): Promise<readonly NodeEnd[]> {
    while (names.some((name) => !this.#ends.has(name))) {
      const before = this.#look;
      await new Promise<void>((resolve) => {
        this.#look = () => {
          before();
          resolve();
        };
      });
    }
    return names.flatMap((name) => this.of(name) ?? []);
  }
}
