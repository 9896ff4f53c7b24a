/**
 * The servers of a small Kubernetes, each a process on a loopback port: `sim serve` as the etcd, the API
 * server and the controller manager. Certificates and keys are made anew each time.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { freePorts } from '../../sim/backend/real/ports.js';
import { provision } from '../../sim/backend/real/provision.js';
import { kubernetesTool } from '../../sim/backend/real/tools.js';
import { packageRoot } from '../../sim/package-root.js';
import { Api } from './api.js';
import type { Place } from './place.js';

export const SIM = path.join(packageRoot(), 'dist/scenarios/main.js');

/** The Kubernetes program; it is built if the cache lacks it. */
export async function needKubernetes(
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<{ readonly path: string; readonly version: string }> {
  const found = await provision(kubernetesTool, { env: process.env, progress, signal });
  if (found.kind === 'unavailable') throw new EnvironmentError(found.message);
  return found;
}

/** Starts `sim serve`; resolves with its endpoint. */
export async function startSimServe(place: Place): Promise<string> {
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  await place.serve({
    ...{ name: 'sim-serve', path: process.execPath },
    arguments: [SIM, 'serve', '--listen', `127.0.0.1:${port}`],
    isReady: async () => (await fetch(`${endpoint}/health`)).ok,
  });
  return endpoint;
}

export interface ApiServerOptions {
  /** Distinguishes several in one place. */
  readonly name: string;
  /** The path of the Kubernetes program. */
  readonly program: string;
  /** The endpoint of its etcd. */
  readonly etcd: string;
  readonly flags?: readonly string[];
}

export interface ApiServer {
  readonly api: Api;
  /** For another program: where the server is, and how to log in as an administrator. */
  readonly kubeconfig: string;
}

/** Starts an API server; resolves once it is ready with everything that it makes at its start. */
export async function startApiServer(place: Place, options: ApiServerOptions): Promise<ApiServer> {
  const { name, program, etcd, flags = [] } = options;
  const folder = place.folder(name);
  const file = (short: string): string => path.join(folder, short);
  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const token = randomBytes(16).toString('hex');
  writeFileSync(file('tokens.csv'), `${token},administrator,administrator,system:masters\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  // The server makes its own certificate and authority here.
  const certificate = file('apiserver.crt');
  let api: Api | undefined;
  await place.serve({
    ...{ name, path: program },
    arguments: [
      ...['apiserver', '--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--secure-port', String(port)],
      ...['--cert-dir', folder, '--token-auth-file', file('tokens.csv'), '--authorization-mode', 'RBAC'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc'],
      ...['--service-account-key-file', file('accounts.key')],
      ...['--service-account-signing-key-file', file('accounts.key')],
      // The service `kubernetes` needs an address beyond loopback, and no program here looks for it.
      ...['--service-cluster-ip-range', '10.0.0.0/24', '--endpoint-reconciler-type', 'none'],
      ...flags,
    ],
    isReady: async () => {
      api ??= new Api({ url, token, ca: readFileSync(certificate) });
      return (await api.get('/readyz')).code === 200;
    },
  });
  if (api === undefined) throw new Error('a server that is ready has answered');
  const ready = api;
  place.atEnd(() => ready.close());
  const kubeconfig = file('kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(url, certificate, token)), { mode: 0o600 });
  return { api: ready, kubeconfig };
}

function kubeconfigOf(server: string, certificate: string, token: string): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'here' },
    clusters: [{ name: 'here', cluster: { server, 'certificate-authority': certificate } }],
    users: [{ name: 'administrator', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'administrator' } }],
  };
}

/** Starts the controllers that a Job needs, and that alone. */
export async function startControllerManager(
  place: Place,
  { program, kubeconfig }: { readonly program: string; readonly kubeconfig: string },
): Promise<void> {
  const [port = 0] = await freePorts(1);
  const folder = place.folder('controller-manager');
  await place.serve({
    ...{ name: 'controller-manager', path: program },
    arguments: [
      ...['controller-manager', '--kubeconfig', kubeconfig, '--bind-address', '127.0.0.1'],
      ...['--secure-port', String(port), '--cert-dir', folder],
      ...['--controllers', 'job-controller,serviceaccount-controller'],
    ],
    // Its certificate is self-made: only whether the port answers counts.
    isReady: () => isListening(port),
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
