/**
 * Requests to a Kubernetes API server. Invariant: every answer is a value, refusals included; only a broken
 * connection rejects.
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';

/** An object of the API, or a list, or a refusal (`kind: Status`). */
export interface ApiObject {
  readonly kind?: string;
  readonly metadata?: Metadata;
  readonly [key: string]: unknown;
}

export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** Of a list: where its next page begins. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface Answer {
  /** Of HTTP. */
  readonly code: number;
  readonly body: ApiObject;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: ApiObject;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The kinds of patch, by their media types. */
export const PATCH = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export interface ApiOptions {
  /** Such as `https://127.0.0.1:6443`. */
  readonly url: string;
  /** The certificate of the server's authority. */
  readonly ca: Buffer;
  readonly token: string;
}

export class Api {
  readonly #options: ApiOptions;
  readonly #agent: https.Agent;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#agent = new https.Agent({ keepAlive: true, ca: options.ca });
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  create(path: string, object: ApiObject): Promise<Answer> {
    return this.request('POST', path, object);
  }

  patch(path: string, kind: keyof typeof PATCH, patch: unknown): Promise<Answer> {
    return this.request('PATCH', path, patch, PATCH[kind]);
  }

  async request(
    method: Method,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<Answer> {
    const response = await this.#send(method, path, body, contentType);
    let text = '';
    for await (const piece of response.setEncoding('utf8')) text += String(piece);
    return { code: response.statusCode ?? 0, body: parse(text) };
  }

  /** The events of a watch, until the server ends it or the consumer stops. */
  async *watch(path: string, signal?: AbortSignal): AsyncGenerator<WatchEvent> {
    let response: IncomingMessage | undefined;
    try {
      response = await this.#send('GET', path, undefined, undefined, signal);
      for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
        if (response.statusCode === 200) yield JSON.parse(line) as WatchEvent;
        // A refusal comes as one object instead of events.
        else yield { type: 'ERROR', object: parse(line) };
      }
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    } finally {
      response?.destroy();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(
    method: Method,
    path: string,
    body: unknown,
    contentType: string | undefined,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const { url, token } = this.#options;
    const content = body === undefined ? undefined : JSON.stringify(body);
    // Node.js does not count the bytes of a DELETE by itself.
    const counted =
      content === undefined
        ? {}
        : { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(content) };
    const request = https.request(new URL(path, url), {
      method,
      agent: this.#agent,
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/json', ...counted },
      ...(signal === undefined ? {} : { signal }),
    });
    request.end(content);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }
}

/** Some refusals, such as those of health checks, are plain text. */
function parse(text: string): ApiObject {
  try {
    return JSON.parse(text) as ApiObject;
  } catch {
    return { kind: 'Text', message: text };
  }
}

/** The answer's object. @throws Error if it is a refusal */
export function accepted({ code, body }: Answer): ApiObject {
  if (code >= 200 && code < 300) return body;
  throw new Error(`the API server refused with ${code}: ${String(body['message'])}`);
}

/** The objects of a list. */
export function itemsOf(list: ApiObject): readonly ApiObject[] {
  return (list['items'] ?? []) as readonly ApiObject[];
}

/** The name of an object, which every object but a list has. */
export function nameOf({ metadata }: ApiObject): string {
  return metadata?.name ?? '';
}
