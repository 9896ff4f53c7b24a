/**
 * The JSON gateway at `/v3/*`: a POST of JSON becomes a call of the member, and its answer becomes JSON.
 * Invariant: if the client leaves, its call ends; if it does not read, the gateway waits, as with gRPC.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CODE } from '../../etcd/errors.js';
import { metadataOf } from '../../etcd/metadata.js';
import type { CallSink, EtcdMember, ServerCall } from '../../etcd/service.js';
import type { CallStatus } from '../../etcd/call-status.js';
import type { VersionRules } from '../../etcd/version.js';
import type { Containment, Failing } from '../containment.js';
import { refusalOfSize } from '../message-frames.js';
import type { GatewayClient } from '../tls/gateway-client.js';
import { failureBody, failureLine, httpStatusOf } from './failure.js';
import { fromJson, WrongJsonError } from './from-json.js';
import { JsonStream } from './json-stream.js';
import { JsonError } from './json-text.js';
import { ROUTES, type Route } from './routes.js';
import { toJson } from './to-json.js';

/** A stream with this much waiting counts as full. */
const FULL_BYTES = 1024 * 1024;

const JSON_CONTENT = { 'Content-Type': 'application/json' };
const OF_GRPC = { ...JSON_CONTENT, 'Grpc-Metadata-Content-Type': 'application/grpc' };

/** The parts that answer requests. */
export interface JsonCallParts {
  readonly member: EtcdMember;
  readonly rules: VersionRules;
  readonly containment: Containment;
  readonly gateway: GatewayClient;
}

/** Answers one request at a path that begins with `/v3/`. */
export function answerJson(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  parts: JsonCallParts,
): void {
  const { rules } = parts;
  const route = ROUTES.get(path);
  if (route === undefined || rules.gatewayLacks.some((method) => route.method.endsWith(method))) {
    refuse(response, 404, { code: CODE.notFound, details: 'Not Found' }, rules);
  } else if (request.method !== 'POST') {
    refuse(response, 405, { code: CODE.unimplemented, details: 'Method Not Allowed' }, rules);
  } else {
    new JsonCall(route, request, response, parts).begin();
  }
}

/** The answer to a request that is no call: plain text up to 3.5, JSON from 3.6 on. */
function refuse(response: ServerResponse, httpStatus: number, status: CallStatus, rules: VersionRules): void {
  const isJson = rules.gatewayJson === 'protojson';
  const body = isJson ? failureBody(status, rules) : `${status.details}\n`;
  const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  response.writeHead(isJson ? httpStatusOf(status.code, rules) : httpStatus, {
    ...(isJson ? JSON_CONTENT : plain),
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

class JsonCall implements CallSink, Failing {
  readonly #route: Route;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #rules: VersionRules;
  readonly #body = new JsonStream();
  readonly #containment: Containment;
  readonly #open: () => ServerCall;
  /** Why the member is out of reach. */
  readonly #refusal: CallStatus | undefined;
  #service: ServerCall | undefined;
  #answer: unknown;
  #asked = false;
  #ended = false;

  constructor(
    route: Route,
    request: IncomingMessage,
    response: ServerResponse,
    { member, rules, containment, gateway }: JsonCallParts,
  ) {
    this.#route = route;
    this.#request = request;
    this.#response = response;
    this.#rules = rules;
    this.#containment = containment;
    this.#refusal = gateway.refusal;
    this.#open = () => member.open(route.method, metadataOf(metadataIn(request), gateway.commonName), this);
  }

  begin(): void {
    const opensAtOnce = this.#route.answers === 'stream to stream' && this.#rules.gatewayJson === 'protojson';
    // From 3.6 on a stream is opened before its first request has arrived.
    if (opensAtOnce) this.#contained(() => (this.#service = this.#open()));
    this.#request.on('data', (chunk: Buffer) => {
      this.#body.push(chunk);
      this.#contained(() => this.#read());
    });
    this.#request.on('end', () => {
      this.#body.end();
      this.#contained(() => this.#read());
    });
    this.#response.on('close', () => this.#contained(() => this.#onGone()));
    this.#response.on('error', () => undefined);
  }

  /** The service threw. */
  fail(error: unknown): void {
    const details = `etcd-sim: internal error: ${error instanceof Error ? error.message : String(error)}`;
    this.status({ code: CODE.internal, details });
    this.#service?.cancel();
  }

  #contained(action: () => void): void {
    this.#containment.run(this, action, undefined);
  }

  isFull(): boolean {
    return this.#response.writableLength > FULL_BYTES;
  }

  message(bytes: Uint8Array): void {
    if (this.#ended) return;
    const message = toJson(this.#route.response, this.#route.response.decode(bytes));
    if (this.#route.answers === 'one') {
      this.#answer = message;
      return;
    }
    if (!this.#response.headersSent) this.#response.writeHead(200, OF_GRPC);
    this.#response.write(`${JSON.stringify({ result: message })}\n`);
  }

  status(status: CallStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    if (status.code !== CODE.ok) this.#fail(status);
    else if (this.#route.answers === 'one') this.#finish(200, OF_GRPC, JSON.stringify(this.#answer));
    else {
      // An answer that never began has no gRPC headers either.
      if (!this.#response.headersSent) {
        const content = this.#rules.gatewayJson === 'jsonpb' ? JSON_CONTENT : {};
        // HTTP/2 has no chunks.
        const chunked = this.#request.httpVersionMajor === 1 ? { 'Transfer-Encoding': 'chunked' } : {};
        this.#response.writeHead(200, { ...content, ...chunked });
      }
      this.#response.end();
    }
  }

  /** Passes on the received parts of the request. */
  #read(): void {
    const isStream = this.#route.answers === 'stream to stream';
    while (!this.#ended && (isStream || !this.#asked)) {
      let value;
      try {
        value = this.#body.next();
        if (value === 'more') return;
        if (value === 'end') {
          // A missing body counts as an empty message.
          if (isStream) (this.#service ??= this.#open()).halfClose();
          else this.#ask(this.#route.request.encode({}));
          return;
        }
        const source = { rules: this.#rules, text: value.text, start: value.start };
        this.#ask(this.#route.request.encode(fromJson(this.#route.request, value.node, source)));
      } catch (error) {
        if (!(error instanceof JsonError || error instanceof WrongJsonError)) throw error;
        this.#onMalformed(error.message);
        return;
      }
    }
  }

  #ask(bytes: Uint8Array): void {
    this.#asked = true;
    const refusal = refusalOfSize(bytes.length);
    if (refusal !== undefined) {
      this.status(refusal);
      return;
    }
    if (this.#refusal !== undefined) {
      this.#ended = true;
      this.#finishFailure(this.#refusal, false);
      return;
    }
    this.#service ??= this.#open();
    if (this.#ended) return;
    this.#service.message(bytes);
    if (this.#route.answers !== 'stream to stream') this.#service.halfClose();
  }

  /** On an open stream, malformed input ends the client's side without an answer. */
  #onMalformed(details: string): void {
    const isStream = this.#route.answers === 'stream to stream';
    if (this.#service !== undefined && isStream) {
      this.#ignoreRest();
      this.#service.halfClose();
    } else {
      this.#ended = true;
      this.#finishFailure({ code: isStream ? CODE.unknown : CODE.invalidArgument, details }, false);
    }
  }

  #ignoreRest(): void {
    this.#request.removeAllListeners('data');
    this.#request.removeAllListeners('end');
    this.#request.resume();
  }

  #fail(status: CallStatus): void {
    if (this.#route.answers === 'one') {
      this.#finishFailure(status, true);
      return;
    }
    const isFirst = !this.#response.headersSent;
    if (isFirst) {
      this.#response.writeHead(httpStatusOf(status.code, this.#rules), JSON_CONTENT);
    }
    this.#response.end(failureLine(status, { isFirst, rules: this.#rules }));
  }

  /** @param isServed whether the member sent the status: then 3.4 has trailers */
  #finishFailure(status: CallStatus, isServed: boolean): void {
    const httpStatus = httpStatusOf(status.code, this.#rules);
    const body = failureBody(status, this.#rules);
    if (!isServed || !this.#rules.gatewayEndsErrorsWithTrailers) {
      const isChallenge = status.code === CODE.unauthenticated && this.#rules.gatewayJson === 'protojson';
      const challenge = isChallenge ? { 'WWW-Authenticate': singleLineOf(status.details) } : {};
      this.#finish(httpStatus, { ...JSON_CONTENT, ...challenge }, body);
      return;
    }
    this.#response.writeHead(httpStatus, { ...JSON_CONTENT, Trailer: 'Grpc-Trailer-Content-Type' });
    this.#response.write(body);
    this.#response.addTrailers({ 'Grpc-Trailer-Content-Type': 'application/grpc' });
    this.#response.end();
  }

  #finish(httpStatus: number, headers: Readonly<Record<string, string>>, body: string): void {
    this.#response.writeHead(httpStatus, { ...headers, 'Content-Length': Buffer.byteLength(body) });
    this.#response.end(body);
  }

  #onGone(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#service?.cancel();
  }
}

/** Characters that a header may not contain are left out. */
function singleLineOf(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '');
}

/**
 * Headers that become metadata: the token, and those that begin with `Grpc-Metadata-`. The Accept header does
 * too: it tells the member that the gateway acts for another client.
 */
function metadataIn({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const prefix = 'grpc-metadata-';
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (name === 'authorization') metadata.set(name, value);
    else if (name === 'accept') metadata.set('grpcgateway-accept', value);
    else if (name.startsWith(prefix)) metadata.set(name.slice(prefix.length), value);
  }
  return metadata;
}
