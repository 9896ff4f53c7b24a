/**
 * etcd's answers to HTTP/1.1 on its client port: `/version`, `/health`, `/livez`, `/readyz`, `/metrics`, and
 * the JSON gateway below `/v3/`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { EtcdMember } from '../etcd/service.js';
import type { VersionRules } from '../etcd/version.js';
import type { Containment } from './containment.js';
import { answerJson } from './gateway/gateway.js';
import type { Pages } from './grpc-server.js';
import { alarmsOf, healthOf } from './member-health.js';
import { HealthCounts } from './metrics/health-counts.js';
import type { ServedMetrics } from './metrics/served-metrics.js';
import type { GatewayClient } from './tls/gateway-client.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** It is streamed, so its length is unknown. */
  readonly isStreamed?: boolean;
}

type Page = (query: URLSearchParams) => Answer | Promise<Answer>;

const ACCESS_HEADERS = {
  'Access-Control-Allow-Headers': 'accept, content-type, authorization',
  'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'Access-Control-Allow-Origin': '*',
};
const METRICS_PATH = '/metrics';
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
/** The gateway would call the member as itself, not as its client. */
const NO_USERS_FROM_CERTIFICATES =
  'CommonName of client sending a request against gateway will be ignored and not used as expected';
const PLAIN = { ...TEXT, 'X-Content-Type-Options': 'nosniff' };

/**
 * Answers requests at a member's address; an exception ends its request's connection.
 *
 * @param metrics for the member's page; without them there is no `/metrics`
 */
export function pagesOf(
  member: EtcdMember,
  rules: VersionRules,
  containment: Containment,
  metrics?: ServedMetrics,
  gateway: GatewayClient = { commonName: undefined, refusal: undefined },
): Pages {
  const countsNow = (): HealthCounts => metrics?.health ?? new HealthCounts();
  const pages = new Map<string, Page>([
    ['/version', () => versionOf(rules)],
    ['/health', (query) => health(member, rules, query, countsNow())],
    ...(rules.hasProbes ? probes(member, rules, countsNow) : []),
  ]);
  return (request, response, commonName = '') => {
    const path = pathOf(request);
    if (commonName !== '' && member.isAuthEnabled === true && path.startsWith('/v3/')) {
      respond(response, failure(400, NO_USERS_FROM_CERTIFICATES));
      return;
    }
    if (path.startsWith('/v3/') && path === cleanPath(path) && request.method !== 'OPTIONS') {
      for (const [name, value] of Object.entries(ACCESS_HEADERS)) response.setHeader(name, value);
      answerJson(path, request, response, { member: metrics?.member ?? member, rules, containment, gateway });
      return;
    }
    const isOfMetrics = path === METRICS_PATH && request.method !== 'OPTIONS';
    (metrics !== undefined && isOfMetrics ? metricsPage(metrics, request) : answer(pages, request))
      .then((page) => respond(response, { ...page, headers: { ...ACCESS_HEADERS, ...page.headers } }))
      .catch((error: unknown) => {
        containment.run({ fail: () => void response.destroy() }, () => rethrow(error), undefined);
      });
  };
}

/** With any method. */
async function metricsPage(metrics: ServedMetrics, { headers }: IncomingMessage): Promise<Answer> {
  const text = await metrics.page();
  const head = { 'Content-Type': metrics.contentType };
  const isPacked = /\bgzip\b/.test(String(headers['accept-encoding']));
  if (!isPacked) return { status: 200, headers: head, body: text, isStreamed: true };
  const packed = { ...head, 'Content-Encoding': 'gzip' };
  return { status: 200, headers: packed, body: gzipSync(text), isStreamed: true };
}

function respond(response: ServerResponse, { status, headers, body, isStreamed = false }: Answer): void {
  response.writeHead(status, {
    ...headers,
    ...(isStreamed ? {} : { 'Content-Length': Buffer.byteLength(body) }),
  });
  response.end(body);
}

function rethrow(error: unknown): never {
  throw error;
}

/** Clients of old releases use `/v3beta/`. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = '/'] = url.split('?', 1);
  return path.replace(/^\/v3beta\//, '/v3/');
}

async function answer(pages: ReadonlyMap<string, Page>, request: IncomingMessage): Promise<Answer> {
  const { method, url = '/' } = request;
  if (method === 'OPTIONS') return { status: 200, headers: {}, body: '' };
  const path = pathOf(request);
  const [, query = ''] = url.split('?', 2);
  const clean = cleanPath(path);
  if (clean !== path) return redirection(method, query === '' ? clean : `${clean}?${query}`);
  const page = pages.get(path);
  if (page === undefined) return failure(404, '404 page not found');
  if (method !== 'GET') {
    const refused = failure(405, 'Method Not Allowed');
    return { ...refused, headers: { Allow: 'GET', ...refused.headers } };
  }
  return page(new URLSearchParams(query));
}

/** As in Go's router: without empty and dotted parts, and the gateway's root ends with a slash. */
function cleanPath(path: string): string {
  if (path === '/v3') return '/v3/';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}${path.endsWith('/') && parts.length > 0 ? '/' : ''}`;
}

function redirection(method: string | undefined, location: string): Answer {
  const headers = { Location: location };
  if (method !== 'GET' && method !== 'HEAD') return { status: 307, headers, body: '' };
  const body = `<a href="${location}">Temporary Redirect</a>.\n\n`;
  return { status: 307, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' }, body };
}

function failure(status: number, text: string): Answer {
  return { status, headers: PLAIN, body: `${text}\n` };
}

function versionOf({ version, release, storageVersion }: VersionRules): Answer {
  const versions = { etcdserver: release, etcdcluster: `${version}.0` };
  const body = JSON.stringify(storageVersion === '' ? versions : { ...versions, storage: storageVersion });
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

async function health(
  member: EtcdMember,
  rules: VersionRules,
  query: URLSearchParams,
  counts: HealthCounts,
): Promise<Answer> {
  const answer = await healthAnswer(member, rules, query);
  counts.count(answer.status === 200);
  return answer;
}

async function healthAnswer(
  member: EtcdMember,
  rules: VersionRules,
  query: URLSearchParams,
): Promise<Answer> {
  const { hasProbes } = rules;
  const say = (isHealthy: boolean, reason: string): string =>
    JSON.stringify(hasProbes ? { health: String(isHealthy), reason } : { health: String(isHealthy) });
  const alarms = await alarmsOf(member);
  const alarm = alarms.find((name) => !query.getAll('exclude').includes(name));
  if (alarm !== undefined) return failure(503, say(false, `ALARM ${alarm}`));
  // A version without probes has no parameters either.
  const read = await healthOf(member, rules, hasProbes && query.get('serializable') === 'true');
  switch (read.kind) {
    case 'healthy':
      return { status: 200, headers: TEXT, body: say(true, '') };
    case 'no leader':
      return failure(503, say(false, 'RAFT NO LEADER'));
    case 'failed':
      return failure(503, say(false, `RANGE ERROR:${read.error}`));
    default:
      return read satisfies never;
  }
}

interface Check {
  readonly name: string;
  /** The failed checks; empty if there are none. */
  look(): Promise<string>;
}

function probes(member: EtcdMember, rules: VersionRules, countsNow: () => HealthCounts): [string, Page][] {
  const read = async (serializable: boolean): Promise<string> => {
    const found = await healthOf(member, rules, serializable);
    if (found.kind === 'failed') return found.error;
    return found.kind === 'no leader' ? 'etcdserver: no leader' : '';
  };
  const corruption = async (): Promise<string> =>
    (await alarmsOf(member)).includes('CORRUPT') ? 'alarm activated: CORRUPT' : '';
  const local: Check = { name: 'serializable_read', look: () => read(true) };
  const ready: readonly Check[] = [
    { name: 'data_corruption', look: corruption },
    local,
    { name: 'linearizable_read', look: () => read(false) },
    { name: 'non_learner', look: () => Promise.resolve('') },
  ];
  return [...probe('livez', [local], countsNow), ...probe('readyz', ready, countsNow)];
}

/** One page for all checks together, minus those in `exclude`, and one for each. */
function probe(type: string, checks: readonly Check[], countsNow: () => HealthCounts): [string, Page][] {
  const page = (looked: readonly Check[], query: URLSearchParams): Promise<Answer> =>
    look(looked, query, (name, isWell) => countsNow().countCheck(type, name, isWell));
  return [
    [
      `/${type}`,
      (query) =>
        page(
          checks.filter(({ name }) => !query.getAll('exclude').includes(name)),
          query,
        ),
    ],
    ...checks.map((check): [string, Page] => [`/${type}/${check.name}`, (query) => page([check], query)]),
  ];
}

async function look(
  checks: readonly Check[],
  query: URLSearchParams,
  count: (name: string, isWell: boolean) => void,
): Promise<Answer> {
  let said = '';
  let isHealthy = true;
  for (const check of checks) {
    const wrong = await check.look();
    isHealthy &&= wrong === '';
    count(check.name, wrong === '');
    said += wrong === '' ? `[+]${check.name} ok\n` : `[-]${check.name} failed: ${wrong}\n`;
  }
  if (!isHealthy) return failure(503, said);
  return { status: 200, headers: PLAIN, body: `${query.has('verbose') ? said : ''}ok\n` };
}
