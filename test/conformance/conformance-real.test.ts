/** The in-memory etcd against a real one, and whether the comparison would notice a difference. */
import { expect, it } from 'vitest';
import { commands } from '../../sim/conformance/draw-commands.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import { DELETE_RANGE_RESPONSE } from '../../sim/etcd/wire/kv.js';
import { describeReal } from '../real/available.js';
import { COMMANDS_IN_CI, compare, corrupting, differenceIn } from './harness.js';

describeReal('the in-memory etcd and a real one', () => {
  it('answer alike to a thousand drawn commands', async () => {
    const { result, real } = await compare({ seed: 6, commands: 1_000 });
    expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
    expect(result.commands).toBeGreaterThanOrEqual(1_000);
  });

  it('answer alike to commands that a test spells out', async () => {
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

  it('differ if a count is wrong from two on, and the difference is shrunk', async () => {
    const wrap = corrupting('KV/DeleteRange', DELETE_RANGE_RESPONSE, (response) =>
      response.deleted < 2 ? response : { ...response, deleted: response.deleted + 1 },
    );
    const { result } = await compare({ seed: 1, commands: COMMANDS_IN_CI, sequence: commands, wrap });
    if (result.kind === 'same') throw new Error('the planted difference was not found');
    expect(result.difference.where).toBe('KV/DeleteRange response[0].deleted');
    // Two keys to delete take two puts or one transaction.
    expect([2, 3]).toContain(result.shrunk.length);
    expect(result.shrunk.at(-1)).toMatchObject({ kind: 'call', method: 'KV/DeleteRange' });
  });
});
