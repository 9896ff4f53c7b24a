/**
 * The log of an etcd that belongs to the run, as its members apply it: every key, including those outside the
 * run's prefix. Invariant: it holds every revision, including those compacted later.
 */
import { bytesOf, byteStringOfText, type ByteString } from '../etcd/byte-string.js';
import type { Change } from '../etcd/store/change.js';
import type { Commit, LogEntry, LogEvent } from './history.js';

export class OwnLog {
  readonly #prefix: ByteString;
  readonly #revisions: (Commit & { readonly changes: readonly Change[] })[] = [];
  readonly #nowUs: () => number;
  #hasOutsideKeys = false;

  /** @param prefix the usual prefix of the run's keys */
  constructor(prefix: string, nowUs: () => number) {
    this.#nowUs = nowUs;
    this.#prefix = byteStringOfText(prefix);
  }

  /** A member has made the revision. If another member made it already, nothing changes, and it gives false. */
  readonly take = (revision: number, changes: readonly Change[]): boolean => {
    if (revision <= this.revision) return false;
    this.#revisions.push({ revision, changes, timeUs: this.#nowUs() });
    this.#hasOutsideKeys ||= changes.some(({ key }) => !key.startsWith(this.#prefix));
    return true;
  };

  /** Whether any key is outside the prefix; otherwise the log of the prefix is complete. */
  get hasOutsideKeys(): boolean {
    return this.#hasOutsideKeys;
  }

  /** The newest. */
  get revision(): number {
    return this.#revisions.at(-1)?.revision ?? 0;
  }

  /** When the newest was made. */
  get changedUs(): number {
    return this.#revisions.at(-1)?.timeUs ?? 0;
  }

  /** All since that time, in order. */
  changesSince(timeUs: number): readonly Change[] {
    const first = this.#revisions.findLastIndex((one) => one.timeUs < timeUs) + 1;
    return this.#revisions.slice(first).flatMap(({ changes }) => changes);
  }

  /** All from one revision up to another, except the observer's own keys. */
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

  /**
   * Every put with a lease, in order.
   *
   * @param own see {@link entries}; `change` counts without them
   */
  attachments(own: ReadonlySet<string>): { revision: number; change: number; lease: bigint }[] {
    return this.#revisions.flatMap(({ revision, changes }) =>
      changes
        .filter(({ key }) => own.size === 0 || !own.has(this.nameOf(key)))
        .flatMap(({ lease, isDelete }, change) =>
          lease === 0n || isDelete ? [] : [{ revision, change, lease }],
        ),
    );
  }

  /**
   * Keys outside the prefix, if others are inside it; none in a run without a prefix.
   *
   * @param own see {@link entries}
   */
  outsideKeys(own: ReadonlySet<string>): string[] {
    if (!this.#hasOutsideKeys) return [];
    const keys = this.#revisions.flatMap(({ changes }) => changes.map(({ key }) => key));
    const isInside = (key: ByteString) =>
      key.startsWith(this.#prefix) && !own.has(textOf(key.slice(this.#prefix.length)));
    if (!keys.some(isInside)) return [];
    return [...new Set(keys.filter((key) => !key.startsWith(this.#prefix)).map(textOf))];
  }

  /** Names shared by a key with the prefix and one without it: in the log they look the same. */
  get ambiguous(): ReadonlySet<string> {
    if (!this.#hasOutsideKeys) return new Set();
    const keys = this.#revisions.flatMap(({ changes }) => changes.map(({ key }) => key));
    const outside = new Set(keys.filter((key) => !key.startsWith(this.#prefix)));
    const inside = keys.filter((key) => key.startsWith(this.#prefix));
    return new Set(inside.filter((key) => outside.has(key.slice(this.#prefix.length))).map(textOf));
  }

  #eventOf({ key, value, createRevision, version, isDelete }: Change): LogEvent {
    return {
      type: isDelete ? 'delete' : 'put',
      key: this.nameOf(key),
      value: textOf(value),
      createRevision,
      version,
    };
  }

  /** The key without the prefix. */
  nameOf(key: ByteString): string {
    return textOf(key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : key);
  }
}

function textOf(bytes: ByteString): string {
  return bytesOf(bytes).toString('utf8');
}
