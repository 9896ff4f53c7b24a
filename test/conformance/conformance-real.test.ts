/** The in-memory etcd against a real one, and whether the comparison would notice if they differed. */
import { expect, it } from 'vitest';
import type { ConformanceResult } from '../../sim/conformance/conformance.js';
import { commands } from '../../sim/conformance/draw-commands.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import type { EtcdMember } from '../../sim/etcd/service.js';
import { DELETE_RANGE_RESPONSE, RANGE_RESPONSE, TXN_RESPONSE } from '../../sim/etcd/wire/kv.js';
import { LEASE_TIME_TO_LIVE_RESPONSE } from '../../sim/etcd/wire/lease.js';
import { WATCH_RESPONSE } from '../../sim/etcd/wire/watch.js';
import { describeReal } from '../real/available.js';
import { compare, corrupting, differenceIn } from './harness.js';

describeReal('the in-memory etcd and a real one', () => {
  it('answer alike in thousands of drawn commands', async () => {
    const { result, real } = await compare({ seed: 6, commands: 3_000 });
    expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
    expect(result.commands).toBeGreaterThanOrEqual(3_000);
  });

  it('answer alike where a test spells the commands out', async () => {
    expect(
      await differenceIn([
        { kind: 'watch', stream: 0, request: { createRequest: { key: 'a', prevKv: true } } },
        { kind: 'call', client: 0, method: 'Lease/LeaseGrant', request: { TTL: 100 } },
        { kind: 'call', client: 0, method: 'KV/Put', request: { key: 'a', lease: { leaseGranted: 0 } } },
        { kind: 'keep-alive', stream: 0, request: { ID: { leaseGranted: 0 } } },
        { kind: 'call', client: 1, method: 'Lease/LeaseRevoke', request: { ID: { leaseGranted: 0 } } },
        { kind: 'call', client: 1, method: 'KV/Range', request: { key: 'a', revision: { revisionPlus: 1 } } },
      ]),
    ).toBeUndefined();
  });
});

/** Compares until a difference is found. */
async function find(
  wrap: (member: EtcdMember) => EtcdMember,
): Promise<ConformanceResult & { readonly kind: 'different' }> {
  const { result } = await compare({ seed: 1, commands: 3_000, sequence: commands, wrap });
  if (result.kind === 'same') throw new Error('the planted difference was not found');
  return result;
}

describeReal('a difference that was planted is found and shrunk to what it takes:', () => {
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

  it('a field of a key that is not set', async () => {
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

  it('a watch event without the key before', async () => {
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
});
