/**
 * The Lease service. Grants and revocations go through the log; the leader answers renewals and remaining
 * times.
 */
import { refuseLeaseChange, refuseLeaseKeys } from '../auth/permit.js';
import { counted } from '../metrics/counted.js';
import { COST_OF_GRANT } from '../quota/quota.js';
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
  type LeaseGrantRequest,
  type LeaseGrantResponse,
  type LeaseLeasesResponse,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
} from '../wire/lease.js';
import type { Encodable } from '../wire/message.js';
import { type CallMetadata, bound } from '../service.js';
import { admit, type Audience, type GiveUp } from './admit.js';
import { askLeader } from './ask-leader.js';
import type { MemberServer, Method } from './server.js';
import { SerialStream } from './serial-stream.js';
import { streaming } from './streaming.js';
import { unary, type Handler } from './unary.js';
import { withinQuota } from './within-quota.js';

/** Methods that were unguarded before 3.6.14. */
function audienceOf({ rules }: MemberServer, before: Audience): Audience {
  return rules.auth.guardsAllMethods ? 'authenticated' : before;
}

const timeToLive: Handler<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> = (
  server,
  request,
  reply,
  _bytes,
  metadata,
) => {
  const looksAtKeys = request.keys && server.rules.auth.checksLeaseKeys;
  const audience = looksAtKeys ? 'authenticated' : audienceOf(server, 'everyone');
  return admit(server, metadata, audience, reply, (asker) => {
    const denied = looksAtKeys ? refuseLeaseKeys(server.machine, asker, request.ID) : undefined;
    if (denied === undefined) return askForTime(server, request, reply);
    reply(denied);
    return undefined;
  });
};

function askForTime(
  server: MemberServer,
  request: LeaseTimeToLiveRequest,
  reply: (result: Result<Encodable<LeaseTimeToLiveResponse>>) => void,
): () => void {
  return askLeader<Encodable<LeaseTimeToLiveResponse>>(
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
}

/** The TTL after the renewal; 0 if there is no such lease. */
function renew(
  server: MemberServer,
  metadata: CallMetadata,
  id: bigint,
  done: (result: Result<number>) => void,
): () => void {
  return askLeader<number>(
    server,
    (lessor, answer, again) =>
      admit(server, metadata, audienceOf(server, 'everyone'), answer, (asker): GiveUp => {
        const denied = server.rules.auth.guardsAllMethods
          ? refuseLeaseChange(server.machine, asker, id)
          : undefined;
        if (denied !== undefined) {
          answer(denied);
          return undefined;
        }
        const renewal = lessor.renew(id, server.host.nowMs());
        switch (renewal.kind) {
          case 'renewed':
            answer(ok(renewal.ttlSeconds));
            return undefined;
          case 'not-found':
            answer(ok(0));
            return undefined;
          case 'expired':
            // Either its revocation succeeds, or a new leader revives it.
            return renewal.lease.whenSettled(bound(server.host, again, undefined));
          default:
            return renewal satisfies never;
        }
      }),
    done,
  );
}

const leases: Handler<object, LeaseLeasesResponse> = (server, _request, reply, _bytes, metadata) =>
  admit(server, metadata, audienceOf(server, 'everyone'), reply, (asker) => {
    const { machine, rules } = server;
    const list = machine.lessor.list();
    for (const { id } of rules.auth.guardsAllMethods ? list : []) {
      const denied = refuseLeaseKeys(machine, asker, id);
      if (denied === undefined) continue;
      reply(denied);
      return undefined;
    }
    reply(ok({ header: server.header(), leases: list.map(({ id }) => ({ ID: id })) }));
    return undefined;
  });

const grant: Handler<LeaseGrantRequest, LeaseGrantResponse> = (server, request, reply, _bytes, metadata) =>
  admit(server, metadata, audienceOf(server, 'known'), reply, () => {
    const id = request.ID === 0n ? server.nextRequestId() : request.ID;
    return server.propose(
      counted('LeaseGrant', (machine) => machine.leaseGrant(id, request.TTL, server.host.nowMs())),
      (result) => {
        if (result.kind === 'failed') reply(result);
        else reply(ok({ header: server.header(), ID: result.value.id, TTL: result.value.ttlSeconds }));
      },
    );
  });

/** The Lease service's methods by name. */
export const LEASE_METHODS: Readonly<Record<string, Method>> = {
  LeaseGrant: unary(
    LEASE_GRANT_REQUEST,
    LEASE_GRANT_RESPONSE,
    withinQuota(() => COST_OF_GRANT, grant),
  ),
  LeaseRevoke: unary(
    LEASE_REVOKE_REQUEST,
    LEASE_REVOKE_RESPONSE,
    (server, request, reply, _bytes, metadata) =>
      admit(server, metadata, audienceOf(server, 'known'), reply, (asker) =>
        server.propose(
          counted('LeaseRevoke', (machine) =>
            machine.leaseRevoke(request.ID, () => refuseLeaseChange(machine, asker, request.ID)),
          ),
          (result) => reply(result.kind === 'failed' ? result : ok({ header: server.header() })),
        ),
      ),
  ),
  LeaseTimeToLive: unary(LEASE_TIME_TO_LIVE_REQUEST, LEASE_TIME_TO_LIVE_RESPONSE, timeToLive),
  LeaseLeases: unary(LEASE_LEASES_REQUEST, LEASE_LEASES_RESPONSE, leases),
  LeaseKeepAlive: streaming(
    (call) =>
      new SerialStream(call, LEASE_KEEP_ALIVE_REQUEST, LEASE_KEEP_ALIVE_RESPONSE, (request, reply) => {
        // Taken before the renewal: a client must not see a lease alive at a revision at which it was gone.
        const header = call.server.header();
        return renew(call.server, call.metadata, request.ID, (result) =>
          reply(result.kind === 'failed' ? result : ok({ header, ID: request.ID, TTL: result.value })),
        );
      }),
  ),
};
