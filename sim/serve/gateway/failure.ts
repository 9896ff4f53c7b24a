/** How the JSON gateway reports a failure: the HTTP status of each gRPC code, and the bodies. */
import { STATUS_CODES } from 'node:http';
import { CODE } from '../../etcd/errors.js';
import type { CallStatus } from '../../etcd/call-status.js';
import type { VersionRules } from '../../etcd/version.js';

/** Any other code counts as the server's fault. */
const SERVER_ERROR = 500;

/** By code, as grpc-gateway maps them from 3.5 on. */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  [CODE.ok]: 200,
  [CODE.invalidArgument]: 400,
  [CODE.deadlineExceeded]: 504,
  [CODE.notFound]: 404,
  [CODE.permissionDenied]: 403,
  [CODE.unauthenticated]: 401,
  [CODE.resourceExhausted]: 429,
  [CODE.failedPrecondition]: 400,
  [CODE.aborted]: 409,
  [CODE.outOfRange]: 400,
  [CODE.unimplemented]: 501,
  [CODE.unavailable]: 503,
};

export function httpStatusOf(
  code: number,
  { gatewayEndsErrorsWithTrailers, gatewayJson }: VersionRules,
): number {
  if (gatewayEndsErrorsWithTrailers && code === CODE.failedPrecondition) return 412;
  if (code === CODE.cancelled) return gatewayJson === 'jsonpb' ? 408 : 499;
  return HTTP_STATUS[code] ?? SERVER_ERROR;
}

/** The body of an answer that consists of one failure. */
export function failureBody({ code, details }: CallStatus, rules: VersionRules): string {
  const message = details;
  if (rules.gatewayJson === 'protojson') return JSON.stringify({ code, message });
  const error = details;
  return JSON.stringify(
    rules.gatewayEndsErrorsWithTrailers ? { error, message, code } : { error, code, message },
  );
}

/** The line that ends a stream of answers with a failure. */
export function failureLine(
  { code, details }: CallStatus,
  { isFirst, rules }: { readonly isFirst: boolean; readonly rules: VersionRules },
): string {
  if (rules.gatewayJson === 'protojson') return `${JSON.stringify({ error: { code, message: details } })}\n`;
  const http = httpStatusOf(code, rules);
  const error = {
    ...{ grpc_code: code, http_code: http, message: details, http_status: STATUS_CODES[http] ?? '' },
  };
  // If it is the whole answer, it has no line break.
  return `${JSON.stringify({ error })}${isFirst ? '' : '\n'}`;
}
