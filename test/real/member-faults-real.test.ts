/** The effect of a fault of a member on a real etcd: killed and restarted, paused and resumed. */
import { GRPCDeadlineExceededError } from 'etcd3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../sim/backend/real/cluster.js';
import { eventually } from '../eventually.js';
import { describeReal } from './available.js';
import { connect } from './support/client.js';
import { descendants } from './support/processes.js';

function etcdProcesses(): number {
  return descendants(process.pid).filter(({ command }) => command.includes('--data-dir')).length;
}

describeReal('a fault of a member', () => {
  let cluster: RealCluster;

  beforeAll(async () => {
    cluster = await startRealCluster({ nodes: ['n1', 'n2'], members: ['m1'], progress: () => undefined });
  });
  afterAll(() => cluster.close());

  async function withClient<T>(
    hosts: string[],
    body: (client: ReturnType<typeof connect>) => Promise<T>,
    deadlineMs?: number,
  ): Promise<T> {
    const client = connect(hosts, deadlineMs);
    try {
      return await body(client);
    } finally {
      client.close();
    }
  }

  it('that kills it cuts its connections and keeps its data', async () => {
    await withClient(cluster.hosts('n1'), async (client) => {
      await client.put('kept').value('yes');
      const hits = cluster.measure(undefined, 'm1');
      await cluster.world.stopMember('m1');
      await expect(client.get('kept').exec()).rejects.toThrow();
      await cluster.world.startMember('m1');
      await cluster.ready();
      expect(hits()).toBeGreaterThanOrEqual(1);
    });
    const value = await withClient(cluster.hosts('n1'), (client) => client.get('kept').string());
    expect(value).toBe('yes');
  });

  it('starts it again only when the last of two overlapping restarts ends', async () => {
    await cluster.world.stopMember('m1');
    await cluster.world.stopMember('m1');
    await cluster.world.startMember('m1');
    expect(etcdProcesses()).toBe(0);
    await cluster.world.startMember('m1');
    expect(etcdProcesses()).toBe(1);
    await cluster.ready();
  });

  it('that pauses it leaves its connections open and unanswered until it resumes', async () => {
    await withClient(
      cluster.hosts('n2'),
      async (client) => {
        await client.get('kept').exec();
        await cluster.world.pauseMember('m1');
        await expect(client.get('kept').exec()).rejects.toBeInstanceOf(GRPCDeadlineExceededError);
        expect(cluster.traffic('n2', 'm1').open).toBe(1);
      },
      1_000,
    );
    await cluster.world.resumeMember('m1');
    await cluster.ready();
  });

  it('of one of three members leaves the other two working', async () => {
    const three = await startRealCluster({
      nodes: ['n1'],
      members: ['m1', 'm2', 'm3'],
      progress: () => undefined,
    });
    try {
      await three.world.stopMember('m2');
      const [first = '', , third = ''] = three.observerHosts;
      // If it was the leader, requests that the others still forward to it are lost, and they elect another.
      const written = await withClient(
        [first],
        (client) =>
          eventually('the others take a write', () =>
            client
              .put('shared')
              .value('yes')
              .exec()
              .then(
                () => true,
                () => undefined,
              ),
          ),
        1_000,
      );
      expect(written).toBe(true);
      expect(await withClient([third], (client) => client.get('shared').string())).toBe('yes');
      await three.world.startMember('m2');
      await three.ready();
    } finally {
      await three.close();
    }
  });

  it.each([
    { isLost: true, asLearner: true },
    { isLost: false, asLearner: false },
  ])('that replaces one of three puts another at its address (%o)', async (how) => {
    const members = ['m1', 'm2', 'm3'];
    const three = await startRealCluster({ nodes: ['n1'], members, progress: () => undefined });
    let hasDied = false;
    three.died.catch(() => (hasDied = true));
    const through = three.hosts('n1')[1] ?? '';
    const idOf = (client: ReturnType<typeof connect>) =>
      client.maintenance.status().then(({ header }) => header.member_id);
    try {
      const before = await withClient([through], async (client) => {
        await client.put('kept').value('yes');
        return idOf(client);
      });
      const add = await three.world.replaceMember('m2', how);
      await expect(three.world.replaceMember('m1', how)).rejects.toThrow(/another member/);
      await add();
      await three.ready();
      await withClient([through], async (client) => {
        expect(await client.get('kept').string()).toBe('yes');
        expect(await idOf(client)).not.toBe(before);
      });
      expect(hasDied).toBe(false);
    } finally {
      await three.close();
    }
  });
});
