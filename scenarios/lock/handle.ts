/** The common part of all ways to lock: sessions, and locks held under them. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

export type Mode = 'write' | 'read';

/** How long a session lives without renewal, in seconds: etcd grants no less than two. */
export const SESSION_TTL_SECONDS = 2;

/** A lock that the user got. */
export interface Held {
  /** Key it is held under, without the run's prefix. */
  readonly key: string;
  /** Fencing token: create revision of the key. */
  readonly token: number;
  /** Revision at which no other user held it, as far as the recipe saw. */
  readonly granted: number;
  /** Aborted when the holder learns that it is lost. */
  readonly lost: AbortSignal;
  unlock(): Promise<void>;
}

export interface LockSession {
  /** Whether it is usable: neither closed nor known to be lost. */
  readonly alive: boolean;
  lock(name: string, mode: Mode, signal: AbortSignal): Promise<Held>;
  /** Undefined if it is not free. */
  tryLock(name: string, mode: Mode): Promise<Held | undefined>;
  close(): Promise<void>;
}

/** One node's way of locking. */
export interface Locker {
  openSession(): Promise<LockSession>;
  /** Frees the node's resources other than its sessions. */
  end(): void;
}

export type OpenLocker = (context: NodeContext) => Locker;
