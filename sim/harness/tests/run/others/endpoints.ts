/**
 * Endpoints of nodes: `serve` and `call`, over the same network and the same faults as etcd. Invariant: a call ends once,
 * with the handler's answer or with an {@link EndpointError}; what a message holds is copied.
 */
import { AsyncResource } from 'node:async_hooks';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  status as Status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { messageOf } from '../../../../input/describe-thrown.js';
import { attempt } from '../../../../input/describe-value.js';
import type { Json } from '../../../../input/json.js';
import { isAssertion, isOfEtcd } from '../nodes/gave-up.js';
import { jsonOf } from '../json-of.js';
import type { CallOptions, EndpointHandler } from '../../sim.js';

/** Where the endpoints of a simulated node listen. */
const PORT = 4000;
const TIMEOUT_MS = 5000;
/** Who calls, which a real connection does not tell. */
const FROM = 'etcd-sim-from';
/** The handler ended with an error of etcd or of the network. */
const GAVE_UP = 'etcd-sim-gave-up';

/** How grpc-js words that no connection came about. */
const NEVER_SENT = /ECONNREFUSED|Name resolution failed/;

/** A call between two nodes that was not answered. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  /** True if no handler has run, nor will. */
  readonly nothingHappened?: true;

  constructor(
    /**
     * `unreachable`: no process took the call, or its connection broke; `timed out`; `failed`: the handler threw;
     * `not served`: the node has no such endpoint.
     */
    readonly reason: 'unreachable' | 'timed out' | 'failed' | 'not served',
    message: string,
    { nothingHappened = false, ...options }: ErrorOptions & { readonly nothingHappened?: boolean } = {},
  ) {
    super(message, options);
    if (nothingHappened) this.nothingHappened = true;
  }
}

export interface EndpointsOptions {
  /** Where a node's endpoints are reached, and which address it binds; undefined on a real network: a free local port. */
  readonly isSimulated: boolean;
}

export class Endpoints {
  readonly #isSimulated: boolean;
  /** By node, that of its last process. */
  readonly #servers = new Map<string, NodeServer>();
  readonly #ports = new Map<string, number>();
  readonly #clients = new Map<string, Client>();

  constructor({ isSimulated }: EndpointsOptions) {
    this.#isSimulated = isSimulated;
  }

  /**
   * Resolves once calls arrive.
   *
   * @param process which process of the node this is: another one begins without endpoints
   */
  async serve(node: string, process: object, endpoint: string, handler: EndpointHandler): Promise<void> {
    let known = this.#servers.get(node);
    const isNew = known?.process !== process;
    if (known === undefined || isNew) {
      known = { process, server: new Server() };
      this.#servers.set(node, known);
    }
    const { server } = known;
    // Over a real connection a call comes in the context of its socket, which is no node's.
    const handle = this.#isSimulated ? handler : AsyncResource.bind(handler);
    const serveOne = (call: ServerUnaryCall<Content, Content>, answer: sendUnaryData<Content>): void => {
      void answerTo(call, handle).then(({ error, value, trailer }) => answer(error, { value }, trailer));
    };
    if (!server.register(pathOf(endpoint), serveOne, bytesOf, contentIn, 'unary')) {
      throw new Error(`endpoint ${endpoint} of ${node}: expected one that it does not serve yet`);
    }
    // From the first moment that calls arrive they find the endpoint.
    if (isNew) known.bound = this.#listen(node, server);
    await known.bound;
  }

  /** @throws EndpointError */
  async call(
    from: string,
    to: string,
    endpoint: string,
    message: unknown,
    { timeoutMs = TIMEOUT_MS }: CallOptions = {},
  ): Promise<Json> {
    const address = this.#addressOf(to);
    const words = `${from} called ${endpoint} of ${to}`;
    if (address === undefined) {
      throw new EndpointError('unreachable', `${words}: ${to} serves nothing`, { nothingHappened: true });
    }
    const metadata = new Metadata();
    metadata.set(FROM, encodeURIComponent(from));
    const deadline = Date.now() + timeoutMs;
    return new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, content?: Content): void => {
        if (error === null) resolve(content?.value ?? null);
        else reject(endpointError(words, error, timeoutMs));
      };
      this.#clientOf(from, address).makeUnaryRequest(
        ...([pathOf(endpoint), bytesOf, contentIn, { value: jsonOf(message) }] as const),
        ...([metadata, { deadline }, answered] as const),
      );
    });
  }

  /** A new process of the node begins: the clients of one that died are none of its own. */
  begin(node: string): void {
    for (const key of [...this.#clients.keys()]) if (key.startsWith(`${node} `)) this.#clients.delete(key);
  }

  /** The clients of a node, whose process has ended, and its real server are closed. */
  close(node: string): void {
    for (const [key, client] of this.#clients) {
      if (!key.startsWith(`${node} `)) continue;
      client.close();
      this.#clients.delete(key);
    }
    if (this.#isSimulated) return;
    this.#servers.get(node)?.server.forceShutdown();
    this.#ports.delete(node);
  }

  /** Real ports and connections would keep the process alive. */
  closeAll(): void {
    if (this.#isSimulated) return;
    for (const { server } of this.#servers.values()) server.forceShutdown();
    for (const client of this.#clients.values()) client.close();
  }

  async #listen(node: string, server: Server): Promise<void> {
    const address = this.#isSimulated ? `0.0.0.0:${PORT}` : '127.0.0.1:0';
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    this.#ports.set(node, port);
  }

  #addressOf(node: string): string | undefined {
    if (this.#isSimulated) return `${node}:${PORT}`;
    const port = this.#ports.get(node);
    return port === undefined ? undefined : `127.0.0.1:${port}`;
  }

  #clientOf(from: string, address: string): Client {
    const key = `${from} ${address}`;
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = new Client(address, credentials.createInsecure());
      this.#clients.set(key, client);
    }
    return client;
  }
}

interface NodeServer {
  readonly process: object;
  readonly server: Server;
  bound?: Promise<void>;
}

interface Answer {
  readonly error: Partial<ServiceError> | null;
  readonly value: Json;
  readonly trailer: Metadata;
}

async function answerTo(call: ServerUnaryCall<Content, Content>, handler: EndpointHandler): Promise<Answer> {
  const trailer = new Metadata();
  const [from = ''] = call.metadata.get(FROM);
  try {
    const value = jsonOf(await handler(call.request.value, decodeURIComponent(String(from))));
    return { error: null, value, trailer };
  } catch (error) {
    // An assertion is a finding, even if the caller swallows it.
    if (attempt(() => isAssertion(error)) === true && error instanceof Error) void Promise.reject(error);
    if (isOfEtcd(error)) trailer.set(GAVE_UP, '1');
    const details = messageOf(error);
    return { error: { code: Status.UNKNOWN, details }, value: null, trailer };
  }
}

function endpointError(words: string, error: ServiceError, timeoutMs: number): EndpointError {
  const { code, details } = error;
  switch (code) {
    case Status.DEADLINE_EXCEEDED:
      return new EndpointError('timed out', `${words}: no answer within ${timeoutMs} ms`, { cause: error });
    case Status.UNIMPLEMENTED:
      // A mistake of the caller's: without a cause it is no error of the network, with which a node gives up.
      return new EndpointError('not served', `${words}, which it does not serve`, { nothingHappened: true });
    case Status.UNKNOWN: {
      // An error of the handler's own is one that the caller's code should expect.
      const cause = error.metadata.get(GAVE_UP).length > 0 ? { cause: error } : {};
      return new EndpointError('failed', `${words}, which failed: ${details}`, cause);
    }
    default:
      return new EndpointError('unreachable', `${words}: ${details}`, {
        cause: error,
        nothingHappened: NEVER_SENT.test(details),
      });
  }
}

function pathOf(endpoint: string): string {
  return `/etcd-sim.Endpoint/${encodeURIComponent(endpoint)}`;
}

/** What a message holds; grpc-js takes a message that is null, 0 or empty for none. */
interface Content {
  readonly value: Json;
}

function bytesOf(content: Content): Buffer {
  return Buffer.from(JSON.stringify(content));
}

function contentIn(bytes: Buffer): Content {
  return JSON.parse(bytes.toString()) as Content;
}
