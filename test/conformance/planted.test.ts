/**
 * A planted difference in an etcd is found and shrunk. Both sides are in memory: the test covers the search,
 * which is the same as in a comparison with a real etcd.
 */
import type fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../sim/conformance/command.js';
import { authSequence } from '../../sim/conformance/draw-auth.js';
import { command, commands } from '../../sim/conformance/draw-commands.js';
import { runConformance, type ConformanceResult } from '../../sim/conformance/conformance.js';
import { withoutFatalRequests } from '../../sim/conformance/fatal-requests.js';
import { createModelSide } from '../../sim/conformance/model-side.js';
import { createPair } from '../../sim/conformance/pair.js';
import type { EtcdMember } from '../../sim/etcd/service.js';
import { AUTH_ROLE_GET_RESPONSE } from '../../sim/etcd/wire/auth.js';
import { DELETE_RANGE_RESPONSE, RANGE_RESPONSE, TXN_RESPONSE } from '../../sim/etcd/wire/kv.js';
import { LEASE_TIME_TO_LIVE_RESPONSE } from '../../sim/etcd/wire/lease.js';
import { WATCH_RESPONSE } from '../../sim/etcd/wire/watch.js';
import { COMMANDS_IN_CI, corrupting } from './harness.js';

const version = '3.6';

/** Compares until a difference is found. */
async function find(
  wrap: (member: EtcdMember) => EtcdMember,
  drawn: fc.Arbitrary<readonly Command[]> = commands,
): Promise<ConformanceResult & { readonly kind: 'different' }> {
  const sides = [createModelSide({ version, wrap }), createModelSide({ version })] as const;
  try {
    const result = await runConformance({
      seed: 1,
      commands: COMMANDS_IN_CI,
      pairs: [await createPair(...sides)],
      sequence: drawn.map((sequence) => withoutFatalRequests(sequence, version)),
    });
    if (result.kind === 'same') throw new Error('the planted difference was not found');
    return result;
  } finally {
    for (const side of sides) side.close();
  }
}

describe('a planted difference is found and shrunk:', () => {
  it('a count that is wrong from two on', async () => {
    const { shrunk, difference } = await find(
      corrupting('KV/DeleteRange', DELETE_RANGE_RESPONSE, (response) =>
        response.deleted < 2 ? response : { ...response, deleted: response.deleted + 1 },
      ),
    );
    expect(difference.where).toBe('KV/DeleteRange response[0].deleted');
    // Two keys to delete take two puts or one transaction.
    expect([2, 3]).toContain(shrunk.length);
    expect(shrunk.at(-1)).toMatchObject({ kind: 'call', method: 'KV/DeleteRange' });
  });

  it('a missing field of a key', async () => {
    const { shrunk, difference } = await find(
      corrupting('KV/Range', RANGE_RESPONSE, (response) => ({
        ...response,
        kvs: response.kvs.map((one) => ({ ...one, version: 0 })),
      })),
    );
    expect(difference.where).toBe('KV/Range response[0].kvs[0].version');
    expect(shrunk).toHaveLength(2);
  });

  it('a revision in a nested response', async () => {
    const { shrunk } = await find(
      corrupting('KV/Txn', TXN_RESPONSE, (response) => ({
        ...response,
        responses: response.responses.map((one) =>
          one.responseTxn === undefined
            ? one
            : { ...one, responseTxn: { ...one.responseTxn, header: undefined } },
        ),
      })),
    );
    expect(shrunk).toHaveLength(1);
  });

  it('a watch event without the previous key', async () => {
    const { shrunk, difference } = await find(
      corrupting('Watch/Watch', WATCH_RESPONSE, (response) => ({
        ...response,
        events: response.events.map((event) => ({ ...event, prevKv: undefined })),
      })),
    );
    expect(difference.where).toMatch(/^watch \d, watcher \d+, responses\[\d+\].*prevKv/);
    expect(shrunk.length).toBeLessThanOrEqual(3);
  });

  it('a lease with more time left than it was granted', async () => {
    const { shrunk } = await find(
      corrupting('Lease/LeaseTimeToLive', LEASE_TIME_TO_LIVE_RESPONSE, (response) => ({
        ...response,
        TTL: response.TTL + 2 * Number(response.grantedTTL > 0),
      })),
    );
    expect(shrunk).toHaveLength(2);
  });

  it('the text of an error', async () => {
    const { difference, shrunk } = await find((member) => ({
      name: member.name,
      open: (path, metadata, sink) =>
        member.open(path, metadata, {
          message: (bytes) => sink.message(bytes),
          status: ({ code, details }) =>
            sink.status({ code, details: details.replace('required', 'needed') }),
        }),
    }));
    expect(difference.where).toMatch(/ status\.details$/);
    expect(shrunk).toHaveLength(1);
  });

  it('a wrong permission', async () => {
    const { difference } = await find(
      corrupting('Auth/RoleGet', AUTH_ROLE_GET_RESPONSE, (response) => ({
        ...response,
        perm: response.perm.map((one) => ({ ...one, permType: 0 })),
      })),
      authSequence(command),
    );
    expect(difference.where).toMatch(/^Auth\/RoleGet response.*permType$/);
  });
});
