/** gRPC's health service, as each version of etcd answers it. */
import { describe, expect, it } from 'vitest';
import { etcdVersions } from '../../sim/etcd/version.js';
import { TestCall, TestCluster } from './harness.js';
import {
  HEALTH_CHECK_REQUEST,
  HEALTH_CHECK_RESPONSE,
  HEALTH_LIST_REQUEST,
  HEALTH_LIST_RESPONSE,
} from '../../sim/etcd/wire/health.js';

describe.each(etcdVersions)('etcd %s', (version) => {
  const memberOf = () => {
    const [member] = new TestCluster({ version }).cluster.members;
    if (member === undefined) throw new Error('no member');
    return member;
  };
  const call = (method: string) =>
    new TestCall(memberOf(), `/grpc.health.v1.Health/${method}`, HEALTH_CHECK_REQUEST, HEALTH_CHECK_RESPONSE);

  it('serves as a whole, and does not know its services', () => {
    expect(call('Check').send({ service: '' }).response).toEqual({ status: 1 });
    const unknown = call('Check').send({ service: 'etcdserverpb.KV' });
    expect(unknown.status).toEqual({ code: 5, details: 'unknown service' });
  });

  it.each([
    ['', 1],
    ['etcdserverpb.KV', 3],
  ])('reports to a watcher of %j, and continues', (service, status) => {
    const watch = call('Watch').send({ service });
    expect(watch.messages).toEqual([{ status }]);
    expect(watch.status).toBeUndefined();
  });

  it('lists itself from 3.6 on', () => {
    const path = '/grpc.health.v1.Health/List';
    const list = new TestCall(memberOf(), path, HEALTH_LIST_REQUEST, HEALTH_LIST_RESPONSE).send({});
    const isThere = version === '3.6' || version === '3.7';
    expect(list.status?.code).toBe(isThere ? 0 : 12);
    const listed = isThere ? ['0a060a0012020801'] : [];
    expect(list.frames.map((one) => Buffer.from(one).toString('hex'))).toEqual(listed);
  });

  it('is encoded like gRPC’s protobuf', () => {
    const check = call('Check');
    check.server.message(Buffer.from([0x0a, 5]));
    const malformed =
      version === '3.4' ? 'unexpected EOF' : 'proto:\u00a0cannot parse invalid wire-format data';
    expect(check.status).toEqual({ code: 13, details: `grpc: error unmarshalling request: ${malformed}` });
  });
});
