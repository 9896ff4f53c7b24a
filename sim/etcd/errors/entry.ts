/** The shape of one error in the registry, and the gRPC codes errors come with. */

/** Whether a write with this error can have happened: `definite` means "it did not and will not". */
export type Definiteness = 'definite' | 'indefinite';

/** One error that a client of etcd can get. */
export interface ErrorEntry {
  /** Stable name in the registry. */
  readonly name: string;
  /** gRPC status code. */
  readonly code: number;
  /** The status's details, exact; or only their beginning, if `textIs` says so. */
  readonly text: string;
  readonly textIs: 'whole' | 'beginning';
  /** What one attempt with this error says about its write. */
  readonly definiteness: Definiteness;
  /**
   * What the answer depends on. `request`: every attempt of the same request gets it. `state`: an earlier
   * attempt of the same request may have succeeded, and may even have caused this answer.
   */
  readonly dependsOn: 'request' | 'state';
  /** One sentence. */
  readonly meaning: string;
}

/** gRPC status codes, by their names. */
export const CODE = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** The request can never be accepted. */
export function illegal(name: string, code: number, text: string, meaning: string): ErrorEntry {
  return { name, code, text, textIs: 'whole', definiteness: 'definite', dependsOn: 'request', meaning };
}

/** This attempt was refused because of the cluster's state. */
export function refused(name: string, code: number, text: string, meaning: string): ErrorEntry {
  return { name, code, text, textIs: 'whole', definiteness: 'definite', dependsOn: 'state', meaning };
}

/** The request may have been applied, or may still be. */
export function unresolved(name: string, code: number, text: string, meaning: string): ErrorEntry {
  return { name, code, text, textIs: 'whole', definiteness: 'indefinite', dependsOn: 'state', meaning };
}

/** The entry, matched by the beginning of its text: the rest contains addresses and times. */
export function beginningWith(entry: ErrorEntry): ErrorEntry {
  return { ...entry, textIs: 'beginning' };
}
