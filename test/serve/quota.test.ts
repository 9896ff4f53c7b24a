/** A served etcd with little room: the answers to many clients at once whose puts no longer fit. */
import { expect, it } from 'vitest';
import { serveEtcd } from '../../sim/serve/serve.js';
import { RawEtcd } from '../contract/support/raw-etcd.js';

it('stores some of the concurrent creations that it refuses because the database is full', async () => {
  const { endpoints, close } = await serveEtcd({ quotaBackendBytes: 4_000_000 });
  const etcd = new RawEtcd({ host: endpoints[0] ?? '', grpcOptions: {} });
  const create = async (index: number): Promise<'done' | 'refused' | 'refused and stored'> => {
    const key = `key${index}`;
    try {
      await etcd.txn({ success: [{ requestPut: { key, value: 'x'.repeat(100_000) } }] });
      return 'done';
    } catch (error) {
      expect(error).toMatchObject({ code: 8, details: 'etcdserver: mvcc: database space exceeded' });
      return (await etcd.range(key, { countOnly: true })).count === 0 ? 'refused' : 'refused and stored';
    }
  };
  const outcomes = await Promise.all(Array.from({ length: 60 }, (_, index) => create(index)));
  etcd.close();
  await close();
  expect(outcomes).toContain('done');
  expect(outcomes).toContain('refused and stored');
});
