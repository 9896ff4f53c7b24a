import { expect, test } from 'vitest';
import { TestCluster } from './harness.js';

test('smoke', () => {
  const etcd = new TestCluster('m1', 'm2', 'm3');
  const c = etcd.client();
  console.log(c.put('a', '1').response);
  console.log(c.range('a').response);
  const w = c.watch({ key: 'a', startRevision: 1 });
  console.log(w.take());
  etcd.host.advance(100);
  console.dir(w.take(), { depth: 5 });
  console.log(c.grant(1).response);
  expect(1).toBe(1);
});
