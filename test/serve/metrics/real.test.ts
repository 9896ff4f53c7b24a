/**
 * The metrics of the in-memory etcd and of etcd itself after the same requests: names, types, labels, and
 * growth.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';
import { etcdToolOf } from '../../../sim/backend/real/tools.js';
import { etcdVersions } from '../../../sim/etcd/version.js';
import { serveEtcd, type ServedEtcd } from '../../../sim/serve/serve.js';
import { RawEtcd } from '../../contract/support/raw-etcd.js';
import { provideIfInstalled } from '../../real/provide.js';
import { growth, labelNamesOf, readMetrics, type MetricsPage } from './page.js';
import { steps, type Asked } from './steps.js';

/** Metrics outside the model: Go's runtime, and etcd's second store. */
const NOT_SERVED =
  /^(?:go_|process_network_|etcd_server_go_version|etcd_debugging_store_(?:reads|writes)_total|etcd_server_request_duration_seconds|etcd_network_server_stream_failures_total)/;

/** Metrics that may differ between two etcds: time, disk and process, and the encoding of their answers. */
const OWN =
  /^(?:process_|os_|promhttp_|go_|etcd_disk_|etcd_debugging_disk_|etcd_mvcc_db_|etcd_debugging_mvcc_db_total|etcd_network_client_grpc_sent|etcd_debugging_mvcc_db_compaction_last)/;
/** Of a histogram of durations, all but how many there were. */
const DURATION = /(?:seconds|milliseconds)_(?:bucket|sum)/;

interface Side extends Asked {
  page(): Promise<MetricsPage>;
}

function sideOf(host: string): Side {
  const page = (): Promise<MetricsPage> => readMetrics(host);
  return {
    host,
    page,
    etcd: new RawEtcd({ host, grpcOptions: { 'grpc.use_local_subchannel_pool': 1 } }),
    async until(isSo) {
      while (!isSo(await page())) await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
}

describe.each(etcdVersions)('the metrics of etcd %s', async (version) => {
  const etcd = etcdToolOf(version);
  const provided = await provideIfInstalled(etcd, () => undefined);
  let real: RealCluster | undefined;
  let served: ServedEtcd | undefined;
  let sides: readonly [ours: Side, theirs: Side];

  beforeAll(async () => {
    if (provided.kind !== 'found') return;
    served = await serveEtcd({ version });
    real = await startRealCluster({
      ...{ nodes: [], members: ['m1'], withoutProxy: true, etcd, progress: () => undefined },
      etcdFlags: ['--unsafe-no-fsync', '--bcrypt-cost=4'],
    });
    await real.ready();
    sides = [sideOf(served.endpoints[0] ?? ''), sideOf(real.observerHosts[0] ?? '')];
  });
  afterAll(async () => {
    for (const side of sides) side.etcd.close();
    await served?.close();
    await real?.close();
  });

  it.skipIf(provided.kind !== 'found')(
    'grow like those of etcd',
    async () => {
      for (const step of steps) {
        const isSame = new RegExp(`grpc_code="(?:${step.codes?.join('|') ?? 'none'})"`);
        const [ours, theirs] = await Promise.all(
          sides.map(async (side) => {
            const before = await side.page();
            await step.do(side);
            const grown = Object.entries(growth(before, await side.page()));
            return Object.fromEntries(
              grown
                .filter(([name]) => ![OWN, NOT_SERVED, DURATION].some((left) => left.test(name)))
                .filter(([name]) => step.uncertain?.test(name) !== true)
                .map(([name, by]) => [name.replace(isSame, 'grpc_code="either"'), by]),
            );
          }),
        );
        expect({ step: step.name, ...ours }).toEqual({ step: step.name, ...theirs });
      }
    },
    180_000,
  );

  it.skipIf(provided.kind !== 'found')('have the names, types and labels of etcd', async () => {
    const [ours, theirs] = await Promise.all(sides.map((side) => side.page()));
    const typesOf = ({ types }: MetricsPage): unknown =>
      Object.fromEntries([...types].filter(([name]) => !NOT_SERVED.test(name)).sort());
    expect(typesOf(ours as MetricsPage)).toEqual(typesOf(theirs as MetricsPage));
    const labelsOf = ({ values }: MetricsPage): unknown =>
      [...new Set([...values.keys()].map(labelNamesOf).filter((name) => !NOT_SERVED.test(name)))].sort();
    expect(labelsOf(ours as MetricsPage)).toEqual(labelsOf(theirs as MetricsPage));
  });
});
