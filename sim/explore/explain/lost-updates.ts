/**
 * Finds writes over versions that their operations had not read. Invariant: a version that was read does not
 * count. Neither does a key that the operation never read, unless the check names the operation.
 */
import { isWithin, type Call, type Written } from '../../history/calls.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import { KEYS_MAX } from './call-text.js';
import { causeOf, type RunIndex } from './run-index.js';

/** How many lost updates are added to those of the witness. */
const LOST_UPDATES_MAX = 3;

/** A version that another operation has overwritten. */
export interface OverwrittenVersion {
  readonly key: string;
  readonly revision: number;
  readonly author: Call;
}

export class LostUpdates {
  /**
   * @param witness operations that the check names
   * @param relevant the keys that it touched
   */
  constructor(
    private readonly index: RunIndex,
    private readonly witness: ReadonlySet<string>,
    private readonly relevant: ReadonlySet<string>,
  ) {}

  /** Writes up to then that lost an update: the last ones. */
  until(untilUs: number): Call[] {
    const found: Call[] = [];
    for (const call of [...this.index.run.calls].reverse()) {
      if (found.length >= LOST_UPDATES_MAX) break;
      const { wrote } = call;
      if (wrote === undefined || this.witness.has(causeOf(call))) continue;
      if (this.index.madeAt(call).timeUs > untilUs) continue;
      if (this.overwrittenUnseen(causeOf(call), wrote).length > 0) found.push(call);
    }
    return found;
  }

  /**
   * The versions that a write replaced although its operation had never read them. The operation belongs to
   * the witness or had read an older version: a lost update, seen from the update that won.
   */
  overwrittenUnseen(id: string, { revision: made, changes }: Written): OverwrittenVersion[] {
    const relevant = changes.filter(({ key, type }) => type === 'put' && this.relevant.has(key));
    if (relevant.length === 0) return [];
    const calls = this.index.doingOf(id);
    return relevant.slice(0, KEYS_MAX).flatMap(({ key }) => {
      const version = this.index.versionAt(key, made - 1);
      const author = this.index.author(version?.revision);
      if (version?.type !== 'put' || author === undefined || calls.includes(author)) return [];
      if (author.node === OBSERVER) return [];
      const own = calls.flatMap(({ reads, looks }) => [
        ...reads.filter((read) => read.key === key),
        ...looks.filter((look) => look.complete && isWithin(look, key)),
      ]);
      if (own.some(({ revision }) => revision >= version.revision && revision < made)) return [];
      const { revision } = version;
      return this.witness.has(id) || own.length > 0 ? [{ key, revision, author }] : [];
    });
  }

  /** Calls that overwrote a put of a witness operation, and whose operations had read an older version. */
  overwriters(id: string, { revision: made, changes }: Written): Call[] {
    if (!this.witness.has(id)) return [];
    return changes.slice(0, KEYS_MAX).flatMap(({ key }) => {
      const author = this.index.author(this.index.versionAfter(key, made)?.revision);
      if (author?.wrote === undefined) return [];
      const unseen = this.overwrittenUnseen(causeOf(author), author.wrote);
      return unseen.some((version) => version.revision === made) ? [author] : [];
    });
  }
}
