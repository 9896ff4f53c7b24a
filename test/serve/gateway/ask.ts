/**
 * Sends a request to a JSON gateway, and removes the parts of its answer that differ between any two etcds.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { GatewayRequest } from './requests.js';

export interface GatewayAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** One entry per line, as data if it is JSON. */
  readonly body: readonly unknown[];
}

export class GatewayClient {
  readonly #host: string;
  #token = '';

  readonly #tls: SecureContextOptions | undefined;

  /**
   * @param host such as `http://127.0.0.1:2379`
   * @param tls what it shows and trusts, if the host uses TLS
   */
  constructor(host: string, tls?: SecureContextOptions) {
    this.#host = host;
    this.#tls = tls;
  }

  async ask(asked: GatewayRequest): Promise<GatewayAnswer> {
    const { path, body, method = 'POST', headers = {}, lines } = asked;
    const sent = Object.entries(headers).map(([name, value]) => [name, value.replace('TOKEN', this.#token)]);
    const { response, text } = await new Promise<{ response: IncomingMessage; text: string }>(
      (resolve, reject) => {
        const outgoing = (this.#tls === undefined ? httpRequest : httpsRequest)(
          new URL(path, this.#host),
          { ...this.#tls, method, headers: Object.fromEntries(sent) as Record<string, string>, agent: false },
          (incoming) => {
            let heard = '';
            incoming.setEncoding('utf8');
            incoming.on('data', (chunk: string) => {
              heard += chunk;
              if (lines === undefined || heard.split('\n').length <= lines) return;
              resolve({ response: incoming, text: heard });
              outgoing.destroy();
            });
            incoming.on('end', () => resolve({ response: incoming, text: heard }));
            incoming.on('error', () => undefined);
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      },
    );
    const parsed = text.split('\n').map(parseLine);
    this.#learnToken(parsed[0]);
    const headersHeard = Object.entries(response.headers).filter(([name]) => !PASSING.has(name));
    return {
      status: response.statusCode,
      headers: Object.fromEntries(headersHeard),
      trailers: response.trailers,
      body: parsed.map((line) => normalized(line)),
    };
  }

  #learnToken(line: unknown): void {
    if (typeof line !== 'object' || line === null || !('token' in line)) return;
    this.#token = String(line.token);
  }
}

/** Headers of the moment and of the connection. */
const PASSING = new Set(['date', 'content-length', 'connection', 'keep-alive']);

/** Parts that are specific to each etcd. */
const OWN = new Set([
  ...['cluster_id', 'member_id', 'raft_term', 'raftTerm', 'leader', 'raftIndex', 'raftAppliedIndex'],
  ...['dbSize', 'dbSizeInUse', 'token', 'hash', 'lease', 'peerURLs', 'clientURLs', 'TTL'],
]);

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

function normalized(value: unknown, name = ''): unknown {
  if (Array.isArray(value) && !OWN.has(name)) return value.map((item) => normalized(item));
  if (typeof value === 'object' && value !== null && !OWN.has(name)) {
    const entries = Object.entries(value).map(([key, item]) => [key, normalized(item, key)]);
    // Only members have a name and URLs.
    return Object.fromEntries('peerURLs' in value ? entries.filter(([key]) => key !== 'name') : entries);
  }
  if (OWN.has(name)) return `some ${name}`;
  // Ids that etcd drew, and the keys derived from them.
  if (name === 'ID' && String(value).length > 10) return 'some ID';
  if (name === 'key' && typeof value === 'string' && /^(bG9jay|ZS[89])/.test(value)) return 'some key';
  return value;
}
