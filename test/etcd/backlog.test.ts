/** However many requests wait on one stream, each is answered, and in order. */
import { expect, it } from 'vitest';
import { FOLLOWER_LAG_MAX_MS, threeMembers } from './harness.js';

const RENEWALS = 20_000;

it('renewals that have waited for the leader are answered, however many', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  etcd.client(leader).grant(600, 2n);
  host.advance(FOLLOWER_LAG_MAX_MS);
  const stream = etcd.client(one).keepAlive();
  cluster.pauseMember(leader);
  for (let renewal = 0; renewal < RENEWALS; renewal++) stream.send({ ID: renewal % 2 === 0 ? 2n : 3n });
  expect(stream.messages).toEqual([]);
  host.advance(500);
  cluster.resumeMember(leader);
  host.advance(500);
  expect(stream.messages).toHaveLength(RENEWALS);
  expect(stream.messages.map(({ TTL }) => TTL)).toEqual(
    Array.from({ length: RENEWALS }, (_, renewal) => (renewal % 2 === 0 ? 600 : 0)),
  );
});
