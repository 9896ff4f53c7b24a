/**
 * Pairs of an in-memory etcd and a real one that is started for it. Invariant: `close` ends everything that
 * was started.
 */
import { startRealCluster, type RealCluster } from '../backend/real/cluster.js';
import { etcdToolOf } from '../backend/real/tools.js';
import { idOf } from '../etcd/cluster/identity.js';
import { requestIdBytes } from '../etcd/rpc/entry-size.js';
import type { EtcdMember } from '../etcd/service.js';
import type { EtcdVersion } from '../etcd/version.js';
import { CLIENTS } from './draw-commands.js';
import { createModelSide } from './model-side.js';
import { createPair, identityOf, type Pair } from './pair.js';
import type { Side } from './side.js';
import { connectRealSide } from './real-side.js';

export interface StartPairsOptions {
  readonly count: number;
  readonly version: EtcdVersion;
  /** Placed before each in-memory member, to plant a difference. */
  readonly wrap?: (member: EtcdMember) => EtcdMember;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  progress(line: string): void;
}

export interface Pairs {
  readonly pairs: readonly Pair[];
  /** The real side, such as `etcd 3.6.14 with one member`. */
  readonly description: string;
  close(): Promise<void>;
}

/** Starts them. Rejects with an EnvironmentError if etcd is unavailable, and with the signal's reason. */
export async function startPairs(options: StartPairsOptions): Promise<Pairs> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const begin = async (index: number): Promise<{ pair: Pair; description: string }> => {
      const cluster = await start(options, index);
      closers.push(() => cluster.close());
      const { description, observerHosts } = cluster;
      const address = new URL(observerHosts[0] ?? '').host;
      const real = connectRealSide({ address, name: description, clients: CLIENTS });
      closers.push(() => real.close());
      const member = await nameWithIdsAsLong(real);
      const inMemory = createModelSide({ version: options.version, member, wrap: options.wrap });
      closers.push(() => inMemory.close());
      return { pair: await createPair(inMemory, real), description };
    };
    // The first one builds etcd if there is none.
    const first = await begin(0);
    const others = await Promise.allSettled(
      Array.from({ length: options.count - 1 }, (_, index) => begin(index + 1)),
    );
    const pairs = [first.pair];
    for (const other of others) {
      if (other.status === 'rejected') throw other.reason;
      pairs.push(other.value.pair);
    }
    return { pairs, description: first.description, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function start(options: StartPairsOptions, index: number): Promise<RealCluster> {
  const { version, signal, env, progress } = options;
  return startRealCluster({
    nodes: [],
    members: ['m1'],
    withoutProxy: true,
    // Data does not outlive a process here, so waiting for the disk gains nothing; nor do passwords need much
    // work.
    etcdFlags: ['--unsafe-no-fsync', '--bcrypt-cost=4'],
    etcd: etcdToolOf(version),
    signal,
    ...(env === undefined ? {} : { env }),
    progress: index === 0 ? progress : () => undefined,
  });
}

/**
 * The name of a member whose request ids are as long as the real one's. The limit of a request depends on
 * their length, and values that reach it to the byte must be the same on both sides.
 */
async function nameWithIdsAsLong(real: Side): Promise<string> {
  const bytes = requestIdBytes((await identityOf(real)).memberId);
  for (let index = 1; ; index++) {
    if (requestIdBytes(idOf(`member m${index}`)) === bytes) return `m${index}`;
  }
}
