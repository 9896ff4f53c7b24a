/**
 * What a watch stream has said on one side, read as it comes and told apart by watcher. Between watchers of a stream
 * etcd promises no order, within one it does. Invariant: every response belongs to exactly one watcher; those for all
 * of the stream, whose id is -1, are told apart from what a watcher with that very id hears.
 */
import { WATCH_RESPONSE, type WatchResponse } from '../etcd/wire/watch.js';
import { BEACON_KEY } from './pair.js';
import type { SideStream } from './side.js';

/** The id of the watcher that shows how far the stream is; too large to be drawn. */
export const BEACON_WATCH_ID = 1n << 40n;

/** Of responses that are for no watcher: refusals and progress. A watcher may choose it as well. */
const STREAM_ID = -1n;

export class WatchLog {
  readonly stream: SideStream;
  readonly #byWatcher = new Map<string, WatchResponse[]>();
  #read = 0;
  #answers = 0;
  #events = 0;
  #beaconRevision = 0;
  #hasBeacon = false;

  constructor(stream: SideStream) {
    this.stream = stream;
  }

  /** Answers to requests, as opposed to events and ends by compaction. */
  get answers(): number {
    this.#catchUp();
    return this.#answers;
  }

  /** Events, and ends by compaction. */
  get events(): number {
    this.#catchUp();
    return this.#events;
  }

  /** Whether the beacon's watcher was created. */
  get hasBeacon(): boolean {
    this.#catchUp();
    return this.#hasBeacon;
  }

  /** Of the newest event of the beacon. */
  get beaconRevision(): number {
    this.#catchUp();
    return this.#beaconRevision;
  }

  /** Takes what has come since the last time, by watcher: its id, and for -1 also whether it brings something. */
  take(): ReadonlyMap<string, readonly WatchResponse[]> {
    this.#catchUp();
    const taken = new Map(this.#byWatcher);
    this.#byWatcher.clear();
    return taken;
  }

  #catchUp(): void {
    const { received } = this.stream;
    for (; this.#read < received.length; this.#read++) {
      const response = WATCH_RESPONSE.decode(received[this.#read] ?? new Uint8Array());
      if (response.events.length === 0 && response.compactRevision === 0) this.#answers++;
      else this.#events += Math.max(1, response.events.length);
      if (response.watchId === BEACON_WATCH_ID) {
        this.#hasBeacon = true;
        for (const { kv } of response.events) this.#beaconRevision = kv?.modRevision ?? 0;
        continue;
      }
      const { watchId, events, compactRevision } = response;
      const brings = watchId === STREAM_ID && (events.length > 0 || compactRevision !== 0);
      const watcher = `${watchId}${brings ? ', events' : ''}`;
      const list = this.#byWatcher.get(watcher);
      if (list === undefined) this.#byWatcher.set(watcher, [response]);
      else list.push(response);
    }
  }
}

/** What creates the beacon's watcher. */
export const BEACON_WATCH = { createRequest: { key: BEACON_KEY, watchId: BEACON_WATCH_ID } } as const;
