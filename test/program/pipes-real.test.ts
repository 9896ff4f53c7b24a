import type { Etcd3 } from 'etcd3';
import { beforeAll } from 'vitest';
import { describeReal } from '../real/available.js';
import { oneEtcd } from '../real/support/one-etcd.js';
import { describeInPipes } from './pipe-contract.js';

describeReal('the programs in pipes, against a real etcd', () => {
  const etcd = oneEtcd();
  let client: Etcd3;
  beforeAll(() => {
    client = etcd.client();
  });
  describeInPipes(() => ({ endpoint: etcd.hosts.join(','), client }));
});
