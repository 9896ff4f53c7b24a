/**
 * An etcd cluster of our own: its members as processes on free loopback ports, each with its data in a
 * temporary directory. Invariant: a restarted member keeps its address, and its data unless it is a
 * replacement.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Credentials } from '../authentication.js';
import { EnvironmentError } from '../environment-error.js';
import { Administrator } from './administrator.js';
import type { UnexpectedExits } from './unexpected-exits.js';
import { ManagedProcess } from './managed-process.js';
import { poll } from './poll.js';
import { freePorts } from './ports.js';
import type { Env } from './tools.js';
import type { Reaper } from './reaper.js';

const START_ATTEMPTS = 5;
const HEALTH_INTERVAL_MS = 25;
/** 30 s altogether: forming three members takes about 2 s, and so does electing a new leader. */
const HEALTH_ATTEMPTS = 1200;
/** One request for a member's health; etcd itself gives up a linearizable read after 7 s. */
const HEALTH_TIMEOUT_MS = 8_000;

export interface EtcdMembersOptions {
  readonly names: readonly string[];
  /** The path of etcd. */
  readonly path: string;
  /** Flags beyond those that every member gets. */
  readonly flags: readonly string[];
  /**
   * Maps a member and the URL at which it listens to its peers to the URL that it advertises to them;
   * unchanged by default.
   */
  readonly peerProxy?: ((name: string, url: string) => Promise<string>) | undefined;
  /** The user as which its operator logs in, once authentication is on; none by default. */
  readonly operator?: Credentials | undefined;
  readonly directory: string;
  readonly reaper: Reaper;
  readonly unexpectedExits: UnexpectedExits;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

interface Member {
  readonly name: string;
  readonly url: string;
  /** The peer URL that it advertises. */
  readonly peerUrl: string;
  readonly directory: string;
  readonly logPath: string;
  /** Flags that a replacement keeps. */
  readonly flags: readonly string[];
  arguments: readonly string[];
  /** How many members have had its place before. */
  predecessors: number;
  process: ManagedProcess;
}

export class EtcdMembers {
  readonly #options: EtcdMembersOptions;
  readonly #members: readonly Member[];

  private constructor(options: EtcdMembersOptions, members: readonly Member[]) {
    this.#options = options;
    this.#members = members;
  }

  /** Starts all members; resolves once each of them answers linearizable reads. */
  static async start(options: EtcdMembersOptions): Promise<EtcdMembers> {
    for (let attempt = 1; ; attempt++) {
      const members = new EtcdMembers(options, await describe(options, attempt));
      try {
        await members.ready(options.signal);
        return members;
      } catch (error) {
        await members.kill();
        const portTaken = error instanceof Error && error.message.includes('address already in use');
        if (!portTaken || attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  get names(): readonly string[] {
    return this.#options.names;
  }

  /** Has an operator ask the member for something. */
  async administer<T>(name: string, request: (asked: Administrator) => Promise<T>): Promise<T> {
    const administrator = new Administrator(this.url(name), this.#options.operator);
    try {
      return await request(administrator);
    } finally {
      administrator.close();
    }
  }

  /** Where clients reach the member, such as `http://127.0.0.1:12379`. */
  url(name: string): string {
    return this.#member(name).url;
  }

  /** Kills the member with SIGKILL. */
  async stop(name: string): Promise<void> {
    await this.#member(name).process.kill();
  }

  /**
   * Starts the member again on its data. Does not wait for it, because with too few members it cannot serve;
   * `ready` waits for all.
   */
  start(name: string): void {
    const member = this.#member(name);
    if (!member.process.running) member.process = spawnMember(this.#options, member);
  }

  isRunning(name: string): boolean {
    return this.#member(name).process.running;
  }

  /** The peer URL that the member advertises. */
  peerUrl(name: string): string {
    return this.#member(name).peerUrl;
  }

  /** Whether the member's process may end by itself. */
  expectEnd(name: string, expected: boolean): void {
    this.#member(name).process.mayEnd = expected;
  }

  /**
   * The next {@link start} starts another member, without data, that was added to the cluster.
   *
   * @param initialCluster every member of it, such as `m1=http://127.0.0.1:2380`
   */
  renew(name: string, initialCluster: readonly string[]): void {
    const member = this.#member(name);
    member.predecessors++;
    member.arguments = [
      ...['--data-dir', `${member.directory}-${member.predecessors}`],
      ...['--initial-cluster', initialCluster.join(','), '--initial-cluster-state', 'existing'],
      ...member.flags,
    ];
  }

  /** Pauses the member, its connections open. */
  pause(name: string): void {
    this.#member(name).process.pause();
  }

  /** Resumes a paused member. */
  resume(name: string): void {
    this.#member(name).process.resume();
  }

  /** Resolves once every member answers linearizable reads; rejects if one has ended or is not ready in 30 s. */
  async ready(signal?: AbortSignal): Promise<void> {
    await Promise.all(
      this.#members.map(async (member) => {
        const healthy = await poll(
          { attempts: HEALTH_ATTEMPTS, intervalMs: HEALTH_INTERVAL_MS, signal },
          async () => {
            if (await isHealthy(member.url, signal)) return true;
            if (member.process.running) return undefined;
            throw new EnvironmentError(`etcd member ${member.name} ended: ${member.process.lastWords()}`);
          },
        );
        if (healthy) return;
        throw new EnvironmentError(
          `etcd member ${member.name} is not ready after 30 s: ${member.process.lastWords()}`,
        );
      }),
    );
  }

  async kill(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.process.kill()));
  }

  #member(name: string): Member {
    const member = this.#members.find((candidate) => candidate.name === name);
    if (member === undefined) throw new Error(`expected an etcd member, got ${JSON.stringify(name)}`);
    return member;
  }
}

async function describe(options: EtcdMembersOptions, attempt: number): Promise<Member[]> {
  const { names, directory, peerProxy = (_name, url) => Promise.resolve(url) } = options;
  const ports = await freePorts(2 * names.length);
  const sites = await Promise.all(
    names.map(async (name, index) => {
      const listenPeerUrl = `http://127.0.0.1:${ports[2 * index + 1]}`;
      const peerUrl = await peerProxy(name, listenPeerUrl);
      return { name, url: `http://127.0.0.1:${ports[2 * index]}`, listenPeerUrl, peerUrl };
    }),
  );
  const initialCluster = sites.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  const token = randomUUID();
  return sites.map(({ name, url, listenPeerUrl, peerUrl }) => {
    const member = {
      name,
      url,
      peerUrl,
      logPath: join(directory, `${name}-${attempt}.log`),
      directory: join(directory, `${name}-${attempt}`),
      predecessors: 0,
    };
    const flags = [
      ...['--name', name, '--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', listenPeerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster-token', token],
      // 3.4 must be asked for the log format that later versions use by default.
      ...['--logger', 'zap', '--log-level', 'warn'],
      ...options.flags,
    ];
    const given = ['--data-dir', member.directory, '--initial-cluster', initialCluster, ...flags];
    return {
      ...member,
      flags,
      arguments: given,
      process: spawnMember(options, { ...member, arguments: given }),
    };
  });
}

function spawnMember(
  options: EtcdMembersOptions,
  member: Pick<Member, 'name' | 'arguments' | 'logPath'>,
): ManagedProcess {
  const { path, reaper, unexpectedExits } = options;
  // etcd reads a flag from every variable of this form; only the flags above must apply.
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !name.startsWith('ETCD_')));
  const onDeath = (lastWords: string): void =>
    unexpectedExits.report(`etcd member ${member.name}`, lastWords);
  const { arguments: given, logPath } = member;
  return new ManagedProcess({ path, arguments: given, env, logPath, reaper, onDeath });
}

/** Asks a member for its health, which etcd answers with a linearizable read. */
async function isHealthy(url: string, signal?: AbortSignal): Promise<boolean> {
  const timeout = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
  try {
    const response = await fetch(`${url}/health`, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
