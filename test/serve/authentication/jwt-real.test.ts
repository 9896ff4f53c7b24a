/**
 * Signed tokens get the same answers from a served etcd and from a real one of the same version, and each
 * accepts the other's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startRealCluster } from '../../../sim/backend/real/cluster.js';
import { etcdToolOf } from '../../../sim/backend/real/tools.js';
import { etcdVersions, type EtcdVersion } from '../../../sim/etcd/version.js';
import { serveEtcd } from '../../../sim/serve/serve.js';
import { provideIfInstalled } from '../../real/provide.js';
import { askWithOwnTokens, login, REVISION, setUp, showToken } from './ask-with-tokens.js';
import { Caller } from './caller.js';
import { deadlyTokens, keysFor, oddTokens, writeKeys, type KeyFiles } from './tokens.js';

/** Besides RS256, which is tested for every version. */
const METHODS: Readonly<Record<EtcdVersion, readonly string[]>> = {
  '3.4': ['PS256'],
  '3.5': ['ES384', 'PS512'],
  '3.6': ['EdDSA', 'HS256', 'PS384'],
  '3.7': ['ES512'],
};
const rsa = keysFor('RS256');

const directory = mkdtempSync(path.join(tmpdir(), 'etcd-sim-jwt-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Pair {
  readonly ours: Caller;
  readonly theirs: Caller;
}

describe.each(etcdVersions)('signed tokens of etcd %s', async (version) => {
  const etcd = etcdToolOf(version);
  const provided = await provideIfInstalled(etcd, () => undefined);
  const test = it.skipIf(provided.kind !== 'found');
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** @param names of the keys that both get */
  const start = async (
    signMethod: string,
    keys: KeyFiles,
    given: readonly ('privateKey' | 'publicKey')[] = ['privateKey', 'publicKey'],
  ): Promise<Pair> => {
    const files = writeKeys(directory, `${version}-${signMethod}`, keys);
    const has = (side: 'privateKey' | 'publicKey'): boolean => given.includes(side) && keys[side] !== '';
    const served = await serveEtcd({
      version,
      authToken: {
        ...{ kind: 'jwt', signMethod, ttlMs: 600_000 },
        privateKey: has('privateKey') ? keys.privateKey : undefined,
        publicKey: has('publicKey') ? keys.publicKey : undefined,
      },
    });
    closers.push(() => served.close());
    const options = [`jwt,sign-method=${signMethod},ttl=10m`];
    if (has('privateKey')) options.push(`priv-key=${files.privateKey}`);
    if (has('publicKey')) options.push(`pub-key=${files.publicKey}`);
    const real = await startRealCluster({
      ...{ nodes: [], members: ['m1'], withoutProxy: true, etcd, progress: () => undefined },
      etcdFlags: ['--unsafe-no-fsync', '--bcrypt-cost=4', '--auth-token', options.join(',')],
    });
    closers.push(() => real.close());
    const pair = {
      ours: new Caller(served.endpoints[0] ?? ''),
      theirs: new Caller(real.observerHosts[0] ?? ''),
    };
    closers.push(
      () => pair.ours.close(),
      () => pair.theirs.close(),
    );
    await Promise.all([setUp(pair.ours), setUp(pair.theirs)]);
    return pair;
  };

  /** Each accepts the other's token, so it has the same revision. */
  const exchange = async ({ ours, theirs }: Pair): Promise<void> => {
    const [mine, yours] = [await login(ours, 'alice'), await login(theirs, 'alice')];
    const heard = [await showToken(ours, yours.token), await showToken(theirs, mine.token)];
    expect(heard[0]).toEqual(heard[1]);
    expect(heard[0]?.[0]).toBe('0 ');
  };

  test('are accepted and refused as in etcd', async () => {
    const pair = await start('RS256', rsa);
    await exchange(pair);
    const deadly = version === '3.4' ? [] : deadlyTokens(rsa, REVISION);
    for (const [name, token] of [...oddTokens(rsa, REVISION), ...deadly]) {
      const [answered, expected] = [await showToken(pair.ours, token), await showToken(pair.theirs, token)];
      expect({ name, answered }).toEqual({ name, answered: expected });
      if (name === 'nothing odd') expect(answered[0]).toBe('0 ');
    }
    const [answered, expected] = [await askWithOwnTokens(pair.ours), await askWithOwnTokens(pair.theirs)];
    expect(answered).toEqual(expected);
  });

  test.each(METHODS[version])('are signed with %s as in etcd', async (method) => {
    await exchange(await start(method, keysFor(method)));
  });

  test('are not issued if there is only the public key', async () => {
    const { ours, theirs } = await start('RS256', rsa, ['publicKey']);
    for (const [name, password] of [
      ['alice', 'password'],
      ['alice', 'wrong'],
    ] as const) {
      expect(await login(ours, name, password)).toEqual(await login(theirs, name, password));
    }
    for (const [name, token] of oddTokens(rsa, REVISION).slice(0, 4)) {
      const [answered, expected] = [await showToken(ours, token), await showToken(theirs, token)];
      expect({ name, answered }).toEqual({ name, answered: expected });
    }
  });
});
