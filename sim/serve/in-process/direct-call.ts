/**
 * A call to a member in the same process, as grpc-js clients drive it. Invariant: the listener gets one
 * message for each `startRead`, then exactly one status and nothing after it. It is never called from inside
 * one of its own calls.
 */
import {
  Metadata,
  status as Status,
  type CallCredentials,
  type ChannelInterface,
  type Deadline,
} from '@grpc/grpc-js';
import { CODE } from '../../etcd/errors.js';
import type { EtcdMember, ServerCall } from '../../etcd/service.js';
import type { CallStatus } from '../../etcd/call-status.js';
import { textMetadata } from '../../network/text-metadata.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];
/** Messages from the client that the member does not have yet. */
type Frame = Uint8Array | 'half-close';

export class DirectCall implements GrpcCall {
  readonly #member: EtcdMember;
  readonly #method: string;
  readonly #number: number;
  readonly #deadline: Deadline;
  readonly #onEnd: () => void;
  #listener: GrpcListener | undefined;
  #credentials: CallCredentials | undefined;
  #server: ServerCall | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Frame[] = [];
  #inbox: Uint8Array[] = [];
  #status: CallStatus | undefined;
  #reads = 0;
  #hasMetadata = false;
  #hasEnded = false;

  constructor(member: EtcdMember, method: string, deadline: Deadline, number: number, onEnd: () => void) {
    this.#member = member;
    this.#method = method;
    this.#deadline = deadline;
    this.#number = number;
    this.#onEnd = onEnd;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    this.#listener = listener;
    const untilMs = typeof this.#deadline === 'number' ? this.#deadline : this.#deadline.getTime();
    if (Number.isFinite(untilMs)) {
      const late = () => this.cancelWithStatus(Status.DEADLINE_EXCEEDED, 'Deadline exceeded');
      this.#timer = setTimeout(late, Math.min(2 ** 31 - 1, Math.max(0, untilMs - Date.now())));
    }
    if (this.#credentials === undefined) process.nextTick(() => this.#open(metadata));
    else void this.#openWith(this.#credentials, metadata);
  }

  sendMessageWithContext(context: { callback?: (error?: Error | null) => void }, message: Buffer): void {
    this.#send(message);
    if (context.callback !== undefined) process.nextTick(context.callback);
  }

  halfClose(): void {
    this.#send('half-close');
  }

  startRead(): void {
    this.#reads++;
    process.nextTick(() => this.#deliver());
  }

  cancelWithStatus(code: Status, details: string): void {
    if (this.#hasEnded) return;
    this.#server?.cancel();
    this.#inbox = [];
    this.#end({ code, details });
  }

  getPeer(): string {
    return `${this.#member.name}:2379`;
  }

  getCallNumber(): number {
    return this.#number;
  }

  setCredentials(credentials: CallCredentials): void {
    this.#credentials = credentials;
  }

  getAuthContext(): null {
    return null;
  }

  async #openWith(credentials: CallCredentials, metadata: Metadata): Promise<void> {
    const [, service = ''] = this.#method.split('/');
    const context = { method_name: this.#method, service_url: `https://${this.getPeer()}/${service}` };
    try {
      const merged = metadata.clone();
      merged.merge(await credentials.generateMetadata(context));
      this.#open(merged);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.cancelWithStatus(Status.UNKNOWN, `Getting metadata from plugin failed with error: ${reason}`);
    }
  }

  #open(metadata: Metadata): void {
    if (this.#hasEnded) return;
    this.#server = this.#member.open(this.#method, textMetadata(metadata), {
      message: (bytes) => {
        this.#inbox.push(bytes);
        process.nextTick(() => this.#deliver());
      },
      status: (status) => {
        this.#status = status;
        process.nextTick(() => this.#deliver());
      },
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const frame of waiting) this.#send(frame);
  }

  #send(frame: Frame): void {
    if (this.#hasEnded) return;
    if (this.#server === undefined) this.#waiting.push(frame);
    else if (frame === 'half-close') this.#server.halfClose();
    else this.#server.message(frame);
  }

  #deliver(): void {
    while (!this.#hasEnded && this.#reads > 0) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) break;
      this.#reads--;
      if (!this.#hasMetadata) this.#listener?.onReceiveMetadata(new Metadata());
      this.#hasMetadata = true;
      this.#listener?.onReceiveMessage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    const status = this.#status;
    // grpc-js reports an error at once, even if part of the answer is unread.
    if (status === undefined || (this.#inbox.length > 0 && status.code === CODE.ok)) return;
    this.#end(status);
  }

  #end({ code, details }: CallStatus): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#onEnd();
    process.nextTick(() => this.#listener?.onReceiveStatus({ code, details, metadata: new Metadata() }));
  }
}
