/** Sequences of commands, as several clients would send them. */
import fc from 'fast-check';
import type { Command, UnaryMethod } from './command.js';
import { administrationCommand, administrationSequence } from './draw-administration.js';
import { authSequence } from './draw-auth.js';
import { concurrencyCommand } from './draw-concurrency.js';
import { rawCommand } from './draw-raw.js';
import * as requests from './draw-requests.js';

/** Clients, each with a connection of its own. */
export const CLIENTS = 2;

const COMMANDS_MAX = 40;

const client = fc.nat(CLIENTS - 1);

function call(method: UnaryMethod, request: fc.Arbitrary<object>): fc.Arbitrary<Command> {
  return fc.record({ kind: fc.constant('call' as const), client, method: fc.constant(method), request });
}

const watchStream = fc.nat(2);
const keepAliveStream = fc.nat(1);

/** One command. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { withCrossShrink: true },
  { weight: 26, arbitrary: call('KV/Put', requests.put) },
  { weight: 18, arbitrary: call('KV/Range', requests.range) },
  { weight: 2, arbitrary: call('KV/RangeStream', requests.range) },
  { weight: 10, arbitrary: call('KV/DeleteRange', requests.deleteRange) },
  { weight: 24, arbitrary: call('KV/Txn', requests.txn) },
  { weight: 3, arbitrary: call('KV/Compact', requests.compact) },
  { weight: 5, arbitrary: call('Lease/LeaseGrant', requests.leaseGrant) },
  { weight: 2, arbitrary: call('Lease/LeaseRevoke', requests.leaseRevoke) },
  { weight: 2, arbitrary: call('Lease/LeaseTimeToLive', requests.leaseTimeToLive) },
  { weight: 1, arbitrary: call('Lease/LeaseLeases', fc.constant({})) },
  { weight: 1, arbitrary: call('Cluster/MemberList', requests.memberList) },
  { weight: 1, arbitrary: call('Maintenance/Status', fc.constant({})) },
  { weight: 8, arbitrary: concurrencyCommand(client) },
  { weight: 3, arbitrary: rawCommand(client) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('watch' as const),
      stream: watchStream,
      request: requests.watch,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('keep-alive' as const),
      stream: keepAliveStream,
      request: requests.leaseKeepAlive,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({
        kind: fc.constant('close' as const),
        method: fc.constant('Watch/Watch' as const),
        stream: watchStream,
      }),
      fc.record({
        kind: fc.constant('close' as const),
        method: fc.constant('Lease/LeaseKeepAlive' as const),
        stream: keepAliveStream,
      }),
    ),
  },
);

/** Under authentication every command may occur. */
const anyCommand = fc.oneof(
  { withCrossShrink: true },
  { weight: 7, arbitrary: command },
  { weight: 1, arbitrary: administrationCommand(client) },
);

/** One sequence of commands to administrators' services and others. */
export const administration = administrationSequence(client, command);

/** Each takes as many seconds as its lease lives. */
const expire: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('expire' as const),
  client,
  TTL: fc.constantFrom(1, 2, 3),
  keys: fc.array(fc.constantFrom('a', 'b', 'c', 'ab'), { maxLength: 3 }),
  renewed: fc.boolean(),
  detached: fc.boolean(),
});

/** Keys, watches, leases and locks; nothing that takes long or needs users. */
export const commands = fc.array(command, { minLength: 1, maxLength: COMMANDS_MAX, size: 'max' });

/** One sequence; in one of forty a lease expires. */
export const sequence: fc.Arbitrary<readonly Command[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 31, arbitrary: commands },
  {
    weight: 1,
    arbitrary: fc
      .tuple(commands, expire, fc.array(command, { maxLength: 5 }))
      .map(([before, one, after]) => [...before, one, ...after]),
  },
  { weight: 4, arbitrary: authSequence(anyCommand) },
  { weight: 4, arbitrary: administration },
);
