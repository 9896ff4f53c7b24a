/**
 * Clients with certificates get the same answers from a served etcd and from a real one of the same version.
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { etcdToolOf } from '../../../sim/backend/real/tools.js';
import { etcdVersions } from '../../../sim/etcd/version.js';
import * as auth from '../../../sim/etcd/wire/auth.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import { serveEtcd } from '../../../sim/serve/serve.js';
import { provideIfInstalled } from '../../real/provide.js';
import { GatewayClient } from '../gateway/ask.js';
import { askGatewayWithCertificates } from './ask-gateway-with-certificates.js';
import { askWithCertificates } from './ask-with-certificates.js';
import { Caller } from './caller.js';
import { shakeHands } from './handshakes.js';
import { clientTls, fileOf, identities, textOf } from './identities.js';
import { startTlsEtcd } from './real-etcd.js';

const server = textOf('server.pem');
const tls = { certificate: server, key: server, trustedCa: textOf('ca.pem') };
const tlsFlags = [
  ...['--cert-file', fileOf('server.pem'), '--key-file', fileOf('server.pem')],
  ...['--trusted-ca-file', fileOf('ca.pem')],
];

interface Pair {
  readonly ours: string;
  readonly theirs: string;
}

const allOf = async (ask: (host: string) => Promise<unknown>, { ours, theirs }: Pair): Promise<void> => {
  const [answered, expected] = await Promise.all([ask(ours), ask(theirs)]);
  expect(answered).toEqual(expected);
};

describe.each(etcdVersions)('etcd %s', async (version) => {
  const provided = await provideIfInstalled(etcdToolOf(version), () => undefined);
  const directory = mkdtempSync(path.join(tmpdir(), 'etcd-sim-crl-'));
  const closers: (() => Promise<void>)[] = [() => Promise.resolve(rmSync(directory, { recursive: true }))];
  const isThere = provided.kind === 'found';
  const start = async (options: Parameters<typeof serveEtcd>[0], flags: readonly string[]): Promise<Pair> => {
    if (!isThere) return { ours: '', theirs: '' };
    const served = await serveEtcd({ version, ...options });
    closers.push(() => served.close());
    const real = await startTlsEtcd(provided.path, flags);
    closers.push(() => real.close());
    return { ours: served.endpoints[0] ?? '', theirs: real.endpoint };
  };
  afterAll(async () => {
    for (const close of closers) await close();
  });

  describe.skipIf(!isThere)('with --client-cert-auth', () => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await start({ tls: { ...tls, clientCertAuth: true } }, [...tlsFlags, '--client-cert-auth']);
    });

    it.each([undefined, ...identities])('admits valid clients: %s', async (identity) => {
      for (const most of ['TLSv1.2', 'TLSv1.3'] as const) {
        await allOf((host) => shakeHands(host, identity, most), pair);
      }
    });

    it('takes users from certificates', async () => {
      await allOf(askWithCertificates, pair);
    });

    it('takes no users from certificates at the JSON gateway', async () => {
      await allOf(askGatewayWithCertificates, pair);
    });
  });

  describe.skipIf(!isThere)('with certificates that name no users', () => {
    const list = path.join(directory, 'revoked.crl');
    let pair: Pair;
    beforeAll(async () => {
      copyFileSync(fileOf('revoked.crl'), list);
      const own = { clientCertAllowedHostnames: ['x.bob.example'], clientCrlFile: list };
      const flags = ['--client-cert-allowed-hostname', 'x.bob.example', '--client-crl-file', list];
      pair = await start({ tls: { ...tls, ...own } }, [...tlsFlags, ...flags]);
    });

    it('admits clients with the right name and without a revocation', async () => {
      for (const identity of [undefined, 'alice', 'bob', 'revoked', 'stranger']) {
        await allOf((host) => shakeHands(host, identity), pair);
      }
    });

    it('reads the list of revoked ones anew', async () => {
      for (const text of [textOf('revoked.crl.pem'), 'nothing', '']) {
        writeFileSync(list, text);
        await allOf((host) => shakeHands(host, 'bob'), pair);
        await allOf((host) => shakeHands(host, 'revoked'), pair);
      }
      rmSync(list);
      await allOf((host) => shakeHands(host, 'bob'), pair);
      copyFileSync(fileOf('revoked.crl'), list);
    });

    it('takes no users from them', async () => {
      await allOf(async (host) => {
        const caller = new Caller(host);
        const bob = { as: 'bob' };
        const say = <Q>(method: string, type: MessageType<Q>, request: Encodable<Q>): Promise<string> =>
          caller.say(`etcdserverpb.Auth/${method}`, type, request, bob);
        const heard = [
          await say('UserAdd', auth.AUTH_USER_ADD_REQUEST, { name: 'root', password: 'password' }),
          await say('UserAdd', auth.AUTH_USER_ADD_REQUEST, { name: 'bob', password: 'password' }),
          await say('UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, { user: 'root', role: 'root' }),
          await say('UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, { user: 'bob', role: 'root' }),
          await say('AuthEnable', auth.AUTH_ENABLE_REQUEST, {}),
          await say('UserList', auth.AUTH_USER_LIST_REQUEST, {}),
        ];
        caller.close();
        return heard;
      }, pair);
    });

    it('has no JSON gateway, because that would need the name, too', async () => {
      const asks = [
        { path: '/v3/kv/range', body: '{"key":"YQ=="}' },
        { path: '/v3/watch', body: '{"create_request":{"key":"YQ=="}}' },
        { path: '/v3/lease/keepalive', body: '{"ID":"1"}' },
        { path: '/v3/nothing', body: '{}' },
      ];
      await allOf(async (host) => {
        const client = new GatewayClient(host, clientTls('bob'));
        const heard = [];
        for (const ask of asks) {
          const { status, body } = await client.ask(ask);
          heard.push({ ask, status, body });
        }
        return heard;
      }, pair);
    });
  });
});
