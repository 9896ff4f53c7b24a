/**
 * The etcds that are compared over real gRPC, each in a process of its own: `sim serve`, real etcd, real etcd
 * that does not wait for its disk, and a server that answers every call with the same bytes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startRealCluster } from '../sim/backend/real/cluster.js';
import { packageRoot } from '../sim/package-root.js';

export interface ServedTargets {
  readonly sim: string;
  readonly real: string;
  readonly realWithoutFsync: string;
  readonly echo: string;
  close(): Promise<void>;
}

export async function startTargets(): Promise<ServedTargets> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => void (await Promise.all(cleanups.map((step) => step())));
  try {
    const start = async (...words: readonly string[]): Promise<string> => {
      const started = await startNode(words);
      cleanups.push(started.end);
      return started.url;
    };
    const startEtcd = async (...etcdFlags: readonly string[]): Promise<string> => {
      const progress = (line: string): void => console.error(line);
      const cluster = await startRealCluster({
        nodes: [],
        members: ['m1'],
        withoutProxy: true,
        etcdFlags,
        progress,
      });
      cleanups.push(() => cluster.close());
      await cluster.ready();
      return cluster.observerHosts[0] ?? '';
    };
    return {
      sim: await start(join('dist', 'scenarios', 'main.js'), 'serve', '--listen', '127.0.0.1:0'),
      echo: await start(join('dist', 'bench', 'echo-server.js')),
      real: await startEtcd(),
      realWithoutFsync: await startEtcd('--unsafe-no-fsync'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A program of ours that prints its URL, and ends when it is interrupted. */
async function startNode(words: readonly string[]): Promise<{ url: string; end(): Promise<unknown> }> {
  const [script = '', ...rest] = words;
  const child = spawn(process.execPath, [join(packageRoot(), script), ...rest], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const end = (): Promise<unknown> => {
    child.kill('SIGINT');
    return ended;
  };
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as unknown[];
  if (!(line instanceof Buffer)) throw new Error(`${script} ended before it listened`);
  return { url: line.toString().trim(), end };
}
