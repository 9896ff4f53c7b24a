/**
 * The folders that `npm run mutants` changes, each with the tests that judge the changes. Invariant: none of these
 * tests needs a real etcd, a Go program or the built command, which the changes would not reach. The first tests of a
 * list run first: those that find most, soonest.
 */
import path from 'node:path';

export interface MutatedFolder {
  readonly name: string;
  /** Globs of files to leave out. */
  readonly except?: readonly string[];
  /** Globs of test files. */
  readonly tests: readonly string[];
  /** Globs of test files that take too long to run for each change. */
  readonly slowTests?: readonly string[];
}

export const folders: readonly MutatedFolder[] = [
  {
    name: 'src',
    // Programs with a terminal, which their tests start as processes.
    except: ['src/program/**'],
    // Those named run last: they take most of the time.
    tests: [
      'test/recipes/**/*.test.ts',
      'test/recipes/queue/faults.test.ts',
      'test/recipes/moments/moments.test.ts',
    ],
    slowTests: ['test/recipes/**/*-real.test.ts', 'test/recipes/go/**'],
  },
  check('linearizable', [
    ...[
      'linearizable/models',
      'linearizable/configurations',
      'linearizable/every-order',
      'linearizable/search',
    ],
    ...['linearizable', 'ready/registers', 'ready/exclusion', 'ready/fencing'],
  ]),
  check('queue', [
    ...['queue/certify', 'queue/coverage', 'queue/empties', 'queue/items', 'queue/untaken', 'queue/witness'],
    ...['fifo-queue', 'priority-queue', 'ready/queues'],
  ]),
  check('register', ['register/witness', 'register/certify', 'register', 'ready/registers', 'jepsen/jepsen']),
  // The comparison with a search through all orders takes most of the time.
  check('transactions', [
    'transactions/orders',
    'transactions/reads',
    'ready/transactions',
    'transactions/cycles',
    'transactions',
    'transactions/trials',
  ]),
  {
    name: 'sim/check/ready',
    // Those named have properties, and run last.
    tests: [
      'test/check/ready/*.test.ts',
      ...['fencing', 'exclusion', 'queues', 'registers', 'updates-and-reads'].map(
        (test) => `test/check/ready/${test}.test.ts`,
      ),
    ],
  },
  // Its own files; each of its rooms has a row. What takes most of the time is left out, as in transactions.
  {
    name: 'sim/check',
    except: ['sim/check/*/**'],
    // Those named run last: they take most of the time.
    tests: [
      'test/check/*.test.ts',
      'test/check/transactions/*.test.ts',
      'test/check/ready/*.test.ts',
      'test/check/watch.test.ts',
      'test/check/barrier.test.ts',
      'test/check/double-barrier.test.ts',
      'test/check/fifo-queue.test.ts',
      'test/check/priority-queue.test.ts',
      'test/check/register.test.ts',
      'test/check/linearizable.test.ts',
      'test/check/earliest-violation.test.ts',
    ],
    slowTests: ['test/check/transactions-search.test.ts'],
  },
  etcd('store', [
    'crc32c',
    'hash-kv',
    'counts',
    'kv',
    'lease',
    'merge-changes',
    'ordered-map',
    'store-model',
    'range-stream',
    'metrics',
  ]),
  etcd('txn', [
    'requests',
    'check-intervals',
    'txn',
    'txn-checks',
    'range-stream',
    'counts',
    'kv',
    'store-model',
  ]),
  etcd('watch', ['watch-hub', 'watcher-group', 'interval-tree', 'victims', 'watch', 'watch-hub.property']),
  etcd('lease', ['lessor', 'lease']),
  etcd('auth', [
    'auth-store',
    'permit',
    'permission-trees',
    'range-permissions',
    'token-keeper',
    'signed-tokens',
    'auth',
  ]),
];

function check(room: string, tests: readonly string[]): MutatedFolder {
  return { name: `sim/check/${room}`, tests: tests.map((test) => `test/check/${test}.test.ts`) };
}

function etcd(folder: string, tests: readonly string[]): MutatedFolder {
  return { name: `sim/etcd/${folder}`, tests: tests.map((test) => `test/etcd/${test}.test.ts`) };
}

/** The folder that a file or a folder lies in. */
export function folderOf(file: string): MutatedFolder | undefined {
  const normal = path.posix.normalize(file).replace(/\/$/, '');
  return folders.find(({ name }) => normal === name || normal.startsWith(`${name}/`));
}
