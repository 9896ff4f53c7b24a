/**
 * The log of an etcd that belongs to the run, as its members apply it: every key, also those that do not begin with
 * the run's prefix. Invariant: it is told everything, whatever is compacted later.
 */
import { bytesOf, byteStringOfText, type ByteString } from '../etcd/byte-string.js';
import type { Change } from '../etcd/store/change.js';
import type { Commit, LogEntry, LogEvent } from './history.js';

export class OwnLog {
  readonly #prefix: ByteString;
  readonly #revisions: (Commit & { readonly changes: readonly Change[] })[] = [];
  readonly #nowUs: () => number;
  #hasOutsideKeys = false;

  /** @param prefix with which keys of the run begin, as a rule */
  constructor(prefix: string, nowUs: () => number) {
    this.#nowUs = nowUs;
    this.#prefix = byteStringOfText(prefix);
  }

  /** A member has made the revision; what another has made already is nothing new. */
  readonly take = (revision: number, changes: readonly Change[]): void => {
    if (revision <= this.revision) return;
    this.#revisions.push({ revision, changes, timeUs: this.#nowUs() });
    this.#hasOutsideKeys ||= changes.some(({ key }) => !key.startsWith(this.#prefix));
  };

  /** Whether any key does not begin with the prefix; the log of the prefix is all there is otherwise. */
  get hasOutsideKeys(): boolean {
    return this.#hasOutsideKeys;
  }

  /** The newest. */
  get revision(): number {
    return this.#revisions.at(-1)?.revision ?? 0;
  }

  /** All from one revision up to another, without the keys that are the observer's own. */
  entries(span: { readonly from: number; readonly to: number }, own: ReadonlySet<string>): LogEntry[] {
    return this.#revisions
      .filter(({ revision }) => revision >= span.from && revision <= span.to)
      .map(({ revision, changes }) => ({
        revision,
        events: changes.map((change) => this.#eventOf(change)).filter(({ key }) => !own.has(key)),
      }))
      .filter(({ events }) => events.length > 0);
  }

  /** When each revision was made. */
  get commits(): readonly Commit[] {
    return this.#revisions.map(({ revision, timeUs }) => ({ revision, timeUs }));
  }

  /** Keys that do not begin with the prefix, where others do: a run without any prefix has none. @param own see {@link entries} */
  outsideKeys(own: ReadonlySet<string>): string[] {
    if (!this.#hasOutsideKeys) return [];
    const keys = this.#revisions.flatMap(({ changes }) => changes.map(({ key }) => key));
    const isInside = (key: ByteString) =>
      key.startsWith(this.#prefix) && !own.has(textOf(key.slice(this.#prefix.length)));
    if (!keys.some(isInside)) return [];
    return [...new Set(keys.filter((key) => !key.startsWith(this.#prefix)).map(textOf))];
  }

  /** Names that a key with the prefix and one without it share: nobody can tell them apart in the log. */
  get ambiguous(): ReadonlySet<string> {
    if (!this.#hasOutsideKeys) return new Set();
    const keys = this.#revisions.flatMap(({ changes }) => changes.map(({ key }) => key));
    const outside = new Set(keys.filter((key) => !key.startsWith(this.#prefix)));
    const inside = keys.filter((key) => key.startsWith(this.#prefix));
    return new Set(inside.filter((key) => outside.has(key.slice(this.#prefix.length))).map(textOf));
  }

  #eventOf({ key, value, createRevision, version, isDelete }: Change): LogEvent {
    const name = key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : key;
    return {
      type: isDelete ? 'delete' : 'put',
      key: textOf(name),
      value: textOf(value),
      createRevision,
      version,
    };
  }
}

function textOf(bytes: ByteString): string {
  return bytesOf(bytes).toString('utf8');
}
