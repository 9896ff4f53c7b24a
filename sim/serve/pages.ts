/**
 * What etcd answers to HTTP/1.1 on its client port, as far as probes and compose files ask for it: `/version`,
 * `/health`, `/livez` and `/readyz`. There is no JSON gateway and there are no metrics: those are not found.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EtcdMember } from '../etcd/service.js';
import type { VersionRules } from '../etcd/version.js';
import { alarmsOf, healthOf } from './member-health.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Page = (query: URLSearchParams) => Answer | Promise<Answer>;

const ACCESS_HEADERS = {
  'Access-Control-Allow-Headers': 'accept, content-type, authorization',
  'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'Access-Control-Allow-Origin': '*',
};
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const PLAIN = { ...TEXT, 'X-Content-Type-Options': 'nosniff' };

/**
 * Answers requests at a member's address.
 *
 * @param report hears of every exception, which ends its request's connection
 */
export function pagesOf(
  member: EtcdMember,
  rules: VersionRules,
  report: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  const pages = new Map<string, Page>([
    ['/version', () => versionOf(rules)],
    ['/health', (query) => health(member, rules, query)],
    ...(rules.hasProbes ? probes(member) : []),
  ]);
  return (request, response) => {
    answer(pages, request)
      .then(({ status, headers, body }) => {
        response.writeHead(status, {
          ...ACCESS_HEADERS,
          ...headers,
          'Content-Length': Buffer.byteLength(body),
        });
        response.end(body);
      })
      .catch((error: unknown) => {
        report(error);
        response.destroy();
      });
  };
}

async function answer(
  pages: ReadonlyMap<string, Page>,
  { method, url = '/' }: IncomingMessage,
): Promise<Answer> {
  if (method === 'OPTIONS') return { status: 200, headers: {}, body: '' };
  const [path = '/', query = ''] = url.split('?', 2);
  const page = pages.get(path);
  if (page === undefined) return failure(404, '404 page not found');
  if (method !== 'GET') {
    const refused = failure(405, 'Method Not Allowed');
    return { ...refused, headers: { Allow: 'GET', ...refused.headers } };
  }
  return page(new URLSearchParams(query));
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
  { hasProbes }: VersionRules,
  query: URLSearchParams,
): Promise<Answer> {
  const say = (isHealthy: boolean, reason: string): string =>
    JSON.stringify(hasProbes ? { health: String(isHealthy), reason } : { health: String(isHealthy) });
  const alarms = await alarmsOf(member);
  const alarm = alarms.find((name) => !query.getAll('exclude').includes(name));
  if (alarm !== undefined) return failure(503, say(false, `ALARM ${alarm}`));
  // Without probes a version knows no parameters either.
  const read = await healthOf(member, hasProbes && query.get('serializable') === 'true');
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
  /** What is wrong; empty where nothing is. */
  look(): Promise<string>;
}

function probes(member: EtcdMember): [string, Page][] {
  const read = async (serializable: boolean): Promise<string> => {
    const found = await healthOf(member, serializable);
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
  return [...probe('/livez', [local]), ...probe('/readyz', ready)];
}

/** A page for all checks together, of which `exclude` leaves out some, and one for each. */
function probe(path: string, checks: readonly Check[]): [string, Page][] {
  return [
    [
      path,
      (query) =>
        look(
          checks.filter(({ name }) => !query.getAll('exclude').includes(name)),
          query,
        ),
    ],
    ...checks.map((check): [string, Page] => [`${path}/${check.name}`, (query) => look([check], query)]),
  ];
}

async function look(checks: readonly Check[], query: URLSearchParams): Promise<Answer> {
  let said = '';
  let isHealthy = true;
  for (const check of checks) {
    const wrong = await check.look();
    isHealthy &&= wrong === '';
    said += wrong === '' ? `[+]${check.name} ok\n` : `[-]${check.name} failed: ${wrong}\n`;
  }
  if (!isHealthy) return failure(503, said);
  return { status: 200, headers: PLAIN, body: `${query.has('verbose') ? said : ''}ok\n` };
}
