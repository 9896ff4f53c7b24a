/** The recipes where authentication is on and their token is no longer valid, and nothing else asks for another. */
import { Etcd3, GRPCInvalidArgumentError } from 'etcd3';
import { expect, it } from 'vitest';
import { credentialsOf, enableAuthentication, expireTokens, ROOT } from '../../sim/backend/authentication.js';
import { Queue, Session } from '../../src/index.js';
import { isTransient } from '../../src/errors.js';
import { inSimulation, type SimulatedEtcd } from './in-simulation.js';

/** Runs `body` with a client of n1 and a way to make its tokens void. */
function loggedIn<T>(
  body: (client: Etcd3, expire: () => Promise<void>, etcd: SimulatedEtcd) => Promise<T>,
): Promise<T> {
  return inSimulation(async (etcd) => {
    await enableAuthentication(etcd.client(), ['n1']);
    const root = new Etcd3({ ...etcd.options('test'), auth: ROOT });
    const client = new Etcd3({ ...etcd.options('n1'), auth: credentialsOf('n1') });
    const end = await etcd.as('n1', () => body(client, () => expireTokens(root, 'n1'), etcd));
    client.close();
    root.close();
    return end;
  });
}

it('a session continues when the token of its renewals is refused', async () => {
  const alive = await loggedIn(async (client, expire, etcd) => {
    const session = await Session.open(client.namespace('run/'), { ttlSeconds: 5 });
    await etcd.passes(4000);
    await expire();
    await etcd.passes(30_000);
    return session.alive;
  });
  expect(alive).toBe(true);
});

it('a consumer that waits is given what comes after its token was refused', async () => {
  const value = await loggedIn(async (client, expire, etcd) => {
    const queue = new Queue(client.namespace('run/'), 'jobs');
    const waiting = queue.dequeue();
    await etcd.passes(100);
    await expire();
    etcd.network.link('n1', 'm1').connection.reset();
    await etcd.passes(1000);
    const writer = new Etcd3({ ...etcd.options('n1'), auth: credentialsOf('n1') });
    await new Queue(writer.namespace('run/'), 'jobs').enqueue('first');
    const { value: taken } = await waiting;
    await queue.close();
    writer.close();
    return taken;
  });
  expect(value).toBe('first');
});

it('a request that met a change of users may be sent again, and one that makes no sense may not', () => {
  const old = '3 INVALID_ARGUMENT: etcdserver: revision of auth store is old';
  expect(isTransient(new GRPCInvalidArgumentError(old))).toBe(true);
  expect(
    isTransient(new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: etcdserver: key is not provided')),
  ).toBe(false);
});
