/** etcd's answers at its client port before any service is involved: to calls, and to other input. */
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { ClientHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PUT_REQUEST, RANGE_REQUEST, RANGE_RESPONSE } from '../../../sim/etcd/wire/kv.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../../sim/etcd/wire/watch.js';
import type { RunningTarget, Target } from '../../contract/support/target.js';
import { frame, Http2Client, type Heard, type Saying } from '../support/http2-client.js';

const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';
const MIB = 1024 * 1024;
const range = RANGE_REQUEST.encode({ key: 'front-door' });
const TOO_LARGE = (length: number): string =>
  `grpc: received message larger than max (${length} vs. ${2 * MIB})`;

const PUTS = 100;

export function frontDoor(target: Target): void {
  describe(`the client port of ${target.name}`, () => {
    let running: RunningTarget | undefined;
    const clients: Http2Client[] = [];
    const host = (): string => {
      if (running === undefined) throw new Error('not started');
      return running.host;
    };
    const client = (): Http2Client => {
      const made = new Http2Client(host());
      clients.push(made);
      return made;
    };
    const say = (path: string, saying?: Saying): Promise<Heard> => client().say(path, saying);

    beforeAll(async () => {
      running = await target.start();
    }, 60_000);
    afterEach(() => {
      for (const one of clients.splice(0)) one.close();
    });
    afterAll(() => running?.close());

    describe('a call', () => {
      it('is answered with the subtype of its content type', async () => {
        const headers = { 'content-type': 'application/grpc+proto' };
        const heard = await say(RANGE, { headers, body: frame(range) });
        expect(heard).toMatchObject({ httpStatus: 200, code: 0, contentType: 'application/grpc+proto' });
      });

      it('is answered once, in spite of data after its request', async () => {
        const heard = await say(RANGE, { body: Buffer.concat([frame(range), frame(range)]) });
        expect(heard.code).toBe(0);
        expect(RANGE_RESPONSE.decode(heard.body.subarray(5)).count).toBe(0);
      });

      it('is answered before its client has finished sending', async () => {
        expect(await say(RANGE, { body: frame(range), open: true })).toMatchObject({ code: 0, resetCode: 0 });
      });

      it.each<[string, number, number, string, Saying]>([
        [
          'no gRPC',
          415,
          3,
          'invalid gRPC request content-type "text/plain"',
          { headers: { 'content-type': 'text/plain' } },
        ],
        [
          'like gRPC',
          415,
          3,
          'invalid gRPC request content-type "application/grpcx"',
          { headers: { 'content-type': 'application/grpcx' } },
        ],
        [
          'a GET',
          405,
          13,
          'Received a HEADERS frame with :method "GET" which should be POST',
          { headers: { ':method': 'GET' } },
        ],
        [
          'of a bad unit of time',
          400,
          13,
          'malformed grpc-timeout: transport: timeout unit is not recognized: "12x"',
          { headers: { 'grpc-timeout': '12x' } },
        ],
        [
          'of no time',
          400,
          13,
          'malformed grpc-timeout: transport: timeout string is too short: ""',
          { headers: { 'grpc-timeout': '' } },
        ],
        [
          'of too much time',
          400,
          13,
          'malformed grpc-timeout: transport: timeout string is too long: "123456789S"',
          { headers: { 'grpc-timeout': '123456789S' } },
        ],
        ['over already', 200, 4, 'context deadline exceeded', { headers: { 'grpc-timeout': '0n' } }],
        [
          'packed as nobody can unpack',
          200,
          12,
          'grpc: Decompressor is not installed for grpc-encoding "snappy"',
          { headers: { 'grpc-encoding': 'snappy' } },
        ],
        [
          'packed without saying how',
          200,
          13,
          'grpc: compressed flag set with identity or empty encoding',
          { body: frame(range, { compressed: 1 }) },
        ],
        [
          'of a strange frame',
          200,
          13,
          'grpc: received unexpected payload format 2',
          { body: frame(range, { compressed: 2 }) },
        ],
        [
          'no gzip',
          200,
          13,
          'grpc: failed to decompress the message: gzip: invalid header',
          { headers: { 'grpc-encoding': 'gzip' }, body: frame(range, { compressed: 1 }) },
        ],
        ['without a request', 200, 2, 'EOF', { body: Buffer.alloc(0) }],
        ['of half a prefix', 200, 2, 'EOF', { body: Buffer.alloc(3) }],
        ['of half a message', 200, 2, 'unexpected EOF', { body: frame(range, { length: 100 }) }],
        ['of a message above 2 MiB', 200, 8, TOO_LARGE(3 * MIB), { body: frame(Buffer.alloc(3 * MIB)) }],
        [
          'of a message of 4 GiB, announced',
          200,
          8,
          TOO_LARGE(2 ** 32 - 1),
          { body: frame(range, { length: 2 ** 32 - 1 }), open: true },
        ],
        [
          'of a message above 2 MiB, unpacked',
          200,
          8,
          `grpc: received message after decompression larger than max ${2 * MIB}`,
          {
            headers: { 'grpc-encoding': 'gzip' },
            body: frame(gzipSync(Buffer.alloc(3 * MIB)), { compressed: 1 }),
          },
        ],
      ])('is refused if it is %s', async (_name, httpStatus, code, details, saying) => {
        const heard = await say(RANGE, { body: frame(range), ...saying });
        expect(heard).toMatchObject({ httpStatus, code, details });
        expect(heard.body).toHaveLength(0);
      });

      it('is refused on a stream, too, if it announces a message that is too large', async () => {
        const body = frame(range, { length: 3 * MIB });
        expect(await say(KEEP_ALIVE, { body, open: true })).toMatchObject({
          code: 8,
          details: TOO_LARGE(3 * MIB),
        });
      });

      it('may be compressed, and is answered so', async () => {
        const headers = { 'grpc-encoding': 'gzip' };
        const heard = await say(RANGE, { headers, body: frame(gzipSync(range), { compressed: 1 }) });
        expect(heard).toMatchObject({ code: 0, encoding: 'gzip' });
        expect(heard.body.readUInt8(0)).toBe(1);
        expect(RANGE_RESPONSE.decode(gunzipSync(heard.body.subarray(5))).count).toBe(0);
      });
    });

    describe('a deadline', () => {
      const headers = { 'grpc-timeout': '50m' };
      const watch = frame(WATCH_REQUEST.encode({ createRequest: { key: 'front-door' } }));

      it.each([
        ['a watch stream', WATCH, watch],
        ['a call that has not said what it wants', RANGE, Buffer.alloc(0)],
      ])('ends %s', async (_name, path, body) => {
        const { code, resetCode } = await say(path, { headers, body, open: true });
        // etcd answers or resets, whichever comes first.
        expect([code, resetCode]).toEqual(resetCode === 8 ? [undefined, 8] : [4, 0]);
      });
    });

    describe('a connection', () => {
      /** Sends it, and resolves with everything received when the other side has ended the connection. */
      const saying = (text: string): Promise<string> =>
        new Promise((resolve) => {
          const { hostname, port } = new URL(host());
          let heard = '';
          const socket = connect(Number(port), hostname, () => socket.write(text));
          socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
          socket.on('error', () => undefined);
          socket.on('close', () => resolve(heard));
        });

      it.each([
        '\0\x01\x02 nothing that anybody speaks\r\n',
        'nonsense\r\n\r\n',
        'GET /version HTTP/9.9\r\n\r\n',
      ])('is ended without an answer if it sends %j', async (text) => {
        expect(await saying(text)).toBe('');
      });

      it('is ended if garbage follows a valid beginning', async () => {
        await saying('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense nonsense nonsense nonsense');
      });

      it('may begin slowly', async () => {
        const { hostname, port } = new URL(host());
        const socket = connect(Number(port), hostname, () => socket.write('GET /vers'));
        await new Promise((resolve) => socket.once('connect', resolve));
        // Another connection comes and goes in between.
        await say(RANGE, { body: frame(range) });
        let heard = '';
        socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        socket.write('ion HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        await new Promise((resolve) => socket.once('close', resolve));
        expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      });

      it('may open and cancel thousands of streams at once', async () => {
        const one = client();
        // Above a thousand at once Node takes it for an attack by default, and etcd does not.
        const streams = Array.from({ length: 3_000 }, () => open(one, WATCH));
        await Promise.all(
          streams.map((stream) => {
            const gone = new Promise((resolve) => stream.once('close', resolve));
            stream.close(8);
            return gone;
          }),
        );
        expect(await one.say(RANGE, { body: frame(range) })).toMatchObject({ code: 0 });
      });

      it('may have a thousand streams, and each receives', async () => {
        const one = client();
        const told: Promise<unknown>[] = [];
        const created: Promise<unknown>[] = [];
        for (let index = 0; index < 1_000; index++) {
          const stream = open(one, WATCH);
          created.push(new Promise((resolve) => stream.once('data', resolve)));
          told.push(new Promise((resolve) => stream.once('data', () => stream.once('data', resolve))));
          stream.write(frame(WATCH_REQUEST.encode({ createRequest: { key: 'crowd' } })));
        }
        await Promise.all(created);
        await one.say('/etcdserverpb.KV/Put', { body: frame(PUT_REQUEST.encode({ key: 'crowd' })) });
        await Promise.all(told);
      });
    });

    describe('a watcher that does not read', () => {
      it('blocks no other, and receives everything once it reads', async () => {
        const slow = watch(open(client(), WATCH), 'slow');
        const fast = watch(open(client(), WATCH), 'slow');
        await slow.created;
        await fast.created;
        slow.stream.pause();
        const writer = client();
        const value = 'v'.repeat(100_000);
        for (let put = 1; put <= PUTS; put++) {
          await writer.say('/etcdserverpb.KV/Put', {
            body: frame(PUT_REQUEST.encode({ key: 'slow', value })),
          });
        }
        await fast.heard(PUTS);
        slow.stream.resume();
        await slow.heard(PUTS);
        expect(slow.versions).toEqual(fast.versions);
      });
    });

    describe('HTTP/1.1', () => {
      const get = async (path: string, method = 'GET') => {
        const response = await fetch(`${host()}${path}`, { method });
        const type = response.headers.get('content-type');
        return { status: response.status, type, body: await response.text() };
      };
      const ask = (path: string, method: string, headers: OutgoingHttpHeaders): Promise<Asked> =>
        new Promise((resolve, reject) => {
          const asking = httpRequest(new URL(path, host()), { method, headers, agent: false }, (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
          });
          asking.on('error', reject).end();
        });
      const text = 'text/plain; charset=utf-8';

      it('reports the version', async () => {
        const { status, type, body } = await get('/version');
        expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
        expect(Object.keys(JSON.parse(body) as object)).toEqual(['etcdserver', 'etcdcluster', 'storage']);
        expect(body).toMatch(/"etcdcluster":"3\.6\.0"/);
      });

      it.each(['GET', 'POST', 'HEAD'])(
        'sends its metrics to a %s, compressed if accepted',
        async (method) => {
          const headersOf = async (encoding: string): Promise<Record<string, unknown>> => {
            const { headers, body } = await ask('/metrics', method, { 'accept-encoding': encoding });
            expect(body.length > 0).toBe(method !== 'HEAD');
            const { 'content-type': type, 'content-encoding': packed, 'content-length': length } = headers;
            return { type, packed, length };
          };
          const type = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
          expect(await headersOf('identity')).toEqual({ type, packed: undefined, length: undefined });
          expect(await headersOf('deflate, gzip;q=0.5')).toEqual({ type, packed: 'gzip', length: undefined });
        },
      );

      it.each<[string, string, number, string]>([
        ['GET', '/health', 200, '{"health":"true","reason":""}'],
        ['GET', '/health?serializable=true', 200, '{"health":"true","reason":""}'],
        ['GET', '/livez', 200, 'ok\n'],
        ['GET', '/livez?verbose', 200, '[+]serializable_read ok\nok\n'],
        ['GET', '/livez?verbose&exclude=serializable_read', 200, 'ok\n'],
        ['GET', '/readyz', 200, 'ok\n'],
        ['GET', '/readyz/linearizable_read?verbose', 200, '[+]linearizable_read ok\nok\n'],
        ['POST', '/health', 405, 'Method Not Allowed\n'],
        ['PUT', '/version', 405, 'Method Not Allowed\n'],
        ['GET', '/health/', 404, '404 page not found\n'],
        ['GET', '/', 404, '404 page not found\n'],
        ['POST', '/nowhere', 404, '404 page not found\n'],
      ])('answers %s %s', async (method, path, status, body) => {
        expect(await get(path, method)).toEqual({ status, type: text, body });
      });
    });
  });
}

/** The raw answer of HTTP/1.1. */
interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function open(client: Http2Client, path: string): ClientHttp2Stream {
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = client.session.request(headers);
  stream.on('error', () => undefined);
  return stream;
}

/** Watches a key that was never written, and remembers which of its versions were reported. */
function watch(stream: ClientHttp2Stream, key: string) {
  const versions: number[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let look = (): void => undefined;
  let onCreated = (): void => undefined;
  const created = new Promise<void>((resolve) => (onCreated = resolve));
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      const response = WATCH_RESPONSE.decode(rest.subarray(5, end));
      rest = rest.subarray(end);
      if (response.created) onCreated();
      versions.push(...response.events.map(({ kv }) => kv?.version ?? 0));
    }
    look();
  });
  stream.write(frame(WATCH_REQUEST.encode({ createRequest: { key } })));
  const heard = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (versions.length >= count) resolve();
      };
      look();
    });
  return { stream, created, versions, heard };
}
