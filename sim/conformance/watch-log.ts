/**
 * The responses of a watch stream on one side, read as they arrive and grouped by watcher. etcd promises an
 * order within a watcher, but none between watchers of a stream. Invariant: every response belongs to exactly
 * one watcher, or to the group for watchers that do not exist.
 */
import { WATCH_RESPONSE, type WatchResponse } from '../etcd/wire/watch.js';
import { BEACON_KEY } from './pair.js';
import type { SideStream } from './side.js';

/** The id of the watcher that shows the stream's progress; too large to be drawn. */
const BEACON_WATCH_ID = 1n << 40n;

export class WatchLog {
  readonly stream: SideStream;
  readonly #byWatcher = new Map<bigint, WatchResponse[]>();
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

  /** Returns the responses since the last call, by watcher. */
  take(): ReadonlyMap<bigint, readonly WatchResponse[]> {
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
      const id = watcherOf(response);
      const list = this.#byWatcher.get(id);
      if (list === undefined) this.#byWatcher.set(id, [response]);
      else list.push(response);
    }
  }
}

/**
 * Refusals to create a watcher, and progress of a whole stream, have id -1. So do responses to a watcher
 * whose client has chosen -1, and between all of these there is no order.
 */
const REFUSED = -(1n << 41n);
const PROGRESS = REFUSED - 1n;

function watcherOf({ watchId, created, canceled, events, compactRevision }: WatchResponse): bigint {
  if (watchId !== -1n) return watchId;
  if (created && canceled) return REFUSED;
  const isProgress = !created && !canceled && events.length === 0 && compactRevision === 0;
  return isProgress ? PROGRESS : watchId;
}

/** The request that creates the beacon's watcher. */
export const BEACON_WATCH = { createRequest: { key: BEACON_KEY, watchId: BEACON_WATCH_ID } } as const;
