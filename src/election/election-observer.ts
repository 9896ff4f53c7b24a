/** Watching an election without taking part in it. This needs no session. */
import type { Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import type { EffortOptions } from '../effort.js';
import { Candidates, type Leader } from './candidates.js';
import { Observation } from './observation.js';

/** Reports the leaders of an election. Processes with etcd's Go client may take part in it. */
export class ElectionObserver {
  readonly #client: Namespace;
  readonly #candidates: Candidates;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: the one that the candidates' sessions have
   * @param name of the election; it reads no keys but `<name>/<lease id>`
   */
  constructor(client: Namespace, name: string, options: EffortOptions = {}) {
    this.#client = client;
    this.#candidates = new Candidates(client, name);
    this.#calls = new Calls(`the election ${name}`, options);
  }

  /**
   * The leader at some moment between call and return (linearizable), or undefined if there was none. Rejects with the
   * signal's reason, a `ClosedError`, or a `DefiniteError` if etcd cannot be asked.
   */
  leader(options: CallOptions = {}): Promise<Leader | undefined> {
    return this.#calls.run(options, async (effort) => (await this.#candidates.now(effort)).leader);
  }

  /**
   * Every leader and every value that it proclaims while it leads, beginning with the present ones. They come once
   * each, in the order of etcd's log. If etcd compacts revisions before they are read, it skips them and continues with
   * the present leader. It survives the loss of its watches, is silent while there is no leader, and reads no faster
   * than you iterate.
   *
   * Ends only by rejecting: with the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses the reads
   * or one step uses up `maxAttempts`.
   */
  async *observe(options: CallOptions = {}): AsyncGenerator<Leader, void, undefined> {
    const observation = new Observation(this.#client, this.#candidates);
    for (;;) yield* await this.#calls.run(options, (effort) => observation.next(effort));
  }

  /** Ends the calls that are under way. */
  async close(): Promise<void> {
    await this.#calls.close();
  }
}
