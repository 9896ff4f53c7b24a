/** How the JSON gateway treats its clients: slow ones, leaving ones, and those that use HTTP/2 over TLS. */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { afterEach, expect, it } from 'vitest';
import { createCluster } from '../../../sim/etcd/cluster.js';
import type { CallSink, EtcdMember } from '../../../sim/etcd/service.js';
import { VERSIONS } from '../../../sim/etcd/version.js';
import { Containment } from '../../../sim/serve/containment.js';
import { GrpcServer } from '../../../sim/serve/grpc-server.js';
import { startListening } from '../../../sim/serve/listener.js';
import { pagesOf } from '../../../sim/serve/pages.js';
import { RealHost } from '../../../sim/serve/real-host.js';
import { serveEtcd } from '../../../sim/serve/serve.js';
import { loudly } from '../support/loudly.js';
import { GatewayClient } from './ask.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: Parameters<typeof serveEtcd>[0] = {}): Promise<string> {
  const etcd = await serveEtcd(options);
  closers.push(() => etcd.close());
  return etcd.endpoints[0] ?? '';
}

it('is answered when a value has arrived, although its client has not finished sending', async () => {
  const host = await serve();
  const text = await new Promise<string>((resolve, reject) => {
    const outgoing = httpRequest(
      new URL('/v3/kv/put', host),
      { method: 'POST', agent: false },
      (response) => {
        response.setEncoding('utf8').on('data', (chunk: string) => {
          resolve(chunk);
          outgoing.destroy();
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.write('{"key":"Zm9v",');
    outgoing.write('"value":"YmFy"}');
  });
  expect(JSON.parse(text)).toMatchObject({ header: { revision: '2' } });
});

it('a request that is too large for etcd is refused as with gRPC', async () => {
  const client = new GatewayClient(await serve());
  const value = Buffer.alloc(2 * 1024 * 1024).toString('base64');
  const answer = await client.ask({ path: '/v3/kv/put', body: JSON.stringify({ key: 'Zm9v', value }) });
  expect(answer.status).toBe(429);
  expect(answer.body).toEqual([
    { code: 8, message: expect.stringContaining('grpc: received message larger than max') as unknown },
  ]);
});

it('JSON with endless nesting is refused, and the next request is answered', async () => {
  const client = new GatewayClient(await serve());
  const nested = '{"success":[{"request_txn":'.repeat(50_000);
  expect(await client.ask({ path: '/v3/kv/txn', body: nested })).toMatchObject({ status: 400 });
  expect(await client.ask({ path: '/v3/kv/range', body: '{"key":"Zm9v"}' })).toMatchObject({ status: 200 });
});

it('a client that leaves ends its call', async () => {
  const containment = new Containment(loudly);
  const host = new RealHost(containment);
  const cluster = createCluster({ members: ['m1'], host });
  const [inner] = cluster.members;
  if (inner === undefined) throw new Error('no member');
  let tellCancelled = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => (tellCancelled = resolve));
  const member: EtcdMember = {
    name: 'm1',
    open(method, metadata, sink: CallSink) {
      const call = inner.open(method, metadata, sink);
      return {
        message: (bytes) => call.message(bytes),
        halfClose: () => call.halfClose(),
        cancel() {
          call.cancel();
          tellCancelled();
        },
      };
    },
  };
  const server = new GrpcServer({
    member,
    host,
    containment,
    pages: pagesOf(member, VERSIONS['3.6'], containment),
  });
  const listener = await startListening({ host: '127.0.0.1', port: 0 }, (socket) => server.accept(socket));
  closers.push(
    () => cluster.close(),
    () => host.close(),
    () => server.close(),
    () => listener.close(),
  );
  const client = new GatewayClient(`http://127.0.0.1:${listener.port}`);
  // After receiving its one line, the client ends the connection.
  await client.ask({ path: '/v3/watch', body: '{"create_request":{"key":"Zm9v"}}', lines: 1 });
  await cancelled;
});

it('is reached over HTTP/2 with TLS', async () => {
  const file = (name: string): string =>
    readFileSync(new URL(`../certificates/${name}`, import.meta.url), 'utf8');
  const certificate = file('localhost.pem');
  const host = await serve({ tls: { certificate, key: file('localhost.key.pem') } });
  const session = connectHttp2(host, { ca: certificate, servername: 'localhost' });
  closers.push(() => session.destroy());
  const ask = (path: string, body: string): Promise<{ status: unknown; text: string }> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':method': 'POST', ':path': path });
      let status: unknown;
      let text = '';
      stream.on('response', (headers) => (status = headers[':status']));
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => resolve({ status, text })).on('error', reject);
      stream.end(body);
    });
  const put = await ask('/v3/kv/put', '{"key":"Zm9v","value":"YmFy"}');
  expect(put.status).toBe(200);
  expect(JSON.parse(put.text)).toMatchObject({ header: { revision: '2' } });
  expect(await ask('/v3/lease/keepalive', '')).toEqual({ status: 200, text: '' });
  expect((await ask('/v3/kv/range', '{}')).status).toBe(400);
});
