/**
 * The Downgrade method: checks whether the cluster could go one minor version down, enables that, or cancels
 * it. Invariant: it uses the agreed state of the cluster, after a linearizable read.
 */
import { ERRORS } from '../errors.js';
import { counted } from '../metrics/counted.js';
import { minorVersionOf, type MinorVersion } from '../maintenance/cluster-version.js';
import { failed, ok, type Result } from '../result.js';
import {
  DOWNGRADE_ACTION,
  DOWNGRADE_REQUEST,
  DOWNGRADE_RESPONSE,
  type DowngradeRequest,
  type DowngradeResponse,
} from '../wire/maintenance.js';
import type { Encodable } from '../wire/message.js';
import { admitToMaintenance, type GiveUp } from './admit.js';
import type { MemberServer, Method } from './server.js';
import { unary, type Handler } from './unary.js';

type Reply = (result: Result<Encodable<DowngradeResponse>>) => void;

const downgrade: Handler<DowngradeRequest, DowngradeResponse> = (
  server,
  request,
  reply,
  _bytes,
  metadata,
) => {
  const { rules } = server;
  const audience = rules.auth.guardsAllMethods ? 'admin' : 'everyone';
  return admitToMaintenance(server, metadata, audience, reply, () => {
    const { action, version } = request;
    if (action === DOWNGRADE_ACTION.cancel) return cancel(server, reply);
    if (action !== DOWNGRADE_ACTION.validate && action !== DOWNGRADE_ACTION.enable) {
      return refuse(reply, ERRORS.unknownDowngradeAction);
    }
    const target = minorVersionOf(version);
    if (target === undefined) return refuse(reply, ERRORS.wrongDowngradeVersionFormat);
    return validate(server, target, reply, () =>
      action === DOWNGRADE_ACTION.enable ? enable(server, target, reply) : answer(server, reply),
    );
  });
};

export const downgradeMethod: Method = unary(DOWNGRADE_REQUEST, DOWNGRADE_RESPONSE, downgrade);

function validate(server: MemberServer, target: MinorVersion, reply: Reply, proceed: () => GiveUp): GiveUp {
  return whenConfirmed(server, reply, () => {
    const result = server.machine.version.validate(target);
    if (result.kind === 'ok') return proceed();
    reply(result);
    return undefined;
  });
}

function enable(server: MemberServer, target: MinorVersion, reply: Reply): GiveUp {
  return server.propose(
    counted('DowngradeInfoSet', ({ version }) => ok(version.enable(target))),
    (result) => (result.kind === 'failed' ? reply(result) : answer(server, reply)),
  );
}

/** As of 3.6, cancelling without a downgrade is allowed. */
function cancel(server: MemberServer, reply: Reply): GiveUp {
  return whenConfirmed(server, reply, () => {
    if (server.machine.version.downgrade.enabled) {
      return server.propose(
        counted('DowngradeInfoSet', ({ version }) => ok(version.cancel())),
        (result) => (result.kind === 'failed' ? reply(result) : answer(server, reply)),
      );
    }
    if (server.rules.maintenance.downgrade === 'lenient') return answer(server, reply);
    return refuse(reply, ERRORS.noInflightDowngrade);
  });
}

/** Before 3.6 the version had a patch version of 0. */
function answer(server: MemberServer, reply: Reply): undefined {
  const { text } = server.machine.version;
  const version = server.rules.maintenance.downgrade === 'lenient' ? text : `${text}.0`;
  reply(ok({ header: server.header(), version }));
  return undefined;
}

function refuse(reply: Reply, error: Parameters<typeof failed>[0]): undefined {
  reply(failed(error));
  return undefined;
}

function whenConfirmed(server: MemberServer, reply: Reply, proceed: () => GiveUp): GiveUp {
  let giveUp: GiveUp;
  const cancelRead = server.linearizableRead((confirmed) => {
    if (confirmed.kind === 'failed') reply(confirmed);
    else giveUp = proceed();
  });
  return () => {
    cancelRead();
    giveUp?.();
  };
}
