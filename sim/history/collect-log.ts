/**
 * Collects etcd's own log during a run with one watch, which is reopened when it breaks, up to a marker key.
 * It holds every revision if the etcd belongs to the run, otherwise every revision under a prefix. The same
 * code reads the simulated and the real etcd. In simulation the watch covers the prefix, and the members
 * report all other keys. Invariant: the log has no gap, and collected revisions may be compacted.
 */
import type { Etcd3, IEvent, IWatchRequest, IWatchResponse } from 'etcd3';
import type { LogEntry, LogEvent } from './history.js';
import type { OwnLog } from './own-log.js';

/** The marker's key, after the prefix. */
export const MARKER = '~end-of-log';

/** From the first key to the last. */
const ZERO = Buffer.from([0]);

const REOPEN_AFTER_MS = 20;
const MARKER_ATTEMPTS_MAX = 250;

/** A watch stream of etcd3. */
interface WatchStream {
  on(event: 'data', listener: (response: IWatchResponse) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  write(request: IWatchRequest): void;
  end(): void;
  cancel(): void;
}

export interface LogRequest {
  readonly client: Etcd3;
  /** Keys with this prefix are in the log without it; all other keys are unchanged. */
  readonly prefix: string;
  /** The first revision that counts. */
  readonly fromRevision: number;
  /** The keys that it watches. */
  readonly covers: 'every key' | 'the prefix';
  /** The members' own report of every key. */
  readonly own?: OwnLog | undefined;
}

export class LogCollector {
  readonly #client: Etcd3;
  readonly #prefix: string;
  readonly #range: { readonly key: Buffer; readonly range_end: Buffer };
  readonly #own: OwnLog | undefined;
  readonly #fromRevision: number;
  readonly #log = new Map<number, LogEvent[]>();
  #nextRevision: number;
  #hasOutsideKeys = false;
  #stream: WatchStream | undefined;
  #closed = false;
  #finished = (_end: 'marker' | Error): void => undefined;
  readonly #end: Promise<'marker' | Error>;

  constructor({ client, prefix, fromRevision, covers, own }: LogRequest) {
    this.#client = client;
    this.#prefix = prefix;
    this.#own = own;
    const key = Buffer.from(prefix);
    this.#range = covers === 'the prefix' ? { key, range_end: endOf(key) } : { key: ZERO, range_end: ZERO };
    this.#fromRevision = fromRevision;
    this.#nextRevision = fromRevision;
    this.#end = new Promise((resolve) => (this.#finished = resolve));
  }

  /** Everything up to this revision is collected. */
  get revision(): number {
    return this.#own?.hasOutsideKeys === true ? this.#own.revision : this.#nextRevision - 1;
  }

  /** Whether it holds keys outside the prefix. */
  get hasOutsideKeys(): boolean {
    return this.#hasOutsideKeys || this.#own?.hasOutsideKeys === true;
  }

  /** Begins to collect; returns at once. */
  start(): void {
    void this.#open();
  }

  /**
   * Every revision so far that touched keys, ascending.
   *
   * @throws an Error if revisions were compacted before they were collected, or etcd is out of reach for long
   */
  async finish(): Promise<LogEntry[]> {
    await this.#mark();
    const end = await this.#end;
    this.close();
    if (end !== 'marker') throw end;
    if (this.#own?.hasOutsideKeys === true) {
      return this.#own.entries({ from: this.#fromRevision, to: this.revision }, new Set([MARKER]));
    }
    return [...this.#log].map(([revision, events]) => ({ revision, events }));
  }

  close(): void {
    this.#closed = true;
    this.#dropStream();
  }

  /** A restarted member may be out of reach for a moment. */
  async #mark(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.put(this.#prefix + MARKER).value('');
        return;
      } catch (error) {
        if (attempt === MARKER_ATTEMPTS_MAX) throw error;
        // eslint-disable-next-line no-restricted-globals -- the observer's own timer, virtual in a simulated run
        await new Promise((resolve) => setTimeout(resolve, REOPEN_AFTER_MS));
      }
    }
  }

  async #open(): Promise<void> {
    if (this.#closed) return;
    let stream: WatchStream;
    try {
      stream = await this.#client.watchClient.watch();
    } catch {
      this.#openLater();
      return;
    }
    this.#stream = stream;
    const broken = () => {
      if (this.#stream !== stream) return;
      this.#dropStream();
      this.#openLater();
    };
    stream.on('data', (response) => {
      if (this.#stream === stream) this.#take(response);
    });
    stream.on('error', broken);
    stream.on('end', broken);
    stream.write({ create_request: { ...this.#range, start_revision: this.#nextRevision } });
  }

  /**
   * etcd3 opens watches with its current token, even after etcd refused them; any other call renews the
   * token.
   */
  async #renewToken(): Promise<void> {
    await this.#client
      .get(this.#prefix + MARKER)
      .exec()
      .catch(() => undefined);
  }

  #openLater(): void {
    // eslint-disable-next-line no-restricted-globals -- the observer's own timer, virtual in a simulated run
    if (!this.#closed) setTimeout(() => void this.#open(), REOPEN_AFTER_MS);
  }

  #dropStream(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    // If etcd3 did not end a stream itself, it treats the end as a failure of its host and closes that host's
    // connections.
    stream?.end();
    stream?.cancel();
  }

  #take(response: IWatchResponse): void {
    if (response.canceled) {
      const compacted = Number(response.compact_revision);
      if (compacted > 0 && this.#own?.hasOutsideKeys === true) {
        this.#nextRevision = Math.max(this.#nextRevision, compacted);
        this.#dropStream();
        this.#openLater();
      } else if (compacted > 0) {
        this.#finished(new Error(`revision ${this.#nextRevision} was compacted before it was collected`));
      } else {
        this.#dropStream();
        void this.#renewToken().then(() => this.#openLater());
      }
      return;
    }
    for (const event of response.events) this.#add(event);
  }

  #add({ type, kv }: IEvent): void {
    const revision = Number(kv.mod_revision);
    // A response never ends inside a revision, so a new stream begins with the next one.
    this.#nextRevision = revision + 1;
    const name = kv.key.toString();
    const isInside = name.startsWith(this.#prefix);
    const key = isInside ? name.slice(this.#prefix.length) : name;
    if (isInside && key === MARKER) {
      this.#finished('marker');
      return;
    }
    this.#hasOutsideKeys ||= !isInside;
    const entry = this.#log.get(revision) ?? [];
    this.#log.set(revision, entry);
    entry.push({
      type: type === 'Delete' ? 'delete' : 'put',
      key,
      value: kv.value.toString(),
      createRevision: Number(kv.create_revision),
      version: Number(kv.version),
    });
  }
}

/** The end of the range of all keys with this prefix: the prefix with its last byte one higher. */
function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}
