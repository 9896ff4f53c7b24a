/**
 * Puts a question to the leader, which minds the leases, from whatever member the client speaks to: again and again
 * until a leader answers or the request times out.
 */
import { ELECTION_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../cluster/timing.js';
import { ERRORS } from '../errors.js';
import type { Lessor } from '../lease/lessor.js';
import { failed, type Result } from '../result.js';
import type { MemberServer } from './server.js';

/** How long a member waits that could not reach the leader it knows. */
const RETRY_MS = 50;

/**
 * One attempt at an answer: calls `answer`, or `again` where there is a leader to ask anew. Returns how to give up,
 * or nothing.
 */
export type Question<T> = (
  lessor: Lessor,
  answer: (result: Result<T>) => void,
  again: () => void,
) => (() => void) | undefined;

/** @returns gives up, without a word to `done` */
export function askLeader<T>(
  server: MemberServer,
  question: Question<T>,
  done: (result: Result<T>) => void,
): () => void {
  const { host } = server;
  let giveUpStep: (() => void) | undefined;
  let over = false;
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
    const lessor = server.primaryLessor;
    if (lessor !== undefined) {
      giveUpStep = question(lessor, answer, attempt);
      return;
    }
    giveUpStep = host.schedule(server.knownLeader === undefined ? ELECTION_TIMEOUT_MS : RETRY_MS, attempt);
  };
  attempt();
  if (!isOver()) {
    cancelTimeout = host.schedule(REQUEST_TIMEOUT_MS, () =>
      answer(failed(server.knownLeader === undefined ? ERRORS.noLeader : ERRORS.timeout)),
    );
  }
  return end;

  function isOver(): boolean {
    return over;
  }
}
