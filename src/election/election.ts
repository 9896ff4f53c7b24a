/**
 * An election among sessions, first come, first served. Invariant: of all candidates under the name, the one with the
 * smallest create revision leads, and only that.
 *
 * The keys are those of `clientv3/concurrency/election.go`: `<name>/<id of the lease in hexadecimal>`, with what the
 * candidate proclaims as value.
 */
import { Calls, type CallOptions } from '../calls.js';
import { Effort } from '../effort.js';
import { IndefiniteError } from '../errors.js';
import { Line } from '../line/line.js';
import { takePlace } from '../line/place.js';
import { retire } from '../line/retire.js';
import type { Session } from '../session.js';
import type { Leader } from './candidates.js';
import { ElectionObserver } from './election-observer.js';
import { Leadership } from './leadership.js';

const SHAPE = /^[0-9a-f]+$/;

/**
 * Takes part in an election, together with every process that does so under the same name, those that use etcd's Go
 * client included. At most one leads as etcd sees it. As clocks see it, too, as long as a leader that is told of its
 * loss stops in time; what must hold even where one does not (a process that stands still notices nothing) needs the
 * fencing token, {@link Leadership.revision}.
 */
export class Election {
  readonly #session: Session;
  readonly #key: string;
  readonly #line: Line;
  readonly #calls: Calls;
  readonly #observer: ElectionObserver;
  readonly #led = new Set<Leadership>();

  /** @param name of the election; nothing but the keys `<name>/<lease id>` is ever touched */
  constructor(session: Session, name: string) {
    this.#session = session;
    this.#key = `${name}/${BigInt(session.leaseId).toString(16)}`;
    this.#line = new Line(session.client, { prefix: `${name}/`, shape: SHAPE });
    this.#calls = new Calls(`the election ${name}`, session.options, session.signal);
    this.#observer = new ElectionObserver(session.client, name, session.options);
  }

  /**
   * Stands as a candidate with this value and waits until it leads. Campaigns of one session wait for one another, and
   * for the end of a leadership of it.
   *
   * Rejects with the signal's reason, a `SessionLostError` at once when the session is lost, a `ClosedError` or a
   * `DefiniteError` where etcd refuses: it does not lead, and the candidacy is withdrawn, at once if etcd can be told
   * and behind the caller's back else. Others may have seen the value, even as a leader's, where its turn came at the
   * moment it was given up.
   */
  campaign(value: string | Buffer, options: CallOptions = {}): Promise<Leadership> {
    const campaigning = this.#calls.run(options, async (effort) => {
      const release = await this.#session.reservations.reserve(this.#key, effort);
      return this.#keep(await this.#campaign(effort, value, release));
    });
    // A candidacy goes with its session: nothing of it has to be found out once that is lost.
    return new Effort({}, this.#session.signal).unlessAborted(campaigning);
  }

  /** Who leads. As {@link ElectionObserver.leader}, which needs no session. */
  leader(options: CallOptions = {}): Promise<Leader | undefined> {
    return this.#observer.leader(options);
  }

  /** Who leads from now on. As {@link ElectionObserver.observe}, which needs no session; the end of this one is no end. */
  observe(options: CallOptions = {}): AsyncGenerator<Leader, void, undefined> {
    return this.#observer.observe(options);
  }

  /** Gives up every wait of this handle and resigns what was won by it. */
  async close(options: CallOptions = {}): Promise<void> {
    await Promise.all([this.#calls.close(), this.#observer.close()]);
    await Promise.all([...this.#led].map((leadership) => leadership.resign(options)));
  }

  async #campaign(effort: Effort, value: string | Buffer, release: () => void): Promise<Leadership> {
    const session = this.#session;
    try {
      effort.begin();
      const place = await takePlace(session, effort, this.#key, value);
      if (place.kept) await this.#replace(effort, place.revision, value);
      const electedRevision = await this.#line.turnOf(place, effort);
      return new Leadership(session, { ...place, electedRevision }, release);
    } catch (error) {
      const retired = retire(session, this.#key).finally(release);
      await effort.lastResort((last) => last.unlessAborted(retired)).catch(() => undefined);
      // Whatever was indefinite, nobody leads here: the candidacy is withdrawn.
      throw error instanceof IndefiniteError && !session.alive ? (session.signal.reason as Error) : error;
    }
  }

  /** Gives the value to a candidacy that was there already. */
  async #replace(effort: Effort, revision: number, value: string | Buffer): Promise<void> {
    await this.#session.once.apply(effort, {
      compares: [{ key: this.#key, target: 'Create', result: 'Equal', value: revision }],
      writes: [this.#session.client.put(this.#key).value(value).lease(this.#session.leaseId)],
    });
  }

  #keep(leadership: Leadership): Leadership {
    this.#led.add(leadership);
    leadership.signal.addEventListener('abort', () => this.#led.delete(leadership), { once: true });
    return leadership;
  }
}
