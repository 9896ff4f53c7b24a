/**
 * A behaviour's access to the etcd of its target, through the etcd3 client and as raw messages. The store is
 * shared by the whole suite, so every test has a prefix of its own; tests run one at a time.
 */
import { Etcd3, type Namespace } from 'etcd3';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { RawEtcd } from './raw-etcd.js';
import type { RunningTarget, Target, TargetOptions } from './target.js';

export interface Etcd {
  /** The etcd3 client, all of whose keys get the test's prefix. */
  readonly client: Namespace;
  /** The etcd3 client with nothing added, for leases. */
  readonly plainClient: Etcd3;
  /** The messages themselves, with unchanged keys. */
  readonly raw: RawEtcd;
  /** The test's prefix. */
  readonly prefix: string;
  /** A key of the test. */
  key(name: string): string;
  /** The end of the range of the test's keys. */
  readonly prefixEnd: string;
}

/** Starts the target before the suite, gives each test a prefix, and ends everything. */
export function useEtcd(target: Target, options?: TargetOptions): Etcd {
  let running: RunningTarget | undefined;
  let client: Etcd3 | undefined;
  let raw: RawEtcd | undefined;
  let tests = 0;
  let prefix = '';
  beforeAll(async () => {
    running = await target.start(options);
    client = new Etcd3({ hosts: running.host, grpcOptions: running.grpcOptions });
    raw = new RawEtcd(running);
  });
  beforeEach(() => {
    prefix = `contract-${String(++tests).padStart(3, '0')}/`;
  });
  afterEach(() => raw?.cancelStreams());
  afterAll(async () => {
    client?.close();
    raw?.close();
    await running?.close();
  });
  return {
    get client() {
      return need(client).namespace(prefix);
    },
    get plainClient() {
      return need(client);
    },
    get raw() {
      return need(raw);
    },
    get prefix() {
      return prefix;
    },
    // The character after `/`.
    get prefixEnd() {
      return prefix.replace(/\/$/, '0');
    },
    key: (name) => `${prefix}${name}`,
  };
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the target has not been started');
  return value;
}
