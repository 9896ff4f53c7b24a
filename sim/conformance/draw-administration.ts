/**
 * Requests to the Cluster and Maintenance services that an etcd of one member survives. Invariant: no second
 * member gets a vote, because that would cost the quorum for good. All other addresses are unused ports on
 * loopback. Requests that end a real etcd are left out: alarms with an unknown action, and wrong URLs for
 * another member.
 */
import fc from 'fast-check';
import type { Command, UnaryMethod } from './command.js';
import { revision, seldom } from './draw-values.js';
import { FRESH_URLS, type MemberSymbol, type TextSymbol } from './symbolic-values.js';

/** Added members, the existing one, and unused ids. */
const member: fc.Arbitrary<bigint | MemberSymbol> = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: fc.nat(2).map((memberAdded) => ({ memberAdded })) },
  { weight: 2, arbitrary: fc.constant({ memberAdded: 'none, the first' as const }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 7n, 2n ** 64n - 1n) },
);

const OWN_URL: TextSymbol = { freshUrlOf: 'none, its own' };

/** Rarely the same twice, because etcd derives a member's id from its URLs and the second. */
const freshUrl = fc
  .noShrink(fc.integer({ min: 1, max: FRESH_URLS }))
  .map((freshUrlOf): TextSymbol => ({ freshUrlOf }));

/** Unusual, but accepted by etcd. */
const oddUrl = fc.constantFrom(
  ' http://127.0.0.1:1',
  'HTTP://127.0.0.1:1',
  'https://127.0.0.1:1',
  'http://[::1]:1',
  'http://127.0.0.1:',
  'http://a@127.0.0.1:1',
  'http://127.0.0.1:1?a=b',
  'http://127.0.0.1:1#a',
);

const wrongUrl = fc.constantFrom(
  '',
  'http://127.0.0.1',
  'http://127.0.0.1:1/',
  'http://127.0.0.1:1/path',
  'ftp://127.0.0.1:1',
  '127.0.0.1:1',
  'http://127.0.0.1:one',
  'http://[::1:1',
  'http://::1:1',
  'http://a b:1',
  'http:127.0.0.1:1',
  'http://127.0.0.1:1%',
  '://',
  '1http://127.0.0.1:1',
);

const goodUrls: fc.Arbitrary<readonly (string | TextSymbol)[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: freshUrl.map((url) => [url]) },
  { weight: 2, arbitrary: fc.tuple(freshUrl, oddUrl).map(([fresh, odd]) => [odd, fresh]) },
  { weight: 1, arbitrary: freshUrl.map((url) => [url, OWN_URL]) },
);

const wrongUrls: fc.Arbitrary<readonly (string | TextSymbol)[]> = fc.oneof(
  fc.constant([]),
  wrongUrl.map((url) => [url]),
  fc.tuple(freshUrl, wrongUrl).map((urls) => [...urls]),
);

const addLearner = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: goodUrls.map((peerURLs) => ({ peerURLs, isLearner: true })) },
  { weight: 1, arbitrary: wrongUrls.map((peerURLs) => ({ peerURLs, isLearner: true })) },
);

const addVoter = fc.oneof(
  wrongUrls.map((peerURLs) => ({ peerURLs })),
  freshUrl.map((url) => ({ peerURLs: [url, OWN_URL] })),
);

/** The existing member keeps its known URL. */
const update = fc.oneof(
  fc.record({
    ID: fc.oneof(
      fc.nat(2).map((memberAdded) => ({ memberAdded })),
      fc.constantFrom(7n, 2n ** 64n - 1n),
    ),
    peerURLs: goodUrls,
  }),
  fc.tuple(freshUrl, oddUrl).map((urls) => ({
    ID: { memberAdded: 'none, the first' as const },
    peerURLs: [...urls, OWN_URL],
  })),
);

const target = fc.record({ ID: member });

/** An alarm of no type or of an unknown one ends 3.4 and 3.5. */
const alarm = fc.oneof(
  fc.record({ action: fc.constantFrom(1, 2), memberID: seldom(member, 2), alarm: fc.constantFrom(1, 2) }),
  fc.record({
    action: fc.constantFrom(0, 2),
    memberID: seldom(member, 2),
    alarm: fc.constantFrom(0, 1, 2, 77, -1),
  }),
);

const version = fc.constantFrom('3.5', '3.4', '3.6', '3.3.0', '3.5.1', '3.6.0-rc.1+build');
const wrongVersion = fc.constantFrom(
  '',
  '3',
  'v3.5',
  '3.x',
  '3.5.',
  '3.5.0.0',
  '9223372036854775808.1',
  'newest',
);

/** No downgrade takes place: a real etcd would act on it some seconds later. */
const downgrade = fc.oneof(
  fc.oneof(version, wrongVersion).map((one) => ({ version: one })),
  fc.oneof(fc.constantFrom('3.1', '4.0.0'), wrongVersion).map((one) => ({ action: 1, version: one })),
  fc.constantFrom({ action: 2 }, { action: 2, version: 'any' }, { action: 3 }, { action: -1 }),
);

/** Later than everything before the sequence, whose hashes cover keys with leases that the server chose. */
const hashed = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 5,
    arbitrary: revision
      .filter((one) => typeof one === 'number' || one.revisionPlus >= 0)
      .map((one) => ({ revision: one })),
  },
);

function call(client: fc.Arbitrary<number>, method: UnaryMethod, request: fc.Arbitrary<object>) {
  return fc.record({ kind: fc.constant('call' as const), client, method: fc.constant(method), request });
}

/** One call to one of the services. */
export function administrationCommand(client: fc.Arbitrary<number>): fc.Arbitrary<Command> {
  const of = (method: UnaryMethod, request: fc.Arbitrary<object>) => call(client, method, request);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 8, arbitrary: of('Maintenance/HashKV', hashed) },
    { weight: 8, arbitrary: of('Maintenance/Alarm', alarm) },
    { weight: 3, arbitrary: of('Maintenance/Status', fc.constant({})) },
    { weight: 3, arbitrary: of('Maintenance/Downgrade', downgrade) },
    {
      weight: 2,
      arbitrary: of(
        'Maintenance/MoveLeader',
        member.map((targetID) => ({ targetID })),
      ),
    },
    { weight: 1, arbitrary: of('Maintenance/Hash', fc.constant({})) },
    { weight: 1, arbitrary: of('Maintenance/Defragment', fc.constant({})) },
    { weight: 4, arbitrary: of('Cluster/MemberAdd', addLearner) },
    { weight: 2, arbitrary: of('Cluster/MemberAdd', addVoter) },
    { weight: 3, arbitrary: of('Cluster/MemberUpdate', update) },
    { weight: 3, arbitrary: of('Cluster/MemberRemove', target) },
    { weight: 2, arbitrary: of('Cluster/MemberPromote', target) },
    {
      weight: 3,
      arbitrary: of('Cluster/MemberList', fc.record({ linearizable: seldom(fc.constant(true), 2) })),
    },
  );
}

const COMMANDS_MAX = 40;

/**
 * A sequence of these and other commands. The server chooses no lease in it, so its writes, and their hash,
 * are the same on both sides.
 */
export function administrationSequence(
  client: fc.Arbitrary<number>,
  command: fc.Arbitrary<Command>,
): fc.Arbitrary<readonly Command[]> {
  const either = fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: command.filter((one) => !letsServerChoose(one)) },
    { weight: 2, arbitrary: administrationCommand(client) },
  );
  return fc.array(either, { minLength: 1, maxLength: COMMANDS_MAX, size: 'max' });
}

function letsServerChoose(command: Command): boolean {
  if (command.kind !== 'call' || command.method !== 'Lease/LeaseGrant') return false;
  const { ID } = command.request as { readonly ID?: bigint };
  return ID === undefined || ID === 0n;
}
