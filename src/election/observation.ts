/**
 * Following an election from leader to leader. Invariant: what it tells is true of etcd's log, in the log's order and
 * never goes back; nothing is left out but what was compacted before it could be read.
 *
 * While somebody leads only that one's key is watched; when it goes, a read at the very revision of its deletion tells
 * who came next.
 */
import type { Namespace } from 'etcd3';
import { Changes } from '../changes.js';
import type { Effort } from '../effort.js';
import type { Candidates, Leader, Standing } from './candidates.js';

export class Observation {
  readonly #client: Namespace;
  readonly #candidates: Candidates;
  /** What is known, undefined where it has to be read anew. */
  #standing: Standing | undefined;
  #told: Leader | undefined;

  constructor(client: Namespace, candidates: Candidates) {
    this.#client = client;
    this.#candidates = candidates;
  }

  /** Waits until there is something to tell. Rejects with a `DefiniteError` or the effort's reason. */
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

  /** What came after the present standing, in order; nothing where that is forgotten. */
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
