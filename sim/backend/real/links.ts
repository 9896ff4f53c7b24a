/** The links of a run: one proxy for each node and member, so that a fault can hit exactly one of them. */
import { randomUUID } from 'node:crypto';
import { EnvironmentError } from '../environment-error.js';
import type { Cleanups } from './cleanups.js';
import { askEtcd } from './given-etcd.js';
import { freePorts } from './ports.js';
import type { LinkProxy, ToxiproxyApi } from './toxiproxy.js';

/** The ports that a given Toxiproxy must have free and within our reach. */
export const GIVEN_PROXY_PORTS = { min: 22_000, max: 22_099 } as const;

export interface Link {
  readonly node: string;
  readonly member: string;
  readonly proxy: LinkProxy;
  /** Where the node reaches the member through the proxy, such as `http://127.0.0.1:22000`. */
  readonly url: string;
}

export interface LinksOptions {
  readonly api: ToxiproxyApi;
  readonly nodes: readonly string[];
  /** Each member's name and `host:port`. */
  readonly members: readonly { readonly name: string; readonly address: string }[];
  /** How to undo the previous steps. */
  readonly cleanups: Cleanups;
}

/** Creates the proxies on our own Toxiproxy, which ends with the run and takes them with it. */
export async function connectLinks(options: LinksOptions): Promise<Link[]> {
  const { api } = options;
  // A few more than needed, because another process can take a port before Toxiproxy listens on it.
  const ports = await freePorts(options.nodes.length * options.members.length + 10);
  return each(options, async (node, member) => {
    const proxy = await api.createProxy(`${node}-${member.name}`, member.address, '127.0.0.1', ports);
    return { node, member: member.name, proxy, url: `http://127.0.0.1:${proxy.port}` };
  });
}

/** Creates the proxies on a given Toxiproxy, and finds out how we reach them. */
export async function connectGivenLinks(options: LinksOptions): Promise<Link[]> {
  const { api, nodes, members, cleanups } = options;
  const room = GIVEN_PROXY_PORTS.max - GIVEN_PROXY_PORTS.min + 1;
  if (nodes.length * members.length > room) {
    throw new EnvironmentError(
      `this Toxiproxy has room for ${room} proxies, got ${nodes.length} nodes and ${members.length} members`,
    );
  }
  const prefix = `sim-${randomUUID().slice(0, 8)}-`;
  const ports = Array.from({ length: room }, (_, index) => GIVEN_PROXY_PORTS.min + index);
  const { hostname } = new URL(api.url);
  const listenHost = await findListenHost(options, prefix, hostname);
  return each(options, async (node, member) => {
    const proxy = await api.createProxy(`${prefix}${node}-${member.name}`, member.address, listenHost, ports);
    cleanups.add(() => proxy.remove());
    return { node, member: member.name, proxy, url: `http://${hostname}:${proxy.port}` };
  });
}

/**
 * The address on which the given Toxiproxy must listen for us. It is loopback if we share it with Toxiproxy.
 * If Toxiproxy runs in a container or on another machine, its loopback is unreachable, so it has to listen on
 * all its addresses.
 */
async function findListenHost(options: LinksOptions, prefix: string, hostname: string): Promise<string> {
  const [member] = options.members;
  if (member === undefined) return '127.0.0.1';
  let refusal: unknown;
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const ports = Array.from({ length: 10 }, (_, index) => GIVEN_PROXY_PORTS.min + index);
    const proxy = await options.api.createProxy(`${prefix}probe`, member.address, host, ports);
    try {
      await askEtcd(`http://${hostname}:${proxy.port}`);
      return host;
    } catch (error) {
      refusal = error;
    } finally {
      await proxy.remove();
    }
  }
  const { min, max } = GIVEN_PROXY_PORTS;
  throw new EnvironmentError(
    `Toxiproxy at ${options.api.url}: expected to reach etcd at ${member.address} through it, on its ports ${min} to ${max}; ${String(refusal)}`,
  );
}

async function each(
  options: LinksOptions,
  connect: (node: string, member: LinksOptions['members'][number]) => Promise<Link>,
): Promise<Link[]> {
  const links: Link[] = [];
  for (const node of options.nodes) {
    for (const member of options.members) links.push(await connect(node, member));
  }
  return links;
}
