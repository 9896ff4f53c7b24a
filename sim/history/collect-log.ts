/**
 * Collects etcd's own log of a run while it goes: every revision under a prefix, by one watch that is opened anew
 * where it breaks, up to a marker that is written for the purpose. The same code reads the simulated and the real
 * etcd. Invariant: the log has no gap, and what it has may be compacted.
 */
import type { Etcd3, IEvent, IWatchRequest, IWatchResponse } from 'etcd3';
import type { LogEntry, LogEvent } from './history.js';

/** The marker's key, after the prefix. */
const MARKER = '~end-of-log';

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

export class LogCollector {
  readonly #client: Etcd3;
  readonly #prefix: string;
  readonly #log = new Map<number, LogEvent[]>();
  #nextRevision: number;
  #stream: WatchStream | undefined;
  #closed = false;
  #finished = (_end: 'marker' | Error): void => undefined;
  readonly #end: Promise<'marker' | Error>;

  /** @param fromRevision the first revision that counts */
  constructor(client: Etcd3, prefix: string, fromRevision: number) {
    this.#client = client;
    this.#prefix = prefix;
    this.#nextRevision = fromRevision;
    this.#end = new Promise((resolve) => (this.#finished = resolve));
  }

  /** Everything up to this revision is collected. */
  get revision(): number {
    return this.#nextRevision - 1;
  }

  /** Begins to collect; returns at once. */
  start(): void {
    void this.#open();
  }

  /**
   * Every revision so far that touched keys under the prefix, ascending.
   *
   * @throws an Error where somebody compacted what was not collected yet, or etcd cannot be reached for long
   */
  async finish(): Promise<LogEntry[]> {
    await this.#mark();
    const end = await this.#end;
    this.close();
    if (end !== 'marker') throw end;
    return [...this.#log].map(([revision, events]) => ({ revision, events }));
  }

  close(): void {
    this.#closed = true;
    this.#dropStream();
  }

  /** A member that has just been started again may not be reached at once. */
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
    const key = Buffer.from(this.#prefix);
    stream.write({
      create_request: { key, range_end: endOf(key), start_revision: this.#nextRevision },
    });
  }

  /** etcd3 opens watches with the token it has, however often etcd refuses them; any other call renews it. */
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
    // etcd3 takes the end of a stream that was not ended for a failure of its host, and closes that host's connections.
    stream?.end();
    stream?.cancel();
  }

  #take(response: IWatchResponse): void {
    if (response.canceled) {
      if (Number(response.compact_revision) > 0) {
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
    // A response never ends in the midst of a revision, so that a new stream begins with the next one.
    this.#nextRevision = revision + 1;
    const key = kv.key.toString().slice(this.#prefix.length);
    if (key === MARKER) {
      this.#finished('marker');
      return;
    }
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

/** The end of the range of all keys that begin so: the key with its last byte one higher. */
function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}
