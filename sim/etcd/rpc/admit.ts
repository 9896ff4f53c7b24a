/**
 * Finds out who asks, and lets in whom the method is for. etcd takes the token from the metadata of the call, and
 * waits with a token that was given at an index which the member has yet to apply. Invariant: with authentication
 * off everyone comes in, and before anything is waited for.
 */
import { NOBODY, type Asker } from '../auth/asker.js';
import type { AuthRules } from '../auth/rules.js';
import { ERRORS, type ErrorEntry } from '../errors.js';
import { failed, type Failure } from '../result.js';
import type { CallMetadata } from '../service.js';
import type { MemberServer } from './server.js';

/** Gives up what was begun, without a word; undefined where nothing is left to give up. */
export type GiveUp = (() => void) | undefined;

/** Whom a method is for. */
export type Audience =
  /** Whoever asks; not even a wrong token is looked at. */
  | 'everyone'
  /** Everyone whose token, where there is one, is right. What they may do is asked later. */
  | 'known'
  /** Whoever has a token. */
  | 'authenticated'
  /** Users with the role root. */
  | 'admin';

/** Calls `proceed` with who asks, or `refuse` with why not, now or later. */
export function admit(
  server: MemberServer,
  metadata: CallMetadata,
  audience: Audience,
  refuse: (failure: Failure) => void,
  proceed: (asker: Asker) => GiveUp,
): GiveUp {
  const rules = server.rules.auth;
  const { auth } = server.machine;
  const asksNobody = audience === 'everyone' || !(auth.enabled || rules.checksTokensWhileDisabled);
  const token = asksNobody ? undefined : tokenOf(metadata, rules);
  if (token === undefined) return enter(NOBODY);
  const index = indexOf(token);
  if (index === undefined) return turnAway(failed(ERRORS.invalidAuthToken));
  if (index <= server.appliedIndex) return lookUp(token);
  let giveUp: GiveUp;
  const cancel = server.whenApplied(index, () => {
    giveUp = lookUp(token);
  });
  return () => {
    cancel();
    giveUp?.();
  };

  function lookUp(known: string): GiveUp {
    const user = server.tokens.use(known);
    if (user === undefined) return turnAway(failed(ERRORS.invalidAuthToken));
    return enter({ user, authRevision: auth.revision });
  }

  function enter(asker: Asker): GiveUp {
    const refusal = refuseEntry(server, asker, audience);
    return refusal === undefined ? proceed(asker) : turnAway(refusal);
  }

  function turnAway(failure: Failure): undefined {
    refuse(failure);
    return undefined;
  }
}

/** As {@link admit} for methods of the Maintenance service, some versions of which do not translate the errors. */
export function admitToMaintenance(
  server: MemberServer,
  metadata: CallMetadata,
  audience: Audience,
  refuse: (failure: Failure) => void,
  proceed: (asker: Asker) => GiveUp,
): GiveUp {
  const { translatesMaintenanceErrors } = server.rules.auth;
  return admit(
    server,
    metadata,
    audience,
    (failure) => refuse(translatesMaintenanceErrors ? failure : failed(untranslated(failure.error))),
    proceed,
  );
}

function refuseEntry(server: MemberServer, asker: Asker, audience: Audience): Failure | undefined {
  const { auth } = server.machine;
  switch (audience) {
    case 'everyone':
    case 'known':
      return undefined;
    case 'authenticated':
      return auth.enabled && asker === NOBODY ? failed(ERRORS.userEmpty) : undefined;
    case 'admin':
      return auth.refuseUnlessAdmin(asker);
    default:
      return audience satisfies never;
  }
}

/** Clients of the HTTP gateway say `authorization`. */
function tokenOf(metadata: CallMetadata, rules: AuthRules): string | undefined {
  const token = metadata.get('token') ?? metadata.get('authorization');
  return rules.takesBearerTokens ? token?.replace(/^Bearer /, '') : token;
}

/** The index in the log at which the token says that it was given; undefined where it says none. */
function indexOf(token: string): number | undefined {
  const [, index, ...rest] = token.split('.');
  if (index === undefined || rest.length > 0 || !/^\d+$/.test(index)) return undefined;
  return BigInt(index) < 1n << 64n ? Number(index) : undefined;
}

const UNTRANSLATED: ReadonlyMap<ErrorEntry, ErrorEntry> = new Map<ErrorEntry, ErrorEntry>([
  [ERRORS.invalidAuthToken, ERRORS.untranslatedInvalidAuthToken],
  [ERRORS.userEmpty, ERRORS.untranslatedUserEmpty],
  [ERRORS.userNotFound, ERRORS.untranslatedUserNotFound],
  [ERRORS.permissionDenied, ERRORS.untranslatedPermissionDenied],
]);

function untranslated(error: ErrorEntry): ErrorEntry {
  return UNTRANSLATED.get(error) ?? error;
}
