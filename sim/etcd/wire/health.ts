/** The messages of gRPC's own health service (grpc.health.v1), field numbers as published. */
import { enumeration, repeated, text } from './field.js';
import { message, nested } from './message.js';

export const SERVING_STATUS = { unknown: 0, serving: 1, notServing: 2, serviceUnknown: 3 } as const;

export const HEALTH_CHECK_REQUEST = message('HealthCheckRequest', { service: text(1) });

export const HEALTH_CHECK_RESPONSE = message('HealthCheckResponse', { status: enumeration(1) });

export const HEALTH_LIST_REQUEST = message('HealthListRequest', {});

/** An entry of a map is a message of its key and its value. */
const STATUSES_ENTRY = message('StatusesEntry', {
  // Go also writes an empty key.
  key: { ...text(1), initial: undefined as unknown as string },
  value: nested(2, () => HEALTH_CHECK_RESPONSE),
});

export const HEALTH_LIST_RESPONSE = message('HealthListResponse', {
  statuses: repeated(nested(1, () => STATUSES_ENTRY)),
});
