/**
 * Following an election from leader to leader. Invariant: it reports leaders in the order of etcd's log and never goes
 * back. It skips only revisions that were compacted before it could read them.
 *
 * While there is a leader it watches only that key. When the key goes, a read at the revision of its deletion shows the
 * next leader.
 */
import type { Namespace } from 'etcd3';
import { Changes } from '../changes.js';
import type { Effort } from '../effort.js';
import type { Candidates, Leader, Standing } from './candidates.js';

export class Observation {
  readonly #client: Namespace;
  readonly #candidates: Candidates;
  /** The last known state; undefined if it has to be read anew. */
  #standing: Standing | undefined;
  #told: Leader | undefined;

  constructor(client: Namespace, candidates: Candidates) {
    this.#client = client;
    this.#candidates = candidates;
  }

  /** Waits until there is something to report. Rejects with a `DefiniteError` or the effort's reason. */
  async next(effort: Effort): Promise<readonly Leader[]> {
    const changes = new Changes(this.#client, effort);
    for (;;) {
      const standings = await this.#advance(effort, changes);
      const news = standings.flatMap(({ leader }) => leader ?? []).filter((leader) => this.#isNews(leader));
      this.#standing = standings.at(-1);
      if (news.length > 0) return news;
    }
  }

  #isNews(leader: Leader): boolean {
    const told = this.#told;
    if (
      told !== undefined &&
      (leader.revision < told.revision ||
        (leader.revision === told.revision && leader.proclaimedRevision <= told.proclaimedRevision))
    ) {
      return false;
    }
    this.#told = leader;
    return true;
  }

  /** The states after the last known one, in order; none if that was compacted. */
  async #advance(effort: Effort, changes: Changes): Promise<readonly Standing[]> {
    const standing = this.#standing;
    if (standing === undefined) return [await this.#candidates.now(effort)];
    const following =
      standing.leader === undefined
        ? await this.#awaitFirst(standing, changes)
        : await this.#follow(standing.leader, standing, effort, changes);
    if (following.length > 0) return following;
    return (await this.#candidates.remembers(effort, standing.revision)) ? [standing] : [];
  }

  async #awaitFirst({ revision }: Standing, changes: Changes): Promise<readonly Standing[]> {
    const events = await changes.next(this.#candidates.putAfter(revision));
    for (const event of events) {
      const leader = this.#candidates.putBy(event);
      if (leader !== undefined) return [{ revision: leader.proclaimedRevision, leader }];
    }
    const last = events.at(-1);
    return last === undefined ? [] : [{ revision: Number(last.kv.mod_revision), leader: undefined }];
  }

  async #follow(
    { key }: Leader,
    { revision }: Standing,
    effort: Effort,
    changes: Changes,
  ): Promise<readonly Standing[]> {
    const standings: Standing[] = [];
    for (const event of await changes.next({ key, afterRevision: revision })) {
      const leader = this.#candidates.putBy(event);
      const eventRevision = Number(event.kv.mod_revision);
      if (leader !== undefined) {
        standings.push({ revision: eventRevision, leader });
        continue;
      }
      const next = await this.#candidates.at(effort, eventRevision);
      return next === undefined ? [...standings, ...(await this.#present(effort))] : [...standings, next];
    }
    return standings;
  }

  async #present(effort: Effort): Promise<readonly Standing[]> {
    return [await this.#candidates.now(effort)];
  }
}
