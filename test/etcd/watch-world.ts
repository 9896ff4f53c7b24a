/** A store, the hub of its watchers, and clients that take their batches or not; time moves by hand. */
import type { Change } from '../../sim/etcd/store/change.js';
import { Store } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import { WatchHub } from '../../sim/etcd/watch/watch-hub.js';
import type { WatchBatch, WatchedRange, Watcher } from '../../sim/etcd/watch/watcher.js';
import { ManualHost } from './harness.js';

/** A watcher's client, which takes its batches unless it is full. */
export class Client {
  isFull = false;
  readonly told: WatchBatch[] = [];
  /** What it does with a batch besides. */
  onTold: () => void = () => undefined;

  readonly take = (batch: WatchBatch): boolean => {
    if (this.isFull) return false;
    this.told.push(batch);
    this.onTold();
    return true;
  };

  /** As `revision: key@revision ...`, since the last time. */
  news(): string[] {
    return this.told.splice(0).map(({ changes, revision, compactRevision }) => {
      if (compactRevision !== 0) return `compacted at ${compactRevision}`;
      return `${revision}: ${changes.map(({ key, modRevision }) => `${key}@${modRevision}`).join(' ')}`;
    });
  }
}

/** Its clock stands at no multiple of a period. */
function startedHost(): ManualHost {
  const host = new ManualHost();
  host.advance(30);
  return host;
}

export class World {
  readonly host = startedHost();
  readonly store = new Store({ attach: () => undefined, detach: () => undefined }, VERSIONS['3.6']);
  readonly hub = new WatchHub(this.store, this.host, this.host.nowMs());
  readonly log: Change[] = [];

  /** Writes the keys as one revision; those with a `-` before them are deleted. */
  write(...keys: readonly string[]): void {
    const transaction = new WriteTransaction(this.store);
    for (const key of keys) {
      if (key.startsWith('-')) transaction.deleteRange(key.slice(1), undefined);
      else transaction.put(key, '', 0n);
    }
    const changes = transaction.end();
    if (changes.length === 0) return;
    this.log.push(...changes);
    this.hub.notify(this.store.revision, changes);
  }

  watch(key: string, rest: Partial<WatchedRange> = {}): { client: Client; watcher: Watcher } {
    const client = new Client();
    const range = { key, end: undefined, startRevision: 0, filters: [], ...rest };
    return { client, watcher: this.hub.watch(range, client.take) };
  }
}
