/**
 * Values that a command cannot name before it runs: revisions counted from the start of its sequence, leases
 * and members with ids from the server, and byte strings too long to print. Invariant: a command is plain
 * data, and has the same meaning everywhere.
 */

/** The revision this much after the newest one when the sequence began. */
export interface RevisionSymbol {
  readonly revisionPlus: number;
}

/** The id of the n-th lease that was granted in the sequence, counted from 0; 0 if there is none. */
export interface LeaseSymbol {
  readonly leaseGranted: number;
}

/** The id of the n-th member that was added in the sequence, counted from 0; 0 if there is none. */
export interface MemberSymbol {
  readonly memberAdded: number | 'none, the first';
}

/** An unused URL, different in every sequence; or the URL by which the side is known to its peers. */
export interface TextSymbol {
  readonly freshUrlOf: number | 'none, its own';
}

/** How many there are in a sequence. */
export const FRESH_URLS = 254 * 900;

/** This many bytes, all of them `x`. */
export interface BytesSymbol {
  readonly bytes: number;
}

/** So many bytes `x` that a put of them to a key of one byte stays below the limit by `below`. */
export interface LimitSymbol {
  readonly belowLimit: number;
}

/** A message in which some values are symbols. */
export type Symbolic<T> = T extends number
  ? T | RevisionSymbol
  : T extends bigint
    ? T | LeaseSymbol | MemberSymbol
    : T extends string
      ? T | BytesSymbol | TextSymbol | LimitSymbol
      : T extends readonly (infer U)[]
        ? readonly Symbolic<U>[]
        : T extends object
          ? { readonly [K in keyof T]: Symbolic<T[K]> }
          : T;

/** The meaning of symbols on one side. */
export interface Meaning {
  /** The newest revision when the sequence began. */
  readonly startRevision: number;
  /** How many bytes the ids of requests take in the side's log. */
  readonly requestIdBytes: number;
  /** Leases in the order of their granting. */
  readonly leases: readonly bigint[];
  /** Those of them that were granted without an id. */
  readonly chosenByServer: ReadonlySet<bigint>;
  /** Tokens in the order of their giving. */
  readonly tokens: readonly string[];
  /** The revision of users and roles when the sequence began. */
  readonly startAuthRevision: number;
  /** The original member. */
  readonly firstMember: bigint;
  /** Members in the order of their adding. */
  readonly members: readonly bigint[];
  readonly peerUrl: string;
  /** How many sequences came before. */
  readonly run: number;
}

/** The largest entry of the log, and the overhead of a put's entry beside its value and its request id. */
const LIMIT_BYTES = 1_572_864;
const PUT_BYTES = 15;

/** The value with every symbol replaced. */
export function resolve(value: unknown, meaning: Meaning): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => resolve(one, meaning));
  if ('revisionPlus' in value) return meaning.startRevision + Number(value.revisionPlus);
  if ('leaseGranted' in value) return meaning.leases[Number(value.leaseGranted)] ?? 0n;
  if ('memberAdded' in value) {
    const { memberAdded } = value as MemberSymbol;
    return memberAdded === 'none, the first' ? meaning.firstMember : (meaning.members[memberAdded] ?? 0n);
  }
  if ('freshUrlOf' in value) return urlOf(value as TextSymbol, meaning);
  if ('belowLimit' in value) {
    return 'x'.repeat(LIMIT_BYTES - PUT_BYTES - meaning.requestIdBytes - Number(value.belowLimit));
  }
  if ('bytes' in value) return 'x'.repeat(Number(value.bytes));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, meaning)]));
}

function urlOf({ freshUrlOf }: TextSymbol, { peerUrl, run }: Meaning): string {
  if (typeof freshUrlOf === 'string') return peerUrl;
  const host = [1 + (Math.floor(run / 254) % 254), 1 + (run % 254), 1 + (freshUrlOf % 254)].join('.');
  return `http://127.${host}:${1 + Math.floor(freshUrlOf / 254)}`;
}
