/** The output equals the input without the resets, however the bytes are split. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ResetFilter } from '../../sim/serve/reset-filter.js';
import { FRAME, frameBytes, PREFACE } from './support/raw-frames.js';

const frame = fc.record({
  type: fc.constantFrom(...Object.values(FRAME), 9),
  stream: fc.nat(9),
  payload: fc.uint8Array({ maxLength: 30 }),
});

it('removes RST_STREAM frames, and nothing else', async () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 12 }), pieces, async (frames, sizes) => {
      const bytesOf = ({ type, stream, payload }: (typeof frames)[number]): Buffer => {
        const isReset = type === FRAME.rstStream;
        return frameBytes(type, 0, stream, isReset ? Buffer.alloc(4) : payload);
      };
      const others = frames.filter(({ type }) => type !== FRAME.rstStream);
      const sent = Buffer.concat([PREFACE, ...frames.map(bytesOf)]);
      const heard = await throughFilter(sent, sizes);
      expect(heard.equals(Buffer.concat([PREFACE, ...others.map(bytesOf)]))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('passes on the beginning of an incomplete frame', async () => {
  const sent = Buffer.concat([PREFACE, frameBytes(FRAME.rstStream, 0, 1, Buffer.alloc(4)).subarray(0, 11)]);
  expect((await throughFilter(sent, [5])).equals(sent)).toBe(true);
});

/** @param sizes of the pieces, over and over */
function throughFilter(sent: Buffer, sizes: readonly number[]): Promise<Buffer> {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const filter = new ResetFilter(socket as Socket);
  const heard: Buffer[] = [];
  filter.on('data', (chunk: Buffer) => heard.push(chunk));
  for (let at = 0, piece = 0; at < sent.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1;
    socket.push(sent.subarray(at, at + size));
    at += size;
  }
  socket.push(null);
  return new Promise((resolve) => filter.once('end', () => resolve(Buffer.concat(heard))));
}
