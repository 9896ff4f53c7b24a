/** Watching an election without taking part in it: whoever only wants to know who leads needs no session. */
import type { Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import type { EffortOptions } from '../effort.js';
import { Candidates, type Leader } from './candidates.js';
import { Observation } from './observation.js';

/** Sees who leads an election, those elections included in which processes with etcd's Go client campaign. */
export class ElectionObserver {
  readonly #client: Namespace;
  readonly #candidates: Candidates;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: the one that the candidates' sessions have
   * @param name of the election; nothing but the keys `<name>/<lease id>` is ever looked at
   */
  constructor(client: Namespace, name: string, options: EffortOptions = {}) {
    this.#client = client;
    this.#candidates = new Candidates(client, name);
    this.#calls = new Calls(`the election ${name}`, options);
  }

  /**
   * Who leads, or undefined where nobody does: as it was at some moment between call and return (linearizable). Rejects
   * with the signal's reason, a `ClosedError`, or a `DefiniteError` where etcd cannot be asked.
   */
  leader(options: CallOptions = {}): Promise<Leader | undefined> {
    return this.#calls.run(options, async (effort) => (await this.#candidates.now(effort)).leader);
  }

  /**
   * Every leader from now on and every value that it proclaims while it leads, beginning with the present one. In the
   * order of etcd's log, each once, none left out, except that what etcd has compacted before it was read is skipped:
   * then it goes on with the present leader. It survives whatever becomes of its watches, says nothing while nobody
   * leads, and reads no faster than it is iterated.
   *
   * Ends only by rejecting: with the signal's reason, a `ClosedError`, or a `DefiniteError` where etcd refuses to be
   * read or `maxAttempts` are used up by one step.
   */
  async *observe(options: CallOptions = {}): AsyncGenerator<Leader, void, undefined> {
    const observation = new Observation(this.#client, this.#candidates);
    for (;;) yield* await this.#calls.run(options, (effort) => observation.next(effort));
  }

  /** Ends what waits here. */
  async close(): Promise<void> {
    await this.#calls.close();
  }
}
