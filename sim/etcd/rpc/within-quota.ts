/**
 * Turns away what no longer fits into the database, and raises the alarm NOSPACE for it. Invariant: etcd looks before
 * anything else, at the database of the member that is asked; so that what is wrong in itself, or not allowed, is told
 * that there is no space.
 */
import { ERRORS } from '../errors.js';
import { counted } from '../metrics/counted.js';
import { failed, ok } from '../result.js';
import type { VersionRules } from '../version.js';
import { ALARM_ACTION, ALARM_TYPE } from '../wire/maintenance.js';
import type { Handler } from './unary.js';

/** The handler for requests that fit. */
export function withinQuota<Q, R>(
  costOf: (request: Q, rules: VersionRules) => number,
  handler: Handler<Q, R>,
): Handler<Q, R> {
  return (server, request, reply, bytes, metadata) => {
    if (server.machine.quota.fits(costOf(request, server.rules)))
      return handler(server, request, reply, bytes, metadata);
    const raised = { action: ALARM_ACTION.activate, memberID: server.id, alarm: ALARM_TYPE.noSpace };
    return server.propose(
      counted('Alarm', (machine) => ok(machine.alarm(raised))),
      () => reply(failed(ERRORS.noSpace)),
    );
  };
}
