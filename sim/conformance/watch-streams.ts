/**
 * The watch streams of a sequence, open on both sides at once. Some steps depend on a stream's progress: a
 * compaction, the end of a watcher, a progress request. Before such a step the streams settle: all events are
 * awaited and compared. Invariant: after settling every watcher is synced on both sides.
 */
import { PUT_REQUEST, PUT_RESPONSE } from '../etcd/wire/kv.js';
import { WATCH_REQUEST, WATCH_RESPONSE, type WatchRequest, type WatchResponse } from '../etcd/wire/watch.js';
import type { CallMetadata } from './credentials.js';
import { ownCall, ownMetadata } from './own-calls.js';
import type { Encodable } from '../etcd/wire/message.js';
import { pathOf } from './command.js';
import { difference, type Difference } from './difference.js';
import { withoutBatching, withoutAllowedDifferences, type DifferenceContext } from './allowed-differences.js';
import { BEACON_KEY, type Pair } from './pair.js';
import type { Side } from './side.js';
import { BEACON_WATCH, WatchLog } from './watch-log.js';

/** Longer than the period in which etcd lets watchers catch up. */
const CATCH_UP_MS = 200;

interface WatchStream {
  readonly inMemory: WatchLog;
  readonly real: WatchLog;
  /** Watchers that had history to catch up with and may still be doing so. */
  readonly catchingUp: Set<bigint>;
  /** Whether one of them has an id that its client chose. */
  mayFree: boolean;
}

export interface Contexts {
  readonly inMemory: DifferenceContext;
  readonly real: DifferenceContext;
}

/** A request, and the metadata for opening the stream. */
export interface StreamRequest<T> {
  readonly request: Encodable<T>;
  readonly metadata: CallMetadata;
}

interface Requests {
  readonly inMemory: StreamRequest<WatchRequest>;
  readonly real: StreamRequest<WatchRequest>;
}

/** Ids of probes are never reused on the stream, which outlives the sequence. */
let probes = 0n;

export class WatchStreams {
  readonly #pair: Pair;
  readonly #contexts: Contexts;
  readonly #streams = new Map<number, WatchStream>();

  constructor(pair: Pair, contexts: Contexts) {
    this.#pair = pair;
    this.#contexts = contexts;
  }

  /** Sends a request, each side its own, and waits for its answer. */
  async send(name: number, requests: Requests): Promise<Difference | undefined> {
    const creates = requests.real.request.createRequest !== undefined;
    // A watcher that is about to end by compaction frees the id that its client chose.
    const mayFree = this.#streams.get(name)?.mayFree ?? false;
    if (!creates || mayFree) {
      const early = await this.settle();
      if (early !== undefined) return early;
    }
    const stream = this.#streams.get(name) ?? this.#open(name, requests);
    const before = stream.inMemory.stream.received.length;
    const late = await this.#exchange(name, stream, requests);
    if (late !== undefined) return late;
    const startRevision = requests.real.request.createRequest?.startRevision ?? 0;
    for (const bytes of stream.inMemory.stream.received.slice(before)) {
      const { created, canceled, watchId, header } = WATCH_RESPONSE.decode(bytes);
      if (created && !canceled && startRevision !== 0 && startRevision <= (header?.revision ?? 0)) {
        stream.catchingUp.add(watchId);
        stream.mayFree ||= (requests.real.request.createRequest?.watchId ?? 0n) !== 0n;
      }
    }
    // The stream's user may not be allowed to see the beacon, or only later.
    if (!creates || stream.inMemory.hasBeacon) return undefined;
    const beacon = { request: BEACON_WATCH, metadata: {} };
    return this.#exchange(name, stream, { inMemory: beacon, real: beacon });
  }

  close(name: number): void {
    const stream = this.#streams.get(name);
    stream?.inMemory.stream.cancel();
    stream?.real.stream.cancel();
    this.#streams.delete(name);
  }

  closeAll(): void {
    for (const name of [...this.#streams.keys()]) this.close(name);
  }

  /** Waits until every stream has sent all responses, and compares them. */
  async settle(): Promise<Difference | undefined> {
    const streams = [...this.#streams];
    if (streams.length === 0) return undefined;
    const { inMemory, real } = this.#pair;
    if (streams.some(([, { catchingUp }]) => catchingUp.size > 0)) {
      inMemory.side.elapse(CATCH_UP_MS);
      await putBeacon(inMemory.side);
      await this.#untilRealHasCaughtUp(await putBeacon(real.side));
    }
    const revisions = { inMemory: await putBeacon(inMemory.side), real: await putBeacon(real.side) };
    const wrong = difference('put.header.revision', revisions.inMemory, revisions.real);
    if (wrong !== undefined) return wrong;
    for (const [name, stream] of streams) {
      // Watchers get one revision's events in any order, so the beacon may come before the others' events.
      await stream.real.stream.until(
        () =>
          ((stream.real.beaconRevision >= revisions.real || !stream.inMemory.hasBeacon) &&
            stream.real.events >= stream.inMemory.events) ||
          stream.real.stream.status !== undefined,
      );
      const found = this.#compare(name, stream);
      if (found !== undefined) return found;
      stream.catchingUp.clear();
      stream.mayFree = false;
    }
    return undefined;
  }

  #open(name: number, requests: Requests): WatchStream {
    const { inMemory, real } = this.#pair;
    const path = pathOf('Watch/Watch');
    const stream = {
      inMemory: new WatchLog(inMemory.side.open(name % 2, path, requests.inMemory.metadata)),
      real: new WatchLog(real.side.open(name % 2, path, requests.real.metadata)),
      catchingUp: new Set<bigint>(),
      mayFree: false,
    };
    this.#streams.set(name, stream);
    return stream;
  }

  async #exchange(
    name: number,
    { inMemory, real }: WatchStream,
    requests: Requests,
  ): Promise<Difference | undefined> {
    inMemory.stream.send(WATCH_REQUEST.encode(requests.inMemory.request));
    real.stream.send(WATCH_REQUEST.encode(requests.real.request));
    const answered = await real.stream.until(
      () => real.answers >= inMemory.answers || real.stream.status !== undefined,
    );
    if (answered) return difference(`watch ${name}.status`, inMemory.stream.status, real.stream.status);
    return { where: `watch ${name}`, inMemory: 'an answer', real: 'none' };
  }

  /** etcd lets all watchers catch up at once: if a watcher created now has caught up, so have the others. */
  async #untilRealHasCaughtUp(startRevision: number): Promise<void> {
    const { side } = this.#pair.real;
    // With authentication on, only a stream with credentials may watch; it has just been logged in.
    const metadata = ownMetadata(side);
    const probe =
      metadata['token'] === undefined ? this.#pair.probe : side.open(0, pathOf('Watch/Watch'), metadata);
    const watchId = ++probes;
    const before = probe.received.length;
    probe.send(WATCH_REQUEST.encode({ createRequest: { key: BEACON_KEY, startRevision, watchId } }));
    await probe.until(() =>
      probe.received.slice(before).some((bytes) => {
        const response = WATCH_RESPONSE.decode(bytes);
        return response.watchId === watchId && response.events.length > 0;
      }),
    );
    if (probe === this.#pair.probe) probe.send(WATCH_REQUEST.encode({ cancelRequest: { watchId } }));
    else probe.cancel();
  }

  #compare(name: number, stream: WatchStream): Difference | undefined {
    const inMemory = stream.inMemory.take();
    const real = stream.real.take();
    for (const id of new Set([...inMemory.keys(), ...real.keys()])) {
      const [left, right] = [
        this.#view(inMemory.get(id), this.#contexts.inMemory),
        this.#view(real.get(id), this.#contexts.real),
      ];
      const free = stream.catchingUp.has(id);
      const found = difference(
        `watch ${name}, watcher ${id}, responses`,
        free ? withoutBatching(left) : left,
        free ? withoutBatching(right) : right,
      );
      if (found !== undefined) return found;
    }
    return difference(`watch ${name}.status`, stream.inMemory.stream.status, stream.real.stream.status);
  }

  #view(responses: readonly WatchResponse[] | undefined, context: DifferenceContext): readonly unknown[] {
    return (responses ?? []).map((response) => withoutAllowedDifferences('Watch/Watch', response, context));
  }
}

/** Puts the beacon, which every stream receives; resolves with the revision. */
async function putBeacon(side: Side): Promise<number> {
  const message = await ownCall(side, 'KV/Put', PUT_REQUEST, { key: BEACON_KEY });
  return PUT_RESPONSE.decode(message).header?.revision ?? 0;
}
