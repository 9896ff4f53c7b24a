/** The common part of all ways to hold an election: candidates with sessions, and observers. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** How long a session lives without renewal, in seconds: etcd grants no less than two. */
export const SESSION_TTL_SECONDS = 2;

/** An election that was won. */
export interface Leading {
  /** Key of the candidacy, without the run's prefix. */
  readonly key: string;
  /** Fencing token: create revision of the key. */
  readonly token: number;
  /**
   * Revision at which no other candidate preceded it, as far as the recipe saw; undefined if it does not
   * report it.
   */
  readonly elected?: number;
  /** Aborted when the leader learns that it leads no longer. */
  readonly lost: AbortSignal;
  proclaim(value: string): Promise<{ readonly revision?: number }>;
  resign(): Promise<void>;
}

export interface CandidateSession {
  /** Whether it is usable: neither closed nor known to be lost. */
  readonly alive: boolean;
  campaign(election: string, value: string, signal: AbortSignal): Promise<Leading>;
  close(): Promise<void>;
}

/** One node's way of holding elections. */
export interface Elector {
  openSession(): Promise<CandidateSession>;
  /** The leader's value; undefined if there is no leader. */
  leader(election: string): Promise<string | undefined>;
  /** Reports the values of leaders until the signal is aborted, then resolves. */
  observe(election: string, signal: AbortSignal, tell: (value: string) => void): Promise<void>;
  /** Frees the node's resources other than its sessions. */
  end(): void;
}

export type OpenElector = (context: NodeContext) => Elector;
