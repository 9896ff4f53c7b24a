/**
 * The calls of one process of a member, as etcd counts them outside its services. Invariant: the methods of
 * etcd's own services are present from the beginning, with zeros; those of Lock and Election from their first
 * call on.
 */
import { pathsOf } from '../../etcd/rpc/dispatch.js';
import type { VersionRules } from '../../etcd/version.js';
import { counter, type Family, type Labels, type Sample } from './exposition.js';

/** The names of gRPC's codes. */
export const CODE_NAMES = [
  ...['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists'],
  ...[
    'PermissionDenied',
    'ResourceExhausted',
    'FailedPrecondition',
    'Aborted',
    'OutOfRange',
    'Unimplemented',
  ],
  ...['Internal', 'Unavailable', 'DataLoss', 'Unauthenticated'],
] as const;
export type CodeName = (typeof CODE_NAMES)[number];

export type MethodType = 'unary' | 'server_stream' | 'bidi_stream';

/** Methods that are not unary. */
const STREAMS: ReadonlyMap<string, MethodType> = new Map([
  ['/etcdserverpb.Watch/Watch', 'bidi_stream'],
  ['/etcdserverpb.Lease/LeaseKeepAlive', 'bidi_stream'],
  ['/etcdserverpb.KV/RangeStream', 'server_stream'],
  ['/etcdserverpb.Maintenance/Snapshot', 'server_stream'],
  ['/v3electionpb.Election/Observe', 'server_stream'],
  ['/grpc.health.v1.Health/Watch', 'server_stream'],
]);

export interface MethodCounts {
  readonly type: MethodType;
  readonly labels: Labels;
  started: number;
  received: number;
  sent: number;
  readonly handled: Record<CodeName, number>;
}

export class CallCounts {
  receivedBytes = 0;
  sentBytes = 0;
  readonly #methods = new Map<string, MethodCounts>();
  /** By the client's reported version, and whether it opens a stream. */
  readonly #requests = new Map<string, { readonly labels: Labels; count: number }>();

  constructor(rules: VersionRules) {
    for (const path of pathsOf(rules)) if (!/^\/v3(lock|election)pb\./.test(path)) this.of(path);
  }

  /** The counts of the method at the path. */
  of(path: string): MethodCounts {
    let counts = this.#methods.get(path);
    if (counts === undefined) this.#methods.set(path, (counts = newCounts(path)));
    return counts;
  }

  /** A call that reaches a service. */
  countRequest(type: MethodType, clientVersion: string): void {
    const labels = { type: type === 'unary' ? 'unary' : 'stream', client_api_version: clientVersion };
    const key = `${labels.type} ${clientVersion}`;
    let request = this.#requests.get(key);
    if (request === undefined) this.#requests.set(key, (request = { labels, count: 0 }));
    request.count++;
  }

  families(): readonly Family[] {
    const methods = [...this.#methods.values()];
    const family = (name: string, valueOf: (method: MethodCounts) => number): Family => ({
      name: `grpc_server_${name}_total`,
      type: 'counter',
      samples: methods.map((method) => ({ labels: method.labels, value: valueOf(method) })),
    });
    return [
      family('started', ({ started }) => started),
      family('msg_received', ({ received }) => received),
      family('msg_sent', ({ sent }) => sent),
      { name: 'grpc_server_handled_total', type: 'counter', samples: methods.flatMap(handledSamples) },
      {
        name: 'etcd_server_client_requests_total',
        type: 'counter',
        samples: [...this.#requests.values()].map(({ labels, count }) => ({ labels, value: count })),
      },
      counter('etcd_network_client_grpc_received_bytes_total', this.receivedBytes),
      counter('etcd_network_client_grpc_sent_bytes_total', this.sentBytes),
    ];
  }
}

export function typeOf(path: string): MethodType {
  return STREAMS.get(path) ?? 'unary';
}

function newCounts(path: string): MethodCounts {
  const [, service = '', method = ''] = path.split('/');
  const type = typeOf(path);
  return {
    type,
    labels: { grpc_method: method, grpc_service: service, grpc_type: type },
    started: 0,
    received: 0,
    sent: 0,
    handled: Object.fromEntries(CODE_NAMES.map((name) => [name, 0])) as Record<CodeName, number>,
  };
}

function handledSamples({ labels, handled }: MethodCounts): Sample[] {
  return CODE_NAMES.map((name) => ({ labels: { grpc_code: name, ...labels }, value: handled[name] }));
}
