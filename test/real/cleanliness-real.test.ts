/** A real cluster leaves nothing running and nothing behind, however it ends. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { startRealCluster, type RealClusterOptions } from '../../sim/backend/real/cluster.js';
import { eventually } from '../eventually.js';
import { describeReal } from './available.js';
import { descendants, isRunning } from './support/processes.js';
import { startClusterInChild } from './support/run-in-child.js';

const options: RealClusterOptions = { nodes: ['n1', 'n2'], members: ['m1'], progress: () => undefined };

describeReal('a real cluster', () => {
  let temporary: string;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'etcd-sim-test-'));
    vi.stubEnv('TMPDIR', temporary);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true, force: true });
  });

  function expectNothingLeft(): void {
    expect(descendants(process.pid).map(({ command }) => command)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  }

  it('ends its processes and removes its files when it is closed', async () => {
    const cluster = await startRealCluster(options);
    const commands = descendants(process.pid).map(({ command }) => command);
    expect(commands.filter((command) => /^\S*etcd\S* .*--name m1 /.test(command))).toHaveLength(1);
    expect(commands.filter((command) => /^\S*toxiproxy\S* -host /.test(command))).toHaveLength(1);
    expect(readdirSync(temporary)).toHaveLength(1);
    await cluster.close();
    expectNothingLeft();
  });

  it('may be closed twice, and when a member is stopped or paused', async () => {
    const cluster = await startRealCluster({ ...options, members: ['m1', 'm2', 'm3'] });
    await cluster.world.stopMember('m1');
    await cluster.world.pauseMember('m2');
    await Promise.all([cluster.close(), cluster.close()]);
    await cluster.close();
    expectNothingLeft();
  });

  it('leaves nothing when etcd ends while it starts, and reports etcd’s message', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'etcd-sim-test-bin-'));
    const path = join(bin, 'etcd');
    writeFileSync(
      path,
      '#!/bin/sh\ncase $1 in --version) echo "etcd Version: 3.6.0" ;; *) echo "disk on fire"; exit 1 ;; esac\n',
    );
    chmodSync(path, 0o755);
    const start = startRealCluster({ ...options, env: { ...process.env, SIM_ETCD_BIN: path } });
    const failure = await start.then(
      () => undefined,
      (error: unknown) => error,
    );
    rmSync(bin, { recursive: true });
    expect(failure).toBeInstanceOf(EnvironmentError);
    expect(failure).toHaveProperty('message', 'etcd member m1 ended: disk on fire');
    expectNothingLeft();
  });

  it('leaves nothing when its start is aborted, and rejects with the reason', async () => {
    const interrupt = new AbortController();
    const start = startRealCluster({
      ...options,
      signal: interrupt.signal,
      progress: () => interrupt.abort(new Error('interrupted')),
    });
    await expect(start).rejects.toThrow('interrupted');
    expectNothingLeft();
  });

  it.each([
    ['SIGINT', ''],
    ['SIGTERM', 'cluster.world.pauseMember("m1");'],
    ['SIGKILL', ''],
  ] as const)('leaves nothing when its process dies from %s', async (signal, then) => {
    const child = await startClusterInChild(temporary, then);
    const started = descendants(child.pid).map(({ pid }) => pid);
    expect(started.length).toBeGreaterThanOrEqual(2);
    await child.end(signal);
    const gone = await eventually('everything is gone', () =>
      !started.some(isRunning) && readdirSync(temporary).length === 0 ? true : undefined,
    );
    expect(gone).toBe(true);
  });
});
