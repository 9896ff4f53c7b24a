/** A real cluster over an etcd and a Toxiproxy that someone else runs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../sim/backend/real/cluster.js';
import { FaultRefused } from '../../sim/backend/real/world.js';
import { GIVEN_PROXY_PORTS } from '../../sim/backend/real/links.js';
import { ManagedProcess } from '../../sim/backend/real/managed-process.js';
import { freePorts } from '../../sim/backend/real/ports.js';
import { Reaper } from '../../sim/backend/real/reaper.js';
import { toxiproxyTool } from '../../sim/backend/real/tools.js';
import { eventually } from '../eventually.js';
import { describeReal } from './available.js';
import { provide } from './provide.js';
import { connect } from './support/client.js';
import { proxyNames } from './support/toxiproxy-accounts.js';

const base = { nodes: ['n1', 'n2'], members: ['m1'], progress: () => undefined };

describeReal('a cluster that is given', () => {
  let theirs: RealCluster;
  let given: { endpoints: string[]; toxiproxy: string | undefined };

  beforeAll(async () => {
    theirs = await startRealCluster({ ...base, nodes: ['x'] });
    given = { endpoints: theirs.observerHosts, toxiproxy: theirs.toxiproxy };
  });
  afterAll(() => theirs.close());

  it('is used through proxies of our own, which are gone when the run ends', async () => {
    const before = await proxyNames(theirs.toxiproxy);
    const ours = await startRealCluster({ ...base, ...given });
    try {
      const added = (await proxyNames(theirs.toxiproxy)).filter((name) => !before.includes(name));
      expect(added).toEqual([expect.stringMatching(/-n1-m1$/), expect.stringMatching(/-n2-m1$/)]);
      const ports = [...ours.hosts('n1'), ...ours.hosts('n2')].map((host) => Number(new URL(host).port));
      expect(Math.min(...ports)).toBeGreaterThanOrEqual(GIVEN_PROXY_PORTS.min);
      expect(Math.max(...ports)).toBeLessThanOrEqual(GIVEN_PROXY_PORTS.max);
      const client = connect(ours.hosts('n1'));
      await client.put('given').value('yes');
      client.close();
      expect(ours.traffic('n1', 'm1').connections).toBe(1);
      expect(ours.traffic('n2', 'm1').connections).toBe(0);
    } finally {
      await ours.close();
    }
    expect(await proxyNames(theirs.toxiproxy)).toEqual(before);
  });

  it('serves two runs at the same time', async () => {
    const before = await proxyNames(theirs.toxiproxy);
    const both = await Promise.all([
      startRealCluster({ ...base, ...given }),
      startRealCluster({ ...base, ...given }),
    ]);
    expect(new Set(both.flatMap((run) => [...run.hosts('n1'), ...run.hosts('n2')])).size).toBe(4);
    await Promise.all(both.map((run) => run.close()));
    expect(await proxyNames(theirs.toxiproxy)).toEqual(before);
  });

  it('refuses faults of its members and applies faults of its links', async () => {
    const ours = await startRealCluster({ ...base, ...given });
    try {
      await expect(ours.world.stopMember('m1')).rejects.toThrow(FaultRefused);
      await expect(ours.world.stopMember('m1')).rejects.toThrow(
        'm1 was given as an endpoint, so its process is not stopped',
      );
      await ours.world.resetConnections('n1', 'm1');
    } finally {
      await ours.close();
    }
  });

  it('may be an etcd alone, behind a Toxiproxy of our own', async () => {
    const ours = await startRealCluster({ ...base, endpoints: theirs.observerHosts });
    try {
      expect(ours.toxiproxy).not.toBe(theirs.toxiproxy);
      const client = connect(ours.hosts('n1'));
      await client.put('given').value('yes');
      client.close();
    } finally {
      await ours.close();
    }
  });

  it('can be reached without Toxiproxy, which refuses faults of links', async () => {
    const ours = await startRealCluster({ ...base, endpoints: theirs.observerHosts, withoutProxy: true });
    try {
      expect(ours.hosts('n1')).toEqual(theirs.observerHosts);
      await expect(ours.world.resetConnections('n1', 'm1')).rejects.toThrow(FaultRefused);
    } finally {
      await ours.close();
    }
  });
});

// All of 127.0.0.0/8 is loopback on Linux, so 127.0.0.2 can stand for a machine whose 127.0.0.1 is not ours.
describeReal('a Toxiproxy that does not share our loopback', () => {
  it.runIf(process.platform === 'linux')('is asked to listen on all its addresses', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'etcd-sim-test-'));
    const reaper = new Reaper(directory);
    const program = await provide(toxiproxyTool, () => undefined);
    const [port = 0] = await freePorts(1);
    const elsewhere = new ManagedProcess({
      path: program.kind === 'found' ? program.path : '',
      arguments: ['-host', '127.0.0.2', '-port', String(port)],
      env: {},
      logPath: join(directory, 'toxiproxy.log'),
      reaper,
    });
    const toxiproxy = `http://127.0.0.2:${port}`;
    try {
      await eventually('Toxiproxy answers', () =>
        fetch(`${toxiproxy}/version`).then(
          () => true,
          () => undefined,
        ),
      );
      const ours = await startRealCluster({ ...base, toxiproxy });
      const client = connect(ours.hosts('n1'));
      await client.put('given').value('yes');
      client.close();
      expect(new URL(ours.hosts('n1')[0] ?? '').hostname).toBe('127.0.0.2');
      await ours.close();
      expect(await proxyNames(toxiproxy)).toEqual([]);
    } finally {
      await elsewhere.kill();
      await reaper.close();
    }
  });
});

describe('a cluster with invalid parameters', () => {
  it('is refused when its endpoint does not answer', async () => {
    await expect(startRealCluster({ ...base, endpoints: ['http://127.0.0.1:9'] })).rejects.toThrow(
      /^etcd at http:\/\/127\.0\.0\.1:9 does not answer: .*ECONNREFUSED/,
    );
  });

  it('is refused when an endpoint is no address', async () => {
    await expect(startRealCluster({ ...base, endpoints: ['localhost:2379'] })).rejects.toThrow(
      'expected an endpoint such as http://127.0.0.1:2379, got "localhost:2379"',
    );
  });

  it('is refused when there are fewer endpoints than members', async () => {
    const endpoints = ['http://127.0.0.1:2379'];
    await expect(startRealCluster({ ...base, members: ['m1', 'm2', 'm3'], endpoints })).rejects.toThrow(
      'expected an endpoint for each of 3 members, got 1',
    );
  });
});

describeReal('a Toxiproxy that is given wrongly', () => {
  it('is refused when it does not answer', async () => {
    await expect(startRealCluster({ ...base, toxiproxy: 'http://127.0.0.1:9' })).rejects.toThrow(
      /^Toxiproxy at http:\/\/127\.0\.0\.1:9, asked for /,
    );
  });
});
