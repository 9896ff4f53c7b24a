/**
 * Reads the HTTP/2 headers of a gRPC call, and writes those of its end. The checks follow grpc-go, in its
 * order and with its texts, because grpc-go answers in front of etcd.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { CODE } from '../etcd/errors.js';
import type { CallMetadata } from '../etcd/service.js';
import type { CallStatus } from '../etcd/call-status.js';

export type Encoding = 'identity' | 'gzip';

/** A call that may begin, or the answer to one that may not. */
export type Opening =
  | {
      readonly kind: 'call';
      readonly path: string;
      readonly contentType: string;
      /** The timeout that the client requests; Infinity without one. */
      readonly timeoutMs: number;
      readonly encoding: Encoding;
      readonly metadata: CallMetadata;
    }
  | { readonly kind: 'refused'; readonly httpStatus: number; readonly status: CallStatus };

const CONTENT_TYPE = 'application/grpc';

/** Milliseconds of each unit that `grpc-timeout` may have. */
const UNITS_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
/** Eight digits and a unit. */
const TIMEOUT_LENGTH_MAX = 9;
/** No timer of this machine reaches further than 24 days, so no call does. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export function openingOf(headers: IncomingHttpHeaders): Opening {
  const contentType = headers['content-type'] ?? '';
  if (!isGrpc(contentType)) {
    return refuse(
      415,
      CODE.invalidArgument,
      `invalid gRPC request content-type ${JSON.stringify(contentType)}`,
    );
  }
  const method = headers[':method'] ?? '';
  if (method !== 'POST') {
    const details = `Received a HEADERS frame with :method ${JSON.stringify(method)} which should be POST`;
    return refuse(405, CODE.internal, details);
  }
  const timeout = headers['grpc-timeout'];
  const timeoutMs = typeof timeout === 'string' ? timeoutOf(timeout) : Infinity;
  if (typeof timeoutMs === 'string') {
    return refuse(400, CODE.internal, `malformed grpc-timeout: transport: timeout ${timeoutMs}`);
  }
  if (timeoutMs === 0) return refuse(200, CODE.deadlineExceeded, 'context deadline exceeded');
  const encoding = headers['grpc-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== '') {
    const details = `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`;
    return refuse(200, CODE.unimplemented, details);
  }
  return {
    kind: 'call',
    path: headers[':path'] ?? '',
    contentType,
    timeoutMs,
    encoding: encoding === 'gzip' ? 'gzip' : 'identity',
    metadata: metadataOf(headers),
  };
}

/** How a call ends; `grpc-message` is percent-encoded as gRPC has it. */
export function statusHeaders({ code, details }: CallStatus): OutgoingHttpHeaders {
  return { 'grpc-status': String(code), 'grpc-message': details === '' ? '' : encodeDetails(details) };
}

/** The status of an answer without messages; grpc-go sends no date. */
export const AT_ONCE = { endStream: true, sendDate: false };

/** The headers of an answer without messages. */
export function refusalHeaders(httpStatus: number, status: CallStatus): OutgoingHttpHeaders {
  return { ':status': httpStatus, 'content-type': CONTENT_TYPE, ...statusHeaders(status) };
}

function refuse(httpStatus: number, code: number, details: string): Opening {
  return { kind: 'refused', httpStatus, status: { code, details } };
}

function isGrpc(contentType: string): boolean {
  if (!contentType.startsWith(CONTENT_TYPE)) return false;
  const next = contentType.charAt(CONTENT_TYPE.length);
  return next === '' || next === '+' || next === ';';
}

/** Milliseconds, or the error in the text. */
function timeoutOf(text: string): number | string {
  if (text.length < 2) return `string is too short: ${JSON.stringify(text)}`;
  if (text.length > TIMEOUT_LENGTH_MAX) return `string is too long: ${JSON.stringify(text)}`;
  const unitMs = UNITS_MS[text.slice(-1)];
  if (unitMs === undefined) return `unit is not recognized: ${JSON.stringify(text)}`;
  const digits = text.slice(0, -1);
  if (!/^\d+$/.test(digits)) return `value is not a number: ${JSON.stringify(text)}`;
  const timeoutMs = Number(digits) * unitMs;
  return timeoutMs > TIMER_MAX_MS ? Infinity : timeoutMs;
}

function metadataOf(headers: IncomingHttpHeaders): CallMetadata {
  const metadata = new Map<string, string>();
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === 'string' && !name.startsWith(':')) metadata.set(name, value);
  }
  return metadata;
}

const PERCENT = 0x25;

function encodeDetails(details: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(details)) return details;
  let encoded = '';
  for (const byte of Buffer.from(details, 'utf8')) {
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== PERCENT
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
