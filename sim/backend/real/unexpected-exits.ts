/**
 * Notices when a process of ours dies while a run needs it. Invariant: a process that we end ourselves is no
 * death, and neither is a failed start, which has a message of its own.
 */
import { EnvironmentError } from '../environment-error.js';

export class UnexpectedExits {
  /** Rejects with an EnvironmentError at the first death; never resolves. */
  readonly first: Promise<never>;
  #watches = false;
  #fail: (error: Error) => void = () => undefined;

  constructor() {
    this.first = new Promise((_, reject) => (this.#fail = reject));
    // It matters only to a run that waits.
    this.first.catch(() => undefined);
  }

  /** Everything has started: from now on a process that ends has died. */
  watch(): void {
    this.#watches = true;
  }

  /** @param name such as `etcd member m1` */
  report(name: string, lastWords: string): void {
    if (this.#watches) this.#fail(new EnvironmentError(`${name} ended during the run: ${lastWords}`));
  }
}
