/**
 * Calls that the comparison makes for itself, and that must succeed whatever a sequence has done: where they are
 * refused for who asks, they are made again as the user root; where an alarm forbids them, while no alarm is raised.
 * Invariant: they leave alarms alone, and users and roles, but for {@link forgetUsers}.
 */
import * as auth from '../etcd/wire/auth.js';
import { ERRORS } from '../etcd/errors.js';
import { ALARM_ACTION, ALARM_REQUEST, ALARM_RESPONSE, type AlarmRequest } from '../etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../etcd/wire/message.js';
import { pathOf } from './command.js';
import type { CallMetadata } from './credentials.js';
import { ROOT_PASSWORDS } from './draw-auth.js';
import type { Outcome, Side } from './side.js';

/** A side does not do what every etcd does; most likely it is gone. */
export class SideFailure extends Error {
  override readonly name = 'SideFailure';
}

const metadata = new WeakMap<Side, CallMetadata>();
const UNAUTHENTICATED = 16;
/** What alarms make of requests. */
const ALARMED: ReadonlySet<string> = new Set([ERRORS.noSpace.text, ERRORS.corrupt.text]);
const USER_EMPTY = 'etcdserver: user name is empty';

/** What the comparison's streams have to say to be let in; calls before have seen to it that it is good. */
export function ownMetadata(side: Side): CallMetadata {
  return metadata.get(side) ?? {};
}

export async function ownCall<Q>(
  side: Side,
  method: string,
  type: MessageType<Q>,
  request: Encodable<Q>,
): Promise<Uint8Array> {
  const ask = (): Promise<Outcome> => side.call(0, pathOf(method), type.encode(request), ownMetadata(side));
  const attempt = async (): Promise<Outcome> => {
    const outcome = await ask();
    if (!isRefused(outcome)) return outcome;
    metadata.set(side, await logIn(side));
    return ask();
  };
  let outcome = await attempt();
  // Before 3.6 an alarm hides that permission lacks, too.
  if (ALARMED.has(outcome.status.details)) outcome = await withoutAlarms(side, attempt);
  return contentOf(side, method, outcome);
}

async function withoutAlarms(side: Side, action: () => Promise<Outcome>): Promise<Outcome> {
  const ask = (request: Encodable<AlarmRequest>): Promise<Uint8Array> =>
    ownCall(side, 'Maintenance/Alarm', ALARM_REQUEST, request);
  // Before 3.6 the type that was raised last has its effect, so that both sides raise them in one order.
  const alarms = [...ALARM_RESPONSE.decode(await ask({})).alarms].sort(
    (left, right) => left.alarm - right.alarm,
  );
  for (const alarm of alarms) await ask({ ...alarm, action: ALARM_ACTION.deactivate });
  const outcome = await action();
  for (const alarm of alarms) await ask({ ...alarm, action: ALARM_ACTION.activate });
  return outcome;
}

/** Turns authentication off and removes all users and roles. */
export async function forgetUsers(side: Side): Promise<void> {
  await ownCall(side, 'Auth/AuthDisable', auth.AUTH_DISABLE_REQUEST, {});
  metadata.delete(side);
  const users = await ownCall(side, 'Auth/UserList', auth.AUTH_USER_LIST_REQUEST, {});
  for (const name of auth.AUTH_USER_LIST_RESPONSE.decode(users).users) {
    await ownCall(side, 'Auth/UserDelete', auth.AUTH_USER_DELETE_REQUEST, { name });
  }
  const roles = await ownCall(side, 'Auth/RoleList', auth.AUTH_ROLE_LIST_REQUEST, {});
  for (const role of auth.AUTH_ROLE_LIST_RESPONSE.decode(roles).roles) {
    await ownCall(side, 'Auth/RoleDelete', auth.AUTH_ROLE_DELETE_REQUEST, { role });
  }
}

/** The revision of users and roles; 0 for an etcd that does not tell. */
export async function authRevisionOf(side: Side): Promise<number> {
  const method = pathOf('Auth/AuthStatus');
  const { messages } = await side.call(0, method, auth.AUTH_STATUS_REQUEST.encode({}), ownMetadata(side));
  const [message] = messages;
  return message === undefined ? 0 : auth.AUTH_STATUS_RESPONSE.decode(message).authRevision;
}

function isRefused({ status }: Outcome): boolean {
  return status.code === UNAUTHENTICATED || status.details === USER_EMPTY;
}

async function logIn(side: Side): Promise<CallMetadata> {
  for (const password of ROOT_PASSWORDS) {
    const request = auth.AUTHENTICATE_REQUEST.encode({ name: 'root', password });
    const { messages } = await side.call(0, pathOf('Auth/Authenticate'), request, {});
    const [message] = messages;
    if (message !== undefined) return { token: auth.AUTHENTICATE_RESPONSE.decode(message).token };
  }
  // 3.4 refuses a token that was good once, while authentication is off.
  return {};
}

function contentOf(side: Side, method: string, { status, messages }: Outcome): Uint8Array {
  const [message] = messages;
  if (status.code !== 0 || message === undefined) {
    throw new SideFailure(`${side.name} answers ${method} with ${status.code} ${status.details}`);
  }
  return message;
}
