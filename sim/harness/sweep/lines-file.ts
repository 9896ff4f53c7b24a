/** Reads a file line by line, however large it is. Invariant: only lines that end with a line break are read. */
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

export interface FileLine {
  readonly text: string;
  /** Where the next line begins, in what was read. */
  readonly endBytes: number;
}

const LINE_FEED = 0x0a;

/** The complete lines of a file. @param packed whether it is compressed by gzip */
export async function* linesOf(file: string, packed = false): AsyncGenerator<FileLine> {
  const handle = await open(file);
  try {
    const bytes = handle.createReadStream({ autoClose: false });
    const chunks = packed ? bytes.pipe(createGunzip()) : bytes;
    if (packed) bytes.on('error', (error) => void chunks.destroy(error));
    let rest: Buffer[] = [];
    let endBytes = 0;
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
        const line = Buffer.concat([...rest, chunk.subarray(from, at)]);
        rest = [];
        from = at + 1;
        endBytes += line.length + 1;
        yield { text: line.toString('utf8'), endBytes };
      }
      rest.push(chunk.subarray(from));
    }
  } finally {
    await handle.close();
  }
}
