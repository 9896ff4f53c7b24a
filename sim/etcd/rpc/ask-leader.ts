/**
 * Asks the leader, which tracks the leases, through any member. The member retries until a leader answers or
 * the request times out.
 */
import { APPLY_TIMEOUT_MS, ELECTION_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../cluster/timing.js';
import { ERRORS } from '../errors.js';
import type { Lessor } from '../lease/lessor.js';
import { failed, type Result } from '../result.js';
import type { EtcdHost } from '../service.js';
import type { MemberServer } from './server.js';

/** How long a member waits that failed to reach the leader it knows. */
const RETRY_MS = 50;

/**
 * One attempt at an answer: calls `answer`, or `again` if there is a leader to ask anew. Returns how to give
 * up, or undefined.
 */
export type Question<T> = (
  lessor: Lessor,
  answer: (result: Result<T>) => void,
  again: () => void,
) => (() => void) | undefined;

/** @returns gives up, without calling `done` */
export function askLeader<T>(
  server: MemberServer,
  question: Question<T>,
  done: (result: Result<T>) => void,
): () => void {
  const { host } = server;
  let giveUpStep: (() => void) | undefined;
  let over = false;
  /** True if the newest attempt found no leader to ask. */
  let knewNone = false;
  let cancelTimeout: (() => void) | undefined;
  const end = (): void => {
    over = true;
    giveUpStep?.();
    cancelTimeout?.();
  };
  const answer = (result: Result<T>): void => {
    if (over) return;
    end();
    done(result);
  };
  const attempt = (): void => {
    if (over) return;
    const { primary } = server;
    knewNone = primary === undefined && server.knownLeader === undefined;
    if (primary === undefined) {
      giveUpStep = host.schedule(knewNone ? ELECTION_TIMEOUT_MS : RETRY_MS, attempt);
      return;
    }
    // A leader elected in the meantime is not asked: the question stays with the paused one.
    if (primary.whenAnswering !== undefined) {
      giveUpStep = primary.whenAnswering(attempt);
      return;
    }
    const wait = new Wait(host);
    giveUpStep = () => wait.end();
    wait.begin(
      (action) => primary.whenCaughtUp(action),
      () => {
        // The leader of the beginning may have been deposed.
        if (server.primary?.lessor === primary.lessor) giveUpStep = question(primary.lessor, answer, attempt);
        else attempt();
      },
      () => {
        if (primary.isHere) answer(failed(ERRORS.timeoutWaitAppliedIndex));
        else giveUpStep = host.schedule(RETRY_MS, attempt);
      },
    );
  };
  attempt();
  if (!isOver()) {
    cancelTimeout = host.schedule(REQUEST_TIMEOUT_MS, () =>
      answer(failed(knewNone ? ERRORS.noLeader : ERRORS.timeout)),
    );
  }
  return end;

  function isOver(): boolean {
    return over;
  }
}

/** A wait for the leader to catch up with its own log. Nothing is scheduled if it has. */
class Wait {
  readonly #host: EtcdHost;
  #isOver = false;
  #giveUp = (): void => undefined;
  #cancelTimeout = (): void => undefined;

  constructor(host: EtcdHost) {
    this.#host = host;
  }

  begin(when: (action: () => void) => () => void, onDone: () => void, onTimeout: () => void): void {
    this.#giveUp = when(() => {
      this.end();
      onDone();
    });
    if (this.#isOver) return;
    this.#cancelTimeout = this.#host.schedule(APPLY_TIMEOUT_MS, () => {
      this.end();
      onTimeout();
    });
  }

  end(): void {
    this.#isOver = true;
    this.#giveUp();
    this.#cancelTimeout();
  }
}
