/** A Toxiproxy of our own, as a process on a free loopback port. */
import { join } from 'node:path';
import { EnvironmentError } from '../environment-error.js';
import type { UnexpectedExits } from './unexpected-exits.js';
import { ManagedProcess } from './managed-process.js';
import { poll } from './poll.js';
import { freePorts } from './ports.js';
import type { Env } from './tools.js';
import type { Reaper } from './reaper.js';
import { ToxiproxyApi } from './toxiproxy.js';

const START_ATTEMPTS = 5;
const ANSWER_INTERVAL_MS = 20;
/** 10 s altogether; it takes 20 ms. */
const ANSWER_ATTEMPTS = 500;

export interface ToxiproxyProcessOptions {
  /** The path of toxiproxy-server. */
  readonly path: string;
  readonly directory: string;
  readonly reaper: Reaper;
  readonly unexpectedExits: UnexpectedExits;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/** Starts it; resolves once it answers. */
export async function startToxiproxy(
  options: ToxiproxyProcessOptions,
): Promise<{ readonly api: ToxiproxyApi; kill(): Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const [port = 0] = await freePorts(1);
    const server = new ManagedProcess({
      path: options.path,
      arguments: ['-host', '127.0.0.1', '-port', String(port), '-proxy-metrics'],
      env: { ...options.env, LOG_LEVEL: 'warn' },
      logPath: join(options.directory, `toxiproxy-${attempt}.log`),
      reaper: options.reaper,
      onDeath: (lastWords) => options.unexpectedExits.report('Toxiproxy', lastWords),
    });
    const api = new ToxiproxyApi(`http://127.0.0.1:${port}`);
    try {
      const answered = await poll(
        { attempts: ANSWER_ATTEMPTS, intervalMs: ANSWER_INTERVAL_MS, signal: options.signal },
        async () => {
          // It keeps running when its port is taken, and reports that only in its log.
          if (!server.running || server.lastWords().includes('address already in use')) return 'failed';
          return api.version().then(
            () => 'ready' as const,
            () => undefined,
          );
        },
      );
      if (answered === 'ready') return { api, kill: () => server.kill() };
    } catch (error) {
      await server.kill();
      throw error;
    }
    await server.kill();
    if (attempt === START_ATTEMPTS) {
      throw new EnvironmentError(`Toxiproxy does not start: ${server.lastWords()}`);
    }
  }
}
