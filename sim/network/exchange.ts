/**
 * One gRPC call on its way between a node and a member: frames there, frames back, one end. Frames that are
 * ready at the same moment travel as one message, as HTTP/2 packs them. Invariant: the node gets exactly one
 * status, and nothing after it.
 */
import type { CallStatus } from '../etcd/call-status.js';
import type { CallMetadata, EtcdMember, ServerCall } from '../etcd/service.js';
import type { CallObserver } from './call-observer.js';
import type { Carrier } from './carrier.js';
import type { Reception } from './message-observer.js';
import { Headers, type PeerSink } from './peers/headers.js';

/** The node's side of a call, which receives what arrives. */
export interface ExchangeListener {
  headers(headers: Headers): void;
  message(bytes: Uint8Array): void;
  status(status: CallStatus): void;
}

/** The connection of a call, as the call uses it. */
interface CallConnection {
  carries(call: Exchange): boolean;
  detach(call: Exchange): void;
}

/** The link and the connection that a call uses. */
export interface CallCarrier extends Carrier {
  readonly connection: CallConnection;
}

/** The destination of a call. */
export interface CallRoute {
  readonly link: CallCarrier;
  readonly member: EtcdMember;
}

type RequestFrame = Uint8Array | 'half-close' | 'cancel';
type ReplyFrame = Headers | Uint8Array | CallStatus;

/** gRPC over HTTP/2: five bytes before every message; headers are not counted. */
const FRAME_OVERHEAD_BYTES = 5;

const UNAVAILABLE = 14;

/** A long stream keeps no more than this. */
export const SENT_KEPT = 16;

export class Exchange {
  readonly startedUs: number;
  readonly #link: CallCarrier;
  readonly #member: EtcdMember;
  readonly #listener: ExchangeListener;
  readonly #label: string;
  #server: ServerCall | undefined;
  #cancelTimeout = (): void => undefined;
  #begun = false;
  #timeoutMs = Infinity;
  #ended = false;
  #isGivenUp = false;
  #handling = false;
  #opened = false;
  /** The member has forgotten the call and ignores everything that still arrives of it. */
  #gone = false;
  readonly #sent: Uint8Array[] = [];
  #requests: RequestFrame[] = [];
  #replies: ReplyFrame[] = [];
  /** The earliest arrival of the next message; never, once a message was lost: a connection has no gaps. */
  #requestsArriveUs: number | undefined = 0;
  #repliesArriveUs: number | undefined = 0;

  constructor(
    route: CallRoute,
    readonly method: string,
    /** Its number among the run's calls. */
    readonly number: number,
    /** The bytes that precede the first message. */
    public metadata: CallMetadata,
    listener: ExchangeListener,
    /**
     * How long the call may still take; the member gets it when the call begins. Infinite without a deadline.
     */
    private readonly remainingMs: () => number = () => Infinity,
    private readonly observer?: CallObserver,
  ) {
    this.#link = route.link;
    this.#member = route.member;
    this.#listener = listener;
    this.#label = `${method}#${number}`;
    this.startedUs = route.link.nowUs;
  }

  /** True once the node has a status, or gave the call up. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The first messages that the node sent, to describe what it waits for. */
  get sent(): readonly Uint8Array[] {
    return this.#sent;
  }

  /** True once the member has forgotten the call. */
  get isForgotten(): boolean {
    return this.#gone;
  }

  /** The node sends a message; it leaves with the next {@link flush}. */
  message(bytes: Uint8Array): void {
    if (this.#sent.length < SENT_KEPT) this.#sent.push(bytes);
    this.observer?.sent(bytes);
    this.#requests.push(bytes);
  }

  halfClose(): void {
    this.#requests.push('half-close');
  }

  /** The node gives the call up; the member hears of it if the network lets it. */
  cancel(): void {
    if (this.#ended) return;
    this.#isGivenUp = true;
    this.#requests = ['cancel'];
    if (this.#begun) this.flush();
    this.#end('given up');
  }

  /** The connection is established: everything queued so far leaves. */
  begin(): void {
    this.#begun = true;
    this.#timeoutMs = this.remainingMs();
    this.flush();
  }

  /** Sends the queued frames, once the connection is established. */
  flush(): void {
    if (!this.#begun || this.#ended || this.#requests.length === 0) return;
    const requests = this.#requests;
    this.#requests = [];
    for (const frames of this.#pack(requests)) {
      if (this.#requestsArriveUs === undefined) return;
      const message = { direction: 'request', method: this.method, bytes: sizeOf(frames) } as const;
      this.#requestsArriveUs = this.#link.send(
        message,
        this.number,
        this.#label,
        this.#requestsArriveUs,
        (isLate) => this.#arriveAtMember(frames, isLate),
      );
    }
  }

  /** The call ends for the node with UNAVAILABLE. Runs as code of the node. */
  fail(details: string): void {
    if (this.#ended) return;
    this.#end();
    this.#listener.status({ code: UNAVAILABLE, details });
  }

  /** The connection broke: the member forgets the call. */
  vanish(): void {
    if (!this.#gone) this.observer?.forgotten();
    this.#gone = true;
    this.#cancelTimeout();
    this.#server?.cancel();
    this.#server = undefined;
  }

  /** The node's process has died. */
  abandon(): void {
    this.observer?.ended('given up');
  }

  #end(how: 'told' | 'given up' = 'told', status?: CallStatus): void {
    this.#ended = true;
    this.observer?.ended(how, status);
    this.#link.connection.detach(this);
  }

  /**
   * The call's header carries the deadline, so the member enforces it even if nothing else arrives, as gRPC's
   * servers do.
   */
  #beginTimeout(): void {
    if (this.#timeoutMs === Infinity) return;
    this.#cancelTimeout = this.#link.toMember(this.#timeoutMs * 1000, 'call timeout', () => this.vanish());
  }

  /**
   * The member ends the call; the node hears of it as of any answer. False if the member does not have the
   * call.
   */
  endAtMember(status: CallStatus): boolean {
    if (this.#server === undefined) return false;
    this.vanish();
    this.#reply(status);
    return true;
  }

  /** A late request whose sender no longer waits: the member sees a new call whose client is gone at once. */
  #arriveAlone(frames: readonly RequestFrame[]): Reception {
    // Later frames mean nothing without the beginning of the call.
    if (this.#opened) return 'ignored';
    this.#opened = true;
    const server = this.#member.open(this.method, this.metadata, {
      message: (bytes) => this.observer?.answered(bytes),
      status: () => undefined,
    });
    for (const frame of frames) {
      if (frame instanceof Uint8Array) {
        this.#link.traceBytes(frame);
        server.message(frame);
      } else if (frame === 'half-close') {
        server.halfClose();
      }
    }
    server.cancel();
    return 'taken';
  }

  #arriveAtMember(frames: readonly RequestFrame[], isLate: boolean): Reception {
    // A cancelled call is off the connection, but its last message may still arrive.
    const cancelled = frames[0] === 'cancel';
    if (isLate && !cancelled && !this.#link.connection.carries(this)) {
      return this.#arriveAlone(frames);
    }
    if (this.#gone || (!cancelled && !this.#link.connection.carries(this))) return this.#refusal;
    this.#handling = true;
    if (!cancelled && this.#server === undefined) {
      this.#opened = true;
      const sink: PeerSink = {
        headers: (headers) => this.#reply(headers),
        message: (bytes) => this.#reply(bytes),
        status: (status) => {
          this.#cancelTimeout();
          this.#reply(status);
        },
      };
      this.#server = this.#member.open(this.method, this.metadata, sink, this.#timeoutMs);
      this.#beginTimeout();
    }
    for (const frame of frames) {
      if (frame === 'cancel') this.vanish();
      else if (frame === 'half-close') this.#server?.halfClose();
      else {
        this.#link.traceBytes(frame);
        this.#server?.message(frame);
      }
    }
    this.#handling = false;
    this.#flushReplies();
    return 'taken';
  }

  /** The fate of a message that its receiver does not take: a broken connection loses its messages. */
  get #refusal(): Reception {
    return this.#isGivenUp ? 'ignored' : 'lost';
  }

  #reply(frame: ReplyFrame): void {
    if (frame instanceof Uint8Array) this.observer?.answered(frame);
    else if (!(frame instanceof Headers)) this.observer?.forgotten();
    this.#replies.push(frame);
    if (!this.#handling) this.#flushReplies();
  }

  #flushReplies(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    this.#replies = [];
    if (!this.#link.connection.carries(this)) return;
    for (const frames of this.#pack(replies)) {
      if (this.#repliesArriveUs === undefined) return;
      const message = { direction: 'reply', method: this.method, bytes: sizeOf(frames) } as const;
      this.#repliesArriveUs = this.#link.send(message, this.number, this.#label, this.#repliesArriveUs, () =>
        this.#arriveAtNode(frames),
      );
    }
  }

  /** Frames that travel as one message. */
  #pack<T>(frames: readonly T[]): readonly (readonly T[])[] {
    return this.#link.isSeparated ? frames.map((frame) => [frame]) : [frames];
  }

  #arriveAtNode(frames: readonly ReplyFrame[]): Reception {
    let taken = 0;
    for (const frame of frames) {
      if (this.#ended || !this.#link.connection.carries(this)) break;
      taken++;
      if (frame instanceof Uint8Array) {
        this.#link.traceBytes(frame);
        this.observer?.received(frame);
        this.#listener.message(frame);
      } else if (frame instanceof Headers) {
        this.#listener.headers(frame);
      } else {
        this.#end('told', frame);
        this.#listener.status(frame);
      }
    }
    return taken > 0 ? 'taken' : this.#refusal;
  }
}

function sizeOf(frames: readonly (RequestFrame | ReplyFrame)[]): number {
  let bytes = 0;
  for (const frame of frames) if (frame instanceof Uint8Array) bytes += frame.length + FRAME_OVERHEAD_BYTES;
  return bytes;
}
