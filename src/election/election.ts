/**
 * An election among sessions, first come, first served. Invariant: only the candidate with the smallest create revision
 * leads.
 *
 * The keys are those of `clientv3/concurrency/election.go`: `<name>/<id of the lease in hexadecimal>`. The value is what
 * the candidate proclaims.
 */
import { Calls, type CallOptions } from '../calls.js';
import { createdAt } from '../commit/comparisons.js';
import { Effort } from '../effort.js';
import { Holdings } from '../line/holdings.js';
import { inLine } from '../line/in-line.js';
import { Line } from '../line/line.js';
import type { Session } from '../session.js';
import type { Leader } from './candidates.js';
import { ElectionObserver } from './election-observer.js';
import { Leadership } from './leadership.js';

const SHAPE = /^[0-9a-f]+$/;

/**
 * Takes part in an election, together with every process that does so under the same name, etcd's Go client included.
 * As etcd sees it, at most one candidate leads. The same is true by the clock if every leader stops as soon as its
 * signal is aborted. A paused process notices nothing: to be safe even then, use the fencing token,
 * {@link Leadership.revision}.
 */
export class Election {
  readonly #session: Session;
  readonly #key: string;
  readonly #line: Line;
  readonly #calls: Calls;
  readonly #observer: ElectionObserver;
  readonly #led = new Holdings<Leadership>();

  /** @param name of the election; it touches no keys but `<name>/<lease id>` */
  constructor(session: Session, name: string) {
    this.#session = session;
    this.#key = `${name}/${BigInt(session.leaseId).toString(16)}`;
    this.#line = new Line(session.client, { name, shape: SHAPE });
    this.#calls = new Calls(`the election ${name}`, session.options, session.signal);
    this.#observer = new ElectionObserver(session.client, name, session.options);
  }

  /**
   * Stands as a candidate with this value and waits until it leads. Campaigns of one session wait for one another, and
   * for the end of the session's leadership.
   *
   * Rejects with
   * - the signal's reason, or a `SessionLostError` at once when the session is lost;
   * - a `ClosedError`, or a `DefiniteError` if etcd refuses;
   * - an `IndefiniteError` if etcd cannot be asked.
   *
   * In each case it does not lead. The candidacy is withdrawn, at the latest when etcd answers again. Others may have
   * seen the value, even as the leader's, if its turn came at the moment it was given up.
   */
  campaign(value: string | Buffer, options: CallOptions = {}): Promise<Leadership> {
    const campaigning = this.#calls.run(options, async (effort) => {
      const release = await this.#session.reservations.reserve(this.#key, effort);
      return this.#led.keep(await this.#campaign(effort, value, release));
    });
    // A candidacy goes with its session: once that is lost there is nothing to find out.
    return new Effort({}, this.#session.signal).unlessAborted(campaigning);
  }

  /** The present leader. As {@link ElectionObserver.leader}, which needs no session. */
  leader(options: CallOptions = {}): Promise<Leader | undefined> {
    return this.#observer.leader(options);
  }

  /** The leaders from now on. As {@link ElectionObserver.observe}, which needs no session and outlives this one. */
  observe(options: CallOptions = {}): AsyncGenerator<Leader, void, undefined> {
    return this.#observer.observe(options);
  }

  /** Gives up every wait of this handle and resigns what it leads. */
  async close(options: CallOptions = {}): Promise<void> {
    await Promise.all([this.#calls.close(), this.#observer.close()]);
    await Promise.all(this.#led.all.map((leadership) => leadership.resign(options)));
  }

  #campaign(effort: Effort, value: string | Buffer, release: () => void): Promise<Leadership> {
    const session = this.#session;
    return inLine({ session, effort, key: this.#key, release }, value, async (place) => {
      if (place.kept) await this.#replace(effort, place.revision, value);
      const electedRevision = await this.#line.turnOf(place, effort);
      return new Leadership(session, { ...place, electedRevision }, release);
    });
  }

  /** Gives the value to a candidacy that was there already. */
  async #replace(effort: Effort, revision: number, value: string | Buffer): Promise<void> {
    await this.#session.once.apply(effort, {
      compares: [createdAt(this.#key, revision)],
      writes: [this.#session.client.put(this.#key).value(value).lease(this.#session.leaseId)],
    });
  }
}
