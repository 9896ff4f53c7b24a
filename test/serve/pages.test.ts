/** The answers of an unhealthy member to probes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCluster } from '../../sim/etcd/cluster.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import { VERSIONS, type EtcdVersion } from '../../sim/etcd/version.js';
import { Containment } from '../../sim/serve/containment.js';
import { pagesOf } from '../../sim/serve/pages.js';
import { RealHost } from '../../sim/serve/real-host.js';
import { loudly } from './support/loudly.js';

let host: RealHost;
let cluster: EtcdCluster;
let server: Server;

async function start(version: EtcdVersion = '3.6'): Promise<void> {
  cluster = createCluster({ members: ['m1'], host, version });
  const [member] = cluster.members;
  if (member === undefined) throw new Error('no member');
  server = createServer(pagesOf(member, VERSIONS[version], new Containment(loudly))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
}

beforeEach(() => {
  host = new RealHost();
});
afterEach(() => {
  server.close();
  cluster.close();
  host.close();
});

async function get(path: string): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  return [response.status, await response.text()];
}

describe('a probe', () => {
  it('sees an alarm, unless it excludes it', async () => {
    await start();
    cluster.raiseAlarm('m1', 'NOSPACE');
    expect(await get('/health')).toEqual([503, '{"health":"false","reason":"ALARM NOSPACE"}\n']);
    expect(await get('/health?exclude=NOSPACE')).toEqual([200, '{"health":"true","reason":""}']);
    expect(await get('/readyz')).toEqual([200, 'ok\n']);
  });

  it('learns that a member whose data may be corrupt is not ready', async () => {
    await start();
    cluster.raiseAlarm('m1', 'CORRUPT');
    const [status, body] = await get('/readyz');
    expect(status).toBe(503);
    expect(body).toContain('[-]data_corruption failed: alarm activated: CORRUPT\n');
  });

  it('finds less in 3.4', async () => {
    await start('3.4');
    expect(await get('/health')).toEqual([200, '{"health":"true"}']);
    expect(await get('/livez')).toEqual([404, '404 page not found\n']);
    expect(await get('/version')).toEqual([200, '{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}']);
  });
});
