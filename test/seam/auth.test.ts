/**
 * The real etcd3 client with a user and a password: where it gets its token, and what it does without a valid
 * one.
 */
import { createHook } from 'node:async_hooks';
import net from 'node:net';
import channelModule from '@grpc/grpc-js/build/src/channel.js';
import { Etcd3, EtcdAuthenticationFailedError, EtcdPermissionDeniedError, Range } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { hostOf } from '../../sim/backend/simulated.js';
import { Engine, type NodeError } from '../../sim/engine/engine.js';
import type { VirtualNode } from '../../sim/engine/node.js';
import { createCluster } from '../../sim/etcd/cluster.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import { Network } from '../../sim/network/network.js';
import { sleep } from './world.js';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface World {
  readonly cluster: EtcdCluster;
  readonly network: Network;
  /** Runs code as a node, with a client of its own. */
  as<T>(name: string, auth: Credentials | undefined, code: (client: Etcd3) => Promise<T>): Promise<T>;
  /** Calls begun to get a token. */
  logins(): number;
}

interface End<T> {
  readonly value: T;
  readonly hash: string;
  readonly nodeErrors: readonly NodeError[];
}

const ROOT = { username: 'root', password: 'secret' };
const ALICE = { username: 'alice', password: 'one' };

/** Runs `main` in a world with three members; rejects with the error of `main`. */
async function inWorld<T>(main: (world: World) => Promise<T>, seed = 'auth'): Promise<End<T>> {
  const engine = new Engine({ seed, budget: { maxEvents: 1_000_000, maxVirtualTimeMs: 3_600_000 } });
  const cluster = createCluster({ members: ['m1', 'm2', 'm3'], host: hostOf(engine) });
  const network = new Network(engine, cluster, { oneWayDelayMinUs: 500, oneWayDelayMaxUs: 1500 });
  const nodes = new Map<string, VirtualNode>();
  let logins = 0;
  const nodeOf = (name: string): VirtualNode => {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const node = engine.node(name);
    nodes.set(name, node);
    network.join(node);
    for (const member of cluster.members) {
      network.link(name, member.name).addRule(({ direction, method }) => {
        if (direction === 'request' && method.endsWith('/Authenticate')) logins++;
        return { kind: 'pass' };
      });
    }
    return node;
  };
  const world: World = {
    cluster,
    network,
    logins: () => logins,
    as(name, auth, code) {
      const node = nodeOf(name);
      return node.run(() => {
        const client = new Etcd3({
          hosts: network.hosts,
          grpcOptions: network.grpcOptions(node),
          ...(auth === undefined ? {} : { auth }),
        });
        return code(client);
      });
    },
  };
  const end = await engine.run(nodeOf('test'), () => main(world));
  cluster.close();
  if (end.kind === 'failed') throw end.error;
  if (end.kind !== 'completed') throw new Error(`the run ended ${JSON.stringify(end)}`);
  return { value: end.value, hash: engine.trace.digest(), nodeErrors: engine.nodeErrors };
}

/** Root, and alice, who may do everything below `alice/`. */
function enableAuth({ as }: World): Promise<void> {
  return as('setup', undefined, async (client) => {
    await client.user(ROOT.username).create(ROOT.password);
    await client.user(ROOT.username).addRole('root');
    await client.role('own').create();
    await client.role('own').grant({ permission: 'Readwrite', range: Range.prefix('alice/') });
    await client.user(ALICE.username).create(ALICE.password);
    await client.user(ALICE.username).addRole('own');
    await client.auth.authEnable();
  });
}

function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('etcd3 with a user and a password', () => {
  it('gets a token over the simulated network, once for all its calls', async () => {
    const { value } = await inWorld(async (world) => {
      await enableAuth(world);
      return world.as('alice', ALICE, async (client) => {
        await client.put('alice/a').value('1');
        const watcher = await client.watch().prefix('alice/').create();
        const seen: string[] = [];
        watcher.on('put', ({ value: next }) => seen.push(next.toString()));
        await client.put('alice/a').value('2');
        const lease = client.lease(10);
        await lease.put('alice/b').value('3');
        await sleep(60_000);
        return { seen, held: await client.get('alice/b').string(), logins: world.logins() };
      });
    });
    expect(value).toEqual({ seen: ['2', '3'], held: '3', logins: 1 });
  });

  it('gets an error for a forbidden request', async () => {
    const { value } = await inWorld(async (world) => {
      await enableAuth(world);
      return world.as('alice', ALICE, (client) => errorOf(client.put('bob/a').value('1').exec()));
    });
    expect(value).toBeInstanceOf(EtcdPermissionDeniedError);
  });

  it('is refused with a wrong password', async () => {
    const { value } = await inWorld(async (world) => {
      await enableAuth(world);
      return world.as('mallory', { ...ALICE, password: 'two' }, (client) =>
        errorOf(client.get('alice/a').exec()),
      );
    });
    expect(value).toBeInstanceOf(EtcdAuthenticationFailedError);
  });

  it('gets another token when its own has expired', async () => {
    const { value } = await inWorld(async (world) => {
      await enableAuth(world);
      return world.as('alice', ALICE, async (client) => {
        await client.put('alice/a').value('1');
        const counts = [world.logins()];
        // Every use of a token renews it at the asked member, and the client uses all three.
        for (let minute = 0; minute < 20; minute++) {
          await sleep(60_000);
          for (let call = 0; call < 12; call++) await client.get('alice/a').exec();
        }
        counts.push(world.logins());
        await sleep(302_000);
        await client.put('alice/a').value('2');
        return [...counts, world.logins()];
      });
    });
    expect(value).toEqual([1, 1, 2]);
  });

  it('gets another token when the members that knew its own were restarted', async () => {
    const { value } = await inWorld(async (world) => {
      await enableAuth(world);
      return world.as('alice', ALICE, async (client) => {
        await client.put('alice/a').value('1');
        const before = world.logins();
        for (const { name } of world.cluster.members) {
          world.cluster.stopMember(name);
          world.network.resetMember(name);
          world.cluster.startMember(name);
          await sleep(10_000);
        }
        await client.put('alice/a').value('2');
        return [await client.get('alice/a').string(), world.logins() - before];
      });
    });
    expect(value).toEqual(['2', 1]);
  });

  it('waits for itself for ever when its circuit breaker probes with an invalid token', async () => {
    const { value } = await inWorld(async (world) => {
      await enableAuth(world);
      return world.as('alice', ALICE, async () => {
        const one = { hosts: world.network.hosts[0] ?? '', auth: ALICE };
        const client = new Etcd3(one);
        await client.put('alice/a').value('1');
        const remove = world.network.link('alice', 'm1').addRule(() => ({ kind: 'cut' }));
        for (let call = 0; call < 4; call++) await errorOf(client.get('alice/a').exec());
        remove();
        // Longer than the breaker is open, and than the token's lifetime.
        await sleep(302_000);
        const late = sleep(60_000).then(() => 'no answer');
        const asked = [client, new Etcd3(one)];
        return Promise.all(asked.map((each) => Promise.race([each.get('alice/a').string(), late])));
      });
    });
    expect(value).toEqual(['no answer', '1']);
  });

  it('does the same again with the same seed, to the byte', async () => {
    const main = async (world: World): Promise<void> => {
      await enableAuth(world);
      await world.as('alice', ALICE, async (client) => {
        await client.put('alice/a').value('1');
        await sleep(302_000);
        await client.put('alice/a').value('2');
        world.cluster.stopMember('m1');
        world.network.resetMember('m1');
        world.cluster.startMember('m1');
        await sleep(10_000);
        for (let call = 0; call < 10; call++) await errorOf(client.get('bob/a').exec());
      });
      await world.as('mallory', { ...ALICE, password: 'two' }, (client) => errorOf(client.get('a').exec()));
    };
    const [first, again, other] = [await inWorld(main), await inWorld(main), await inWorld(main, 'other')];
    expect(again.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
  });
});

describe('the real network', () => {
  it('hears nothing of a node', async () => {
    const sockets: string[] = [];
    const hook = createHook({
      init(_id, type) {
        if (/^(TCP|PIPE)(CONNECT)?WRAP$|^GETADDRINFOREQWRAP$|^HTTP2SESSION$/.test(type)) sockets.push(type);
      },
    }).enable();
    try {
      await inWorld(async (world) => {
        await enableAuth(world);
        await world.as('alice', ALICE, (client) => client.put('alice/a').value('1').exec());
      });
    } finally {
      hook.disable();
    }
    expect(sockets).toEqual([]);
  });

  it('is refused to a node, and the run reports it', async () => {
    const escaped = inWorld(({ as }) =>
      as('node', undefined, async () => {
        net.connect(2379, '127.0.0.1');
      }),
    );
    await expect(escaped).rejects.toMatchObject({ node: 'node', called: 'net.Socket.connect' });
  });

  it('is out of reach for a channel of a node without a simulated network', async () => {
    const engine = new Engine({ seed: 'lonely', budget: { maxEvents: 1000, maxVirtualTimeMs: 10_000 } });
    const lonely = engine.node('lonely');
    const end = await engine.run(lonely, () => {
      const client = new Etcd3({ hosts: 'http://m1:2379' });
      return errorOf(client.get('a').exec());
    });
    const error = { message: 'lonely opened a channel to m1:2379, but has no simulated network' };
    expect(end).toMatchObject({ kind: 'completed', value: error });
    expect(engine.nodeErrors).toMatchObject([{ node: 'lonely', error }]);
  });

  it('has its channels and sockets back after a run, even after one that threw', async () => {
    const { ChannelImplementation } = channelModule;
    const { connect } = net.Socket.prototype;
    const failure = new Error('on purpose');
    await expect(inWorld(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(channelModule.ChannelImplementation).toBe(ChannelImplementation);
    expect(net.Socket.prototype.connect).toBe(connect);
  });
});
