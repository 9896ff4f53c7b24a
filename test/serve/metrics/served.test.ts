/** The page of metrics at the ports of a served etcd. */
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { afterEach, expect, it } from 'vitest';
import { serveEtcd, type ServedEtcd, type ServeOptions } from '../../../sim/serve/serve.js';
import { Administrator } from '../../contract/support/administrator.js';
import { eventually } from '../../eventually.js';
import { RawEtcd } from '../../contract/support/raw-etcd.js';
import { parseMetrics, readMetrics } from './page.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: ServeOptions = {}): Promise<ServedEtcd> {
  const etcd = await serveEtcd(options);
  closers.push(() => etcd.close());
  return etcd;
}

function clientOf(host: string): RawEtcd {
  const client = new RawEtcd({ host, grpcOptions: { 'grpc.use_local_subchannel_pool': 1 } });
  closers.push(() => client.close());
  return client;
}

const HANDLED_PUT =
  'grpc_server_handled_total{grpc_code="OK",grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"}';

it('contains what etcdctl asks about the process', async () => {
  const { endpoints } = await serve();
  const { values } = await readMetrics(endpoints[0] ?? '');
  expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(values.get('process_cpu_seconds_total')).toBeGreaterThan(0);
});

it('is reached over HTTP/2 with TLS', async () => {
  const file = (name: string): string =>
    readFileSync(new URL(`../certificates/${name}`, import.meta.url), 'utf8');
  const certificate = file('localhost.pem');
  const { endpoints } = await serve({ tls: { certificate, key: file('localhost.key.pem') } });
  const session = connectHttp2(endpoints[0] ?? '', { ca: certificate, servername: 'localhost' });
  closers.push(() => session.destroy());
  const stream = session.request({ ':path': '/metrics' });
  let type: unknown;
  let text = '';
  stream.on('response', (headers) => (type = headers['content-type']));
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => stream.on('end', resolve));
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8; escaping=underscores');
  expect(parseMetrics(text).values.get('etcd_server_has_leader')).toBe(1);
});

it('counts calls at the port where they arrive, and their writes everywhere', async () => {
  const { endpoints } = await serve({ members: 3 });
  await clientOf(endpoints[0] ?? '').put('a', 'b');
  const pages = await Promise.all(
    endpoints.map((host) =>
      eventually('the put is there', async () => {
        const page = await readMetrics(host);
        return page.values.get('etcd_mvcc_put_total') === 1 ? page : undefined;
      }),
    ),
  );
  expect(pages.map(({ values }) => values.get(HANDLED_PUT))).toEqual([1, 0, 0]);
  const leaders = pages.map(({ values }) => values.get('etcd_server_is_leader') ?? 0);
  expect(leaders.reduce((sum, one) => sum + one)).toBe(1);
});

it('begins anew with the process of a member', async () => {
  const etcd = await serve();
  const [host = ''] = etcd.endpoints;
  await clientOf(host).put('a', 'b');
  await (await fetch(`${host}/health`)).text();
  const before = await readMetrics(host);
  expect([before.values.get(HANDLED_PUT), before.values.get('etcd_server_health_success')]).toEqual([1, 1]);
  await etcd.stopMember('default');
  await etcd.startMember('default');
  const after = await readMetrics(host);
  expect([
    after.values.get(HANDLED_PUT),
    after.values.get('etcd_server_health_success'),
    after.values.get('etcd_mvcc_put_total'),
    after.values.get('etcd_debugging_mvcc_keys_total'),
  ]).toEqual([0, 0, 0, 1]);
});

it('waits with a paused member', async () => {
  const etcd = await serve();
  const [host = ''] = etcd.endpoints;
  await readMetrics(host);
  etcd.pauseMember('default');
  let isThere = false;
  const page = readMetrics(host).then((read) => {
    isThere = true;
    return read;
  });
  // Another etcd answers another connection in the meantime.
  await readMetrics((await serve()).endpoints[0] ?? '');
  expect(isThere).toBe(false);
  etcd.resumeMember('default');
  expect((await page).values.get('etcd_server_has_leader')).toBe(1);
});

it('shows a learner, its snapshot, and its promotion', async () => {
  const etcd = await serve();
  const [host = ''] = etcd.endpoints;
  const client = clientOf(host);
  const administrator = new Administrator(client);
  const { member } = await administrator.addMember(['http://second:2380'], true);
  const id = member?.ID ?? 0n;
  await administrator.promoteMember(id).catch(() => undefined);
  await etcd.startMember('second');
  const [, second = ''] = etcd.endpoints;
  const learning = await eventually('it serves', async () => {
    const { values } = await readMetrics(second);
    return values.get('etcd_server_is_learner') === 1 ? values : undefined;
  });
  const leader = (await readMetrics(host)).values;
  const leaderId = /server_id="(\w+)"/.exec(
    [...leader.keys()].find((name) => name.startsWith('etcd_server_id')) ?? '',
  );
  expect(leader.get(`etcd_network_snapshot_send_success{To="${id.toString(16)}"}`)).toBe(1);
  expect(learning.get(`etcd_network_snapshot_receive_success{From="${leaderId?.[1] ?? ''}"}`)).toBe(1);
  await administrator.promoteMember(id);
  const { values } = await readMetrics(host);
  expect(values.get('etcd_server_learner_promote_successes')).toBe(1);
  const reason = 'etcdserver: can only promote a learner member which is in sync with leader';
  expect(values.get(`etcd_server_learner_promote_failures{Reason="${reason}"}`)).toBe(1);
});
