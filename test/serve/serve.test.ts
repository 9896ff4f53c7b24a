/** `serveEtcd`: the in-memory etcd behind a real socket, for clients that do not know about it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { Etcd3 } from 'etcd3';
import { afterEach, describe, expect, it } from 'vitest';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { MEMBER_LIST_RESPONSE } from '../../sim/etcd/wire/cluster.js';
import { PUT_REQUEST } from '../../sim/etcd/wire/kv.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../sim/etcd/wire/watch.js';
import { serveEtcd, type ServedEtcd, type ServeOptions } from '../../sim/serve/serve.js';
import { RawClient } from './support/raw-client.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

async function serve(options?: ServeOptions): Promise<ServedEtcd & { readonly endpoint: string }> {
  const served = await serveEtcd(options);
  cleanups.push(() => served.close());
  return { ...served, endpoint: served.endpoints[0] ?? '' };
}

function raw(...given: ConstructorParameters<typeof RawClient>): RawClient {
  const client = new RawClient(...given);
  cleanups.push(() => client.close());
  return client;
}

function etcd3(hosts: string): Etcd3 {
  const client = new Etcd3({ hosts, grpcOptions: { 'grpc.use_local_subchannel_pool': 1 } });
  cleanups.push(() => client.close());
  return client;
}

const certificates = path.join(import.meta.dirname, 'certificates');
const tls = {
  certificate: readFileSync(path.join(certificates, 'localhost.pem'), 'utf8'),
  key: readFileSync(path.join(certificates, 'localhost.key.pem'), 'utf8'),
};

describe('a served etcd', () => {
  it('listens on loopback and a free port by default', async () => {
    const { endpoint } = await serve();
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('keeps the etcd3 client’s writes', async () => {
    const client = etcd3((await serve()).endpoint);
    await client.put('key').value('value');
    expect(await client.get('key').string()).toBe('value');
  });

  it('shares nothing with another', async () => {
    const [one, other] = [await serve(), await serve()];
    await etcd3(one.endpoint).put('key').value('value');
    expect(await etcd3(other.endpoint).get('key').string()).toBeNull();
  });

  it('gives its clients the address at which it is served', async () => {
    const { endpoint } = await serve();
    const { message } = await raw(endpoint).call('/etcdserverpb.Cluster/MemberList');
    const { members } = MEMBER_LIST_RESPONSE.decode(message ?? new Uint8Array());
    expect(members.map(({ clientURLs }) => clientURLs)).toEqual([[endpoint]]);
  });

  it('is reached over TLS if it has a certificate, and in no other way', async () => {
    const { endpoint } = await serve({ tls });
    expect(endpoint).toMatch(/^https:/);
    const trusting = raw(endpoint, credentials.createSsl(Buffer.from(tls.certificate)));
    expect(await trusting.call('/etcdserverpb.Maintenance/Status')).toMatchObject({ code: 0 });
    expect(await raw(endpoint).call('/etcdserverpb.Maintenance/Status')).toMatchObject({ code: 14 });
  });

  it('frees its port when it is closed, even with open streams', async () => {
    const served = await serve();
    const stream = raw(served.endpoint).open('/etcdserverpb.Watch/Watch');
    // An empty key, watched.
    stream.write(Buffer.from([0x0a, 0x00]));
    await new Promise((resolve) => stream.once('data', resolve));
    const ended = new Promise((resolve) => stream.once('status', resolve));
    await served.close();
    await ended;
    const again = await serve({ listen: new URL(served.endpoint).host });
    expect(again.endpoint).toBe(served.endpoint);
  });

  it('may be closed twice', async () => {
    const served = await serve();
    await served.close();
    await served.close();
  });
});

describe('malformed calls', () => {
  it.each([
    ['/etcdserverpb.KV/Steal', 12, 'unknown method Steal for service etcdserverpb.KV'],
    ['/nobody.Knows/Range', 12, 'unknown service nobody.Knows'],
  ])('get an answer in etcd’s words: %s', async (method, code, details) => {
    expect(await raw((await serve()).endpoint).call(method)).toMatchObject({ code, details });
  });

  it('are refused if the message is malformed', async () => {
    const answer = await raw((await serve()).endpoint).call('/etcdserverpb.KV/Put', Buffer.from([0xff]));
    expect(answer).toMatchObject({ code: 13 });
    expect(answer.details).toMatch(/^grpc: error unmarshalling request: /);
  });

  it('are refused if the message is larger than 2 MiB', async () => {
    const size = 2 * 1024 * 1024 + 1;
    const answer = await raw((await serve()).endpoint).call('/etcdserverpb.KV/Put', Buffer.alloc(size));
    expect(answer).toMatchObject({
      code: 8,
      details: `grpc: received message larger than max (${size} vs. 2097152)`,
    });
  });

  it('leave the server unchanged', async () => {
    const { endpoint } = await serve();
    await raw(endpoint).call('/etcdserverpb.KV/Put', Buffer.from([0xff]));
    await raw(endpoint).call('/etcdserverpb.KV/Put', Buffer.alloc(70_000_000));
    expect(await raw(endpoint).call('/etcdserverpb.Maintenance/Status')).toMatchObject({ code: 0 });
  });
});

describe('a crowd of clients', () => {
  it('may watch ten thousand times on one stream', async () => {
    const { endpoint } = await serve();
    const stream = raw(endpoint).open('/etcdserverpb.Watch/Watch');
    const watchers = 10_000;
    const request = WATCH_REQUEST.encode({ createRequest: { key: 'key' } });
    for (let index = 0; index < watchers; index++) stream.write(request);
    let created = 0;
    const told = new Set<bigint>();
    const all = new Promise<void>((resolve) => {
      stream.on('data', (bytes: Buffer) => {
        const response = WATCH_RESPONSE.decode(bytes);
        if (response.events.length > 0) told.add(response.watchId);
        else if (++created === watchers) void etcd3(endpoint).put('key').value('value').exec();
        if (told.size === watchers) resolve();
      });
    });
    await all;
    expect(created).toBe(watchers);
  });

  it('may leave in the middle of everything', async () => {
    const { endpoint } = await serve();
    const request = WATCH_REQUEST.encode({ createRequest: { key: 'key' } });
    for (let index = 0; index < 20; index++) {
      const client = raw(endpoint);
      const stream = client.open('/etcdserverpb.Watch/Watch');
      stream.write(request);
      await new Promise((resolve) => stream.once('data', resolve));
      const unanswered = client.call('/etcdserverpb.KV/Put', PUT_REQUEST.encode({ key: 'key' }));
      stream.cancel();
      client.close();
      await unanswered;
    }
    await etcd3(endpoint).put('key').value('value');
    expect(await etcd3(endpoint).get('key').string()).toBe('value');
  });
});

describe('options of a served etcd', () => {
  it.each<[unknown, string]>([
    [null, 'options: expected an object, got null'],
    [{ member: 3 }, 'unknown option "member"; did you mean members?'],
    [{ members: '3' }, 'members: expected a whole number from 1 to 9, got "3"'],
    [{ listen: 2379 }, 'listen: expected HOST:PORT, got 2379'],
    [{ version: '2.3' }, 'version: expected 3.4, 3.5, 3.6 or 3.7, got "2.3"'],
    [{ quotaBackendBytes: 'much' }, 'quotaBackendBytes: expected a whole number, got "much"'],
    [{ onInternalError: 1 }, 'onInternalError: expected a function, got 1'],
    [{ tls: { certificate: 'x' } }, 'tls: expected a field key, got none'],
    [{ tls: { certificate: 5, key: 'x' } }, 'tls.certificate: expected a certificate in PEM, got 5'],
    [{ authToken: { kind: 'simple', ttl: 5 } }, 'authToken: unknown option "ttl"'],
    [
      { authToken: { kind: 'jvt' } },
      'authToken.kind: expected a kind of token (simple, jwt), got "jvt"; did you mean jwt?',
    ],
  ])('are refused in one line: %j', async (options, message) => {
    await expect(serveEtcd(options as object)).rejects.toMatchObject({ name: 'InputError', message });
  });
});

describe('an etcd that cannot be served', () => {
  it.each([
    ['nowhere', 'expected HOST:PORT to listen on, got nowhere'],
    ['127.0.0.1:70000', 'expected HOST:PORT to listen on, got 127.0.0.1:70000'],
    ['192.0.2.1:2379', 'cannot listen on 192.0.2.1:2379: this machine has no such address'],
  ])('says why in one line: %s', async (listen, message) => {
    await expect(serve({ listen })).rejects.toThrow(new EnvironmentError(message));
  });

  it('reports that a port is taken', async () => {
    const { host } = new URL((await serve()).endpoint);
    const message = `cannot listen on ${host}: the port is taken`;
    await expect(serve({ listen: host })).rejects.toThrow(new EnvironmentError(message));
  });

  it('reports an invalid certificate', async () => {
    const broken = { ...tls, certificate: 'no certificate' };
    await expect(serve({ tls: broken })).rejects.toThrow(/^the certificate or its key cannot be used: /);
  });
});
