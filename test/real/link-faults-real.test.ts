/** The effect of a fault on a link on a real client of a real etcd behind a real Toxiproxy. */
import { connect as connectTo } from 'node:net';
import { GRPCDeadlineExceededError, GRPCUnavailableError, type Etcd3 } from 'etcd3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../sim/backend/real/cluster.js';
import type { Toxic } from '../../sim/faults/fault.js';
import { kindOf, type Fault } from '../../sim/faults/index.js';
import { eventually } from '../eventually.js';
import { describeReal } from './available.js';
import { connect } from './support/client.js';
import { bytesOf, toxicsOf } from './support/toxiproxy-accounts.js';

const blackhole = (stream: Toxic['stream']): Toxic => ({
  type: 'timeout',
  stream,
  attributes: { timeout: 0 },
});

describeReal('a fault on a link', () => {
  let cluster: RealCluster;
  let client: Etcd3;

  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: ['n1', 'n2', 'n3', 'n4'],
      members: ['m1'],
      progress: () => undefined,
    });
  });
  afterAll(() => cluster.close());
  beforeEach(async () => {
    client = connect(cluster.hosts('n1'));
    await client.put('key').value('before');
  });
  afterEach(async () => {
    client.close();
    // A connection that is still closing would count as hit by the next test's fault.
    await eventually('the connection closes', () =>
      cluster.traffic('n1', 'm1').open === 0 ? true : undefined,
    );
  });

  it('by latency delays messages, on this link only, until it ends', async () => {
    const hits = cluster.measure('n1', 'm1');
    const remove = await cluster.world.addToxic('n1', 'm1', {
      type: 'latency',
      stream: 'upstream',
      attributes: { latency: 200, jitter: 0 },
    });
    expect(await toxicsOf(cluster.toxiproxy, 'n1-m1')).toEqual([
      expect.objectContaining({ type: 'latency', stream: 'upstream', toxicity: 1 }),
    ]);
    expect(await toxicsOf(cluster.toxiproxy, 'n2-m1')).toEqual([]);
    const startedMs = performance.now();
    await client.put('key').value('slow');
    // Independent of speed: the toxic holds every byte this long, and a timer may be early by one
    // millisecond.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(199);
    await remove();
    expect(hits()).toBe(1);
    expect(await toxicsOf(cluster.toxiproxy, 'n1-m1')).toEqual([]);
  });

  it('that resets the connection ends a call in flight with UNAVAILABLE, and the next call connects anew', async () => {
    const remove = await cluster.world.addToxic('n1', 'm1', blackhole('upstream'));
    const { bytesSent } = cluster.traffic('n1', 'm1');
    const call = client.put('key').value('in flight').exec();
    const outcome = expect(call).rejects.toBeInstanceOf(GRPCUnavailableError);
    await eventually('the request is sent', () =>
      cluster.traffic('n1', 'm1').bytesSent > bytesSent ? true : undefined,
    );
    const hits = cluster.measure('n1', 'm1');
    await cluster.world.resetConnections('n1', 'm1');
    expect(hits()).toBe(1);
    await outcome;
    await remove();
    expect(await client.get('key').string()).toBe('before');
  });

  it('that resets the connection does not touch the connection of another node', async () => {
    const other = connect(cluster.hosts('n2'));
    try {
      await other.get('key').string();
      await cluster.world.resetConnections('n1', 'm1');
      expect(cluster.traffic('n2', 'm1').open).toBe(1);
    } finally {
      other.close();
    }
  });

  it('that loses requests keeps them from etcd, and the link heals', async () => {
    const remove = await cluster.world.addToxic('n2', 'm1', blackhole('upstream'));
    const hasty = connect(cluster.hosts('n2'), 500);
    try {
      await expect(hasty.put('key').value('lost').exec()).rejects.toBeInstanceOf(GRPCDeadlineExceededError);
    } finally {
      hasty.close();
    }
    await remove();
    await cluster.world.resetConnections('n2', 'm1');
    const healed = connect(cluster.hosts('n2'));
    try {
      expect(await healed.get('key').string()).toBe('before');
    } finally {
      healed.close();
    }
    // Toxiproxy counts the bytes of a connection when it has closed.
    const lost = await eventually('bytes are lost', async () => {
      const { received, sent } = await bytesOf(cluster.toxiproxy, 'n2-m1', 'upstream');
      return received > sent ? received - sent : undefined;
    });
    expect(lost).toBeGreaterThan(0);
  });

  it('that loses replies lets the request apply', async () => {
    const before = await client.get('key').exec();
    const hits = cluster.measure('n1', 'm1');
    const remove = await cluster.world.addToxic('n1', 'm1', blackhole('downstream'));
    const call = expect(client.put('key').value('applied').exec()).rejects.toBeInstanceOf(
      GRPCUnavailableError,
    );
    const observer = connect(cluster.observerHosts);
    try {
      const value = await eventually('the put is applied', async () =>
        (await observer.get('key').string()) === 'applied' ? true : undefined,
      );
      expect(value).toBe(true);
    } finally {
      observer.close();
    }
    await remove();
    await cluster.world.resetConnections('n1', 'm1');
    await call;
    expect(hits()).toBe(1);
    const after = await client.get('key').exec();
    expect(Number(after.header.revision)).toBe(Number(before.header.revision) + 1);
  });

  const between = { node: 'n1', member: 'm1', atMs: 0, durationMs: 0 } as const;
  const toxic: readonly {
    readonly fault: Fault;
    readonly type: Toxic['type'];
    readonly attributes: object;
  }[] = [
    {
      fault: { kind: 'bandwidth', ...between, kilobytesPerSecond: 20 },
      ...{ type: 'bandwidth', attributes: { rate: 20 } },
    },
    {
      fault: { kind: 'message-sliced', ...between, sliceBytes: 40, gapUs: 500 },
      ...{ type: 'slicer', attributes: { average_size: 40, size_variation: 10, delay: 500 } },
    },
    {
      fault: { kind: 'slow-close', ...between, byMs: 50 },
      ...{ type: 'slow_close', attributes: { delay: 50 } },
    },
    {
      fault: { kind: 'message-truncated', ...between, direction: 'reply', afterBytes: 100 },
      ...{ type: 'limit_data', attributes: { bytes: 100 } },
    },
  ];
  it.each(toxic)(
    'of kind $fault.kind is a toxic of $type until it ends, and then all is well',
    async ({ fault, type, attributes }) => {
      const world = { ...cluster.world, operate: () => Promise.resolve(), hit: () => undefined };
      const active = await kindOf(fault).impose?.(fault, world);
      const toxics = await toxicsOf(cluster.toxiproxy, 'n1-m1');
      expect(toxics.length).toBeGreaterThanOrEqual(1);
      for (const found of toxics) expect(found).toMatchObject({ type, attributes, toxicity: 1 });
      // Whether it gets through depends on the kind; that it ends does not.
      const during = client.put('key').value('x'.repeat(500)).exec();
      await during.catch(() => undefined);
      await active?.end();
      expect(await toxicsOf(cluster.toxiproxy, 'n1-m1')).toEqual([]);
      const other = connect(cluster.hosts('n1'));
      try {
        await other.put('key').value('after');
        expect(await other.get('key').string()).toBe('after');
      } finally {
        other.close();
      }
    },
  );

  it('does not hit an unused link', async () => {
    const hits = cluster.measure('n4', 'm1');
    const remove = await cluster.world.addToxic('n4', 'm1', blackhole('upstream'));
    await remove();
    await cluster.world.resetConnections('n4', 'm1');
    expect(hits()).toBe(0);
  });

  it('is counted at the sockets as Toxiproxy finally counts it', async () => {
    const third = connect(cluster.hosts('n3'));
    try {
      for (let count = 0; count < 20; count++) await third.put('key').value(`${count}`);
      const before = cluster.traffic('n3', 'm1');
      expect(before.open).toBe(1);
      await cluster.world.resetConnections('n3', 'm1');
      const account = await eventually('Toxiproxy adds up', async () => {
        const { received } = await bytesOf(cluster.toxiproxy, 'n3-m1', 'upstream');
        return received > 0 ? received : undefined;
      });
      // Between the two readings an answer to a ping may have passed.
      expect(account).toBeGreaterThanOrEqual(before.bytesSent);
      expect(account).toBeLessThanOrEqual(cluster.traffic('n3', 'm1').bytesSent);
    } finally {
      third.close();
    }
  });

  it('that ends below another one, while connections close, leaves Toxiproxy alive', async () => {
    const port = Number(new URL(cluster.hosts('n4')[0] ?? '').port);
    let isOver = false;
    const comeAndGo = async (): Promise<void> => {
      while (!isOver) {
        const socket = connectTo(port, '127.0.0.1');
        socket.on('error', () => undefined);
        for (let part = 0; part < 5; part++) socket.write('x'.repeat(1000));
        setTimeout(() => socket.resetAndDestroy(), 20);
        await new Promise((resolve) => socket.on('close', resolve));
      }
    };
    const comers = Array.from({ length: 40 }, comeAndGo);
    const end = async (toxic: Promise<() => Promise<void>>): Promise<void> => (await toxic)();
    for (let round = 0; round < 60; round++) {
      const stream = round % 2 === 0 ? 'upstream' : 'downstream';
      const slow = { type: 'latency', stream, attributes: { latency: 20, jitter: 5 } } as const;
      const below = [
        cluster.world.addToxic('n4', 'm1', slow),
        cluster.world.addToxic('n4', 'm1', blackhole(stream)),
      ];
      const last = cluster.world.addToxic('n4', 'm1', slow);
      await Promise.all(below.map(end));
      await end(last);
    }
    isOver = true;
    await Promise.all(comers);
    expect(await toxicsOf(cluster.toxiproxy, 'n4-m1')).toEqual([]);
  });
});
