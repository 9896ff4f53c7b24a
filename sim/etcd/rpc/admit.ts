/**
 * Identifies the caller and checks that it may use the method. etcd takes the token from the metadata of the
 * call. With a token issued at an index that the member has yet to apply, it waits. Without a token, the
 * client's certificate names the user. Invariant: with authentication off every caller is admitted, before
 * anything is waited for.
 */
import { type AuthStore, NOBODY, type Asker } from '../auth/auth-store.js';
import type { AuthRules } from '../auth/rules.js';
import { ERRORS, type ErrorEntry } from '../errors.js';
import { failed, type Failure } from '../result.js';
import type { CallMetadata } from '../service.js';
import type { MemberServer } from './server.js';

/** Gives up silently; undefined if there is nothing left to give up. */
export type GiveUp = (() => void) | undefined;

/** The callers that a method admits. */
export type Audience =
  /** Every caller; not even a wrong token is checked. */
  | 'everyone'
  /** Every caller without a wrong token. Their permissions are checked later. */
  | 'known'
  /** Callers with a token or a certificate. */
  | 'authenticated'
  /** Users with the role root. */
  | 'admin';

/** Calls `proceed` with the caller, or `refuse` with the reason, now or later. */
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
  if (token === undefined) return enter(audience === 'everyone' ? NOBODY : certified(metadata, auth));
  return lookUp(token);

  function lookUp(given: string): GiveUp {
    const { appliedIndex } = server;
    const found = server.tokens.find(given, { appliedIndex, authRevision: auth.revision });
    if (found.kind === 'known') return enter(found.asker);
    if (found.kind === 'unknown') return turnAway(failed(ERRORS.invalidAuthToken));
    let giveUp: GiveUp;
    const cancel = server.whenApplied(found.index, () => {
      giveUp = lookUp(given);
    });
    return () => {
      cancel();
      giveUp?.();
    };
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

/**
 * As {@link admit} for methods of the Maintenance service, which in some versions does not translate the
 * errors.
 */
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

/**
 * The caller without a token. etcd's HTTP gateway is a client with the server's own certificate, but it is
 * none of the users it asks for. etcd recognises its calls by the metadata that the gateway's client adds
 * about what it accepts.
 */
function certified(metadata: CallMetadata, { revision }: AuthStore): Asker {
  const { commonName } = metadata;
  if (commonName === undefined || metadata.has('grpcgateway-accept')) return NOBODY;
  return { user: commonName, authRevision: revision };
}

/** Clients of the HTTP gateway say `authorization`. */
function tokenOf(metadata: CallMetadata, rules: AuthRules): string | undefined {
  const token = metadata.get('token') ?? metadata.get('authorization');
  return rules.takesBearerTokens ? token?.replace(/^Bearer /, '') : token;
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
