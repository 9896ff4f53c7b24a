/**
 * The Cluster service: the members of the cluster, and changes of them, one at a time through the log.
 * Invariant: the asked member refuses changes that could cost the cluster its quorum; the entry refuses
 * changes that conflict with the current members. A change waits for a quorum for as long as the client does.
 */
import { UNANSWERED } from '../cluster/consensus.js';
import { ERRORS, type ErrorEntry } from '../errors.js';
import type { Members } from '../membership/membership.js';
import { newcomer } from '../membership/newcomer.js';
import { peerUrlsOf } from '../membership/peer-urls.js';
import { refuseAdd, refusePromote, refuseRemove } from '../membership/reconfiguration.js';
import { countOne } from '../metrics/counts.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import type { CallMetadata } from '../service.js';
import type { Entry } from '../state-machine.js';
import {
  MEMBER_ADD_REQUEST,
  MEMBER_ADD_RESPONSE,
  MEMBER_LIST_REQUEST,
  MEMBER_LIST_RESPONSE,
  MEMBER_PROMOTE_REQUEST,
  MEMBER_PROMOTE_RESPONSE,
  MEMBER_REMOVE_REQUEST,
  MEMBER_REMOVE_RESPONSE,
  MEMBER_UPDATE_REQUEST,
  MEMBER_UPDATE_RESPONSE,
  type MemberAddRequest,
  type MemberAddResponse,
  type MemberListRequest,
  type MemberListResponse,
  type MemberPromoteRequest,
} from '../wire/cluster.js';
import type { ResponseHeader } from '../wire/header.js';
import { admit, type GiveUp } from './admit.js';
import { askLeader } from './ask-leader.js';
import type { MemberServer, Method } from './server.js';
import { unary, type Handler } from './unary.js';

const list: Handler<MemberListRequest, MemberListResponse> = (server, request, reply, _bytes, metadata) => {
  const { auth, maintenance } = server.rules;
  const answer = (): GiveUp =>
    admit(server, metadata, auth.guardsAllMethods ? 'authenticated' : 'everyone', reply, () => {
      reply(ok({ header: header(server), members: server.machine.membership.members }));
      return undefined;
    });
  if (!request.linearizable || !maintenance.readsMembersLinearizably) return answer();
  let giveUp: GiveUp;
  const cancel = server.linearizableRead((confirmed) => {
    if (confirmed.kind === 'failed') reply(confirmed);
    else giveUp = answer();
  });
  return () => {
    cancel();
    giveUp?.();
  };
};

const add: Handler<MemberAddRequest, MemberAddResponse> = (server, request, reply, _bytes, metadata) => {
  const peerURLs = peerUrlsOf(request.peerURLs);
  if (peerURLs === undefined) {
    reply(failed(ERRORS.memberBadUrls));
    return undefined;
  }
  const { isLearner } = request;
  const member = newcomer(peerURLs, isLearner, server.host.nowMs());
  const { addNeedsAllPeers } = server.rules.maintenance;
  return change(server, metadata, {
    refusal: () => refuseAdd(server.machine.membership, isLearner, server.peerHealth, addNeedsAllPeers),
    entry: ({ membership }) => membership.add(member),
    done: (result) =>
      reply(
        result.kind === 'failed'
          ? result
          : ok({
              header: header(server),
              member: { ID: member.ID, peerURLs, isLearner },
              members: result.value,
            }),
      ),
  });
};

/** Only the leader knows how far a learner has come. */
const promote: Handler<MemberPromoteRequest, MembersResponse> = (server, { ID }, reply, _bytes, metadata) =>
  change(server, metadata, {
    refusal: () => undefined,
    entry: ({ membership }) => membership.promote(ID),
    done(result) {
      countPromotion(server, result);
      reply(answerOf(server, result));
    },
    before: (proceed, refuse) =>
      askLeader<undefined>(
        server,
        (_lessor, answer) => {
          const { membership } = server.machine;
          if (membership.find(ID) === undefined) answer(failed(ERRORS.memberNotFound));
          else if (!server.peerHealth.isCaughtUp(ID)) answer(failed(ERRORS.learnerNotReady));
          else answer(refusePromote(membership) ?? ok(undefined));
          return undefined;
        },
        (result) => (result.kind === 'failed' ? refuse(result) : proceed()),
      ),
  });

/** The leader decides promotions, so they count there. */
function countPromotion({ primary }: MemberServer, result: Result<unknown>): void {
  if (primary === undefined) return;
  if (result.kind === 'ok') primary.counts.learnersPromoted++;
  else countOne(primary.counts.learnersNotPromoted, REASONS.get(result.error) ?? result.error.text);
}

/** Reasons for which etcd has an internal message; clients get another one. */
const REASONS: ReadonlyMap<ErrorEntry, string> = new Map<ErrorEntry, string>([
  [ERRORS.memberNotFound, 'membership: ID not found'],
  [ERRORS.memberNotLearner, 'membership: can only promote a learner member'],
]);

/** The Cluster service's methods by name. */
export const CLUSTER_METHODS: Readonly<Record<string, Method>> = {
  MemberList: unary(MEMBER_LIST_REQUEST, MEMBER_LIST_RESPONSE, list),
  MemberAdd: unary(MEMBER_ADD_REQUEST, MEMBER_ADD_RESPONSE, add),
  MemberRemove: unary(
    MEMBER_REMOVE_REQUEST,
    MEMBER_REMOVE_RESPONSE,
    (server, { ID }, reply, _bytes, metadata) =>
      change(server, metadata, {
        refusal: () => refuseRemove(server.machine.membership, ID, server.peerHealth),
        entry: ({ membership }) => membership.remove(ID),
        done: (result) => reply(answerOf(server, result)),
      }),
  ),
  // Unlike those of MemberAdd, the URLs are not validated; wrong URLs of another member end a real cluster.
  MemberUpdate: unary(
    MEMBER_UPDATE_REQUEST,
    MEMBER_UPDATE_RESPONSE,
    (server, { ID, peerURLs }, reply, _bytes, metadata) =>
      change(server, metadata, {
        refusal: () => undefined,
        entry: ({ membership }) => membership.update(ID, peerURLs),
        done: (result) => reply(answerOf(server, result)),
      }),
  ),
  MemberPromote: unary(MEMBER_PROMOTE_REQUEST, MEMBER_PROMOTE_RESPONSE, promote),
};

interface MembersResponse {
  readonly header: ResponseHeader | undefined;
  readonly members: Members;
}

interface Change {
  /** Why the asked member will not propose it. */
  refusal(): Failure | undefined;
  readonly entry: Entry<Members>;
  done(result: Result<Members>): void;
  /** The checks before the proposal. */
  before?(proceed: () => void, refuse: (failure: Failure) => void): GiveUp;
}

function change(
  server: MemberServer,
  metadata: CallMetadata,
  { refusal, entry, done, before }: Change,
): GiveUp {
  return admit(server, metadata, 'admin', done, () => {
    let giveUp: GiveUp;
    const propose = (): void => {
      const refused = refusal();
      if (refused !== undefined) {
        done(refused);
        return;
      }
      giveUp = server.propose(entry, (result) => {
        // A change of members keeps waiting.
        if (result.kind === 'ok' || !UNANSWERED.has(result.error)) done(result);
      });
    };
    const stop = before?.(propose, done);
    if (before === undefined) propose();
    return () => {
      stop?.();
      giveUp?.();
    };
  });
}

function answerOf(server: MemberServer, result: Result<Members>): Result<MembersResponse> {
  return result.kind === 'failed' ? result : ok({ header: header(server), members: result.value });
}

/** Headers of this service have no revision. */
function header(server: MemberServer): ResponseHeader {
  return { ...server.header(), revision: 0 };
}
