/** What the command's exit code says. Invariant: a code means one thing in every command. */
import type { Verdict } from '../run/run-result.js';

export const exitCodes = {
  satisfied: 0,
  violated: 1,
  inconclusive: 2,
  /** The same seed gave two different traces. */
  nondeterministic: 3,
  /** The command line, the environment variables, the config file, a scenario or a repro make no sense (EX_USAGE). */
  usage: 64,
  /** A defect of the simulator, or of what it needs around it (EX_SOFTWARE). */
  internal: 70,
  /** Ended by SIGINT, SIGTERM or SIGHUP. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The worst of several verdicts: a violation outweighs what could not be decided. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = 'satisfied';
  for (const verdict of verdicts) {
    if (verdict === 'violated') return 'violated';
    if (verdict === 'inconclusive') worst = 'inconclusive';
  }
  return worst;
}

/** The end of a command that knows a failure and was interrupted before all was known about it. */
export function interruptedLate(stderr: { write(text: string): unknown }): ExitCode {
  stderr.write('sim: interrupted before the failure was fully explained\n');
  return exitCodes.interrupted;
}
