/**
 * The Watch service: any number of watchers on one stream. Invariant: a watcher's `created` comes before its
 * first event, and nothing for it comes after its `canceled`.
 */
import { ERRORS, statusOf, type ErrorEntry } from '../errors.js';
import type { CallStatus } from '../call-status.js';
import type { Change } from '../store/change.js';
import type { WatchBatch, WatchedRange, Watcher } from '../watch/watcher.js';
import type { ResponseHeader } from '../wire/header.js';
import { EVENT_TYPE, rangeEndOf, type Event } from '../wire/kv.js';
import type { Encodable } from '../wire/message.js';
import {
  FILTER_TYPE,
  WATCH_REQUEST,
  WATCH_RESPONSE,
  type WatchCreateRequest,
  type WatchResponse,
} from '../wire/watch.js';
import { admit, type GiveUp } from './admit.js';
import { ProgressTicker } from './progress-ticker.js';
import { RECEIVED_BYTES_MAX, type IncomingCall, type Method } from './server.js';
import { encodedEvents } from './shared-events.js';
import { streaming, type ServerStream } from './streaming.js';
import { read } from './unary.js';
import { fragmentsOf } from './watch-fragments.js';

/** The Watch service's methods by name. */
export const WATCH_METHODS: Readonly<Record<string, Method>> = {
  Watch: streaming((call) => new WatchStream(call)),
};

/**
 * The id of no watcher: for the answer about a watcher that was not created, and for answers about the whole
 * stream.
 */
const NO_WATCH_ID = -1n;

/** The longest time that an answer to a progress request waits in 3.4 while events are sent. */
const PASSING_MAX_US = 900;

interface StreamWatcher {
  readonly id: bigint;
  readonly watcher: Watcher;
  readonly request: WatchCreateRequest;
}

class WatchStream implements ServerStream {
  readonly #call: IncomingCall;
  readonly #watchers = new Map<bigint, StreamWatcher>();
  readonly #progress: ProgressTicker;
  #nextId = 0n;
  #ended = false;
  /** Requests that arrive before the caller is identified; undefined if none has to wait. */
  #inbox: Uint8Array[] | undefined;
  #giveUpAsking: GiveUp;

  constructor(call: IncomingCall) {
    this.#call = call;
    this.#progress = new ProgressTicker(call.server, (id) => this.#tellProgress(id));
    call.server.hub.streams++;
  }

  message(bytes: Uint8Array): void {
    if (this.#ended) return;
    if (this.#inbox !== undefined) {
      this.#inbox.push(bytes);
      return;
    }
    const incoming = read(WATCH_REQUEST, bytes, this.#call.server.rules, 'streamed');
    if (incoming.kind === 'refused') {
      this.#end(incoming.status);
      return;
    }
    const { createRequest, cancelRequest, progressRequest } = incoming.message;
    if (createRequest !== undefined) this.#admit(createRequest);
    else if (cancelRequest !== undefined) this.#cancelWatcher(cancelRequest.watchId);
    else if (progressRequest !== undefined) this.#tellProgressOfAll();
  }

  /** A client that has finished sending still receives. */
  halfClose(): void {
    return;
  }

  cancel(): void {
    if (!this.#ended) this.#call.server.hub.streams--;
    this.#ended = true;
    this.#giveUpAsking?.();
    this.#progress.close();
    for (const { watcher } of this.#watchers.values()) this.#call.server.hub.cancel(watcher);
    this.#watchers.clear();
  }

  onNoLeader(): void {
    this.#end(statusOf(ERRORS.noLeader));
  }

  /**
   * Creates the watcher if the stream's caller may read its range, provided that its token is still valid.
   */
  #admit(request: WatchCreateRequest): void {
    if (request.startRevision < 0 && this.#call.server.rules.refusesNegativeWatch) {
      this.#refuse(ERRORS.compacted.text);
      return;
    }
    const { server, metadata } = this.#call;
    const inbox: Uint8Array[] = [];
    this.#inbox = inbox;
    const proceed = (go: () => void): undefined => {
      this.#inbox = undefined;
      go();
      for (const bytes of inbox) this.message(bytes);
    };
    this.#giveUpAsking = admit(
      server,
      metadata,
      'known',
      ({ error }) => proceed(() => this.#refuse(reasonOf(error))),
      (asker) => {
        const key = request.key === '' ? '\0' : request.key;
        const isFromKeyOn = request.rangeEnd === '\0';
        const end = isFromKeyOn && !server.rules.auth.checksAllOfWatch ? undefined : request.rangeEnd;
        const denied = server.machine.auth.refuseUnlessPermitted(asker, 'read', key, end);
        return proceed(() => {
          if (denied === undefined) this.#create(request);
          else this.#refuse(reasonOf(denied.error));
        });
      },
    );
  }

  #create(request: WatchCreateRequest): void {
    const range = rangeOf(request);
    if (range.end !== undefined && range.end !== '' && range.key >= range.end) {
      this.#refuse('mvcc: watcher range is empty');
      return;
    }
    if (request.watchId !== 0n && this.#watchers.has(request.watchId)) {
      this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
      return;
    }
    const id = request.watchId === 0n ? this.#assignId() : request.watchId;
    const { hub } = this.#call.server;
    const watcher = hub.watch(range, (batch) => this.#deliver(id, request, batch));
    this.#watchers.set(id, { id, watcher, request });
    if (request.progressNotify) this.#progress.add(id);
    this.#answer({ header: this.#header(), watchId: id, created: true });
  }

  #refuse(cancelReason: string): void {
    const header = this.#header();
    this.#answer({ header, watchId: NO_WATCH_ID, created: true, canceled: true, cancelReason });
  }

  #assignId(): bigint {
    while (this.#watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  /** A watcher ended by compaction still exists until it is cancelled. */
  #cancelWatcher(id: bigint): void {
    const found = this.#watchers.get(id);
    if (found === undefined) return;
    this.#call.server.hub.cancel(found.watcher);
    this.#watchers.delete(id);
    this.#progress.delete(id);
    this.#send({ header: this.#header(), watchId: id, canceled: true });
  }

  /** False if the client does not read. */
  #deliver(id: bigint, request: WatchCreateRequest, batch: WatchBatch): boolean {
    if (this.#ended) return true;
    if (this.#call.sink.isFull?.() === true) return false;
    const { changes, revision, compactRevision } = batch;
    if (changes.length > 0) this.#progress.skipNext(id);
    this.#count(changes, request.prevKv);
    const header = this.#header(revision);
    const events = (): Encodable<Event>[] => changes.map((change) => this.#eventOf(change, request.prevKv));
    // All watchers of one key share the list of a single change.
    if (changes.length === 1 && !request.fragment) {
      const head = WATCH_RESPONSE.encode({ header, watchId: id });
      this.#call.sink.message(Buffer.concat([head, encodedEvents(changes, request.prevKv, events)]));
      return true;
    }
    const canceled = compactRevision !== 0;
    const response = { header, watchId: id, canceled, compactRevision, events: events() };
    if (!request.fragment) this.#send(response);
    else for (const fragment of fragmentsOf(response, RECEIVED_BYTES_MAX)) this.#send(fragment);
    return true;
  }

  #count(changes: readonly Change[], withPrevious: boolean): void {
    const { counts } = this.#call.server.machine;
    counts.watchResponses++;
    counts.events += changes.length;
    // Each previous value is read as a range.
    if (withPrevious) for (const change of changes) if (!isCreation(change)) counts.ranges++;
  }

  #eventOf(change: Change, withPrevious: boolean): Event {
    return {
      type: change.isDelete ? EVENT_TYPE.delete : EVENT_TYPE.put,
      kv: change,
      prevKv: withPrevious && !isCreation(change) ? this.#previous(change) : undefined,
    };
  }

  /** The key before the change, unless that revision has been compacted. */
  #previous({ key, modRevision }: Change): Change | undefined {
    const { store } = this.#call.server.machine;
    return modRevision - 1 < store.compactRevision ? undefined : store.get(key, modRevision - 1);
  }

  #tellProgress(id: bigint): void {
    const found = this.#watchers.get(id);
    if (
      found !== undefined &&
      this.#call.sink.isFull?.() !== true &&
      this.#call.server.hub.areSynced([found.watcher], this.#call.server.rules.progressAnswered === 'reached')
    ) {
      this.#sendProgress({ header: this.#header(), watchId: id });
    }
  }

  /** Answers for all watchers of the stream at once, or not at all. */
  #tellProgressOfAll(): void {
    const { hub, rules } = this.#call.server;
    const watchers = [...this.#watchers.values()].map(({ watcher }) => watcher);
    const isAnswered =
      rules.progressAnswered === 'always' ||
      (watchers.length > 0 && hub.areSynced(watchers, rules.progressAnswered === 'reached'));
    // Progress that a client does not read is not sent later either.
    if (!isAnswered || this.#call.sink.isFull?.() === true) return;
    const answer = { header: this.#header(), watchId: NO_WATCH_ID };
    const delayMs = rules.progressPassesEvents ? this.#drawDelayMs() : 0;
    if (delayMs === 0) this.#sendProgress(answer);
    else this.#call.server.host.schedule(delayMs, () => this.#ended || this.#sendProgress(answer));
  }

  /** How long an answer is delayed while events overtake it; half of the answers are not delayed. */
  #drawDelayMs(): number {
    const { host, name } = this.#call.server;
    const draw = host.randomUint32(`${name}/progress-answer`);
    return draw % 2 === 0 ? 0 : (1 + (draw % PASSING_MAX_US)) / 1000;
  }

  /** Unlike elsewhere, a revision of 0 stays 0: the end by compaction carries none. */
  #header(revision: number = this.#call.server.revision): ResponseHeader {
    return { ...this.#call.server.header(), revision };
  }

  #sendProgress(response: Encodable<WatchResponse>): void {
    this.#call.server.machine.counts.watchResponses++;
    this.#send(response);
  }

  /** To a watch request. */
  #answer(response: Encodable<WatchResponse>): void {
    this.#call.server.machine.counts.watchAnswers++;
    this.#send(response);
  }

  #send(response: Encodable<WatchResponse>): void {
    this.#call.sink.message(WATCH_RESPONSE.encode(response));
  }

  #end(status: CallStatus): void {
    if (this.#ended) return;
    this.cancel();
    this.#call.sink.status(status);
  }
}

function isCreation({ isDelete, createRevision, modRevision }: Change): boolean {
  return !isDelete && createRevision === modRevision;
}

/** The message comes from Go's gRPC; every other error becomes a lack of permission. */
function reasonOf(error: ErrorEntry): string {
  switch (error) {
    case ERRORS.invalidAuthToken:
      return `rpc error: code = Unauthenticated desc = ${error.text}`;
    case ERRORS.authOldRevision:
    case ERRORS.userEmpty:
      return `rpc error: code = InvalidArgument desc = ${error.text}`;
    default:
      return `rpc error: code = PermissionDenied desc = ${ERRORS.permissionDenied.text}`;
  }
}

function rangeOf(request: WatchCreateRequest): WatchedRange {
  const filters: ('put' | 'delete')[] = [];
  for (const filter of request.filters) {
    if (filter === FILTER_TYPE.noPut) filters.push('put');
    else if (filter === FILTER_TYPE.noDelete) filters.push('delete');
  }
  return {
    // An empty key stands for the smallest key.
    key: request.key === '' ? '\0' : request.key,
    end: request.rangeEnd === '' ? undefined : rangeEndOf(request.rangeEnd),
    startRevision: request.startRevision,
    filters,
  };
}
