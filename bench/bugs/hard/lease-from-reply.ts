/**
 * A printer's owner that counts its lease from the reply to a renewal, and not from the request. It believes in the
 * lease for longer than etcd does, by the time that the reply took. Three must meet: a slow reply, no renewal until
 * the end of the lease, and another node that takes the printer at once.
 */
import type { Lease } from 'etcd3';
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, violated } from './common.js';

const TTL_SECONDS = 3;
const RENEW_EVERY_MS = 1000;
const TRY_EVERY_MS = 50;

const ownerPrints: Check = {
  name: 'owner-prints',
  description: 'A page is printed by the node that owns the printer at that moment.',
  check({ operations, log, commits = [] }) {
    const committed = new Map(commits.map(({ revision, timeUs }) => [revision, timeUs]));
    for (const { id, node, invoke } of operations) {
      const before = log.filter(({ revision }) => (committed.get(revision) ?? Infinity) < invoke.timeUs);
      const last = before.at(-1);
      const owner = last?.events[0]?.value ?? '';
      if (last === undefined || owner === node || owner === '') continue;
      const message = `${id} was printed by ${node}, but ${owner} had owned the printer since revision ${last.revision}`;
      return violated(message, [id], [last.revision]);
    }
    return satisfied;
  },
};

export const leaseFromReply = defineScenario({
  name: 'lease-from-reply',
  description: 'An owner that counts the time of its lease from the reply.',
  options,
  nodes: () => drawNodes(['p1', 'p2'], 'print', fc.record({ pauseMs: fc.nat(400) }), [6, 10]),
  restart: notBegun,
  // An operator who revokes a lease takes it from an owner that cannot know.
  withoutFaults: ['clock-*', 'lease-revoked'],
  async run({ client, prefix, node, perform, options: { variant } }, operations) {
    const key = `${prefix}printer`;
    let lease: Lease | undefined;
    let untilMs = 0;

    /** For how long the lease lives at least, counted from a reply to a request. */
    const extend = (sentMs: number): void => {
      untilMs = (variant === 'wrong' ? performance.now() : sentMs) + TTL_SECONDS * 1000;
    };
    const own = async (): Promise<void> => {
      for (;;) {
        const sentMs = performance.now();
        const candidate = client.lease(TTL_SECONDS, { autoKeepAlive: false });
        try {
          const taking = await client
            .if(key, 'Create', '==', 0)
            .then(
              client
                .put(key)
                .value(node)
                .lease(await candidate.grant()),
            )
            .commit();
          if (taking.succeeded) {
            extend(sentMs);
            lease = candidate;
            void keep(candidate);
            return;
          }
        } catch {
          // It tries again, with another lease.
        }
        candidate.release();
        await sleep(TRY_EVERY_MS);
      }
    };
    const keep = async (kept: Lease): Promise<void> => {
      while (lease === kept && performance.now() < untilMs) {
        await sleep(RENEW_EVERY_MS);
        const sentMs = performance.now();
        const answer = await kept.keepaliveOnce().catch(() => undefined);
        if (answer !== undefined && lease === kept) extend(sentMs);
      }
    };
    for (const operation of operations) {
      await sleep((operation.input as { readonly pauseMs: number }).pauseMs);
      while (performance.now() >= untilMs) {
        lease = undefined;
        await own();
      }
      await perform(operation, () => Promise.resolve({ output: null }));
    }
    const last = lease;
    lease = undefined;
    await last?.revoke().catch(() => undefined);
  },
  checks: () => [ownerPrints],
});
