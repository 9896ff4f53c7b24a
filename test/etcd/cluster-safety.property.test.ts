/** In any history of three members no answered write is lost, and once all is well they agree again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ELECTION_MAX_MS, FOLLOWER_LAG_MAX_MS, REQUEST_TIMEOUT_MS, TestCluster } from './harness.js';

const MEMBERS = ['m1', 'm2', 'm3'] as const;

const member = fc.constantFrom(...MEMBERS);
const pair = fc.tuple(member, member).filter(([left, right]) => left !== right);

type Step =
  | {
      readonly kind: 'put' | 'read' | 'stale read' | 'stop' | 'start' | 'pause' | 'resume' | 'lead';
      readonly at: string;
    }
  | { readonly kind: 'cut' | 'mend'; readonly between: readonly [string, string] }
  | { readonly kind: 'slow'; readonly at: string; readonly byMs: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('put' as const, 'read' as const, 'stale read' as const),
      at: member,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'stop' as const,
        'start' as const,
        'pause' as const,
        'resume' as const,
        'lead' as const,
      ),
      at: member,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'mend' as const), between: pair }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('slow' as const),
      at: member,
      byMs: fc.constantFrom(0, 5, 2000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 3, 700, 2000, 9000) }),
  },
);

/** Does the steps and checks the invariants in between; returns the cluster and the answers. */
function live(steps: readonly Step[]) {
  const etcd = new TestCluster(...MEMBERS);
  const { cluster, host } = etcd;
  const puts: { readonly value: number; readonly call: ReturnType<ReturnType<typeof etcd.client>['put']> }[] =
    [];
  const reads: {
    readonly atLeast: number;
    readonly call: ReturnType<ReturnType<typeof etcd.client>['range']>;
  }[] = [];
  const newest = new Map<string, number>();
  /** The newest revision that any answer has named. */
  const known = (): number => {
    const answered = [...puts, ...reads].map(({ call }) => call.messages[0]?.header?.revision ?? 0);
    return Math.max(0, ...answered);
  };
  for (const one of steps) {
    switch (one.kind) {
      case 'put':
        puts.push({ value: puts.length, call: etcd.client(one.at).put(`k${puts.length}`) });
        break;
      case 'read':
        reads.push({ atLeast: known(), call: etcd.client(one.at).range('k') });
        break;
      case 'stale read': {
        const call = etcd.client(one.at).range('k', { serializable: true });
        const revision = call.messages[0]?.header?.revision;
        if (revision === undefined) break;
        // A member never goes back.
        expect(revision).toBeGreaterThanOrEqual(newest.get(one.at) ?? 0);
        newest.set(one.at, revision);
        break;
      }
      case 'stop':
        cluster.stopMember(one.at);
        break;
      case 'start':
        cluster.startMember(one.at);
        break;
      case 'pause':
        cluster.pauseMember(one.at);
        break;
      case 'resume':
        cluster.resumeMember(one.at);
        break;
      case 'lead':
        cluster.moveLeader(one.at);
        break;
      case 'cut':
        cluster.disconnectMembers(...one.between);
        break;
      case 'mend':
        cluster.reconnectMembers(...one.between);
        break;
      case 'slow':
        cluster.slowMember(one.at, one.byMs);
        break;
      case 'wait':
        host.advance(one.ms);
        break;
      default:
        one satisfies never;
    }
  }
  return { etcd, cluster, host, puts, reads };
}

function heal({ cluster, host }: Pick<ReturnType<typeof live>, 'cluster' | 'host'>): void {
  for (const [index, name] of MEMBERS.entries()) {
    cluster.resumeMember(name);
    cluster.startMember(name);
    cluster.slowMember(name, 0);
    for (const other of MEMBERS.slice(index + 1)) cluster.reconnectMembers(name, other);
  }
  host.advance(2 * ELECTION_MAX_MS + REQUEST_TIMEOUT_MS + FOLLOWER_LAG_MAX_MS);
}

const steps = fc.array(step, { maxLength: 40, size: 'max' });

test('every answered write exists, once, on every member when all is well again', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const world = live(drawn);
      heal(world);
      const contents = MEMBERS.map((name) => {
        const read = world.etcd.client(name).range('\0', { rangeEnd: '\0', serializable: true }).response;
        return { kvs: read.kvs, revision: read.header?.revision };
      });
      expect(contents[1]).toEqual(contents[0]);
      expect(contents[2]).toEqual(contents[0]);
      const versions = new Map(contents[0]?.kvs.map(({ key, version }) => [key, version]));
      for (const { value, call } of world.puts) {
        const times = versions.get(`k${value}`) ?? 0;
        expect(times).toBeLessThanOrEqual(1);
        if (call.status?.code === 0) expect(times).toBe(1);
      }
    }),
    { numRuns: 400 },
  );
});

test('a linearizable read is never older than any answer before it was asked', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const world = live(drawn);
      heal(world);
      for (const { atLeast, call } of world.reads) {
        const revision = call.messages[0]?.header?.revision;
        if (revision !== undefined) expect(revision).toBeGreaterThanOrEqual(atLeast);
      }
    }),
    { numRuns: 400 },
  );
});

test('once all is well there is a leader, every member accepts writes, and nothing else is left to happen', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const world = live(drawn);
      heal(world);
      expect(MEMBERS).toContain(world.cluster.leader);
      for (const name of MEMBERS) {
        const put = world.etcd.client(name).put('after');
        world.host.advance(FOLLOWER_LAG_MAX_MS);
        expect(put.status?.code).toBe(0);
      }
      expect(world.host.timers).toBe(0);
    }),
    { numRuns: 400 },
  );
});
