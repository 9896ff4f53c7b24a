/** `serveEtcd` with several members: each at its own port, which follows every action on the member. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MEMBER_LIST_RESPONSE } from '../../sim/etcd/wire/cluster.js';
import { PUT_REQUEST, RANGE_REQUEST, RANGE_RESPONSE } from '../../sim/etcd/wire/kv.js';
import { serveEtcd, type ServedEtcd, type ServeOptions } from '../../sim/serve/serve.js';
import { root } from '../architecture/sources.js';
import { RawClient } from './support/raw-client.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

async function serve(options: ServeOptions = { members: 3 }): Promise<ServedEtcd> {
  const served = await serveEtcd(options);
  cleanups.push(() => served.close());
  return served;
}

function clientOf(served: ServedEtcd, member: string): RawClient {
  const client = new RawClient(served.endpoints[served.members.indexOf(member)] ?? '');
  cleanups.push(() => client.close());
  return client;
}

/** The members, the leader first. */
function byRole(served: ServedEtcd): readonly [leader: string, one: string, two: string] {
  const { leader = '' } = served;
  const [one = '', two = ''] = served.members.filter((name) => name !== leader);
  return [leader, one, two];
}

const put = (key: string) => ['/etcdserverpb.KV/Put', PUT_REQUEST.encode({ key, value: key })] as const;
const read = (key: string, serializable = false) =>
  ['/etcdserverpb.KV/Range', RANGE_REQUEST.encode({ key, serializable })] as const;

/** The fate of a new connection. */
function knock(endpoint: string): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve('open');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe('an etcd of three members', () => {
  it('serves the same data at three ports, and reports their addresses', async () => {
    const served = await serve();
    expect(served.members).toEqual(['m1', 'm2', 'm3']);
    expect(new Set(served.endpoints).size).toBe(3);
    await clientOf(served, 'm1').call(...put('key'));
    const { message } = await clientOf(served, 'm2').call(...read('key'));
    expect(RANGE_RESPONSE.decode(message ?? new Uint8Array()).count).toBe(1);
    const list = await clientOf(served, 'm3').call('/etcdserverpb.Cluster/MemberList');
    const { members } = MEMBER_LIST_RESPONSE.decode(list.message ?? new Uint8Array());
    expect(members.flatMap(({ clientURLs }) => clientURLs).sort()).toEqual([...served.endpoints].sort());
  });

  it('refuses connections at the port of a stopped member, and accepts them again at the same port', async () => {
    const served = await serve();
    const [, one] = byRole(served);
    const endpoint = served.endpoints[served.members.indexOf(one)] ?? '';
    await clientOf(served, one).call(...put('kept'));
    await served.stopMember(one);
    expect(served.isRunning(one)).toBe(false);
    expect(await knock(endpoint)).toBe('ECONNREFUSED');
    await served.startMember(one);
    expect(await knock(endpoint)).toBe('open');
    expect(await clientOf(served, one).call(...read('kept'))).toMatchObject({ code: 0 });
  });

  it('ends the streams of a stopped member', async () => {
    const served = await serve();
    const [leader] = byRole(served);
    const stream = clientOf(served, leader).open('/etcdserverpb.Watch/Watch');
    const ended = new Promise<{ code: number }>((resolve) => stream.once('status', resolve));
    await clientOf(served, leader).call(...read('any'));
    await served.stopMember(leader);
    expect(await ended).toMatchObject({ code: 14 });
  });

  it('answers nothing at a paused member, to clients old and new, until it resumes', async () => {
    const served = await serve();
    const [, one, two] = byRole(served);
    const old = clientOf(served, one);
    await old.call(...read('any'));
    served.pauseMember(one);
    const answers: string[] = [];
    const asked = [old, clientOf(served, one)].map(async (client, index) => {
      const { code } = await client.call(...read('any'));
      answers.push(`${index}: ${code}`);
    });
    // The others still answer.
    expect(await clientOf(served, two).call(...put('meanwhile'))).toMatchObject({ code: 0 });
    expect(answers).toEqual([]);
    served.resumeMember(one);
    await Promise.all(asked);
    expect(answers.sort()).toEqual(['0: 0', '1: 0']);
  });

  it('lets a member that is cut off serve old data', async () => {
    const served = await serve();
    const [leader, one, two] = byRole(served);
    const alone = clientOf(served, one);
    for (const other of [leader, two]) served.disconnectMembers(one, other);
    await clientOf(served, leader).call(...put('new'));
    const { message } = await alone.call(...read('new', true));
    expect(RANGE_RESPONSE.decode(message ?? new Uint8Array()).count).toBe(0);
    for (const other of [leader, two]) served.reconnectMembers(one, other);
    expect(await alone.call(...read('new'))).toMatchObject({ code: 0 });
  });

  it('passes leadership on', async () => {
    const served = await serve();
    const [, one] = byRole(served);
    expect(served.moveLeader(one)).toBe(true);
    expect(served.leader).toBe(one);
  });

  it('frees its ports when it is closed, in any state of its members', async () => {
    const served = await serve();
    const [leader, one] = byRole(served);
    await served.stopMember(leader);
    served.pauseMember(one);
    await knock(served.endpoints[served.members.indexOf(one)] ?? '');
    await served.close();
    const met = await Promise.all(served.endpoints.map(knock));
    expect(met).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED']);
  });

  it('rejects an unknown member', async () => {
    const served = await serve();
    await expect(served.stopMember('m4')).rejects.toThrow('expected one of the members m1, m2, m3, got m4');
  });

  it.each<[ServeOptions, string]>([
    [{ members: 3, listen: '127.0.0.1:0,127.0.0.1:0' }, 'expected one address, or one per member (3), got 2'],
    [{ members: 0 }, 'members: expected a whole number from 1 to 9, got 0'],
    [
      { members: 3, listen: '127.0.0.1:0,nowhere,127.0.0.1:0' },
      'expected HOST:PORT to listen on, got nowhere',
    ],
  ])('cannot be started with %j', async (options, message) => {
    await expect(serve(options)).rejects.toThrow(message);
  });

  it('uses the given addresses', async () => {
    const served = await serve({ members: 3, listen: '127.0.0.1:0,127.0.0.1:0,127.0.0.1:0' });
    const { host } = new URL(served.endpoints[0] ?? '');
    await served.close();
    const again = await serve({ members: 3, listen: host });
    expect(again.endpoints[0]).toBe(`http://${host}`);
  });
});

it('docs/serve.md shows an example that runs', () => {
  const example = path.join(root, 'docs/examples/served-cluster/leader-loss.mjs');
  expect(readFileSync(path.join(root, 'docs/serve.md'), 'utf8')).toContain(readFileSync(example, 'utf8'));
  execFileSync(process.execPath, [example], { encoding: 'utf8' });
});
