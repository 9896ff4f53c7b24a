/** How a call ends. */

/** A gRPC status. `code` is the numeric gRPC status code, 0 for OK. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
}
