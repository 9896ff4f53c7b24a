/** `sim serve`: what it asks for, what it prints, how it ends. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { serveEtcd, type ServeOptions } from '../../sim/serve/serve.js';
import { sim } from './harness.js';

/** Runs `body` in a directory of its own with these files. */
async function inDirectory<T>(
  files: Readonly<Record<string, string>>,
  body: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sim-serve-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** An etcd that is interrupted right after it is served. */
function interrupted(endpoints = ['http://127.0.0.1:2379']) {
  const orders: ServeOptions[] = [];
  const interruption = new AbortController();
  let closed = 0;
  const serveEtcd = (order: ServeOptions) => {
    orders.push(order);
    interruption.abort();
    const close = () => Promise.resolve(void closed++);
    return Promise.resolve({ endpoints, close });
  };
  return {
    orders,
    world: { useCases: { serveEtcd }, signal: interruption.signal },
    closed: () => closed,
  };
}

describe('sim serve', () => {
  it('listens where etcd does, on loopback alone', async () => {
    const { orders, world } = interrupted();
    await sim(['serve'], world);
    expect(orders).toMatchObject([
      { listen: '127.0.0.1:2379', members: 1, tls: undefined, version: '3.6', quotaBackendBytes: 0 },
    ]);
  });

  it('has the quota that you give', async () => {
    const { orders, world } = interrupted();
    await sim(['serve', '--quota-backend-bytes', '4000000'], world);
    expect(orders).toMatchObject([{ quotaBackendBytes: 4_000_000 }]);
  });

  it('is the etcd of the version that is asked for, and says so', async () => {
    const { orders, world } = interrupted();
    const done = await sim(['serve', '--etcd-version', '3.4'], world);
    expect(orders).toMatchObject([{ version: '3.4' }]);
    expect(done.stderr.text).toContain('etcd 3.4');
  });

  it('prints its endpoint, and on stderr that its data is in memory', async () => {
    const done = await sim(['serve'], interrupted().world);
    expect(done.stdout.text).toBe('http://127.0.0.1:2379\n');
    expect(done.stderr.lines).toHaveLength(1);
    expect(done.stderr.text).toContain('from memory');
  });

  it.each([
    ['http://0.0.0.0:2379', 1],
    ['http://[::]:2379', 1],
    ['https://etcd.example:2379', 1],
    ['http://127.8.9.1:2379', 0],
    ['http://[::1]:2379', 0],
    ['http://localhost:2379', 0],
  ])('warns where other machines may reach it: %s', async (endpoint, warnings) => {
    const { stderr } = await sim(['serve'], interrupted([endpoint]).world);
    const warned = stderr.lines.filter((line) => line.includes('warning') && line.includes(endpoint));
    expect(warned).toHaveLength(warnings);
  });

  it('reports an uncaught exception, and serves on', async () => {
    const { world } = interrupted();
    let outlived = 0;
    const outliveExceptions = (report: (error: unknown) => void) => {
      report(new Error('of nobody'));
      return () => outlived++;
    };
    const serveEtcd = (options: ServeOptions) => {
      options.onInternalError?.(new Error('of a call'));
      return world.useCases.serveEtcd(options);
    };
    const done = await sim(['serve'], { ...world, useCases: { serveEtcd }, outliveExceptions });
    expect(done.code).toBe(0);
    expect(done.stderr.text).toContain('of a call');
    expect(done.stderr.text).toContain('of nobody');
    expect(outlived).toBe(1);
  });

  it('is closed by an interruption and ends with 0', async () => {
    const { world, closed } = interrupted();
    expect((await sim(['serve'], world)).code).toBe(0);
    expect(closed()).toBe(1);
  });

  it('serves over TLS with the files it is given', async () => {
    const { orders, world } = interrupted();
    const files = ['--cert-file', 'a.pem', '--key-file', 'b.pem'];
    await inDirectory({ 'a.pem': 'certificate', 'b.pem': 'key' }, (cwd) =>
      sim(['serve', ...files], { ...world, cwd }),
    );
    expect(orders[0]?.tls).toEqual({ certificate: 'certificate', key: 'key', clientCertAuth: false });
  });

  it('asks clients for certificates with the files and names it is given', async () => {
    const { orders, world } = interrupted();
    const done = await inDirectory({ 'a.pem': 'both', 'ca.pem': 'authority', 'crl.der': 'list' }, (cwd) =>
      sim(
        [
          ...['serve', '--cert-file', 'a.pem', '--key-file', 'a.pem', '--trusted-ca-file', 'ca.pem'],
          ...['--client-cert-auth', '--client-crl-file', 'crl.der'],
          ...['--client-cert-allowed-hostname', 'a.example,b.example'],
        ],
        { ...world, cwd },
      ).then(({ code }) => ({ code, cwd })),
    );
    expect(done.code).toBe(0);
    expect(orders[0]?.tls).toEqual({
      ...{ certificate: 'both', key: 'both', trustedCa: 'authority', clientCertAuth: true },
      clientCertAllowedHostnames: ['a.example', 'b.example'],
      clientCrlFile: path.join(done.cwd, 'crl.der'),
    });
  });

  it('gives tokens of the kind that you ask for', async () => {
    const { orders, world } = interrupted();
    await sim(['serve'], world);
    await sim(['serve', '--auth-token', 'simple', '--auth-token-ttl', '7', '--bcrypt-cost', '4'], world);
    await inDirectory({ 'a.pem': 'private', 'b.pem': 'public' }, (cwd) =>
      sim(['serve', '--auth-token', 'jwt,sign-method=RS256,priv-key=a.pem,pub-key=b.pem,ttl=1h30m'], {
        ...world,
        cwd,
      }),
    );
    expect(orders.map(({ authToken }) => authToken)).toEqual([
      { kind: 'simple', ttlSeconds: 300 },
      { kind: 'simple', ttlSeconds: 7 },
      {
        ...{ kind: 'jwt', signMethod: 'RS256', ttlMs: 5_400_000 },
        ...{ privateKey: Buffer.from('private'), publicKey: 'public' },
      },
    ]);
  });

  it.each([
    ['-5m', -300_000],
    ['0', 0],
    ['1.5s', 1500],
    ['2m3s4ms', 123_004],
    ['250us', 0.25],
  ])('reads a time as Go does: %s', async (ttl, ttlMs) => {
    const { orders, world } = interrupted();
    await inDirectory({ secret: 'x' }, (cwd) =>
      sim(['serve', '--auth-token', `jwt,sign-method=HS256,priv-key=secret,ttl=${ttl}`], { ...world, cwd }),
    );
    expect(orders[0]?.authToken).toMatchObject({ ttlMs });
  });

  it.each([
    [['--listen', '2379'], '--listen: expected HOST:PORT'],
    [['--listen', '127.0.0.1:65536'], '--listen: expected HOST:PORT'],
    [['--quota-backend-bytes', '4MB'], '--quota-backend-bytes: expected a whole number'],
    [['--cert-file', 'a.pem'], '--cert-file needs --key-file'],
    [['--key-file', 'a.pem'], '--key-file needs --cert-file'],
    [['--trusted-ca-file', 'a.pem'], '--trusted-ca-file needs --cert-file'],
    [['--client-cert-auth'], '--client-cert-auth needs --cert-file'],
    [['--client-crl-file', 'a'], '--client-crl-file needs --client-cert-auth or --trusted-ca-file'],
    [
      ['--client-cert-allowed-hostname', 'a', ...['--cert-file', 'a.pem', '--key-file', 'a.pem']],
      '--client-cert-allowed-hostname needs --client-cert-auth or --trusted-ca-file',
    ],
    [
      [
        ...['--cert-file', 'a.pem', '--key-file', 'a.pem', '--client-cert-auth', '--etcd-version', '3.4'],
        ...['--client-cert-allowed-hostname', 'a,b'],
      ],
      '--client-cert-allowed-hostname: etcd 3.4 takes one name, got several',
    ],
    [['--client-cert-allowed-hostname', 'a,,b'], '--client-cert-allowed-hostname: expected host names'],
    [['--auth-token', 'jtw'], '--auth-token: expected simple or jwt'],
    [['--auth-token', ''], '--auth-token: expected simple or jwt'],
    [['--auth-token', 'jwt'], '--auth-token: expected a sign-method such as RS256'],
    [
      ['--auth-token', 'jwt,sign-method=RS256,priv-key'],
      '--auth-token: expected OPTION=VALUE, got "priv-key"',
    ],
    [['--auth-token', 'jwt,sign-method=RS256,priv-key=a=b'], 'expected OPTION=VALUE, got "priv-key=a=b"'],
    [['--auth-token', 'jwt,sign-methd=RS256'], 'did you mean sign-method?'],
    [['--auth-token', 'jwt,ttl=1m,ttl=2m'], 'option "ttl" is given twice'],
    [['--auth-token', 'jwt,sign-method=RS256,ttl=10'], 'expected a ttl such as 10m or 1h30m, got "10"'],
    [['--auth-token', 'jwt,sign-method=RS256,priv-key=missing.pem'], 'cannot read "missing.pem"'],
    [['--auth-token-ttl', '5m'], '--auth-token-ttl: expected a whole number'],
    [['--cert-file', 'missing.pem', '--key-file', 'missing.pem'], 'cannot read "missing.pem"'],
  ])('ends with 64 where the flags make no sense: %j', async (flags, message) => {
    const done = await sim(['serve', ...flags], interrupted().world);
    expect(done.code).toBe(64);
    expect(done.stderr.lines).toHaveLength(1);
    expect(done.stderr.text).toContain(message);
  });

  it('ends with 70 and one line where it cannot listen', async () => {
    const serveEtcd = () => Promise.reject(new EnvironmentError('cannot listen: the port is taken'));
    const done = await sim(['serve'], { useCases: { serveEtcd } });
    expect(done.code).toBe(70);
    expect(done.stderr.text).toBe('sim: cannot listen: the port is taken\n');
  });

  it('ends with 64 and one line where a certificate or a key will not do', async () => {
    const key = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey;
    const given: readonly string[][] = [
      ['--auth-token', 'jwt,sign-method=RS256,priv-key=a.pem'],
      ['--auth-token', 'jwt,sign-method=EdDSA,priv-key=a.pem', '--etcd-version', '3.5'],
      ['--cert-file', 'a.pem', '--key-file', 'a.pem'],
    ];
    for (const flags of given) {
      const done = await inDirectory({ 'a.pem': key }, (cwd) =>
        sim(['serve', '--listen', '127.0.0.1:0', ...flags], { useCases: { serveEtcd }, cwd }),
      );
      expect(done.stderr.lines).toHaveLength(1);
      expect(done.code).toBe(64);
    }
  });
});
