/** The Lease service. Grants and revocations go through the log; renewals and remaining times are the leader's. */
import { ok, type Result } from '../result.js';
import {
  LEASE_GRANT_REQUEST,
  LEASE_GRANT_RESPONSE,
  LEASE_KEEP_ALIVE_REQUEST,
  LEASE_KEEP_ALIVE_RESPONSE,
  LEASE_LEASES_REQUEST,
  LEASE_LEASES_RESPONSE,
  LEASE_REVOKE_REQUEST,
  LEASE_REVOKE_RESPONSE,
  LEASE_TIME_TO_LIVE_REQUEST,
  LEASE_TIME_TO_LIVE_RESPONSE,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
} from '../wire/lease.js';
import type { Encodable } from '../wire/message.js';
import { askLeader } from './ask-leader.js';
import type { MemberServer, Method } from './server.js';
import { SerialStream } from './serial-stream.js';
import { streaming } from './streaming.js';
import { unary, type Handler } from './unary.js';

const timeToLive: Handler<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> = (server, request, reply) =>
  askLeader<Encodable<LeaseTimeToLiveResponse>>(
    server,
    (lessor, answer) => {
      const lease = lessor.lookup(request.ID);
      answer(
        ok({
          header: server.header(),
          ID: request.ID,
          TTL: lease === undefined ? -1 : Math.trunc((lease.expiryMs - server.host.nowMs()) / 1000),
          grantedTTL: lease?.ttlSeconds ?? 0,
          keys: request.keys && lease !== undefined ? [...lease.keys] : [],
        }),
      );
      return undefined;
    },
    reply,
  );

/** The TTL the lease has again; 0 where there is no such lease. */
function renew(server: MemberServer, id: bigint, done: (result: Result<number>) => void): () => void {
  return askLeader<number>(
    server,
    (lessor, answer, again) => {
      const renewal = lessor.renew(id, server.host.nowMs());
      switch (renewal.kind) {
        case 'renewed':
          answer(ok(renewal.ttlSeconds));
          return undefined;
        case 'not-found':
          answer(ok(0));
          return undefined;
        case 'expired':
          // Either its revocation goes through, or another leader revives it.
          return renewal.lease.whenSettled(again);
        default:
          return renewal satisfies never;
      }
    },
    done,
  );
}

/** The Lease service's methods by name. */
export const LEASE_METHODS: Readonly<Record<string, Method>> = {
  LeaseGrant: unary(LEASE_GRANT_REQUEST, LEASE_GRANT_RESPONSE, (server, request, reply) => {
    const id = request.ID === 0n ? server.nextRequestId() : request.ID;
    return server.propose(
      (machine) => machine.leaseGrant(id, request.TTL, server.host.nowMs()),
      (result) => {
        if (result.kind === 'failed') reply(result);
        else reply(ok({ header: server.header(), ID: result.value.id, TTL: result.value.ttlSeconds }));
      },
    );
  }),
  LeaseRevoke: unary(LEASE_REVOKE_REQUEST, LEASE_REVOKE_RESPONSE, (server, request, reply) =>
    server.propose(
      (machine) => machine.leaseRevoke(request.ID),
      (result) => reply(result.kind === 'failed' ? result : ok({ header: server.header() })),
    ),
  ),
  LeaseTimeToLive: unary(LEASE_TIME_TO_LIVE_REQUEST, LEASE_TIME_TO_LIVE_RESPONSE, timeToLive),
  LeaseLeases: unary(LEASE_LEASES_REQUEST, LEASE_LEASES_RESPONSE, (server, _request, reply) => {
    const leases = server.machine.lessor.list().map(({ id }) => ({ ID: id }));
    reply(ok({ header: server.header(), leases }));
    return undefined;
  }),
  LeaseKeepAlive: streaming(
    (call) =>
      new SerialStream(call, LEASE_KEEP_ALIVE_REQUEST, LEASE_KEEP_ALIVE_RESPONSE, (request, reply) => {
        // Taken before the renewal: a client must not see a lease alive at a revision at which it was gone.
        const header = call.server.header();
        return renew(call.server, request.ID, (result) =>
          reply(result.kind === 'failed' ? result : ok({ header, ID: request.ID, TTL: result.value })),
        );
      }),
  ),
};
