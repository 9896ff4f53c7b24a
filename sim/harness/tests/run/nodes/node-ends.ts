/** How the nodes of a run ended. Invariant: a node that was started again has not ended until it ends again. */
import type { NodeEnd } from '../../sim.js';

export class NodeEnds {
  readonly #ends = new Map<string, NodeEnd>();
  #look = (): void => undefined;

  of(name: string): NodeEnd | undefined {
    return this.#ends.get(name);
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
