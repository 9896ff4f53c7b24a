/**
 * The in-memory etcd as a side of the comparison, with a clock that moves only during waits. Invariant: after
 * a call into it, all work that it does by itself is done.
 */
import { createCluster } from '../etcd/cluster.js';
import type { EtcdHost, EtcdMember } from '../etcd/service.js';
import type { CallStatus } from '../etcd/call-status.js';
import type { CallMetadata } from './credentials.js';
import type { EtcdVersion, VersionRules } from '../etcd/version.js';
import { metadataOfClient, type Outcome, type Side, type SideStream } from './side.js';

/** How long an answer is awaited: longer than etcd lets any request wait. */
const PATIENCE_MS = 10_000;
const STEP_MS = 10;

export interface ModelOptions {
  /** The name of the member, which decides its id. */
  readonly member?: string | undefined;
  readonly version: EtcdVersion | VersionRules;
  /** Placed between the comparison and the member, to plant a difference. */
  readonly wrap?: ((member: EtcdMember) => EtcdMember) | undefined;
}

/** A new in-memory etcd of one member. */
export function createModelSide({
  version,
  member: name = 'm1',
  wrap = (member) => member,
}: ModelOptions): Side {
  const host = new Clock();
  const cluster = createCluster({ members: [name], host, version });
  const [first] = cluster.members;
  if (first === undefined) throw new Error('a cluster without members');
  const member = wrap(first);
  return {
    name: 'in-memory',
    async call(client, path, message, metadata) {
      const stream = new ModelStream(member, path, host, { ...metadataOfClient(client), ...metadata });
      stream.send(message);
      stream.halfClose();
      await stream.until(() => stream.status !== undefined);
      return { messages: stream.received, status: stream.status ?? NO_ANSWER } satisfies Outcome;
    },
    open: (client, path, metadata) =>
      new ModelStream(member, path, host, { ...metadataOfClient(client), ...metadata }),
    elapse: (milliseconds) => host.advance(milliseconds),
    nowMs: () => host.nowMs(),
    pass(milliseconds) {
      host.advance(milliseconds);
      return Promise.resolve();
    },
    hurry: () => undefined,
    close: () => cluster.close(),
  };
}

const NO_ANSWER: CallStatus = { code: 4, details: `no answer after ${PATIENCE_MS} ms` };

class ModelStream implements SideStream {
  readonly received: Uint8Array[] = [];
  status: CallStatus | undefined;
  readonly #host: Clock;
  readonly #call: ReturnType<EtcdMember['open']>;

  constructor(member: EtcdMember, path: string, host: Clock, metadata: CallMetadata = {}) {
    this.#host = host;
    this.#call = member.open(path, new Map(Object.entries(metadata)), {
      message: (bytes) => void this.received.push(bytes),
      status: (status) => void (this.status = status),
    });
  }

  send(message: Uint8Array): void {
    this.#call.message(message);
    // Later calls have later times, as on a machine.
    this.#host.advance(1);
  }

  halfClose(): void {
    this.#call.halfClose();
  }

  cancel(): void {
    this.#call.cancel();
  }

  until(enough: () => boolean): Promise<boolean> {
    for (let waitedMs = 0; !enough(); waitedMs += STEP_MS) {
      if (waitedMs >= PATIENCE_MS) return Promise.resolve(false);
      this.#host.advance(STEP_MS);
    }
    return Promise.resolve(true);
  }
}

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

/** Time in steps, and draws that need not be random. */
class Clock implements EtcdHost {
  #nowMs = 1000;
  readonly #timers = new Set<Timer>();
  #draws = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  scheduleHousekeeping(delayMs: number, action: () => void): () => void {
    return this.schedule(delayMs, action);
  }

  randomUint32(): number {
    this.#draws = (Math.imul(this.#draws, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#draws >>> 8;
  }

  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = untilMs;
  }

  /** The earliest timer; of several the one that was set first. */
  #next(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= untilMs && (next === undefined || timer.atMs < next.atMs)) next = timer;
    }
    return next;
  }
}
