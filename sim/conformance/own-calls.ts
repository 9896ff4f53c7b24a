/**
 * The comparison's own calls, which must succeed in any state that a sequence leaves. If permissions forbid a
 * call, it is repeated as the user root; if an alarm does, it is repeated while no alarm is raised.
 * Invariant: they leave alarms unchanged and, except for {@link forgetUsers}, users and roles.
 */
import * as auth from '../etcd/wire/auth.js';
import { ERRORS } from '../etcd/errors.js';
import { ALARM_ACTION, ALARM_REQUEST, ALARM_RESPONSE, type AlarmRequest } from '../etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../etcd/wire/message.js';
import { pathOf } from './command.js';
import type { CallMetadata } from './credentials.js';
import { ROOT_PASSWORDS } from './draw-auth.js';
import type { Outcome, Side } from './side.js';

/** A side differs from every etcd; most likely it is gone. */
export class SideFailure extends Error {
  override readonly name = 'SideFailure';
}

const metadata = new WeakMap<Side, CallMetadata>();
const UNAUTHENTICATED = 16;
/** How alarms affect requests. */
const ALARMED: ReadonlySet<string> = new Set([ERRORS.noSpace.text, ERRORS.corrupt.text]);
const USER_EMPTY = 'etcdserver: user name is empty';

/** The credentials of the comparison's streams; earlier calls have made sure that they are valid. */
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
  // Before 3.6 an alarm also hides a missing permission.
  if (ALARMED.has(outcome.status.details)) outcome = await withoutAlarms(side, attempt);
  return contentOf(side, method, outcome);
}

async function withoutAlarms(side: Side, action: () => Promise<Outcome>): Promise<Outcome> {
  const ask = (request: Encodable<AlarmRequest>): Promise<Uint8Array> =>
    ownCall(side, 'Maintenance/Alarm', ALARM_REQUEST, request);
  // Before 3.6 only the type raised last has its effect, so both sides raise them in one order.
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

/** The revision of users and roles; 0 if the etcd does not report it. */
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
  // While authentication is off, 3.4 refuses a token that used to be valid.
  return {};
}

function contentOf(side: Side, method: string, { status, messages }: Outcome): Uint8Array {
  const [message] = messages;
  if (status.code !== 0 || message === undefined) {
    throw new SideFailure(`${side.name} answers ${method} with ${status.code} ${status.details}`);
  }
  return message;
}
