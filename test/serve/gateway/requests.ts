/**
 * Requests to the JSON gateway, in order: each call of etcd at least once, and malformed JSON and messages.
 * Invariant: they depend only on the version of etcd, so that two etcds can get the same.
 */

export interface GatewayRequest {
  readonly path: string;
  readonly body: string;
  /** `POST` by default. */
  readonly method?: string;
  /** `TOKEN` in it is the token that was issued last. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For an answer that stays open: this many lines of it. */
  readonly lines?: number;
}

function post(path: string, ...bodies: readonly (string | object)[]): GatewayRequest[] {
  return bodies.map((body) => ({ path, body: typeof body === 'string' ? body : JSON.stringify(body) }));
}

function posted(path: string, body: string | object, more: Partial<GatewayRequest>): GatewayRequest {
  return { path, body: typeof body === 'string' ? body : JSON.stringify(body), ...more };
}

const key = 'Zm9v';
const RANGE = '/v3/kv/range';
const WATCH = '/v3/watch';

const ranges: GatewayRequest[] = [
  ...post(RANGE, { key }, {}, '', { key, range_end: '' }, { key, rangeEnd: 'AA==' }, { key, bogus: 1 }),
  ...['x', 1.5, '1.0', true, {}, '', null, 1, '-1'].flatMap((limit) => post(RANGE, { key, limit })),
  ...['1e2', '99999999999999999999', '01', '-', '.5'].flatMap((limit) =>
    post(RANGE, `{"key":"${key}","limit":${limit},"x":0}`),
  ),
  ...['DESCEND', 'BOGUS', 7, '1', {}].flatMap((order) => post(RANGE, { key, sort_order: order })),
  ...['%%%', 'Zm9', 'Zm9v-_', 'Zg', 'Zg=', 'Zg==', 'Zg===', 'Zm9vZm9', 5, null].flatMap((one) =>
    post(RANGE, { key: one }),
  ),
  ...post(RANGE, { key, serializable: 'true' }, { key, serializable: 1 }, { key, revision: '999' }),
  ...post(RANGE, '[]', '"x"', '5', 'null', 'true', '{"key":"Zm9v"} trailing', '{"key":"Zm9v"}{"key":"YQ=="}'),
  ...post(RANGE, '{"key":', '{"key" "x"}', '{"key":"Zm9v",}', '{key:1}', '{"key":"Zm\n9v"}', '{"key":tru}'),
  ...post(
    RANGE,
    '{"key":"\\u005am9v"}',
    '{"key":"\\q"}',
    '{"key":"\\u00g"}',
    '{"key":nul}',
    '{"key":"Zm9v" x',
  ),
  ...post(RANGE, '{"key":"Zm9v","key":"YQ=="}', '\n\n  {"key":"Zm9v",\n "limit":"x"}', '{"key":[1,]}'),
];

const routing: GatewayRequest[] = [
  ...['GET', 'PUT', 'HEAD', 'OPTIONS'].map((method) => posted(RANGE, '', { method })),
  ...['/v3/kv/bogus', '/v3/', '/v3/kv/range/', '/v3beta/kv/range', '/v3/kv/range?x=1', '/v3/kv/range:x'].map(
    (path) => posted(path, { key }, {}),
  ),
  posted(RANGE, { key }, { headers: { 'content-type': 'application/json' } }),
];

const transactions: GatewayRequest[] = post(
  '/v3/kv/txn',
  {
    compare: [{ key, target: 'VERSION', version: '1' }],
    success: [{ requestPut: { key, value: 'YmFy' } }],
    failure: [{ request_range: { key } }],
  },
  {
    compare: [{ key, target: 'VALUE', result: 'NOT_EQUAL', value: '' }],
    success: [{ request_put: { key, value: '' } }],
  },
  { compare: [{ key, target: 'CREATE', result: 'GREATER', create_revision: 1 }] },
  { compare: [{ key, target: 'VERSION', version: '1', mod_revision: '2' }] },
  { compare: [{ key, target: 'LEASE', lease: '9223372036854775807' }] },
  { success: [{ request_txn: { success: [{ request_range: { key } }] } }] },
  { success: [{ request_put: { key } }, { request_put: { key } }] },
  { success: [{}] },
  { success: {} },
  { success: ['x'] },
);

const leases: GatewayRequest[] = [
  ...post(
    '/v3/lease/grant',
    { TTL: '60', ID: '7' },
    { TTL: '60', ID: '7' },
    { TTL: '0' },
    { ttl: 60, ID: 8 },
  ),
  ...post('/v3/kv/put', { key: 'bA==', value: 'bA==', lease: '7' }, { key: 'bA==', lease: '77' }),
  ...post(RANGE, { key: 'bA==' }),
  ...post('/v3/lease/keepalive', { ID: 7 }, '{"ID":7}{"ID":9}', '', '{"ID":7} {"ID":"x"} {"ID":7}'),
  ...post('/v3/lease/timetolive', { ID: 7, keys: true }),
  ...post('/v3/kv/lease/timetolive', { ID: '9' }),
  ...post('/v3/lease/leases', {}),
  ...post('/v3/kv/lease/leases', ''),
  ...post('/v3/kv/lease/revoke', { ID: 7 }, { ID: 7 }),
  ...post('/v3/lease/revoke', { ID: 8 }),
];

const upkeep: GatewayRequest[] = [
  ...post('/v3/kv/deleterange', { key, prev_kv: true }, { key }),
  ...post('/v3/kv/compaction', { revision: '3' }, { revision: '3' }, { revision: '300', physical: true }),
  ...post(RANGE, { key, revision: '2' }),
  ...post('/v3/cluster/member/list', {}),
  ...post('/v3/cluster/member/promote', { ID: '1' }),
  ...post('/v3/cluster/member/remove', { ID: '1' }),
  ...post('/v3/cluster/member/add', { peerURLs: ['nonsense'] }),
  ...post('/v3/cluster/member/update', { ID: '1', peerURLs: ['http://127.0.0.1:1'] }),
  ...['status', 'hash', 'hashkv', 'defragment'].flatMap((name) => post(`/v3/maintenance/${name}`, {})),
  ...post('/v3/maintenance/alarm', {}, { action: 'ACTIVATE', memberID: '5', alarm: 'NOSPACE' }),
  ...post('/v3/kv/put', { key: 'eA==' }),
  ...post('/v3/maintenance/alarm', { action: 'DEACTIVATE', memberID: '5', alarm: 1 }),
  ...post('/v3/maintenance/downgrade', { action: 'VALIDATE', version: '3.5' }, { action: 'CANCEL' }),
  ...post('/v3/maintenance/transfer-leadership', { targetID: '5' }),
];

const concurrency: GatewayRequest[] = [
  ...post('/v3/lock/lock', { name: 'bG9jaw==' }, { name: 'bG9jaw==', lease: '99' }),
  ...post('/v3/lock/unlock', { key: 'bG9jaw==' }),
  ...post('/v3/election/leader', { name: 'ZQ==' }),
  ...post('/v3/election/campaign', { name: 'ZQ==', lease: '12345' }, { name: 'ZQ==', value: 'dg==' }),
  ...post('/v3/election/leader', { name: 'ZQ==' }),
  posted('/v3/election/observe', { name: 'ZQ==' }, { lines: 1 }),
  ...post('/v3/election/resign', {}),
  ...post('/v3/election/proclaim', {
    leader: { name: 'ZQ==', key: 'ZQ==', rev: '1', lease: 2 },
    value: 'dg==',
  }),
];

const watches: GatewayRequest[] = [
  posted(WATCH, '{"create_request":{"key":"Zm9v"}}{"cancel_request":{"watch_id":0}}', { lines: 2 }),
  posted(WATCH, { create_request: { key, start_revision: '4', prev_kv: true } }, { lines: 2 }),
  posted(WATCH, { create_request: { key, start_revision: '1' } }, { lines: 2 }),
  posted(WATCH, { createRequest: { key, filters: ['NOPUT', 1] } }, { lines: 1 }),
];

const users: GatewayRequest[] = [
  ...post('/v3/auth/status', {}),
  ...post('/v3/auth/enable', {}),
  ...post('/v3/auth/authenticate', { name: 'u', password: 'p' }),
  ...post('/v3/auth/user/add', { name: 'root', password: 'r' }, { name: 'u', password: 'p' }, { name: 'u' }),
  ...post('/v3/auth/user/add', { name: 'nopass', options: { no_password: true } }, { name: '' }),
  ...post('/v3/auth/role/add', { name: 'root' }, { name: 'r' }),
  ...post('/v3/auth/role/grant', { name: 'r', perm: { key, range_end: 'AA==', permType: 'READWRITE' } }),
  ...post('/v3/auth/role/get', { role: 'r' }),
  ...post('/v3/auth/role/list', {}),
  ...post('/v3/auth/user/grant', { user: 'u', role: 'r' }, { user: 'root', role: 'root' }),
  ...post('/v3/auth/user/get', { name: 'u' }),
  ...post('/v3/auth/user/list', {}),
  ...post('/v3/auth/user/changepw', { name: 'u', password: 'q' }),
];

const token = { headers: { authorization: 'TOKEN' } };

const authenticated: GatewayRequest[] = [
  ...post('/v3/auth/enable', {}),
  ...post(RANGE, { key }),
  posted(RANGE, { key }, { headers: { authorization: 'nonsense' } }),
  ...post('/v3/auth/authenticate', { name: 'u', password: 'wrong' }, { name: 'u', password: 'q' }),
  posted(RANGE, { key }, token),
  posted(RANGE, { key }, { headers: { authorization: 'Bearer TOKEN' } }),
  posted(RANGE, { key }, { headers: { 'grpc-metadata-token': 'TOKEN' } }),
  posted('/v3/kv/put', { key: 'YQ==' }, token),
  posted(WATCH, { create_request: { key } }, { lines: 1 }),
  ...post('/v3/lease/keepalive', { ID: 7 }),
  ...post('/v3/maintenance/snapshot', {}),
  ...post('/v3/auth/authenticate', { name: 'root', password: 'r' }),
  posted('/v3/auth/role/revoke', { role: 'r', key, range_end: 'AA==' }, token),
  posted('/v3/auth/user/revoke', { name: 'u', role: 'r' }, token),
  posted('/v3/auth/user/delete', { name: 'u' }, token),
  posted('/v3/auth/role/delete', { role: 'r' }, token),
  posted('/v3/auth/disable', {}, token),
];

export const gatewayRequests: readonly GatewayRequest[] = [
  ...post('/v3/kv/put', { key, value: 'YmFy' }, { key, value: 'YmFy', prev_kv: true }),
  ...[...ranges, ...routing, ...transactions, ...watches.slice(1, 3)],
  ...[...leases, ...upkeep, ...concurrency, ...watches, ...users, ...authenticated],
];
