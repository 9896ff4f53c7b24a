/**
 * Refuses requests that no longer fit into the database, and raises the alarm NOSPACE for them. Invariant:
 * etcd checks this before anything else, at the database of the asked member. A request that is invalid or
 * not allowed therefore also gets the error for no space.
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
