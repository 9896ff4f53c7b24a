/**
 * A client whose requests meet faults of a script on their way to the fake store: lost requests, lost replies,
 * resends hidden as etcd3's retry policy hides them, and copies that arrive after later requests.
 */
import { Etcd3, EtcdPermissionDeniedError, GRPCDeadlineExceededError, GRPCUnavailableError } from 'etcd3';
import type { FakeKv } from './kv.js';

/** What happens to one request. */
export type Fate =
  | 'pass'
  /** It does not arrive; the client gets an error. */
  | 'request lost'
  /** It applies; the client gets an error. */
  | 'reply lost'
  /** It applies, its reply is lost, and the client library sends it again without telling. */
  | 'hidden resend'
  /** It does not arrive in time, the client library sends it again; the first copy arrives when told so. */
  | 'hidden resend, first copy late'
  /** The client gets an error, and the request arrives when told so. */
  | 'late'
  /** It does not apply and never would. */
  | 'refused'
  /** It applies, its reply is lost, and the copy that the client library sends is refused. */
  | 'hidden resend refused';

export const fates: readonly Fate[] = [
  'pass',
  'request lost',
  'reply lost',
  'hidden resend',
  'hidden resend, first copy late',
  'late',
  'refused',
  'hidden resend refused',
];

/** One request as the script sees it. */
export interface SentRequest {
  readonly method: string;
  /** Whether it can write: a transaction with a put or a deletion, a put, a deletion. */
  readonly writes: boolean;
  /** Keys it writes or would write. */
  readonly written: readonly string[];
  /** Keys it reads, in either branch. */
  readonly read: readonly string[];
}

export class FakeNetwork {
  readonly kv: FakeKv;
  /** Decides each request's fate; everything passes unless it is set. May throw what the client shall get. */
  decide: (request: SentRequest) => Fate | Promise<Fate> = () => 'pass';
  readonly sent: SentRequest[] = [];
  readonly #late: (() => void)[] = [];

  constructor(kv: FakeKv) {
    this.kv = kv;
  }

  /** A real etcd3 client, the connection replaced. */
  client(): Etcd3 {
    const client = new Etcd3({ hosts: 'fake' });
    const callable = {
      exec: (_service: string, method: string, payload: unknown) => this.#exec(method, payload),
    };
    client.mock(callable as unknown as Parameters<Etcd3['mock']>[0]);
    return client;
  }

  /** How many copies have not arrived yet. */
  get lateCopies(): number {
    return this.#late.length;
  }

  /** Lets one copy that is still under way arrive. */
  deliverLate(index = 0): void {
    const [deliver] = this.#late.splice(index, 1);
    deliver?.();
  }

  deliverAllLate(): void {
    while (this.#late.length > 0) this.deliverLate();
  }

  async #exec(method: string, payload: unknown): Promise<unknown> {
    const request = describe(method, payload);
    this.sent.push(request);
    // The network takes its time: replies never come in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    switch (await this.decide(request)) {
      case 'pass':
        return this.kv.execute(method, payload);
      case 'request lost':
        throw new GRPCUnavailableError('14 UNAVAILABLE: connection refused');
      case 'reply lost':
        this.kv.execute(method, payload);
        throw new GRPCUnavailableError('14 UNAVAILABLE: connection reset');
      case 'hidden resend':
        this.kv.execute(method, payload);
        return this.kv.execute(method, payload);
      case 'hidden resend, first copy late':
        this.#late.push(() => this.kv.execute(method, payload));
        return this.kv.execute(method, payload);
      case 'late':
        this.#late.push(() => this.kv.execute(method, payload));
        throw new GRPCDeadlineExceededError('4 DEADLINE_EXCEEDED: Deadline exceeded');
      case 'refused':
        throw new EtcdPermissionDeniedError('7 PERMISSION_DENIED: etcdserver: permission denied');
      case 'hidden resend refused':
        this.kv.execute(method, payload);
        throw new EtcdPermissionDeniedError('7 PERMISSION_DENIED: etcdserver: permission denied');
    }
  }
}

interface Operations {
  readonly key?: Buffer;
  readonly success?: readonly Operation[];
  readonly failure?: readonly Operation[];
}

interface Operation {
  readonly request_put?: { readonly key: Buffer };
  readonly request_delete_range?: { readonly key: Buffer };
  readonly request_range?: { readonly key: Buffer };
}

function describe(method: string, payload: unknown): SentRequest {
  const { key, success = [], failure = [] } = payload as Operations;
  if (method !== 'txn') {
    const keys = [String(key)];
    const writes = method !== 'range';
    return { method, writes, written: writes ? keys : [], read: writes ? [] : keys };
  }
  const operations = [...success, ...failure];
  const written = operations.flatMap(({ request_put: put, request_delete_range: remove }) => {
    const target = put?.key ?? remove?.key;
    return target === undefined ? [] : [String(target)];
  });
  const read = operations.flatMap(({ request_range: range }) =>
    range === undefined ? [] : [String(range.key)],
  );
  return { method, writes: written.length > 0, written, read };
}
