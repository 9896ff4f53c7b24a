/**
 * Reads etcd's own log of a run: every revision under a prefix, by a watch from the run's first revision up to a
 * marker that is written for the purpose. The same code reads it from the simulated and from the real etcd.
 */
import type { Etcd3, Watcher } from 'etcd3';
import type { LogEntry, LogEvent } from './history.js';

/** A watch event as etcd3 hands it out: counters are decimal text. */
interface WatchEvent {
  readonly type: string;
  readonly kv: {
    readonly key: Buffer;
    readonly value: Buffer;
    readonly create_revision: string;
    readonly mod_revision: string;
    readonly version: string;
  };
}

/** The marker's key, after the prefix. */
const MARKER = '~end-of-log';

/**
 * Every revision from `fromRevision` on that touched keys under `prefix`, ascending.
 *
 * @throws whatever etcd3 throws where the log cannot be read, such as when it was compacted
 */
export async function readLog(client: Etcd3, prefix: string, fromRevision: number): Promise<LogEntry[]> {
  const log = new Map<number, LogEvent[]>();
  await client.put(prefix + MARKER).value('');
  const watcher = await client.watch().prefix(prefix).startRevision(String(fromRevision)).create();
  try {
    await collect(watcher, prefix, log);
  } finally {
    await watcher.cancel();
  }
  return [...log].map(([revision, events]) => ({ revision, events }));
}

function collect(watcher: Watcher, prefix: string, log: Map<number, LogEvent[]>): Promise<void> {
  return new Promise((resolve, reject) => {
    watcher.on('error', reject);
    watcher.on('data', (response) => {
      for (const event of response.events as unknown as WatchEvent[]) {
        const revision = Number(event.kv.mod_revision);
        const key = event.kv.key.toString().slice(prefix.length);
        if (key === MARKER) {
          resolve();
          return;
        }
        const entry = log.get(revision) ?? [];
        log.set(revision, entry);
        entry.push({
          type: event.type === 'Delete' ? 'delete' : 'put',
          key,
          value: event.kv.value.toString(),
          createRevision: Number(event.kv.create_revision),
          version: Number(event.kv.version),
        });
      }
    });
  });
}
