/** What every way of electing shares: candidates under sessions, and observers. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** How long a session lives that is not heard of, in seconds: etcd grants no less than two. */
export const SESSION_TTL_SECONDS = 2;

/** An election that was won. */
export interface Leading {
  /** Key of the candidacy, without the run's prefix. */
  readonly key: string;
  /** Fencing token: create revision of the key. */
  readonly token: number;
  /** Revision at which nobody was before it, as far as the recipe saw; undefined where it does not tell. */
  readonly elected?: number;
  /** Aborted when the leader is told that it leads no longer. */
  readonly lost: AbortSignal;
  proclaim(value: string): Promise<{ readonly revision?: number }>;
  resign(): Promise<void>;
}

export interface CandidateSession {
  /** Whether it is of use: neither closed nor known to be lost. */
  readonly alive: boolean;
  campaign(election: string, value: string, signal: AbortSignal): Promise<Leading>;
  close(): Promise<void>;
}

/** One node's way of electing. */
export interface Elector {
  openSession(): Promise<CandidateSession>;
  /** The value of whoever leads; undefined where nobody does. */
  leader(election: string): Promise<string | undefined>;
  /** Tells the values of leaders until the signal is aborted, then resolves. */
  observe(election: string, signal: AbortSignal, tell: (value: string) => void): Promise<void>;
  /** Frees what the node has beside its sessions. */
  end(): void;
}

export type OpenElector = (context: NodeContext) => Elector;
