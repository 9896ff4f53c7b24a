/** The files that `sim serve` is given, read. @throws InputError where one cannot be, or flags do not go together */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { quote, singleLine, InputError } from '../../input/parsed.js';
import type { ServeOptions } from '../../serve/serve.js';
import type { Settings } from './flags.js';

/** With what it serves over TLS; undefined where it does not. */
export async function readTls(cwd: string, settings: Settings): Promise<ServeOptions['tls']> {
  const { certFile, keyFile, trustedCaFile, clientCertAuth, clientCrlFile } = settings;
  const { clientCertAllowedHostname, etcdVersion } = settings;
  const asks = trustedCaFile !== undefined || clientCertAuth;
  const ofClients = { '--trusted-ca-file': trustedCaFile, '--client-cert-auth': clientCertAuth || undefined };
  const ofTheirCertificates = {
    '--client-cert-allowed-hostname': clientCertAllowedHostname,
    '--client-crl-file': clientCrlFile,
  };
  if (certFile === undefined) refuseAny({ '--key-file': keyFile, ...ofClients }, '--cert-file');
  if (!asks) refuseAny(ofTheirCertificates, '--client-cert-auth or --trusted-ca-file');
  if (certFile === undefined) return undefined;
  if (keyFile === undefined) throw new InputError('--cert-file needs --key-file');
  if (etcdVersion === '3.4' && (clientCertAllowedHostname?.length ?? 0) > 1) {
    throw new InputError('--client-cert-allowed-hostname: etcd 3.4 takes one name, got several');
  }
  if (clientCrlFile !== undefined) await read(cwd, clientCrlFile);
  return {
    certificate: await read(cwd, certFile),
    key: await read(cwd, keyFile),
    clientCertAuth,
    ...(trustedCaFile !== undefined && { trustedCa: await read(cwd, trustedCaFile) }),
    ...(clientCertAllowedHostname && { clientCertAllowedHostnames: clientCertAllowedHostname }),
    ...(clientCrlFile !== undefined && { clientCrlFile: path.resolve(cwd, clientCrlFile) }),
  };
}

/** How logins are answered. */
export async function readAuthToken(
  cwd: string,
  { authToken, authTokenTtl }: Settings,
): Promise<ServeOptions['authToken']> {
  if (authToken.kind === 'simple') return { kind: 'simple', ttlSeconds: authTokenTtl };
  const { signMethod, publicKeyFile, privateKeyFile, ttlMs } = authToken;
  return {
    kind: 'jwt',
    signMethod,
    publicKey: publicKeyFile === undefined ? undefined : await read(cwd, publicKeyFile),
    // HS256 takes any bytes of the file as its secret.
    privateKey: privateKeyFile === undefined ? undefined : await readBytes(cwd, privateKeyFile),
    ttlMs,
  };
}

function refuseAny(given: Readonly<Record<string, unknown>>, without: string): void {
  for (const [flag, value] of Object.entries(given)) {
    if (value !== undefined) throw new InputError(`${flag} needs ${without}`);
  }
}

async function read(cwd: string, file: string): Promise<string> {
  return (await readBytes(cwd, file)).toString('utf8');
}

async function readBytes(cwd: string, file: string): Promise<Buffer> {
  try {
    return await readFile(path.resolve(cwd, file));
  } catch (error) {
    const reason = error instanceof Error ? singleLine(error.message) : String(error);
    throw new InputError(`cannot read ${quote(file)}: ${reason}`);
  }
}
