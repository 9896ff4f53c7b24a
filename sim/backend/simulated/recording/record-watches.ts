/**
 * Records watches as their members have them: from the answer that one was created to the moment at which the member
 * forgets it. Invariant: it only observes.
 */
import { byteStringOfText, type ByteString } from '../../../etcd/byte-string.js';
import { readable } from '../../../etcd/wire/malformed-error.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../../etcd/wire/watch.js';
import type { StepTable, WatchSpan } from '../../../history/recording.js';
import type { CallObserver } from '../../../network/call-observer.js';
import { rangeOf, textOf } from '../../call-contents.js';

export const WATCH = '/etcdserverpb.Watch/Watch';

interface Draft extends MutableSpan {
  startEvent: number;
  endEvent: number;
}

type MutableSpan = { -readonly [Name in keyof WatchSpan]: WatchSpan[Name] };

/** The engine, as the recorder reads it. */
export interface WatchClock {
  readonly nowUs: number;
  readonly events: number;
}

export class WatchRecorder {
  readonly #spans: Draft[] = [];
  readonly #clock: WatchClock;
  readonly #prefix: string;
  readonly #prefixBytes: ByteString;

  /** @param prefix of every key of the run; the record omits it */
  constructor(clock: WatchClock, prefix: string) {
    this.#clock = clock;
    this.#prefix = prefix;
    this.#prefixBytes = byteStringOfText(prefix);
  }

  /** In order of their creation. */
  get spans(): readonly WatchSpan[] {
    return this.#spans.map(({ startEvent: _start, endEvent: _end, ...span }) => span);
  }

  /** The events in which they began and ended. */
  get steps(): Pick<StepTable, 'watchStart' | 'watchEnd'> {
    return {
      watchStart: this.#spans.map(({ startEvent }) => startEvent),
      watchEnd: this.#spans.map(({ endEvent }) => endEvent),
    };
  }

  /** Ends the open watches of the calls for which `holds` is true. */
  endWhere({ nowUs, events }: WatchClock, holds: (call: number) => boolean): void {
    for (const span of this.#spans) {
      if (span.endUs === undefined && holds(span.call))
        Object.assign(span, { endUs: nowUs, endEvent: events });
    }
  }

  /** Observes a stream of watches. @param call its position in the table of calls */
  stream(call: number): CallObserver {
    /** Requests without an answer; etcd answers in their order. */
    const asked: Omit<MutableSpan, 'startUs'>[] = [];
    const open = new Map<bigint, Draft>();
    const endAll = (): void => {
      for (const id of [...open.keys()]) this.#end(open, id);
    };
    return {
      sent: (bytes) => {
        const request = readable(() => WATCH_REQUEST.decode(bytes))?.createRequest;
        if (request === undefined) return;
        const range = rangeOf(request, (key) => this.#nameOf(key));
        asked.push({ call, ...range, fromRevision: request.startRevision });
      },
      answered: (bytes) => {
        const response = readable(() => WATCH_RESPONSE.decode(bytes));
        if (response === undefined) return;
        if (response.created)
          this.#begin(open, asked.shift(), response.watchId, response.header?.revision ?? 0);
        if (response.canceled) this.#end(open, response.watchId);
      },
      received: () => undefined,
      forgotten: endAll,
      // A node that gives up tells the member, which forgets the stream when it hears of it.
      ended: (how) => {
        if (how === 'told') endAll();
      },
    };
  }

  #begin(
    open: Map<bigint, Draft>,
    asked: Omit<MutableSpan, 'startUs'> | undefined,
    id: bigint,
    revision: number,
  ): void {
    if (asked === undefined) return;
    const fromRevision = asked.fromRevision > 0 ? asked.fromRevision : revision + 1;
    const { nowUs, events } = this.#clock;
    const span: Draft = { ...asked, fromRevision, startUs: nowUs, startEvent: events, endEvent: -1 };
    this.#spans.push(span);
    open.set(id, span);
  }

  #end(open: Map<bigint, Draft>, id: bigint): void {
    const span = open.get(id);
    if (span === undefined) return;
    if (span.endUs === undefined) {
      span.endUs = this.#clock.nowUs;
      span.endEvent = this.#clock.events;
    }
    open.delete(id);
  }

  #nameOf(key: ByteString): string {
    return key.startsWith(this.#prefixBytes) ? textOf(key).slice(this.#prefix.length) : textOf(key);
  }
}
