/**
 * Errors that a client gets from gRPC itself: from its own side (grpc-js) or from the server's runtime
 * (grpc-go).
 */
import { beginningWith, CODE, illegal, refused, unresolved } from './entry.js';

const { unavailable, internal, unimplemented } = CODE;

export const TRANSPORT_ERRORS = {
  noConnection: beginningWith(
    refused(
      'noConnection',
      unavailable,
      'No connection established',
      'The member cannot be reached; nothing was sent.',
    ),
  ),
  nameResolutionFailed: beginningWith(
    refused(
      'nameResolutionFailed',
      unavailable,
      'Name resolution failed for target',
      'The address cannot be resolved; nothing was sent.',
    ),
  ),
  channelClosed: refused(
    'channelClosed',
    unavailable,
    'Channel closed before call started',
    'The client was closed before it sent the call.',
  ),
  connectionDropped: unresolved(
    'connectionDropped',
    unavailable,
    'Connection dropped',
    'The connection was lost during the call.',
  ),
  connectionReset: unresolved(
    'connectionReset',
    unavailable,
    'read ECONNRESET',
    'The connection was reset during the call.',
  ),
  clientDeadlineExceeded: beginningWith(
    unresolved(
      'clientDeadlineExceeded',
      CODE.deadlineExceeded,
      'Deadline exceeded',
      'The call took longer than its deadline; the server may still carry it out.',
    ),
  ),
  cancelledOnClient: beginningWith(
    unresolved(
      'cancelledOnClient',
      CODE.cancelled,
      'Cancelled on client',
      'The client cancelled the call; the server may still carry it out.',
    ),
  ),
  unknownService: beginningWith(
    illegal('unknownService', unimplemented, 'unknown service ', 'The server does not offer the service.'),
  ),
  unknownMethod: beginningWith(
    illegal('unknownMethod', unimplemented, 'unknown method ', 'The service does not have the method.'),
  ),
  unknownHealthService: illegal(
    'unknownHealthService',
    CODE.notFound,
    'unknown service',
    'A gRPC health request names a service instead of the whole server.',
  ),
  malformedMethod: beginningWith(
    illegal('malformedMethod', unimplemented, 'malformed method name: ', 'The path is no /service/method.'),
  ),
  messageTooLarge: beginningWith(
    illegal(
      'messageTooLarge',
      CODE.resourceExhausted,
      'grpc: received message larger than max ',
      'The message is above 2 MiB, so the server did not read it.',
    ),
  ),
  endOfFile: illegal(
    'endOfFile',
    CODE.unknown,
    'EOF',
    'The client closed the call before it sent a request.',
  ),
  missingRequest: illegal(
    'missingRequest',
    internal,
    'cardinality violation: received no request message from non-client-streaming RPC',
    'The same for a streaming response to one request (3.6 and later).',
  ),
  malformedRequest: beginningWith(
    illegal(
      'malformedRequest',
      internal,
      'grpc: error unmarshalling request: ',
      'A unary request cannot be decoded.',
    ),
  ),
  malformedMessage: beginningWith(
    illegal(
      'malformedMessage',
      internal,
      'grpc: failed to unmarshal the received message',
      'A message on a stream cannot be decoded.',
    ),
  ),
} as const;
