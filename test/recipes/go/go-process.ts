/**
 * A real Go process on the recipes of etcd's own client. Invariant: requests are answered in the order in which they
 * were made, one after the other.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Etcd3 } from 'etcd3';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';
import { recipesTool } from '../../../sim/backend/real/tools.js';
import { skipReason } from '../../real/available.js';
import { provide } from '../../real/provide.js';

type Answer = { readonly done: string } | { readonly failed: string };

class GoProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  readonly #waiting: { resolve(value: string): void; reject(error: Error): void }[] = [];

  constructor(program: string, endpoint: string) {
    this.#child = spawn(program, [endpoint]);
    let complaints = '';
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      const asker = this.#waiting.shift();
      if ('done' in answer) asker?.resolve(answer.done);
      else asker?.reject(new Error(answer.failed));
    });
    this.#closed = once(this.#child, 'close').then(() => {
      for (const asker of this.#waiting.splice(0)) {
        asker.reject(new Error(`the Go process has ended: ${complaints}`));
      }
    });
  }

  /** Makes a request, such as `enqueue`, and resolves with its answer. */
  ask(...words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(words)}\n`);
    });
  }

  /** Lets it close its session and end. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }

  /** Ends it without a chance to close anything. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** The parts that all tests with Go processes share: a real etcd, and its clients. */
export interface GoWorld {
  /** A Go process; killed after the test. */
  go(): GoProcess;
  readonly client: Etcd3;
  /** A name that no other test uses. */
  name(): string;
  /** Resolves once that many keys lie under the prefix. */
  keys(prefix: string, count: number): Promise<readonly string[]>;
}

const program = await provide(recipesTool, (line) => void process.stderr.write(`${line}\n`));
const skip = program.kind === 'unavailable' ? program.message : skipReason;

/** Like `describe`; skipped if etcd or the Go program is not available. */
export function describeWithGo(title: string, body: (world: GoWorld) => void): void {
  if (program.kind !== 'found' || skip !== undefined) {
    describe.skip(`${title} (skipped: ${skip})`, () => body(unavailable));
    return;
  }
  describe(title, () => {
    let cluster: RealCluster;
    let client: Etcd3;
    let names = 0;
    const processes: GoProcess[] = [];
    beforeAll(async () => {
      cluster = await startRealCluster({
        nodes: [],
        members: ['m1'],
        withoutProxy: true,
        progress: () => undefined,
      });
      client = new Etcd3({ hosts: cluster.observerHosts });
    });
    afterEach(async () => {
      await Promise.all(processes.splice(0).map((go) => go.kill()));
    });
    afterAll(async () => {
      client.close();
      await cluster.close();
    });
    body({
      go: () => {
        const [endpoint = ''] = cluster.observerHosts;
        const go = new GoProcess(program.path, endpoint);
        processes.push(go);
        return go;
      },
      get client() {
        return client;
      },
      name: () => `shared-${names++}`,
      keys: (prefix, count) => keysUnder(client, prefix, count),
    });
  });
}

const unavailable: GoWorld = {
  go: () => {
    throw new Error('no Go process here');
  },
  get client(): Etcd3 {
    throw new Error('no etcd here');
  },
  name: () => '',
  keys: () => Promise.resolve([]),
};

/** Waits by a watch, so that it needs to guess no time. */
async function keysUnder(client: Etcd3, prefix: string, count: number): Promise<readonly string[]> {
  const watcher = await client.watch().prefix(prefix).create();
  try {
    for (;;) {
      const changed = once(watcher, 'data');
      const keys = await client.getAll().prefix(prefix).keys();
      if (keys.length === count) return keys;
      await changed;
    }
  } finally {
    await watcher.cancel();
  }
}
