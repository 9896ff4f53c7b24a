/**
 * Finds out who asks, and lets in whom the method is for. etcd takes the token from the metadata of the call, and
 * waits with a token that was given at an index which the member has yet to apply; without a token, who asks is whom
 * the client's certificate names. Invariant: with authentication off everyone comes in, and before anything is waited
 * for.
 */
import { type AuthStore, NOBODY, type Asker } from '../auth/auth-store.js';
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
  /** Whoever has a token or a certificate. */
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

/**
 * Who asks without a token. etcd's HTTP gateway is a client that has the server's own certificate, and none of the
 * users it asks for; etcd knows its calls by what it puts into their metadata where its own client has said what it
 * accepts.
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
