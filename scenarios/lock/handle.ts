/** What every way of locking shares: sessions, and locks held under them. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

export type Mode = 'write' | 'read';

/** How long a session lives that is not heard of, in seconds: etcd grants no less than two. */
export const SESSION_TTL_SECONDS = 2;

/** A lock that was got. */
export interface Held {
  /** Key it is held under, without the run's prefix. */
  readonly key: string;
  /** Fencing token: create revision of the key. */
  readonly token: number;
  /** Revision at which nobody else held it, as far as the recipe saw. */
  readonly granted: number;
  /** Aborted when the holder is told that it is lost. */
  readonly lost: AbortSignal;
  unlock(): Promise<void>;
}

export interface LockSession {
  /** Whether it is of use: neither closed nor known to be lost. */
  readonly alive: boolean;
  lock(name: string, mode: Mode, signal: AbortSignal): Promise<Held>;
  /** Undefined where it is not free. */
  tryLock(name: string, mode: Mode): Promise<Held | undefined>;
  close(): Promise<void>;
}

/** One node's way of locking. */
export interface Locker {
  openSession(): Promise<LockSession>;
  /** Frees what the node has beside its sessions. */
  end(): void;
}

export type OpenLocker = (context: NodeContext) => Locker;
