/** HTTP/2 frames as bytes, sent and received on a connection that does nothing by itself. */
import type { Socket } from 'node:net';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const FRAME = { data: 0, headers: 1, rstStream: 3, settings: 4, goaway: 7 } as const;
export const END_HEADERS = 4;
export const END_STREAM = 1;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export function frameBytes(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** The headers of a call: literals that are not indexed, which every decoder takes. */
function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => [
      Buffer.from([0]),
      ...[name, value].flatMap((text) => [Buffer.from([text.length]), Buffer.from(text, 'latin1')]),
    ]),
  );
}

export function callHeaders(path: string, contentType = 'application/grpc'): Buffer {
  return headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':authority': 'localhost',
    ':path': path,
    'content-type': contentType,
  });
}

export class RawFrames {
  readonly frames: Frame[] = [];
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #heard = (): void => undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#heard();
    });
  }

  /** Resolves once they have left this process. */
  say(...frames: readonly Buffer[]): Promise<void> {
    return new Promise((resolve) => this.#socket.write(Buffer.concat(frames), () => resolve()));
  }

  /** Resolves once such a frame has arrived; undefined if the connection ends before. */
  async until(isIt: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      const found = this.frames.find(isIt);
      if (found !== undefined || this.#isClosed) return found;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    let data = Buffer.concat([this.#rest, chunk]);
    while (data.length >= 9 && data.length >= 9 + data.readUIntBE(0, 3)) {
      const end = 9 + data.readUIntBE(0, 3);
      const [type, flags] = [data.readUInt8(3), data.readUInt8(4)];
      this.frames.push({ type, flags, stream: data.readUInt32BE(5), payload: data.subarray(9, end) });
      data = data.subarray(end);
    }
    this.#rest = data;
    this.#heard();
  }
}
