/** Clients with certificates at a served etcd, in cases that are known from etcd. */
import { connect } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { serveEtcd } from '../../../sim/serve/serve.js';
import { InputError } from '../../../sim/input/parsed.js';
import * as auth from '../../../sim/etcd/wire/auth.js';
import { PUT_REQUEST } from '../../../sim/etcd/wire/kv.js';
import { Http2Client, frame } from '../support/http2-client.js';
import { Caller } from './caller.js';
import { shakeHands } from './handshakes.js';
import { clientTls, fileOf, textOf } from './identities.js';
import { GatewayClient } from '../gateway/ask.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const server = textOf('server.pem');
const tls = { certificate: server, key: server, trustedCa: textOf('ca.pem'), clientCertAuth: true };

/** The signer of carol's, which is the second in her file. */
const between = textOf('carol.pem').slice(textOf('carol.pem').lastIndexOf('-----BEGIN CERTIFICATE'));

async function serve(options = tls): Promise<{ host: string; caller: Caller }> {
  const etcd = await serveEtcd({ tls: options });
  const host = etcd.endpoints[0] ?? '';
  const caller = new Caller(host);
  closers.push(
    () => etcd.close(),
    () => caller.close(),
  );
  return { host, caller };
}

/** With root and alice, whose only role is root's. */
async function enable(caller: Caller): Promise<void> {
  const by = { as: 'root' };
  for (const name of ['root', 'alice']) {
    const request = { name, options: { noPassword: true } };
    await caller.say('etcdserverpb.Auth/UserAdd', auth.AUTH_USER_ADD_REQUEST, request, by);
  }
  const grant = { user: 'root', role: 'root' };
  await caller.say('etcdserverpb.Auth/UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, grant, by);
  expect(await caller.say('etcdserverpb.Auth/AuthEnable', auth.AUTH_ENABLE_REQUEST, {}, by)).toBe('0 ');
}

const put = [`etcdserverpb.KV/Put`, PUT_REQUEST, { key: 'a' }] as const;

it('the common name is the user, once authentication is on', async () => {
  const { caller } = await serve();
  expect(await caller.say(...put, { as: 'bob' })).toBe('0 ');
  await enable(caller);
  expect(await caller.say(...put, { as: 'root' })).toBe('0 ');
  expect(await caller.say(...put, { as: 'alice' })).toBe('7 etcdserver: permission denied');
  expect(await caller.say(...put, { as: 'bob' })).toBe('7 etcdserver: permission denied');
  expect(await caller.say(...put, { as: 'nameless' })).toBe('7 etcdserver: permission denied');
});

it('metadata cannot make a client another user', async () => {
  const { caller } = await serve();
  await enable(caller);
  const metadata = { commonname: 'root', 'common-name': 'root' };
  expect(await caller.say(...put, { as: 'alice', metadata })).toBe('7 etcdserver: permission denied');
});

it('is anonymous if only the authority is given', async () => {
  const { caller } = await serve({ ...tls, clientCertAuth: false });
  await enable(caller);
  expect(await caller.say(...put, { as: 'root' })).toBe('3 etcdserver: user name is empty');
});

it('stays the same on a connection that resumes an earlier session', async () => {
  const { host, caller } = await serve();
  await enable(caller);
  const { hostname, port } = new URL(host);
  const to = { ...clientTls('root'), host: hostname, port: Number(port), ALPNProtocols: ['h2'] };
  const session = await new Promise<Buffer>((resolve) => {
    const socket = connect(to, () => socket.end());
    socket.on('session', resolve);
    socket.resume();
  });
  // It shows no certificate this time.
  const client = new Http2Client(host, { ca: to.ca, session });
  closers.push(() => client.close());
  const heard = await client.say(`/${put[0]}`, { body: frame(PUT_REQUEST.encode(put[2])) });
  expect(heard.code).toBe(0);
});

it('several clients at once each keep their identity', async () => {
  const { caller } = await serve();
  await enable(caller);
  const as = ['root', 'alice', 'root', 'bob', 'alice', 'root'];
  const heard = await Promise.all(as.map((one) => caller.say(...put, { as: one })));
  expect(heard.map((line) => line.startsWith('0'))).toEqual([true, false, true, false, false, true]);
});

it('the JSON gateway takes no user from a certificate', async () => {
  const { host, caller } = await serve();
  await enable(caller);
  const ask = { path: '/v3/kv/range', body: '{"key":"YQ=="}' };
  const answer = await new GatewayClient(host, clientTls('root')).ask(ask);
  expect(answer).toMatchObject({
    status: 400,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: [
      'CommonName of client sending a request against gateway will be ignored and not used as expected',
      '',
    ],
  });
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
});

it('nor does it over HTTP/2', async () => {
  const { host, caller } = await serve();
  await enable(caller);
  const statuses = [];
  for (const who of ['root', 'nameless']) {
    const client = new Http2Client(host, clientTls(who));
    closers.push(() => client.close());
    const headers = { 'content-type': 'application/json' };
    statuses.push((await client.say('/v3/nothing', { headers, body: Buffer.from('{}') })).httpStatus);
  }
  expect(statuses).toEqual([400, 404]);
});

it('the JSON gateway does not work if the certificate of the server is for servers only', async () => {
  const certificate = textOf('server-only.pem');
  const { host } = await serve({ ...tls, certificate, key: certificate });
  const ask = { path: '/v3/kv/range', body: '{"key":"YQ=="}' };
  const answer = await new GatewayClient(host, clientTls('alice')).ask(ask);
  expect(answer).toMatchObject({ status: 503, body: [{ code: 14 }] });
});

it.each([
  ['TLSv1.2', undefined],
  ['TLSv1.3', undefined],
  ['TLSv1.2', 'stranger'],
  ['TLSv1.3', 'stranger'],
] as const)(
  'refuses in the handshake of %s a client without a certificate of its authority: %s',
  async (version, who) => {
    const { host } = await serve();
    expect(await shakeHands(host, who, version)).toBe('refused');
    expect(await shakeHands(host, 'alice', version)).toBe('served');
  },
);

it('reports to a client that it needs a certificate', async () => {
  const { host } = await serve();
  const { hostname, port } = new URL(host);
  const socket = connect({ ...clientTls(), host: hostname, port: Number(port) });
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
    socket.on('error', resolve);
    socket.resume();
  });
  expect(error.code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
});

it('refuses revoked ones without an explanation', async () => {
  const { host } = await serve({ ...tls, ...{ clientCrlFile: fileOf('revoked.crl') } });
  expect(await shakeHands(host, 'revoked')).toBe('refused');
  expect(await shakeHands(host, 'carol')).toBe('served');
});

it.each([
  ['is none', 'no authority', 'expected certificates in PEM'],
  [
    'is broken',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    'expected certificates in PEM',
  ],
  ['is one in between alone', between, 'expected the certificate of CN=ca as well'],
])('refuses an authority that %s', async (_what, trustedCa, message) => {
  await expect(serve({ ...tls, trustedCa })).rejects.toThrow(InputError);
  await expect(serve({ ...tls, trustedCa })).rejects.toThrow(message);
});

it('accepts an intermediate authority together with the root', async () => {
  const { host } = await serve({ ...tls, trustedCa: `${between}\n${tls.trustedCa}` });
  expect(await shakeHands(host, 'carol')).toBe('served');
});
