/** A real etcd over TLS, used only by a test's clients. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManagedProcess } from '../../../sim/backend/real/managed-process.js';
import { poll } from '../../../sim/backend/real/poll.js';
import { freePorts } from '../../../sim/backend/real/ports.js';
import { Reaper } from '../../../sim/backend/real/reaper.js';

export interface RealEtcd {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** A minute. */
const HEALTH = { attempts: 1200, intervalMs: 50 };
const START_ATTEMPTS = 5;

/** @param program the path of etcd */
export async function startTlsEtcd(program: string, flags: readonly string[]): Promise<RealEtcd> {
  for (let attempt = 1; ; attempt++) {
    const directory = mkdtempSync(path.join(tmpdir(), 'etcd-sim-tls-'));
    const reaper = new Reaper(directory);
    const [clients, peers, health] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
    const endpoint = `https://${clients}`;
    const etcd = new ManagedProcess({
      path: program,
      arguments: [
        ...['--name', 'm1', '--data-dir', path.join(directory, 'm1')],
        ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
        ...['--listen-peer-urls', `http://${peers}`, '--initial-advertise-peer-urls', `http://${peers}`],
        ...['--initial-cluster', `m1=http://${peers}`, '--listen-metrics-urls', `http://${health}`],
        ...['--logger', 'zap', '--log-level', 'warn', '--unsafe-no-fsync', '--bcrypt-cost', '4'],
        ...flags,
      ],
      env: {},
      logPath: path.join(directory, 'log'),
      reaper,
    });
    const close = async (): Promise<void> => {
      await etcd.kill();
      await reaper.close();
    };
    const isReady = await poll(HEALTH, async () => {
      const answered = await fetch(`http://${health}/health`).catch(() => undefined);
      if (answered?.ok === true) return true;
      return etcd.running ? undefined : false;
    });
    if (isReady === true) return { endpoint, close };
    const words = etcd.lastWords();
    await close();
    if (!words.includes('address already in use') || attempt === START_ATTEMPTS) {
      throw new Error(`etcd is not ready: ${words}`);
    }
  }
}
