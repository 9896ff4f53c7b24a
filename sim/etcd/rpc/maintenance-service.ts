/**
 * The Maintenance service: a member's state, hashes of its data, alarms, and an administrator's actions on
 * one member. Invariant: only alarms, downgrades and leadership concern the cluster. Everything else is about
 * the asked member, at its current position in the log.
 */
import { ALARM_NAMES } from '../alarm/alarm-store.js';
import { ERRORS } from '../errors.js';
import { counted } from '../metrics/counted.js';
import { failed, ok } from '../result.js';
import {
  ALARM_ACTION,
  ALARM_REQUEST,
  ALARM_RESPONSE,
  ALARM_TYPE,
  DEFRAGMENT_REQUEST,
  DEFRAGMENT_RESPONSE,
  HASH_KV_REQUEST,
  HASH_KV_RESPONSE,
  HASH_REQUEST,
  HASH_RESPONSE,
  MOVE_LEADER_REQUEST,
  MOVE_LEADER_RESPONSE,
  SNAPSHOT_REQUEST,
  SNAPSHOT_RESPONSE,
  STATUS_REQUEST,
  STATUS_RESPONSE,
  type AlarmMember,
  type AlarmRequest,
  type AlarmResponse,
  type HashKvRequest,
  type HashKvResponse,
  type MoveLeaderRequest,
  type StatusResponse,
} from '../wire/maintenance.js';
import type { ResponseHeader } from '../wire/header.js';
import type { Encodable } from '../wire/message.js';
import { admit, admitToMaintenance, type Audience, type GiveUp } from './admit.js';
import { answerStream } from './answer-stream.js';
import { downgradeMethod } from './downgrade.js';
import type { MemberServer, Method } from './server.js';
import { snapshot } from './snapshot.js';
import { unary, type Handler } from './unary.js';

/** How long the old leader waits before it checks whether the new one leads: a tick of raft. */
const LOOK_FOR_LEADER_MS = 100;

const status: Handler<object, StatusResponse> = answering('authenticated', (server) => ok(statusOf(server)));

const alarm: Handler<AlarmRequest, AlarmResponse> = (server, request, reply, _bytes, metadata) => {
  const guarded = request.action === ALARM_ACTION.get ? 'authenticated' : 'admin';
  const { auth, maintenance } = server.rules;
  const admitted = maintenance.translatesAlarmErrors ? admit : admitToMaintenance;
  return admitted(server, metadata, auth.guardsAllMethods ? guarded : 'known', reply, () =>
    server.propose(
      counted('Alarm', (machine) => ok(machine.alarm(request))),
      (result) => {
        if (result.kind === 'failed') reply(result);
        else reply(ok({ header: alarmHeader(server), alarms: result.value }));
      },
    ),
  );
};

function alarmHeader(server: MemberServer): ResponseHeader | undefined {
  return server.rules.maintenance.alarmTellsHeader ? server.header() : undefined;
}

const hashKv: Handler<HashKvRequest, HashKvResponse> = answering('admin', (server, { revision }) => {
  const { keepsCompactionHashes, hashTellsRevision } = server.rules.maintenance;
  const result = server.machine.store.hashUntil(revision, keepsCompactionHashes);
  if (result.kind === 'failed') return result;
  const { hash, compactRevision } = result.value;
  const hashRevision = hashTellsRevision ? result.value.revision : 0;
  return ok({ header: server.header(), hash, compactRevision, hashRevision });
});

const moveLeader: Handler<MoveLeaderRequest, object> = (server, { targetID }, reply, _bytes, metadata) => {
  const audience = server.rules.auth.guardsAllMethods ? 'admin' : 'everyone';
  return admitToMaintenance(server, metadata, audience, reply, (): GiveUp => {
    if (server.knownLeader?.id !== server.id) {
      reply(failed(ERRORS.notLeader));
      return undefined;
    }
    const target = server.machine.membership.find(targetID);
    if (target === undefined || target.isLearner) {
      reply(failed(ERRORS.badLeaderTransferee));
      return undefined;
    }
    if (targetID === server.id) {
      reply(ok({}));
      return undefined;
    }
    // etcd waits for as long as the client does, and never retries.
    if (!server.moveLeader(targetID)) return undefined;
    return server.host.schedule(LOOK_FOR_LEADER_MS, () => reply(ok({})));
  });
};

/** The Maintenance service's methods by name. */
export const MAINTENANCE_METHODS: Readonly<Record<string, Method>> = {
  Alarm: unary(ALARM_REQUEST, ALARM_RESPONSE, alarm),
  Status: unary(STATUS_REQUEST, STATUS_RESPONSE, status),
  Defragment: unary(
    DEFRAGMENT_REQUEST,
    DEFRAGMENT_RESPONSE,
    answering('admin', (server) => {
      server.machine.store.size.defragment();
      server.machine.counts.defragmentations++;
      return ok({});
    }),
  ),
  // etcd hashes its whole database, byte by byte, so two etcds need not agree; this hash covers the keys.
  Hash: unary(
    HASH_REQUEST,
    HASH_RESPONSE,
    answering('admin', (server) => ok({ header: server.header(), hash: server.machine.store.hash().hash })),
  ),
  HashKV: unary(HASH_KV_REQUEST, HASH_KV_RESPONSE, hashKv),
  MoveLeader: unary(MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE, moveLeader),
  Downgrade: downgradeMethod,
  Snapshot: answerStream(SNAPSHOT_REQUEST, SNAPSHOT_RESPONSE, snapshot),
};

/**
 * The member answers it at once, about itself. Before all methods were guarded, only those for admins were.
 */
function answering<Q, R>(
  audience: Audience,
  answer: (
    server: MemberServer,
    request: Q,
  ) => ReturnType<typeof failed> | ReturnType<typeof ok<Encodable<R>>>,
): Handler<Q, R> {
  return (server, request, reply, _bytes, metadata) => {
    const asked = audience === 'admin' || server.rules.auth.guardsAllMethods ? audience : 'everyone';
    return admitToMaintenance(server, metadata, asked, reply, () => {
      reply(answer(server, request));
      return undefined;
    });
  };
}

function statusOf(server: MemberServer): Encodable<StatusResponse> {
  const { machine, rules, knownLeader } = server;
  const { size } = machine.store;
  const common = {
    header: server.header(),
    version: rules.release,
    dbSize: size.allocated,
    leader: knownLeader?.id ?? 0n,
    raftIndex: server.committedIndex,
    raftTerm: server.term,
    raftAppliedIndex: server.appliedIndex,
    errors: [
      ...(knownLeader === undefined ? [ERRORS.noLeader.text] : []),
      ...machine.alarms.list().map((one) => textOfAlarm(one) + rules.maintenance.endOfAlarm),
    ],
    dbSizeInUse: size.inUse,
    isLearner: machine.membership.find(server.id)?.isLearner === true,
  };
  if (!rules.maintenance.statusTellsQuota) return common;
  return {
    ...common,
    storageVersion: rules.storageVersion,
    dbSizeQuota: machine.quota.reportedBytes,
    downgradeInfo: machine.version.downgrade,
  };
}

/** As Go formats such a message; versions differ in what follows it. */
function textOfAlarm({ memberID, alarm }: AlarmMember): string {
  const fields = [
    ...(memberID === 0n ? [] : [`memberID:${memberID}`]),
    ...(alarm === ALARM_TYPE.none ? [] : [`alarm:${ALARM_NAMES.get(alarm) ?? alarm}`]),
  ];
  return fields.join(' ');
}
