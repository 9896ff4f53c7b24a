/** A client hears a refusal even if it has not finished sending: the reset comes after the refusal. */
import { readFileSync } from 'node:fs';
import type { ServerHttp2Stream } from 'node:http2';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveEtcd, type ServedEtcd } from '../../sim/serve/serve.js';
import { stopListening } from '../../sim/serve/stop-listening.js';
import { ManualHost } from '../etcd/harness.js';
import { frame } from './support/http2-client.js';
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frameBytes,
  PREFACE,
  RawFrames,
} from './support/raw-frames.js';

const CONNECTIONS = 30;
const CALLS = 100;
const NO_ERROR = 0;
const certificates = path.join(import.meta.dirname, 'certificates');
const certificate = readFileSync(path.join(certificates, 'localhost.pem'), 'utf8');
const key = readFileSync(path.join(certificates, 'localhost.key.pem'), 'utf8');

let etcd: ServedEtcd;
beforeAll(async () => {
  etcd = await serveEtcd({ tls: { certificate, key } });
});
afterAll(() => etcd.close());

const SETTINGS = frameBytes(FRAME.settings, 0, 0, Buffer.alloc(0));
const HALF_CLOSE = frameBytes(FRAME.data, END_STREAM, 1, Buffer.alloc(0));

it.each([
  ['by the service', callHeaders('/etcdserverpb.KV/Range'), frame(Buffer.alloc(0))],
  ['for its opening', callHeaders('/etcdserverpb.KV/Range', 'application/grpcx'), Buffer.alloc(0)],
])('of a call that is refused %s, and half-closed a moment later', async (_name, headers, data) => {
  const { hostname, port } = new URL(etcd.endpoints[0] ?? '');
  for (let count = 0; count < CONNECTIONS; count++) {
    const socket = connect({ host: hostname, port: Number(port), ca: certificate, ALPNProtocols: ['h2'] });
    const raw = new RawFrames(socket);
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const opening = frameBytes(FRAME.headers, END_HEADERS, 1, headers);
    await raw.say(PREFACE, SETTINGS, opening, frameBytes(FRAME.data, 0, 1, data));
    // By now the message is on its way, and the server has received no more.
    await raw.say(HALF_CLOSE);
    await raw.until(({ stream }) => stream === 1);
    expect(raw.frames.find(({ stream }) => stream === 1)).toMatchObject({
      type: FRAME.headers,
      flags: END_HEADERS | END_STREAM,
    });
    raw.close();
  }
});

it.each([
  ['by the service', callHeaders('/etcdserverpb.KV/Range'), frame(Buffer.alloc(0))],
  ['for its opening', callHeaders('/etcdserverpb.KV/Range', 'application/grpcx'), Buffer.alloc(0)],
])(
  'of calls that are refused %s and never half-closed, which are reset then',
  async (_name, headers, data) => {
    const { hostname, port } = new URL(etcd.endpoints[0] ?? '');
    const raw = new RawFrames(
      connect({ host: hostname, port: Number(port), ca: certificate, ALPNProtocols: ['h2'] }),
    );
    await raw.say(PREFACE, SETTINGS);
    const streams = Array.from({ length: CALLS }, (_, index) => 2 * index + 1);
    for (const stream of streams) {
      const opening = frameBytes(FRAME.headers, END_HEADERS, stream, headers);
      await raw.say(opening, frameBytes(FRAME.data, 0, stream, data));
    }
    for (const stream of streams) {
      await raw.until((one) => one.type === FRAME.rstStream && one.stream === stream);
      const told = raw.frames.filter((one) => one.stream === stream);
      expect(told.map(({ type, flags }) => ({ type, flags }))).toEqual([
        { type: FRAME.headers, flags: END_HEADERS | END_STREAM },
        { type: FRAME.rstStream, flags: 0 },
      ]);
      expect(told[1]?.payload.readUInt32BE(0)).toBe(NO_ERROR);
    }
    raw.close();
  },
);

it('a stream is reset once nothing waits to be sent, and then all of its connection', () => {
  const host = new ManualHost();
  const closed: number[] = [];
  const session = { destroyed: false, state: { outboundQueueSize: 2 } };
  const streamOf = (id: number): ServerHttp2Stream => {
    const state = {
      session,
      destroyed: false,
      closed: false,
      readableEnded: false,
      state: { remoteClose: 0 },
    };
    return {
      ...state,
      resume: () => undefined,
      close: () => closed.push(id),
    } as unknown as ServerHttp2Stream;
  };
  stopListening(streamOf(1), host);
  stopListening(streamOf(3), host);
  host.advance(1_000);
  expect(closed).toEqual([]);
  session.state.outboundQueueSize = 0;
  host.advance(1_000);
  expect(closed).toEqual([1, 3]);
  expect(host.timers).toBe(0);
});
