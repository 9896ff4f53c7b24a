/**
 * An HTTP/2 connection that hides stream resets from the server: it removes RST_STREAM frames from the input,
 * and cancels their streams itself. Node's HTTP/2 counts resets. Above a thousand at once and 33 a second it
 * ends the connection with all its calls; etcd does not, and before Node 23 nothing else disables that.
 * Invariant: everything else passes unchanged and in order; a reset takes effect after everything that came
 * before it.
 */
import { Duplex } from 'node:stream';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** True if Node's own option takes effect. */
export const COUNT_CAN_BE_UNBOUNDED = Number(process.versions.node.split('.')[0]) >= 23;

const PREFACE_BYTES = 24;
const HEADER_BYTES = 9;
const RST_STREAM = 3;
const RST_STREAM_BYTES = HEADER_BYTES + 4;
const NOTHING = Buffer.alloc(0);

export class ResetFilter extends Duplex {
  readonly #socket: Socket;
  /** Streams that are open. */
  readonly #streams = new Map<number, ServerHttp2Stream>();
  /** Codes of resets for streams that the server has not reported yet. */
  readonly #early = new Map<number, number>();
  /** Bytes of a frame, or of the preface, that are still to come and need no inspection. */
  #skip = PREFACE_BYTES;
  /** The beginning of a frame that is too short to identify. */
  #rest: Buffer = NOTHING;
  #newest = 0;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.pause();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => {
      if (this.#rest.length > 0) this.push(this.#rest);
      this.push(null);
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    this.on('error', () => undefined);
  }

  /** The session on top of this connection. */
  watch(session: ServerHttp2Session): void {
    session.prependListener('stream', (stream: ServerHttp2Stream) => this.#begin(stream));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      if (index < chunks.length - 1) this.#socket.write(chunk);
      else this.#socket.write(chunk, done);
    }
    this.#socket.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#streams.clear();
    this.#early.clear();
    this.#socket.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const resets: (readonly [id: number, code: number])[] = [];
    const kept: Buffer[] = [];
    let from = 0;
    let at = Math.min(this.#skip, data.length);
    this.#skip -= at;
    while (data.length - at >= HEADER_BYTES) {
      const bytes = HEADER_BYTES + data.readUIntBE(at, 3);
      if (data[at + 3] === RST_STREAM && bytes === RST_STREAM_BYTES) {
        if (data.length - at < bytes) break;
        resets.push([data.readUInt32BE(at + 5) & 0x7fff_ffff, data.readUInt32BE(at + 9)]);
        kept.push(data.subarray(from, at));
        at += bytes;
        from = at;
      } else {
        const end = Math.min(at + bytes, data.length);
        this.#skip = at + bytes - end;
        at = end;
      }
    }
    kept.push(data.subarray(from, at));
    this.#rest = data.subarray(at);
    const passed = kept.length === 1 ? kept[0] : Buffer.concat(kept);
    if (passed !== undefined && passed.length > 0 && !this.push(passed)) this.#socket.pause();
    for (const [id, code] of resets) this.#reset(id, code);
  }

  #reset(id: number, code: number): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined) stream.close(code);
    else if (id > this.#newest) this.#early.set(id, code);
  }

  /** Streams are reported in the order of their ids. */
  #begin(stream: ServerHttp2Stream): void {
    const { id } = stream;
    if (id === undefined) return;
    this.#newest = id;
    for (const [early, code] of this.#early) {
      if (early > id) break;
      this.#early.delete(early);
      if (early === id) {
        stream.close(code);
        return;
      }
    }
    this.#streams.set(id, stream);
    stream.once('close', () => this.#streams.delete(id));
  }
}
