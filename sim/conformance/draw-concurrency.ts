/**
 * Requests to the Lock and Election services. Invariant: none of them ever has to wait for another, because
 * each name has only one lease. None makes the server choose a lease, because its id would appear in the
 * names of keys.
 */
import fc from 'fast-check';
import type { Command, UnaryMethod } from './command.js';
import { key, revision, seldom, value } from './draw-values.js';

/** The names to lock, each with its lease; no key lies below two of them. */
const queue = fc.constantFrom(
  { name: 'lock', lease: 1n },
  { name: 'election', lease: 7n },
  { name: '', lease: 404n },
  { name: 'negative', lease: -1n },
);

const ownKey = queue.map(({ name, lease }) => `${name}/${lease.toString(16)}`);

const leader = fc
  .tuple(queue, fc.record({ rev: revision, key: seldom(fc.oneof(ownKey, key)) }))
  .map(([{ name, lease }, { rev, key: other }]) => ({
    name,
    lease,
    rev,
    key: other ?? `${name}/${lease.toString(16)}`,
  }));

const missing = fc.constant({});

function call(client: fc.Arbitrary<number>, method: UnaryMethod, request: fc.Arbitrary<object>) {
  return fc.record({ kind: fc.constant('call' as const), client, method: fc.constant(method), request });
}

/** One call to one of the services, or a grant of one of their leases. */
export function concurrencyCommand(client: fc.Arbitrary<number>): fc.Arbitrary<Command> {
  const of = (method: UnaryMethod, request: fc.Arbitrary<object>) => call(client, method, request);
  const grant = queue.map(({ lease }) => ({ TTL: 1_000, ID: lease }));
  const campaign = fc.tuple(queue, value).map(([one, own]) => ({ ...one, value: own }));
  const proclaim = fc.oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.record({ leader, value }) },
    { weight: 1, arbitrary: missing },
  );
  const resign = fc.oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.record({ leader }) },
    { weight: 1, arbitrary: missing },
  );
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: of('Lease/LeaseGrant', grant) },
    { weight: 3, arbitrary: of('v3lockpb.Lock/Lock', queue) },
    { weight: 1, arbitrary: of('v3lockpb.Lock/Unlock', fc.record({ key: fc.oneof(ownKey, key) })) },
    { weight: 3, arbitrary: of('v3electionpb.Election/Campaign', campaign) },
    { weight: 3, arbitrary: of('v3electionpb.Election/Proclaim', proclaim) },
    {
      weight: 2,
      arbitrary: of(
        'v3electionpb.Election/Leader',
        queue.map(({ name }) => ({ name })),
      ),
    },
    { weight: 1, arbitrary: of('v3electionpb.Election/Resign', resign) },
  );
}
