/**
 * Records watches as their members have them: from the answer that one was created to the moment at which the member
 * forgets it. Invariant: it only observes.
 */
import { byteStringOfText, type ByteString } from '../../../etcd/byte-string.js';
import { readable } from '../../../etcd/wire/malformed-error.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../../etcd/wire/watch.js';
import type { WatchSpan } from '../../../history/recording.js';
import type { CallObserver } from '../../../network/call-observer.js';
import { rangeOf, textOf } from '../../call-contents.js';

export const WATCH = '/etcdserverpb.Watch/Watch';

type Draft = { -readonly [Name in keyof WatchSpan]: WatchSpan[Name] };

export class WatchRecorder {
  readonly #spans: Draft[] = [];
  readonly #nowUs: () => number;
  readonly #prefix: string;
  readonly #prefixBytes: ByteString;

  /** @param prefix of every key of the run; the record omits it */
  constructor(nowUs: () => number, prefix: string) {
    this.#nowUs = nowUs;
    this.#prefix = prefix;
    this.#prefixBytes = byteStringOfText(prefix);
  }

  /** In order of their creation. */
  get spans(): readonly WatchSpan[] {
    return this.#spans;
  }

  /** Ends the open watches of the calls for which `holds` is true. */
  endWhere(timeUs: number, holds: (call: number) => boolean): void {
    for (const span of this.#spans) {
      if (span.endUs === undefined && holds(span.call)) span.endUs = timeUs;
    }
  }

  /** Observes a stream of watches. @param call its position in the table of calls */
  stream(call: number): CallObserver {
    /** Requests without an answer; etcd answers in their order. */
    const asked: Omit<Draft, 'startUs'>[] = [];
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
    asked: Omit<Draft, 'startUs'> | undefined,
    id: bigint,
    revision: number,
  ): void {
    if (asked === undefined) return;
    const fromRevision = asked.fromRevision > 0 ? asked.fromRevision : revision + 1;
    const span = { ...asked, fromRevision, startUs: this.#nowUs() };
    this.#spans.push(span);
    open.set(id, span);
  }

  #end(open: Map<bigint, Draft>, id: bigint): void {
    const span = open.get(id);
    if (span === undefined) return;
    span.endUs ??= this.#nowUs();
    open.delete(id);
  }

  #nameOf(key: ByteString): string {
    return key.startsWith(this.#prefixBytes) ? textOf(key).slice(this.#prefix.length) : textOf(key);
  }
}
