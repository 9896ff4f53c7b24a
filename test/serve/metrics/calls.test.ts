/** How calls are counted in cases that a test against etcd would have to wait for, or could not make. */
import { describe, expect, it } from 'vitest';
import type { Beginning, CallSink, EtcdMember } from '../../../sim/etcd/service.js';
import { VERSIONS, type EtcdVersion } from '../../../sim/etcd/version.js';
import { CallCounts, type MethodCounts } from '../../../sim/serve/metrics/call-counts.js';
import { metered } from '../../../sim/serve/metrics/metered-call.js';

const PUT = '/etcdserverpb.KV/Put';
const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';
const LOCK = '/v3lockpb.Lock/Lock';

/** A call on a member that does what the test requests. */
function callOn(path: string, version: EtcdVersion, metadata: Readonly<Record<string, string>> = {}) {
  const rules = VERSIONS[version];
  const counts = new CallCounts(rules);
  let sink: CallSink | undefined;
  const nothing = (): void => undefined;
  const member: EtcdMember = {
    name: 'm1',
    open: (_path, _metadata, given) => {
      sink = given;
      return { message: nothing, halfClose: nothing, cancel: nothing };
    },
  };
  const call = metered(member, rules, () => counts).open(path, new Map(Object.entries(metadata)), {
    message: nothing,
    status: nothing,
  });
  return {
    call,
    counts,
    method: counts.of(path),
    begin: (how: Beginning = 'served') => sink?.begun?.(how),
    answer: (bytes: number) => sink?.message(new Uint8Array(bytes)),
    end: (code: number) => sink?.status({ code, details: '' }),
  };
}

function codesOf({ handled }: MethodCounts): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(handled).filter(([, count]) => count > 0));
}

describe('a call that its client gives up', () => {
  it.each<[string, EtcdVersion, string, string]>([
    [WATCH, '3.5', 'Canceled', 'Unknown'],
    [WATCH, '3.6', 'Canceled', 'DeadlineExceeded'],
    [KEEP_ALIVE, '3.4', 'Unavailable', 'Unknown'],
    [KEEP_ALIVE, '3.6', 'Unavailable', 'DeadlineExceeded'],
    [KEEP_ALIVE, '3.7', 'Canceled', 'DeadlineExceeded'],
    [LOCK, '3.5', 'Unknown', 'Unknown'],
    [LOCK, '3.7', 'Canceled', 'DeadlineExceeded'],
    [RANGE, '3.5', 'Unknown', 'Unknown'],
    [PUT, '3.5', 'Canceled', 'Unavailable'],
    [PUT, '3.6', 'Canceled', 'Unavailable'],
  ])('of %s counts in %s as %s, and as %s if its deadline has passed', (path, version, cancelled, late) => {
    for (const [isLate, code] of [
      [false, cancelled],
      [true, late],
    ] as const) {
      const { call, method, begin } = callOn(path, version);
      begin();
      call.cancel(isLate);
      call.cancel(isLate);
      expect(codesOf(method)).toEqual({ [code]: 1 });
    }
  });
});

describe('a refused call', () => {
  it.each<[EtcdVersion, number]>([
    ['3.5', 0],
    ['3.6', 1],
  ])('counts in %s %d times', (version, times) => {
    for (const how of ['turned away by a learner', 'turned away without a leader'] as const) {
      const { counts, method, begin, end } = callOn(RANGE, version);
      begin(how);
      end(14);
      expect([method.started, method.handled.Unavailable]).toEqual([times, times]);
      const asked = counts.families().find(({ name }) => name === 'etcd_server_client_requests_total');
      expect(asked?.samples).toHaveLength(how === 'turned away by a learner' ? 0 : 1);
    }
  });

  it('that is malformed does not count at all, except for its bytes', () => {
    const { call, counts, method, end } = callOn(RANGE, '3.6');
    call.message(new Uint8Array(3));
    end(13);
    expect([method.started, codesOf(method), counts.receivedBytes]).toEqual([0, {}, 3]);
  });
});

describe('messages', () => {
  it('of a unary call are its request and its answer, and in newer versions an error', () => {
    for (const [version, sent] of [
      ['3.5', 0],
      ['3.6', 1],
    ] as const) {
      const { method, begin, end } = callOn(RANGE, version);
      begin();
      end(3);
      expect([method.received, method.sent]).toEqual([1, sent]);
    }
  });

  it('of a stream are all that are sent, and in newer versions its end', () => {
    for (const [version, received] of [
      ['3.5', 2],
      ['3.6', 3],
    ] as const) {
      const { call, counts, method, begin, answer, end } = callOn(KEEP_ALIVE, version);
      begin();
      for (let count = 0; count < 2; count++) call.message(new Uint8Array(5));
      for (let count = 0; count < 3; count++) answer(7);
      call.halfClose();
      end(0);
      expect([method.received, method.sent, codesOf(method)]).toEqual([received, 3, { OK: 1 }]);
      expect([counts.receivedBytes, counts.sentBytes]).toEqual([10, 21]);
    }
  });

  it('are counted by the client’s reported version', () => {
    const { counts, begin } = callOn(WATCH, '3.6', { 'client-api-version': '3.5' });
    begin();
    const asked = counts.families().find(({ name }) => name === 'etcd_server_client_requests_total');
    expect(asked?.samples).toEqual([{ labels: { type: 'stream', client_api_version: '3.5' }, value: 1 }]);
  });
});

it('a call counts where it began, even if the process is another when it ends', () => {
  const rules = VERSIONS['3.6'];
  let counts = new CallCounts(rules);
  const before = counts;
  let end = (): void => undefined;
  const member: EtcdMember = {
    name: 'm1',
    open(_path, _metadata, sink) {
      sink.begun?.('served');
      end = () => sink.status({ code: 0, details: '' });
      return { message: () => undefined, halfClose: () => undefined, cancel: () => undefined };
    },
  };
  metered(member, rules, () => counts).open(RANGE, new Map(), {
    message: () => undefined,
    status: () => undefined,
  });
  counts = new CallCounts(rules);
  end();
  expect([before.of(RANGE).handled.OK, counts.of(RANGE).handled.OK]).toEqual([1, 0]);
});
