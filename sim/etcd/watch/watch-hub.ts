/**
 * The watchers of one member. Synced watchers receive each revision when it is applied. Those that want history catch
 * up in batches, ten times a second, until they are synced. Those whose clients do not read wait with one batch, and
 * catch up then. Invariant: a watcher receives every change it watches exactly once, in order of revisions, unless
 * compaction overtakes it; it then learns of that.
 */
import { type EtcdHost, bound } from '../service.js';
import type { Change } from '../store/change.js';
import type { Store } from '../store/store.js';
import { Victims } from './victims.js';
import { Watcher, type WatchBatch, type WatchedRange } from './watcher.js';
import { WatcherGroup } from './watcher-group.js';

const SYNC_PERIOD_MS = 100;
/** The rest after a busy round does not wait for the next period. */
const SYNC_AGAIN_MS = 1;
const WATCHERS_PER_SYNC = 512;
const REVISIONS_PER_BATCH = 1000;

export class WatchHub {
  readonly #store: Store;
  readonly #host: EtcdHost;
  readonly #startedMs: number;
  readonly #synced = new WatcherGroup();
  readonly #unsynced = new Set<Watcher>();
  readonly #victims: Victims;
  #sequence = 0;
  #cancelSync: (() => void) | undefined;
  #closed = false;
  #watchers = 0;
  /** Watch streams that are open. */
  streams = 0;

  /** @param startedMs when the member's catching up began: its periods are counted from there */
  constructor(store: Store, host: EtcdHost, startedMs: number) {
    this.#store = store;
    this.#host = host;
    this.#startedMs = startedMs;
    this.#victims = new Victims(host, (watcher) => this.#free(watcher));
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** Watchers that have not been cancelled. */
  get watchers(): number {
    return this.#watchers;
  }

  /** Those of them that have not heard of all there is. */
  get slowWatchers(): number {
    return this.#unsynced.size + this.#victims.size;
  }

  watch(range: WatchedRange, deliver: (batch: WatchBatch) => boolean): Watcher {
    // A stream that fails counts as having taken its batch.
    const watcher = new Watcher(range, this.#sequence++, bound(this.#host, deliver, true));
    this.#watchers++;
    const { startRevision } = range;
    if (startRevision === 0 || startRevision > this.revision) {
      watcher.minRevision = Math.max(startRevision, this.revision + 1);
      this.#addSynced(watcher);
    } else {
      this.#addUnsynced(watcher);
    }
    return watcher;
  }

  cancel(watcher: Watcher): void {
    if (watcher.state === 'cancelled') return;
    this.#watchers--;
    this.#synced.delete(watcher);
    this.#unsynced.delete(watcher);
    this.#victims.delete(watcher);
    watcher.state = 'cancelled';
  }

  /** A revision was applied. */
  notify(revision: number, changes: readonly Change[]): void {
    const [first] = changes;
    // Stryker disable all: a shortcut for the usual case, which tells the same
    if (first !== undefined && changes.length === 1) {
      for (const watcher of this.#synced.watching(first.key)) this.#tell(watcher, changes, revision);
      return;
    }
    // Stryker restore all
    const batches = new Map<Watcher, Change[]>();
    for (const change of changes) {
      for (const watcher of this.#synced.watching(change.key)) {
        const batch = batches.get(watcher);
        if (batch === undefined) batches.set(watcher, [change]);
        else batch.push(change);
      }
    }
    for (const [watcher, batch] of batches) this.#tell(watcher, batch, revision);
  }

  /** True where every one of them is synced, and, if that is asked, the start of each has been reached. */
  areSynced(watchers: Iterable<Watcher>, haveReachedStart: boolean): boolean {
    for (const watcher of watchers) {
      if (watcher.state !== 'synced') return false;
      if (haveReachedStart && this.revision < watcher.range.startRevision) return false;
    }
    return true;
  }

  /** The member is gone: nothing is delivered any more. */
  close(): void {
    this.#closed = true;
    this.#victims.close();
    this.#cancelSync?.();
    this.#cancelSync = undefined;
  }

  #tell(watcher: Watcher, changes: readonly Change[], revision: number): void {
    // A watcher may have been cancelled while an earlier one received its batch.
    if (watcher.state !== 'synced' || revision < watcher.minRevision) return;
    watcher.minRevision = revision + 1;
    if (watcher.send(changes, revision)) return;
    this.#synced.delete(watcher);
    this.#victims.add(watcher, changes);
  }

  /** What a victim missed it has to catch up with. */
  #free(watcher: Watcher): void {
    if (watcher.minRevision <= this.revision) this.#addUnsynced(watcher);
    else this.#addSynced(watcher);
  }

  #addUnsynced(watcher: Watcher): void {
    watcher.state = 'unsynced';
    this.#unsynced.add(watcher);
    this.#scheduleSync();
  }

  #addSynced(watcher: Watcher): void {
    this.#unsynced.delete(watcher);
    watcher.state = 'synced';
    this.#synced.add(watcher);
  }

  #scheduleSync(delayMs = this.#untilNextPeriodMs()): void {
    if (this.#closed || this.#cancelSync !== undefined || this.#unsynced.size === 0) return;
    this.#cancelSync = this.#host.schedule(delayMs, () => {
      this.#cancelSync = undefined;
      const before = this.#unsynced.size;
      this.#sync();
      const after = this.#unsynced.size;
      this.#scheduleSync(after < before ? SYNC_AGAIN_MS : undefined);
    });
  }

  #untilNextPeriodMs(): number {
    const sinceMs = this.#host.nowMs() - this.#startedMs;
    return SYNC_PERIOD_MS - (sinceMs % SYNC_PERIOD_MS);
  }

  #sync(): void {
    const { revision, compactRevision } = this.#store;
    let left = WATCHERS_PER_SYNC;
    for (const watcher of [...this.#unsynced]) {
      if (left-- === 0) break;
      if (watcher.state === 'unsynced') this.#syncOne(watcher, revision, compactRevision);
    }
  }

  #syncOne(watcher: Watcher, revision: number, compactRevision: number): void {
    const { key, end } = watcher.range;
    if (watcher.minRevision < compactRevision) {
      // A client that does not take this gets it the next time.
      if (!watcher.deliver({ changes: [], revision: 0, compactRevision })) return;
      this.#unsynced.delete(watcher);
      watcher.state = 'compacted';
      return;
    }
    const found = this.#store.changesSince(key, end, watcher.minRevision, REVISIONS_PER_BATCH);
    if (found.moreRevision === 0) {
      watcher.minRevision = revision + 1;
      this.#addSynced(watcher);
    } else {
      watcher.minRevision = found.moreRevision;
    }
    if (found.changes.length === 0 || watcher.send(found.changes, revision)) return;
    this.#synced.delete(watcher);
    this.#unsynced.delete(watcher);
    this.#victims.add(watcher, found.changes);
  }
}
