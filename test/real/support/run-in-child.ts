/**
 * Starts a real cluster in a process of its own, so that a test can see the effect of that process's death.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../../sim/package-root.js';

export interface ClusterChild {
  readonly pid: number;
  /** Sends the signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Resolves once the cluster in the child is ready.
 *
 * @param temporary where the child puts its temporary files
 * @param then what the child does afterwards, as JavaScript; `cluster` is the cluster
 */
export async function startClusterInChild(temporary: string, then = ''): Promise<ClusterChild> {
  const built = join(packageRoot(), 'dist', 'sim', 'backend', 'real', 'cluster.js');
  if (!existsSync(built)) throw new Error('expected the package to be built: run `npm run build` first');
  const script = `
    import { startRealCluster } from ${JSON.stringify(pathToFileURL(built).href)};
    const cluster = await startRealCluster({
      nodes: ['n1'], members: ['m1'], progress: (line) => process.stderr.write(line + '\\n'),
    });
    process.stdout.write('ready\\n');
    ${then}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: packageRoot(),
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await ready(child);
  return {
    pid: child.pid ?? 0,
    async end(signal) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}: ${errors}`)));
  });
}
