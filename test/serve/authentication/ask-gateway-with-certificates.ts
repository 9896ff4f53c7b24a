/**
 * The answers of an etcd's JSON gateway with `--client-cert-auth` to clients with certificates. Over TLS etcd
 * repeats headers that ours does not, so those are left out. Leaves authentication off, as it was.
 */
import { GatewayClient } from '../gateway/ask.js';
import type { GatewayRequest } from '../gateway/requests.js';
import { clientTls } from './identities.js';

export async function askGatewayWithCertificates(host: string): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  const clients = new Map(
    ['alice', 'nameless'].map((name) => [name, new GatewayClient(host, clientTls(name))]),
  );
  const ask = async (as: string, path: string, request: Partial<GatewayRequest> = {}): Promise<void> => {
    const body = request.method === 'GET' ? '' : '{}';
    const answer = await clients.get(as)?.ask({ path, body, ...request });
    heard.push({ as, path, request, status: answer?.status, body: answer?.body });
  };
  const auth = (as: string, name: string, body: object): Promise<void> =>
    ask(as, `/v3/auth/${name}`, { body: JSON.stringify(body) });

  await auth('alice', 'user/add', { name: 'root', password: 'password' });
  await auth('alice', 'user/grant', { user: 'root', role: 'root' });
  // The gateway itself has this name.
  await auth('alice', 'user/add', { name: 'server', password: 'password' });
  await auth('alice', 'user/grant', { user: 'server', role: 'root' });
  await auth('alice', 'enable', {});

  for (const path of ['/v3/kv/range', '/v3beta/kv/range', '/v3/nothing', '/v3/', '/version', '/health']) {
    await ask('alice', path, { method: path.endsWith('range') ? 'POST' : 'GET' });
  }
  await ask('alice', '/v3/kv/range', { method: 'OPTIONS' });
  await ask('alice', '/v3/auth/authenticate', { body: '{"name":"root","password":"password"}' });
  await ask('nameless', '/v3/auth/authenticate', { body: '{"name":"root","password":"password"}' });
  const range = { body: '{"key":"YQ=="}' };
  await ask('nameless', '/v3/kv/range', { ...range, headers: { Accept: '*/*' } });
  await ask('nameless', '/v3/kv/range', { ...range, headers: { Accept: '*/*', Authorization: 'TOKEN' } });
  await ask('nameless', '/v3/kv/range', { ...range, headers: { 'Grpc-Metadata-Grpcgateway-Accept': 'x' } });
  // Without an Accept header etcd mistakes the gateway for its client.
  await ask('nameless', '/v3/kv/range', range);
  await ask('nameless', '/v3/auth/disable');
  await ask('alice', '/v3/auth/user/delete', { body: '{"name":"server"}' });
  await ask('alice', '/v3/auth/user/delete', { body: '{"name":"root"}' });
  return heard;
}
