/**
 * The simulated network: one link from every node to every member and to every node that it calls, and the verbs that
 * a fault applies to it. Creates the gRPC channel factory that makes an unmodified client use it.
 */
import type { ChannelInterface, ChannelOptions } from '@grpc/grpc-js';
import { Ambient } from '../engine/ambient/ambient.js';
import type { Engine } from '../engine/engine.js';
import type { VirtualNode } from '../engine/node.js';
import type { CallStatus } from '../etcd/call-status.js';
import type { EtcdCluster, EtcdMember } from '../etcd/service.js';
import type { ObserveCall } from './call-observer.js';
import { interceptCalls, type CallInterceptor } from './intercept-calls.js';
import { SimulatedChannel, type Route } from './channel.js';
import { channelSlot, giveChannels } from './every-channel.js';
import { Link, type Delays, type Traffic } from './link.js';
import type { ObserveMessage } from './message-observer.js';
import { giveServers, serverSlots } from './peers/every-server.js';
import { NodeServers } from './peers/node-servers.js';

/** A call in flight, to report which node waits for what. */
export interface PendingCall {
  readonly node: string;
  readonly member: string;
  readonly method: string;
  readonly startedUs: number;
  /** The first messages that the node sent on it. */
  readonly sent: readonly Uint8Array[];
}

type ChannelFactory = (address: string, credentials: unknown, options: ChannelOptions) => ChannelInterface;

/** The observers of calls. */
export interface Onlookers {
  /** Watches every call from its client to its member and back. */
  readonly observeCall?: ObserveCall | undefined;
  /** Watches every message of a call from its departure to its arrival. */
  readonly observeMessage?: ObserveMessage | undefined;
  /**
   * Called for every call when its client makes it, while that code runs; returns undefined for a call that
   * need not be watched.
   */
  readonly interceptCall?: ((call: ClientCall) => CallInterceptor | undefined) | undefined;
}

/** A call that a client makes. */
export interface ClientCall {
  /** The node of the client. */
  readonly client: VirtualNode;
  readonly method: string;
  /** Such as `m1:2379`. */
  readonly address: string;
  readonly isMember: boolean;
  /** Whether the address is a node's. */
  readonly isNode: boolean;
}

/** The parts of the cluster that the network needs. */
export interface ReachableCluster extends Pick<EtcdCluster, 'isRunning'> {
  readonly members: readonly EtcdMember[];
}

export class Network {
  readonly traffic: Traffic = { messages: 0, bytes: 0, dropped: 0 };
  readonly #engine: Engine;
  readonly #cluster: ReachableCluster;
  readonly #delays: Delays;
  readonly #links = new Map<string, Map<string, Link>>();
  readonly #members: ReadonlyMap<string, EtcdMember>;
  readonly #onlookers: Onlookers;
  readonly #servers = new NodeServers();
  readonly #nodes = new Map<string, VirtualNode>();
  #calls = 0;

  constructor(engine: Engine, cluster: ReachableCluster, delays: Delays, onlookers: Onlookers = {}) {
    this.#engine = engine;
    this.#onlookers = onlookers;
    this.#cluster = cluster;
    this.#delays = delays;
    this.#members = new Map(cluster.members.map((member) => [member.name, member]));
    for (const slot of [channelSlot, ...serverSlots]) Ambient.extend(slot);
  }

  /** Calls that nodes have begun so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Names of the nodes in which a server has listened, in the order of their first. */
  get serving(): readonly string[] {
    return this.#servers.names;
  }

  /** The hosts that the client of every node gets. */
  get hosts(): string[] {
    return [...this.#members.keys()].map((name) => `http://${name}:2379`);
  }

  /** The gRPC options with which a client uses this network as `node`. */
  grpcOptions(node: VirtualNode): ChannelOptions {
    // grpc-js knows `channelFactoryOverride` as a client option; etcd3 hands its grpcOptions to every client.
    const options: { channelFactoryOverride: ChannelFactory } = {
      channelFactoryOverride: (address, _credentials, given) => this.#channel(node, address, given),
    };
    return options;
  }

  /** The link between a node and a member, or from a node to another that it calls. */
  link(node: string, to: string): Link {
    const links = this.#links.get(node);
    const link = links?.get(to);
    if (link !== undefined) return link;
    const process = this.#nodes.get(node);
    if (links === undefined || process === undefined || !this.#nodes.has(to)) {
      throw new Error(`no link between ${node} and ${to}`);
    }
    const made = this.#makeLink(process, to, to, () => this.#servers.isListening(to));
    links.set(to, made);
    return made;
  }

  /** Creates the node's links, and makes every channel of it use one of them; once per node. */
  join(node: VirtualNode): void {
    const links = new Map<string, Link>();
    for (const member of this.#members.keys()) {
      const listens = () => this.#cluster.isRunning(member);
      links.set(member, this.#makeLink(node, member, `${member}:2379`, listens));
    }
    this.#links.set(node.name, links);
    this.#settle(node);
  }

  /** The node's clients and servers use this network. */
  #settle(node: VirtualNode): void {
    this.#nodes.set(node.name, node);
    giveChannels(node, (address, options) => this.#channel(node, address, options));
    giveServers(node, { servers: this.#servers, disconnect: () => this.resetMember(node.name) });
  }

  #makeLink(node: VirtualNode, member: string, address: string, memberListens: () => boolean): Link {
    const { traffic } = this;
    return new Link({
      engine: this.#engine,
      node,
      member,
      address,
      delays: this.#delays,
      traffic,
      memberListens,
      observe: this.#onlookers.observeMessage,
    });
  }

  /** The node's process has died. Its links stay, with the rules on them. */
  abandon(node: string): void {
    for (const link of this.#links.get(node)?.values() ?? []) {
      for (const call of link.connection.calls) call.abandon();
      link.abandon();
    }
    this.#servers.forget(node);
    this.resetMember(node);
  }

  /** A new process replaces one that has died. */
  rejoin(node: VirtualNode): void {
    for (const link of this.#links.get(node.name)?.values() ?? []) link.occupy(node);
    this.#settle(node);
  }

  /** Breaks every connection to a member, or to a node, as the end of its process does. */
  resetMember(member: string): number {
    let cut = 0;
    for (const links of this.#links.values()) cut += links.get(member)?.connection.reset('closed') ?? 0;
    return cut;
  }

  /** The members end every call of the node to the method; returns how many. */
  endCalls(node: string, method: string, status: CallStatus): number {
    let ended = 0;
    for (const { connection } of this.#links.get(node)?.values() ?? []) {
      for (const call of connection.calls) if (call.method === method && call.endAtMember(status)) ended++;
    }
    return ended;
  }

  /** Every call that has not ended, by node and member. */
  pendingCalls(): PendingCall[] {
    const pending: PendingCall[] = [];
    for (const [node, links] of this.#links) {
      for (const [member, link] of links) {
        for (const { method, startedUs, sent } of link.connection.calls) {
          pending.push({ node, member, method, startedUs, sent });
        }
      }
    }
    return pending;
  }

  #channel(node: VirtualNode, address: string, options: ChannelOptions): ChannelInterface {
    const target = address.replace(/^dns:(\/\/\/)?/, '');
    const name = target.replace(/:\d+$/, '');
    const member = this.#members.get(name);
    const peer = member === undefined ? this.#peerAt(node, target) : undefined;
    const { observeCall, interceptCall } = this.#onlookers;
    const channel = new SimulatedChannel({
      node,
      target: address,
      route: member === undefined ? peer : { link: this.link(node.name, name), member },
      options,
      nextCallNumber: () => ++this.#calls,
      observeCall,
    });
    if (interceptCall === undefined) return channel;
    const call = {
      ...{ client: node, address: target },
      ...{ isMember: member !== undefined, isNode: peer !== undefined },
    };
    return interceptCalls<ChannelInterface>(channel, (method) => interceptCall({ ...call, method }));
  }

  /** Where `b:50051` leads, or `localhost:50051`, which is the caller's own. */
  #peerAt(node: VirtualNode, target: string): Route | undefined {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
    const isLocal = LOCAL.has(host);
    const name = isLocal ? node.name : host;
    // A local port on which this node does not listen is outside the run.
    if (!this.#nodes.has(name) || (isLocal && !this.#servers.has(name, Number(port)))) return undefined;
    return {
      link: this.link(node.name, name),
      member: this.#servers.service(node, name, Number(port)),
      isNode: true,
    };
  }
}

/** Names of the machine that a node runs on. */
const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);
