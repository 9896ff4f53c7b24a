/**
 * What nodes read and write late in a run, from a given time on: it shows whether the last changes were heartbeats that
 * no waiting code looks at. Invariant: it only watches; a run that ends before that time pays nothing for it.
 */
import type { Change } from '../../etcd/store/change.js';
import type { ByteString } from '../../etcd/byte-string.js';
import {
  DELETE_RANGE_REQUEST,
  PUT_REQUEST,
  RANGE_REQUEST,
  TXN_REQUEST,
  type PutRequest,
  type RequestOp,
  type TxnRequest,
} from '../../etcd/wire/kv.js';
import { readable } from '../../etcd/wire/malformed-error.js';
import { WATCH_REQUEST } from '../../etcd/wire/watch.js';
import type { CallInterceptor } from '../../network/intercept-calls.js';
import { SENT_KEPT } from '../../network/exchange.js';
import type { PendingCall } from '../../network/network.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';

/** A call that begins. */
export interface LateCall {
  readonly node: string;
  readonly method: string;
  /** It goes to another node, not to etcd. */
  readonly isNode: boolean;
}

interface Range {
  readonly key: ByteString;
  readonly rangeEnd: ByteString | undefined;
}

/** What one node did. */
interface NodeBook {
  /** Requests that read. */
  reads: number;
  isWatching: boolean;
  /** The keys that it put. */
  readonly puts: Set<ByteString>;
}

/** The nodes that have not ended. */
export interface Living {
  readonly working: readonly string[];
  readonly daemons: ReadonlySet<string>;
  /** Whether the node waits for something else than a key, such as a mark. */
  waitsElsewhere(node: string): boolean;
}

const KV = '/etcdserverpb.KV/';
const WATCH = '/etcdserverpb.Watch/Watch';

/** Fewer requests are no poll. */
const READS_MIN = 5;
/** Fewer puts of a key are no heartbeat. */
const PUTS_MIN = 3;

export class LateCalls {
  readonly #fromUs: number;
  readonly #nowUs: () => number;
  readonly #pendingCalls: () => readonly PendingCall[];
  readonly #books = new Map<string, NodeBook>();
  /** What any code has read or watched, by a name of the range. */
  readonly #ranges = new Map<string, Range>();
  /** Nodes have called each other, or a watch is not known. */
  #isOpaque = false;
  #sinceUs: number | undefined;

  constructor(parts: {
    readonly fromUs: number;
    readonly nowUs: () => number;
    readonly pendingCalls: () => readonly PendingCall[];
  }) {
    this.#fromUs = parts.fromUs;
    this.#nowUs = parts.nowUs;
    this.#pendingCalls = parts.pendingCalls;
  }

  /** When it began to watch; undefined before. */
  get sinceUs(): number | undefined {
    return this.#sinceUs;
  }

  /** Watches a call that begins; undefined if it does not matter. */
  watch({ node, method, isNode }: LateCall): CallInterceptor | undefined {
    const nowUs = this.#nowUs();
    if (nowUs < this.#fromUs) return undefined;
    if (this.#sinceUs === undefined) this.#begin(nowUs);
    if (isNode) this.#isOpaque = true;
    if (node === OBSERVER && method === WATCH) return undefined;
    if (isNode || !(method.startsWith(KV) || method === WATCH)) return undefined;
    return {
      sent: (bytes) => {
        const isKnown = readable(() => this.#note(node, method, bytes));
        if (isKnown === undefined) this.#isOpaque = true;
        return undefined;
      },
    };
  }

  /**
   * The keys of the changes, if each is a heartbeat: a key from before that is put again and again and that no code has
   * read or watched, while all nodes that are to end wait. Only a daemon may put values that differ in more than the
   * time: a node that counts may end some day.
   *
   * @param changes all since {@link sinceUs}
   */
  heartbeats(changes: readonly Change[], living: Living): ReadonlySet<ByteString> | undefined {
    if (this.#sinceUs === undefined || this.#isOpaque) return undefined;
    if (!living.working.every((node) => living.daemons.has(node) || this.#waits(node, living)))
      return undefined;
    const [first] = changes;
    const puts = new Map<ByteString, ByteString[]>();
    for (const { key, value, isDelete, createRevision } of changes) {
      if (isDelete || createRevision >= (first?.modRevision ?? 0) || this.#isRead(key)) return undefined;
      const values = puts.get(key);
      if (values === undefined) puts.set(key, [value]);
      else values.push(value);
    }
    for (const [key, values] of puts) {
      if (values.length < PUTS_MIN) return undefined;
      const differ = new Set(values.map(withoutTime)).size > 1;
      if (!this.#areInBackground(key, differ, living)) return undefined;
    }
    return new Set(puts.keys());
  }

  #waits(node: string, living: Living): boolean {
    const book = this.#books.get(node);
    return (book?.reads ?? 0) >= READS_MIN || book?.isWatching === true || living.waitsElsewhere(node);
  }

  #areInBackground(key: ByteString, differ: boolean, { daemons }: Living): boolean {
    const writers = [...this.#books].filter(([, { puts }]) => puts.has(key));
    return writers.length > 0 && writers.every(([node]) => !differ || daemons.has(node));
  }

  #isRead(key: ByteString): boolean {
    for (const { key: from, rangeEnd: end } of this.#ranges.values()) {
      if (end === undefined ? key === from : key >= from && (end === '' || end === '\0' || key < end))
        return true;
    }
    return false;
  }

  /** The watches that are open already. */
  #begin(nowUs: number): void {
    this.#sinceUs = nowUs;
    for (const { node, method, sent } of this.#pendingCalls()) {
      if (node === OBSERVER || method !== WATCH) continue;
      if (sent.length >= SENT_KEPT) this.#isOpaque = true;
      for (const bytes of sent) readable(() => this.#noteWatch(node, bytes));
    }
  }

  #note(node: string, method: string, bytes: Uint8Array): true {
    switch (method) {
      case WATCH:
        this.#noteWatch(node, bytes);
        break;
      case `${KV}Range`:
        this.#noteRead(node, [RANGE_REQUEST.decode(bytes)]);
        break;
      case `${KV}DeleteRange`:
        this.#noteRead(node, [DELETE_RANGE_REQUEST.decode(bytes)]);
        break;
      case `${KV}Put`:
        this.#notePut(node, PUT_REQUEST.decode(bytes));
        break;
      case `${KV}Txn`:
        this.#noteTxn(node, TXN_REQUEST.decode(bytes));
        break;
      default:
        // Such as a compaction, or a stream of ranges.
        this.#isOpaque = true;
    }
    return true;
  }

  #noteWatch(node: string, bytes: Uint8Array): void {
    const { createRequest } = WATCH_REQUEST.decode(bytes);
    if (createRequest === undefined) return;
    this.#addRange(createRequest);
    this.#bookOf(node).isWatching = true;
  }

  #noteTxn(node: string, txn: TxnRequest): void {
    const ranges: Range[] = [...txn.compare];
    const take = (operation: RequestOp): void => {
      const { requestRange, requestPut, requestDeleteRange, requestTxn } = operation;
      if (requestRange !== undefined) ranges.push(requestRange);
      if (requestDeleteRange !== undefined) ranges.push(requestDeleteRange);
      if (requestPut !== undefined) this.#notePut(node, requestPut);
      if (requestTxn === undefined) return;
      ranges.push(...requestTxn.compare);
      for (const inner of [...requestTxn.success, ...requestTxn.failure]) take(inner);
    };
    for (const operation of [...txn.success, ...txn.failure]) take(operation);
    this.#noteRead(node, ranges);
  }

  #noteRead(node: string, ranges: readonly Range[]): void {
    if (ranges.length === 0) return;
    for (const range of ranges) this.#addRange(range);
    this.#bookOf(node).reads += 1;
  }

  #notePut(node: string, { key, prevKv }: PutRequest): void {
    if (prevKv) this.#addRange({ key, rangeEnd: undefined });
    this.#bookOf(node).puts.add(key);
  }

  #addRange({ key, rangeEnd }: Range): void {
    this.#ranges.set(JSON.stringify([key, rangeEnd]), { key, rangeEnd });
  }

  #bookOf(node: string): NodeBook {
    let book = this.#books.get(node);
    if (book === undefined) {
      book = { reads: 0, isWatching: false, puts: new Set() };
      this.#books.set(node, book);
    }
    return book;
  }
}

/** The value without times: a date, or seconds or milliseconds since 1970. */
function withoutTime(value: ByteString): string {
  return value.replace(/\d{4}-\d\d-\d\dT[\d:.]+|\b1\d{9}(?:\d{3})?\b/g, 'time');
}
