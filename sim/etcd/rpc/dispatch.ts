/** Finds the method of a call, or answers as grpc-go does if there is none. */
import { ERRORS } from '../errors.js';
import { AUTH_METHODS } from './auth-service.js';
import { CLUSTER_METHODS } from './cluster-service.js';
import { ELECTION_METHODS } from './election-service.js';
import type { VersionRules } from '../version.js';
import { HEALTH_METHODS } from './health-service.js';
import { KV_METHODS } from './kv-service.js';
import { LEASE_METHODS } from './lease-service.js';
import { LOCK_METHODS } from './lock-service.js';
import { MAINTENANCE_METHODS } from './maintenance-service.js';
import type { Method } from './server.js';
import { ENDED_CALL } from './streaming.js';
import { WATCH_METHODS } from './watch-service.js';

const SERVICES: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  'etcdserverpb.KV': KV_METHODS,
  'etcdserverpb.Watch': WATCH_METHODS,
  'etcdserverpb.Lease': LEASE_METHODS,
  'etcdserverpb.Cluster': CLUSTER_METHODS,
  'etcdserverpb.Maintenance': MAINTENANCE_METHODS,
  'etcdserverpb.Auth': AUTH_METHODS,
  'v3lockpb.Lock': LOCK_METHODS,
  'v3electionpb.Election': ELECTION_METHODS,
  'grpc.health.v1.Health': HEALTH_METHODS,
};

const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries(SERVICES).flatMap(([service, methods]) =>
    Object.entries(methods).map(([name, method]) => [`/${service}/${name}`, method]),
  ),
);

/** Methods that only some versions have. */
const HAS: ReadonlyMap<string, (rules: VersionRules) => boolean> = new Map([
  ['/etcdserverpb.KV/RangeStream', (rules: VersionRules) => rules.hasRangeStream],
  ['/grpc.health.v1.Health/List', (rules: VersionRules) => rules.hasHealthList],
  ['/etcdserverpb.Auth/AuthStatus', (rules: VersionRules) => rules.auth.hasAuthStatus],
  ['/etcdserverpb.Maintenance/Downgrade', (rules: VersionRules) => rules.maintenance.downgrade !== 'absent'],
]);

/** The paths of all methods, for a version that has them. */
export function pathsOf(rules: VersionRules): readonly string[] {
  return [...METHODS.keys()].filter((path) => HAS.get(path)?.(rules) ?? true);
}

/** The method of a path such as `/etcdserverpb.KV/Range`. */
export function methodOf(path: string, rules: VersionRules): Method {
  const isThere = HAS.get(path)?.(rules) ?? true;
  return (isThere ? METHODS.get(path) : undefined) ?? unimplemented(path);
}

function unimplemented(path: string): Method {
  const details = describe(path);
  return ({ sink }) => {
    sink.status({ code: ERRORS.unknownMethod.code, details });
    return ENDED_CALL;
  };
}

function describe(path: string): string {
  const name = path.startsWith('/') ? path.slice(1) : path;
  const slash = name.lastIndexOf('/');
  if (slash === -1) return `${ERRORS.malformedMethod.text}${JSON.stringify(path)}`;
  const service = name.slice(0, slash);
  return Object.hasOwn(SERVICES, service)
    ? `${ERRORS.unknownMethod.text}${name.slice(slash + 1)} for service ${service}`
    : `${ERRORS.unknownService.text}${service}`;
}
