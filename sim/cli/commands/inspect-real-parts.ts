/**
 * What the real backend would find here: an etcd and a Toxiproxy that were given, are installed, are cached, or
 * could be built. Invariant: nothing is started and nothing is built.
 */
import net from 'node:net';
import { provision } from '../../backend/real/provision.js';
import { etcdTool, etcdToolFor, toxiproxyTool, type Tool } from '../../backend/real/tools.js';
import { etcdVersions, type EtcdVersion } from '../../etcd/version.js';
import type { GivenParts, Inspection } from './inspection.js';

/** Looks for both, and for the other versions of etcd where none is given. */
export async function inspectRealParts({
  endpoints,
  toxiproxy,
  etcdVersion,
  env,
}: GivenParts): Promise<readonly Inspection[]> {
  const others = endpoints === undefined ? etcdVersions.filter((version) => version !== etcdVersion) : [];
  return Promise.all([
    endpoints === undefined
      ? inspectTool(etcdToolFor(etcdVersion), env)
      : inspectUrls(etcdTool.title, endpoints),
    toxiproxy === undefined ? inspectTool(toxiproxyTool, env) : inspectUrls(toxiproxyTool.title, [toxiproxy]),
    ...others.map((version) => inspectOther(version, env)),
  ]);
}

async function inspectOther(version: EtcdVersion, env: GivenParts['env']): Promise<Inspection> {
  const { text, usable } = await inspectTool(etcdToolFor(version), env);
  return { name: `etcd ${version}`, usable, needed: false, text };
}

async function inspectTool(tool: Tool, env: GivenParts['env']): Promise<Inspection> {
  // Provisioning that is aborted beforehand finds what is there, and stops where it would begin to build.
  const wouldBuild = new Error('would build');
  const signal = AbortSignal.abort(wouldBuild);
  try {
    const found = await provision(tool, { env, signal, progress: () => undefined });
    return found.kind === 'found'
      ? { name: tool.title, usable: true, text: `${found.version} at ${found.path} (${found.from})` }
      : { name: tool.title, usable: false, text: found.message };
  } catch (error) {
    if (error !== wouldBuild) throw error;
    return {
      name: tool.title,
      usable: true,
      text: 'not here; the first run that needs it builds it with Go',
    };
  }
}

async function inspectUrls(name: string, urls: readonly string[]): Promise<Inspection> {
  const answers = await Promise.all(urls.map(accepts));
  const silent = urls.filter((_, index) => answers[index] !== true);
  return silent.length === 0
    ? { name, usable: true, text: `answers at ${urls.join(', ')}` }
    : { name, usable: false, text: `expected an answer at ${silent.join(', ')}, got none; start it there` };
}

const CONNECT_TIMEOUT_MS = 2000;

/** Whether something accepts connections there. */
function accepts(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = net.connect({
      host,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      timeout: CONNECT_TIMEOUT_MS,
    });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
